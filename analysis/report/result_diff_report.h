// What is told of two results, whatever the format.
#pragma once

#include <string>

#include "analysis/compare/result_diff.h"
#include "models/scenario/run_result.h"

namespace vpcmirror {

struct ResultDiffReport {
  std::string version;  // of the program
  std::string before;   // file, as it was named
  std::string after;
  const RunResult* result_before = nullptr;  // not null
  const RunResult* result_after = nullptr;   // not null
  ResultDiff diff;                           // of these two
};

}  // namespace vpcmirror
