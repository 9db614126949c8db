// What one check found, as every output of it tells.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/check/finding.h"
#include "analysis/report/paths.h"

namespace vpcmirror {

struct FindingsReport {
  std::string file;               // that was checked, as the user named it
  std::string version;            // of the program
  std::vector<Finding> findings;  // suppressed ones among them
  bool is_partial = false;        // errors kept rules from judging what hangs on them
  std::size_t already_known = 0;  // hidden by a baseline
  std::size_t hosts = 0;          // of the scenario; all of them 0 where it is not valid
  std::size_t enis = 0;
  std::size_t mirrors = 0;
  std::optional<PathsReport> paths;  // where they were asked for
};

inline constexpr std::size_t kSeverities = 4;

struct FindingCounts {
  std::array<std::size_t, kSeverities> by_severity{};  // without suppressed ones
  std::size_t suppressed = 0;
};
FindingCounts CountFindings(const FindingsReport& report);

// "error" or "warning", and `lesser` of what is neither: formats of others have these levels.
std::string_view LevelOf(Severity severity, std::string_view lesser);

inline bool IsSuppressed(const Finding& finding) { return !finding.suppressed_because.empty(); }

// Those of them that are not suppressed, the worst first, else in their order.
std::vector<const Finding*> ShownFindings(const FindingsReport& report);

// "2 errors, 1 info; 1 suppressed; 4 already known". "nothing found" where nothing is shown.
std::string SummaryWords(const FindingsReport& report);

// "scenario.json:12:5"; what is not known of it is left out.
std::string PlaceWords(const Finding& finding);

// "--set '/hosts/web/mtu="1550 B"'", or "remove /mirrors/0/NatId".
std::string EditWords(const Edit& edit);

// The frame in the notation of explain --packet: "in tcp 10.0.1.7:51000 > 10.0.2.9:443 len 64".
std::string PacketWords(const Witness& witness);

}  // namespace vpcmirror
