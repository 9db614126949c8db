// The standard output of a service, which must not wait for whoever reads it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace vpcmirror::sim {

// Writes of a text what is taken without waiting, and returns how many bytes that is. Throws
// std::runtime_error where nothing will be taken any more.
using WriteAtOnce = std::function<std::size_t(std::string_view text)>;

// To the descriptor; of a pipe or terminal by a description of its own, so that nobody else's
// becomes non-blocking. One that cannot be opened a second time waits after all. From then on a
// reader that has gone sends no SIGPIPE.
WriteAtOnce WriterAtOnce(int descriptor);

// Lines for a reader who may be slow or gone.
class PatientOutput {
 public:
  // `write` may be empty: then everything goes to `out`. Both must outlive it.
  PatientOutput(std::ostream& out, const WriteAtOnce& write) : out_(out), write_(write) {}

  // Leaves the line out as a whole while an earlier one has not gone out. Returns whether it was
  // taken. Throws as WriteAtOnce does.
  bool Offer(std::string_view line);
  // What is left of an earlier line, and all of the text. False: after so long some of it had not
  // been taken. Throws as WriteAtOnce does.
  bool Write(std::string_view text, std::chrono::milliseconds patience);

 private:
  bool Flush();

  std::ostream& out_;
  const WriteAtOnce& write_;
  std::string waiting_;
};

}  // namespace vpcmirror::sim
