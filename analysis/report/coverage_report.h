// What mirrors see of a deployment's traffic: for a terminal, for machines, for a spreadsheet.
#pragma once

#include <string>
#include <vector>

#include "analysis/coverage/coverage.h"
#include "analysis/coverage/flow_log_tally.h"
#include "analysis/report/result_text.h"
#include "models/scenario/run_result.h"

namespace vpcmirror {

struct CoverageReport {
  std::string version;  // of the program
  std::string file;     // the scenario, as the user named it
  const ValidScenario* scenario = nullptr;
  Coverage coverage;
  std::vector<FlowLogTally> logs;        // that the traffic is from; none: of workloads
  std::vector<AssertionResult> asserts;  // those about coverage
};

inline constexpr const char* kCoverageSchema = "vpcmirror.coverage/1";

// ENIs that are alike are told together.
std::string CoverageText(const CoverageReport& report, const TextStyle& style);
// By scenarios/schema/coverage.schema.json.
std::string CoverageJson(const CoverageReport& report);
// A header and a row for each ENI.
std::string CoverageCsv(const CoverageReport& report);

// "no rule matches", "no mirror names it".
std::string_view WhyUnseen(Unseen reason);

}  // namespace vpcmirror
