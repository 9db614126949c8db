// Options about flow logs that commands share.
#pragma once

#include <string>
#include <vector>

#include "sim/input/logged_traffic.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace vpcmirror::sim {

struct LogOptions {
  std::vector<std::string> files;
  std::string per;
  std::string size_at = "p99";
  std::vector<std::string> map;
  std::string burst = "peak-to-mean=1";
  bool strict = false;
};

// What logs are, for the help of the option that names them.
inline const std::string kLogsHelp =
    "flow logs of AWS, Tencent or Alibaba (text or JSON), of nfdump -o csv, or traffic matrices; "
    "packed by gzip or zstd or not";

// Adds --per, --size-at, --map, --burst and --strict, each checked when it is read. `options` must
// outlive the command.
std::vector<CLI::Option*> AddLogOptions(CLI::App& command, LogOptions& options);

// Requires that they were checked.
LoggedTrafficOptions ReadingOf(const LogOptions& options);
double ShareOf(const LogOptions& options);  // of windows, as SizingWindow takes it

}  // namespace vpcmirror::sim
