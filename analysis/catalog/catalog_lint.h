// What is doubtful about the rows of the instance catalogue. Tables are typed from web pages,
// where a digit slips; a slip shows beside a row's siblings, the other sizes of its family.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/cloud/catalog.h"

namespace vpcmirror {

struct CatalogFinding {
  std::string code;  // "CAT-TWIN"
  std::string name;  // of the row; empty: of the table
  int line = 0;
  std::string message;
  std::string advice;
  std::string known_because;  // empty: nobody knows of it
};

// A code of CatalogFinding and what it is about; in the order in which they are explained.
struct CatalogRule {
  const char* code;
  const char* title;
};
const std::vector<CatalogRule>& CatalogRules();

struct LintSettings {
  std::string today;        // ISO date; empty: no row is stale
  int most_age_days = 365;  // of a row's as_of
};

// By line. Compared are rows of one family of one provider; a figure that either row lacks is
// not compared. A finding that its row names in `known` says so in known_because, and a
// `known` without its finding is a finding.
std::vector<CatalogFinding> LintTypes(const std::vector<CatalogType>& types,
                                      const LintSettings& settings);
std::vector<CatalogFinding> LintReceivers(const std::vector<CatalogReceiver>& receivers,
                                          const LintSettings& settings);

// Days from 1970-01-01; empty when the text is no such date.
std::optional<int> DaysOfDate(std::string_view iso_date);

}  // namespace vpcmirror
