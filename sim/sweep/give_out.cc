#include "sim/sweep/give_out.h"

#include <set>
#include <utility>

namespace vpcmirror::sim {
namespace {

// Seconds between two looks: at a signal or the progress, and with several groups of workers,
// which are asked one after the other, at what has ended.
constexpr double kOfOneGroup = 0.1;
constexpr double kOfSeveral = 0.002;

}  // namespace

bool GiveOut(std::vector<std::size_t> runs, const std::vector<Workers*>& workers,
             const GiveOutControl& control) {
  std::set<std::size_t> open(runs.begin(), runs.end());
  std::size_t under_way = 0;
  std::vector<std::size_t> waiting(runs.rbegin(), runs.rend());  // the next one last
  const double patience = workers.size() == 1 ? kOfOneGroup : kOfSeveral;
  while (!open.empty()) {
    if (control.stop.stop_requested()) return false;
    for (Workers* group : workers) {
      for (; !waiting.empty() && group->HasIdle(); ++under_way) {
        group->Give(waiting.back());
        waiting.pop_back();
      }
    }
    if (control.look) control.look(under_way);
    for (Workers* group : workers) {
      for (Ended& ended : group->Wait(patience)) {
        if (under_way > 0) --under_way;
        if (!ended.outcome) {
          if (open.contains(ended.run)) waiting.push_back(ended.run);
        } else if (open.erase(ended.run) == 1) {
          control.ended(ended.run, *ended.outcome);
        }
      }
    }
  }
  return true;
}

}  // namespace vpcmirror::sim
