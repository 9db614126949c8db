#include "analysis/check/finding.h"

namespace vpcmirror {

std::string_view ToString(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kInfo:
      return "info";
    case Severity::kAssumption:
      return "assumption";
  }
  return "";
}

std::string_view ToString(FindingBasis basis) {
  switch (basis) {
    case FindingBasis::kDocumented:
      return "documented";
    case FindingBasis::kDerived:
      return "derived";
    case FindingBasis::kAssumed:
      return "assumed";
  }
  return "";
}

}  // namespace vpcmirror
