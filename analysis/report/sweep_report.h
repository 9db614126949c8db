// A sweep as a Report.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/report/report.h"
#include "models/scenario/run_result.h"

namespace vpcmirror {

// What one run of a sweep came to.
struct SweepRun {
  std::vector<std::size_t> point;  // of each axis, which of its values
  int replication = 1;
  std::string status;              // "done"
  std::optional<Verdict> verdict;  // empty unless done
  std::string error;               // empty when done
  std::vector<Value> figures;      // by SweepOutcome::figures; empty unless done
};

struct SweepAxisValues {
  std::string path;  // JSON Pointer
  std::vector<std::string> values;
};

struct SweepOutcome {
  std::string scenario;  // file, as it was named
  std::string summary;   // "200 runs: 120 FITS, 80 AT RISK"
  std::vector<SweepAxisValues> axes;
  std::vector<std::string> figures;  // their names, units at the end: "goodput_bps"
  std::vector<SweepRun> runs;        // by point and replication
  std::vector<std::pair<std::string, std::string>> provenance;
  std::string command;
};

// Its pictures: for each two axes a heat map of the margin, and for each axis lines of margin
// and losses; of several runs of a point the mean, with all that they came to as a band.
Report ReportOfSweep(const SweepOutcome& sweep);

}  // namespace vpcmirror
