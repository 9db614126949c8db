// A sweep where its results are written.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/cli/surroundings.h"
#include "sim/cli/sweep_plan.h"
#include "sim/sweep/ranks.h"
#include "sim/sweep/store.h"
#include "sim/sweep/workers.h"

namespace vpcmirror::sim {

struct SweepSettings {
  SweepRequest request;
  std::string out;            // folder
  int jobs = 0;               // processes at once; 0: as many as there are cores and memory for
  bool under_mpirun = false;  // then 0 is one
  bool resume = false;
  bool dry_run = false;
  bool quiet = false;
};

// Runs the runs of `plan` in the process that calls it. What goes wrong with one is in its
// outcome. Both have to outlive what is returned.
RunFunction OneRunOf(const SweepPlan& plan, const Surroundings& around);

class SweepJob {
 public:
  // Throws as SweepPlan does. Both have to outlive it.
  SweepJob(const SweepSettings& settings, const Surroundings& around);

  const SweepPlan& plan() const { return plan_; }

  // Checks all points, runs those runs that are missing, writes the tables, and says on the way
  // what it does. `ranks` help; null where there are none. Returns the program's exit code.
  // Throws ScenarioException before the first run, FileException, StoreException and
  // MixException.
  int Run(RemoteRanks* ranks);

 private:
  std::string Database() const;
  std::string Kept() const;  // the end of an error
  void Foresee(RemoteRanks* ranks);
  void RefuseToOverwrite() const;
  void RefuseToShrink(const SweepStore& store) const;
  void Put(std::size_t run, const Outcome& outcome, SweepStore& store) const;
  std::vector<std::size_t> Missing(const SweepStore& store) const;
  double SecondsOf(std::size_t run) const;
  double SecondsOf(const std::vector<std::size_t>& runs) const;
  std::vector<std::size_t> AllRuns() const;
  int Jobs() const;
  void Preview(const std::vector<std::size_t>& missing, int jobs, const RemoteRanks* ranks) const;
  bool RunMissing(const std::vector<std::size_t>& missing, int jobs, RemoteRanks* ranks,
                  SweepStore& store) const;
  int Conclude(bool all, const SweepStore& store) const;

  const SweepSettings& settings_;
  const Surroundings& around_;
  SweepPlan plan_;
  std::vector<PointForecast> forecasts_;
  double load_seconds_ = 0;  // of one point, by the clock
};

}  // namespace vpcmirror::sim
