// What two results say differently: figure by figure, matched by ID, noise left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/assertion.h"
#include "models/scenario/run_result.h"

namespace vpcmirror {

// Whose figure it is. The order is that in which changes of one effect are told.
enum class ResultPart : std::uint8_t {
  kRun,
  kHosts,
  kReceivers,
  kLoadBalancers,
  kMirrors,
  kEnis,
  kTcp,
  kDisciplines,
};
inline constexpr std::size_t kResultParts = 8;
std::string_view ToString(ResultPart part);  // "run", or the key of the list in result.json

enum class ChangeSense : std::uint8_t { kWorse, kBetter, kNeither };
std::string_view ToString(ChangeSense sense);  // "worse"

// One figure that differs by more than noise.
struct FigureChange {
  ResultPart part = ResultPart::kRun;
  std::string id;  // of the part; empty of the run
  // A key of result.json, keys of it with dots between; or of its counts a share: "loss",
  // "mirrored" of what was offered, "duplicates", "retransmitted".
  std::string_view figure;
  FigureUnit unit = FigureUnit::kNumber;
  Figure before;  // the mean, where both have replications; std::monostate where there is none
  Figure after;
  ChangeSense sense = ChangeSense::kNeither;
  bool is_regression = false;
  // How many times what noise of 1 % hides.
  double effect = 0;
};

struct InputChange {
  std::string name;    // "seed", "assumption congestion"
  std::string before;  // empty: there is none
  std::string after;
};

// What one of the two has not.
struct Unmatched {
  ResultPart part = ResultPart::kRun;
  std::string id;
};

struct AssertionChange {
  std::string text;
  std::optional<AssertionOutcome> before;  // empty: it was not asserted
  std::optional<AssertionOutcome> after;
  bool is_regression = false;
};

struct ResultDiff {
  double noise = 0;
  std::vector<InputChange> inputs;
  bool verdict_differs = false;
  bool verdict_is_worse = false;
  std::vector<FigureChange> changes;  // regressions first, then worse, better, neither; by effect
  std::vector<Unmatched> appeared;
  std::vector<Unmatched> gone;
  std::vector<AssertionChange> assertions;  // whose outcomes differ
  // Figures that both have, of those how many differ, and why of those some are not told.
  std::int64_t compared = 0;
  std::int64_t within_noise = 0;
  std::int64_t within_intervals = 0;

  // How many: the verdict if it is worse, changes and assertions.
  std::int64_t Regressions() const;
  bool IsEmpty() const;  // nothing at all is told, inputs included
};

// `noise` from 0 on, 0.01 is 1 %. A change is noise when it is no more than
//   rates, sizes, counts and times: `noise` of the larger (of delays at least kDelayError, by
//     which the histogram may be off);
//   margins and other shares: `noise` of the limit or the whole, of what is used above that;
//   losses: `noise` of the larger or `noise` of a percentage point, whichever is more; but where
//     one of them is zero, never: whether anything is lost at all is no matter of degree.
// Where both results have replications their means are compared, and intervals that overlap
// hide a change too; of a share of counts the half-widths are added.
//
// A regression is, beyond noise: a worse verdict; a loss that is higher (of the run, an ENI,
// mirror, receiver or load balancer); a margin that is lower (of the run, a host, receiver or
// load balancer); an assertion that is missed and was not before.
ResultDiff DiffResults(const RunResult& before, const RunResult& after, double noise);

}  // namespace vpcmirror
