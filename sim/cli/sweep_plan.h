// A sweep as it was asked for: its points, and the scenario of each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/engine.h"
#include "models/scenario/valid_scenario.h"
#include "sim/cli/engines.h"
#include "sim/input/scenario_reader.h"
#include "sim/input/variation.h"
#include "sim/packet/event_estimate.h"
#include "sim/sweep/points.h"
#include "sim/sweep/store.h"

namespace vpcmirror::sim {

// Runs of all points together: what a table of them still fits into.
inline constexpr std::uint64_t kMaxSweepRuns = 1'000'000;

struct SweepRequest {
  std::string file;                     // of the scenario
  std::string data;                     // folder; empty: the usual one
  std::vector<std::string> variations;  // as --vary has them
  std::vector<std::string> sets;        // the same for all points, before what is varied
  std::vector<std::string> assertions;
  std::optional<std::size_t> samples;  // of a Latin hypercube; empty: a grid
  int runs = 1;                        // replications of each point, over 0
  std::optional<std::uint64_t> seed;   // empty: the scenario's; of a Latin hypercube, 1
  std::string engine = "packet";       // or "fluid", or "auto": of each point on its own
  double margin_goal = 0;
  RunLimits limits;  // of one run
};

// What is known of a point before it is run.
struct PointForecast {
  std::uint64_t seed = 1;
  EngineKind engine = EngineKind::kPacket;
  RunEstimate estimate;  // of one run
};

class SweepPlan {
 public:
  // Reads the scenario's file once and for all, so that every point is of the same text. Throws
  // ScenarioException when it or a variation cannot be read, or there are too many runs.
  explicit SweepPlan(SweepRequest request);

  const SweepRequest& request() const { return request_; }
  const std::vector<SweepAxis>& axes() const { return axes_; }
  const std::vector<SweepPoint>& points() const { return points_; }
  // The digest of the scenario's text.
  const std::string& sha256() const { return sha256_; }
  std::size_t run_count() const { return points_.size() * static_cast<std::size_t>(request_.runs); }

  // Runs are numbered by point, the replications of each behind one another.
  RunKey KeyOf(std::size_t run) const;
  std::size_t NumberOf(const RunKey& key) const;
  std::vector<std::string> ValuesOf(std::size_t point) const;  // by axis

  // Throws ScenarioException where the values make no scenario.
  ValidScenario Load(std::size_t point) const;
  std::uint64_t SeedOf(const ValidScenario& scenario) const;
  EngineKind EngineOf(const ValidScenario& scenario) const;

  // Loads every point, and calls `look` before each. Throws ScenarioException with what is wrong
  // with any of them, each error once: also that one run would take more than the limits.
  std::vector<PointForecast> Foresee(const std::function<void(std::size_t point)>& look) const;

  // What two sweeps have to have in common for their results to be put together; the number of
  // replications is not part of it.
  Identity IdentityOfResults() const;

 private:
  SweepRequest request_;
  std::string text_;
  std::string sha256_;
  ReadOptions read_;
  Library library_;
  std::vector<Variation> variations_;
  std::vector<SweepAxis> axes_;
  std::vector<SweepPoint> points_;
};

}  // namespace vpcmirror::sim
