// What is made of the results of a sweep: its tables, and what the terminal says.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "sim/cli/sweep_plan.h"
#include "sim/sweep/store.h"

namespace vpcmirror::sim {

struct SweepTotals {
  std::size_t done = 0;
  std::size_t failed = 0;
  std::size_t lost = 0;
  std::map<std::string, std::size_t> verdicts;  // of those that are done
};

// Writes sweep.csv and sweep.json into `folder`: the runs of `plan` that `store` has a row of, by
// point and replication, and nothing that hangs on when or where they were run. Throws
// FileException and StoreException.
SweepTotals WriteSweepTables(const std::string& folder, const SweepPlan& plan,
                             const std::vector<PointForecast>& forecasts, const SweepStore& store);

// "200 runs: 120 FITS, 60 AT RISK, 20 DOES NOT FIT", and what failed.
std::string SweepSummary(const SweepTotals& totals, std::size_t runs);

}  // namespace vpcmirror::sim
