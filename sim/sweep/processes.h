// Processes on this machine, since an engine of packets is one to a process.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/workers.h"

namespace vpcmirror::sim {

// Each runs one run after the other, and ends with this process. One that dies over a run leaves
// a lost outcome that says so, and another takes its place. Use in one thread.
class Processes : public Workers {
 public:
  // Forks `count` of them, over zero. Throws std::system_error.
  Processes(std::size_t count, RunFunction run);
  ~Processes() override;  // ends them, whatever they are at
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;

  std::size_t Count() const override { return children_.size(); }
  bool HasIdle() const override;
  void Give(std::size_t run) override;
  std::vector<Ended> Wait(double seconds) override;

 private:
  struct Child {
    pid_t process = -1;
    int socket = -1;
    std::optional<std::size_t> run;  // that it is at
    std::string received;            // of its answer
  };

  Child Fork() const;
  // Reads what there is; an answer when it is whole, or the child is gone.
  std::optional<Outcome> Read(Child& child);
  Outcome Bury(Child& child);
  static void End(Child& child);

  RunFunction run_;
  std::vector<Child> children_;
};

}  // namespace vpcmirror::sim
