// The same experiment with something about it changed, for results that compare.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// Without mirrors and without captures: what production does when nobody watches.
ValidScenario WithoutMirrors(const ValidScenario& scenario);

// All workloads at `factor` times their rates, without captures of it; over 0. TCP flows, which
// take what they get, stay as they are.
ValidScenario WithLoad(const ValidScenario& scenario, double factor);

// Who loses over a limit, as the assumptions say it.
struct Discipline {
  std::string congestion;
  std::string copy_order;  // where the copy of an outbound frame is queued; empty unless fifo

  friend bool operator==(const Discipline&, const Discipline&) = default;
};
// "shared_random", "fifo with copy_order=before".
std::string ToString(const Discipline& discipline);

// That of the first provider that assumes it; empty where none does or the
// scenario settles it.
std::optional<Discipline> AssumedDiscipline(const ValidScenario& scenario);

// All others that there are; none where AssumedDiscipline is empty.
std::vector<Discipline> OtherDisciplines(const ValidScenario& scenario);

// With one of them wherever the discipline is assumed, and without captures.
ValidScenario WithDiscipline(const ValidScenario& scenario, const Discipline& discipline);

}  // namespace vpcmirror
