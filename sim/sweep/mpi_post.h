// Messages by Open MPI.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sim/sweep/post.h"

namespace vpcmirror::sim {

// Whether the program was built where Open MPI is.
bool KnowsMpi();

// Open MPI is loaded when the first of these is made and not before, so that a program that
// never needs it starts as if it were not there.
class MpiPost : public Post {
 public:
  // Throws std::runtime_error where it cannot be loaded or started. Once in a process. From here
  // on there are no collective calls, and errors are results: a rank that dies takes no other
  // with it, as far as mpirun lets it (--enable-recovery).
  MpiPost();
  ~MpiPost() override;  // says nothing to the others
  MpiPost(const MpiPost&) = delete;
  MpiPost& operator=(const MpiPost&) = delete;

  int rank() const override;
  int size() const override;
  void Send(int to, const std::string& text) override;
  std::optional<Letter> Receive() override;

  // Waits for all ranks to do the same, which a rank that is gone never does.
  void SayGoodbye();

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace vpcmirror::sim
