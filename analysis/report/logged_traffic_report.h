// Traffic of flow logs: for a terminal, for machines, for a spreadsheet.
#pragma once

#include <string>
#include <vector>

#include "analysis/report/result_text.h"
#include "models/scenario/logged_traffic.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

struct LoggedTrafficReport {
  std::string version;  // of the program
  std::string file;     // the scenario, as the user named it
  const ValidScenario* scenario = nullptr;
  LoggedTraffic logged;
  std::string size_at = "p99";  // as the user wrote it
  double share = 0.99;          // of windows, as SizingWindow takes it
};

inline constexpr const char* kTrafficSchema = "vpcmirror.traffic/1";

std::string LoggedTrafficText(const LoggedTrafficReport& report, const TextStyle& style);
// By scenarios/schema/traffic.schema.json.
std::string LoggedTrafficJson(const LoggedTrafficReport& report);
// A header and a row for each window.
std::string LoggedTrafficCsv(const LoggedTrafficReport& report);

// What no flow log tells, in sentences: each output repeats it.
std::vector<std::string> LeftOutByLogs(const LoggedTraffic& logged);

// "2025-10-09 08:53:20", UTC. Seconds since 1970.
std::string TimeOfDayText(std::int64_t seconds);

}  // namespace vpcmirror
