// Changes of results as rows: those of members alike told once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/compare/result_diff.h"
#include "analysis/report/result_diff_report.h"

namespace vpcmirror {

// The same figure of several members, changed the same way.
struct ResultDiffRow {
  std::string where;   // "run", "hosts web[0-27]"
  std::string figure;  // "margin"
  std::string before;  // "33.3 %"; "12 % to 14 %" of several; "none"
  std::string after;
  std::string change;  // "-20.8 points", "+12 %"; empty of words
  ChangeSense sense = ChangeSense::kNeither;
  bool is_regression = false;
};

// In the order of the changes, by that of largest effect in each.
std::vector<ResultDiffRow> ResultDiffRows(const ResultDiff& diff);

// "hosts web[28-31]", by part.
std::vector<std::string> UnmatchedWords(const std::vector<Unmatched>& unmatched);

// "met -> MISSED", "not asserted -> met".
std::string AssertionChangeWords(const AssertionChange& change);

// "3 of 1,204 figures differ; within noise of 1 %: 12 more; 2 regressions".
std::string ResultDiffSummary(const ResultDiffReport& report);

}  // namespace vpcmirror
