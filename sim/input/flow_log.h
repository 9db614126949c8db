// Flow logs of clouds, record by record: text of AWS, Tencent and Alibaba, or JSON with a
// record a line, gzipped or not.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/mirror/direction.h"
#include "models/wire/flow_key.h"
#include "sim/input/gzip_lines.h"

namespace vpcmirror::sim {

struct FlowRecord {
  enum class Kind : std::uint8_t {
    kTraffic,
    kRejected,  // by a security group or ACL: it did not pass
    kNoData,    // nothing passed in the window
    kSkipped,   // something passed and was not recorded
  };
  Kind kind = Kind::kTraffic;
  std::string_view interface_id;  // valid until the next record
  // What follows is of kTraffic and kRejected.
  FlowKey flow;
  std::int64_t packets = 0;  // 0: the log does not say
  std::int64_t bytes = 0;
  std::int64_t start = 0;              // of the window, seconds since 1970; 0: not said
  std::int64_t end = 0;                // the same
  std::optional<Direction> direction;  // where the log says so
};

// A cursor over one file. Its memory does not grow with the file, and no record allocates.
// The shape is told by the first line: a JSON object, a header of field names, or values
// in an order that is known by their number:
//   14  AWS version 2 and Tencent ENI logs: version account-id interface-id srcaddr dstaddr
//       srcport dstport protocol packets bytes start end action log-status
//   20, 23  Alibaba: version vswitch-id vm-id vpc-id account-id eni-id region srcaddr srcport
//       dstaddr dstport protocol direction packets bytes start end log-status action
//       tcp-flags [traffic_path srctype dsttype]
// Fields of other names are passed over. Blanks, tabs or commas part values.
class FlowLog {
 public:
  // Throws ScenarioException (file and line set) when the file cannot be read, is empty, is
  // of no such shape, or lacks a field that is needed.
  explicit FlowLog(const std::string& file);

  // False at the end. A line that is no record is counted and passed over. Throws
  // ScenarioException when reading fails.
  bool Next(FlowRecord& record);

  // The first kMostToldLines of the bad ones are told.
  static constexpr std::size_t kMostToldLines = 5;
  struct BadLine {
    std::int64_t line = 0;
    std::string message;
  };
  const std::vector<BadLine>& told_lines() const { return told_; }
  std::int64_t bad_lines() const { return bad_lines_; }

  enum Field : std::uint8_t {
    kInterface,
    kSource,
    kDestination,
    kSourcePort,
    kDestinationPort,
    kProtocol,
    kPackets,
    kBytes,
    kStart,
    kEnd,
    kAction,
    kStatus,
    kDirection,
    kFields,
  };

 private:
  using Values = std::array<std::string_view, kFields>;

  void ReadShape(std::string_view first);
  void ReadHeader(std::string_view line);
  bool ReadColumns(std::string_view line, Values& values);
  bool ReadObject(std::string_view line, Values& values);
  bool MakeRecord(const Values& values, FlowRecord& record);
  bool ReadFlow(const Values& values, FlowKey& flow);
  bool ReadAmounts(const Values& values, FlowRecord& record);
  // Counts the line and tells it if few are told yet; false.
  bool Bad(std::string message);
  bool BadValue(std::string_view value, std::string_view field);

  std::string name_;
  GzipLines lines_;
  bool is_json_ = false;
  std::string header_;               // empty: there is none
  std::vector<std::uint8_t> order_;  // Field by position; kFields: passed over
  std::string_view first_;           // a line that is a record and was read for its shape
  bool has_first_ = false;
  std::int64_t bad_lines_ = 0;
  std::vector<BadLine> told_;
};

}  // namespace vpcmirror::sim
