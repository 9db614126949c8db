// Who runs the runs of a sweep.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/outcome.h"

namespace vpcmirror::sim {

// Runs are known by number here. May be called in any process, once or more for a number.
using RunFunction = std::function<Outcome(std::size_t run)>;

struct Ended {
  std::size_t run = 0;
  std::optional<Outcome> outcome;  // empty: whoever was at it is gone, and it has to be run again
};

class Workers {
 public:
  virtual ~Workers() = default;

  // How many of them are there, busy or not. None: nothing may be given any more.
  virtual std::size_t Count() const = 0;
  virtual bool HasIdle() const = 0;
  // Requires HasIdle().
  virtual void Give(std::size_t run) = 0;
  // Looks what has ended, and waits for it for at most so long.
  virtual std::vector<Ended> Wait(double seconds) = 0;
};

}  // namespace vpcmirror::sim
