// The rules that check knows, a row each. What a rule is about is told here once: for
// check, for explain and for docs/findings.md.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "analysis/check/finding.h"

namespace vpcmirror {

struct CheckContext;

struct Reference {
  std::string_view where;  // a document, with its address where it has one
  std::string_view as_of;  // ISO date
};

struct Rule {
  std::string_view code;  // stable: "MIR-MTU-001"
  Severity severity = Severity::kWarning;
  FindingBasis basis = FindingBasis::kDocumented;
  std::string_view title;  // a few words
  std::string_view why;    // sentences
  std::string_view fix;    // sentences, without the numbers of a case
  std::vector<Reference> refs;
  // What the finding's place names is not to be there; as an edit where it is in a list.
  bool mended_by_removal = false;
  // Of an error: the API takes it, and copies do not arrive. Others the API refuses.
  bool is_undelivered = false;
  // It is about a filter, which mirrors may share.
  bool is_of_filter = false;
  // Our word for it, where validating a scenario tells (ScenarioError::rule, Note::rule).
  std::string_view word;
  // Adds what is found in a scenario that is valid; null where `word` is all there is.
  void (*find)(const CheckContext&, std::vector<Finding>&) = nullptr;
};

// Of what cannot be read or used, whatever a provider says of it.
inline constexpr std::string_view kInputRule = "MIR-INP-001";
// Of an acceptance in a scenario.
inline constexpr std::string_view kAcceptanceRule = "MIR-ACC-001";

// Of what an import assumed, and of what its files say that cannot be so: whoever imports tells.
inline constexpr std::string_view kImportGapRule = "MIR-IMP-001";
inline constexpr std::string_view kImportContradictionRule = "MIR-IMP-002";

// By code, ascending.
std::span<const Rule> Rules();
// Null: there is no such rule.
const Rule* FindRule(std::string_view code);

}  // namespace vpcmirror
