// Flow logs, record by record: of AWS, Tencent and Alibaba, as text or JSON; what nfdump -o csv
// prints; and traffic matrices. Packed by gzip or zstd or not at all.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/mirror/direction.h"
#include "models/wire/flow_key.h"
#include "sim/input/flow_log_fields.h"
#include "sim/input/packed_lines.h"

namespace vpcmirror::sim {

struct FlowRecord {
  enum class Kind : std::uint8_t {
    kTraffic,
    kRejected,  // by a security group or ACL: it did not pass
    kNoData,    // nothing passed in the window
    kSkipped,   // something passed and was not recorded
  };
  Kind kind = Kind::kTraffic;
  // Texts are valid until the next record. Empty: the log is of no interface, and tells of
  // what passed from one address to the other.
  std::string_view interface_id;
  // What follows is of kTraffic and kRejected.
  FlowKey flow;
  // Of a matrix, in place of the flow's address: not empty where an end is no address.
  std::string_view source_name;
  std::string_view destination_name;
  std::int64_t packets = 0;  // 0: the log does not say
  std::int64_t bytes = 0;    // of IP packets
  // Seconds since 1970 between which it passed; 0: not said. Of a matrix 0, and the period.
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::optional<Direction> direction;  // where the log says so
};

// A cursor over one file. Its memory does not grow with the file, and no record allocates.
// The shape is told by the first line:
//   a JSON object   a record a line: its fields, or an object, a text of JSON or a text of 14
//                   values inside that has them
//   a header        of names as in flow_log_fields.cc, in any order; of other names they are
//                   passed over. A rate or a period makes it a matrix.
//   14 values       AWS version 2 and Tencent ENI logs, in their order
//   20, 23          Alibaba's
// Values are parted by commas where the first line has one, else by tabs where it has one,
// else by blanks.
class FlowLog {
 public:
  // Throws ScenarioException (file and line set) when the file cannot be read, is empty, is
  // of no such shape, or lacks a field that is needed.
  explicit FlowLog(const std::string& file) : FlowLog(file, PackedLines(file)) {}
  // `name` stands for the file in errors.
  FlowLog(const std::string& name, PackedLines lines);

  // False at the end. A line that is no record is counted and passed over. Throws
  // ScenarioException when reading fails.
  bool Next(FlowRecord& record);

  const std::string& file() const { return name_; }
  std::int64_t line() const { return lines_.number(); }  // of the record given last, from 1
  // Rates between ends, and no times.
  bool is_matrix() const { return is_matrix_; }

  // The first kMostToldLines of the bad ones are told.
  static constexpr std::size_t kMostToldLines = 5;
  struct BadLine {
    std::int64_t line = 0;
    std::string message;
  };
  const std::vector<BadLine>& told_lines() const { return told_; }
  std::int64_t bad_lines() const { return bad_lines_; }

 private:
  // By LogField; what is passed over is written behind the last.
  using Values = std::array<std::string_view, kLogFields + 1>;

  void ReadShape(std::string_view first);
  void ReadHeader(std::string_view line);
  void RequireFields() const;
  bool Has(LogField field) const;
  bool ReadLine(std::string_view line, FlowRecord& record);
  // The next value of a line, which is not at its end; empty where values may be empty.
  template <char kSeparator>
  static std::string_view TakeValue(const char*& at, const char* end);
  template <char kSeparator, class Take>
  static void ForEachValue(std::string_view line, Take&& take);
  template <class Take>
  void ForEachValue(std::string_view line, Take&& take) const;
  // The number of values, each put where it belongs.
  std::size_t SplitColumns(std::string_view line);
  bool ReadColumns(std::string_view line);
  bool ReadObject(std::string_view line);
  bool ReadFieldsOf(std::string_view text, int depth);
  bool ReadText(std::string_view text, int depth);
  bool MakeRecord(FlowRecord& record);
  bool ReadFlow(FlowRecord& record);
  bool ReadEnd(LogField field, IpAddress& address, std::string_view& name);
  bool ReadPorts(FlowKey& flow);
  bool ReadAmounts(FlowRecord& record);
  static bool FitPackets(std::int64_t bytes, std::int64_t packets);
  bool ReadRate(FlowRecord& record);
  bool ReadTimes(FlowRecord& record);
  // The answers that a record has counted, as a record of their own.
  bool TakeReply(FlowRecord& record);
  std::string_view ValueOf(LogField field) const {
    return values_[static_cast<std::size_t>(field)];
  }
  // Counts the line and tells it if few are told yet; false.
  bool Bad(std::string message);
  bool BadValue(std::string_view value, std::string_view field);
  bool BadField(LogField field, std::string_view what);

  std::string name_;
  PackedLines lines_;
  bool is_json_ = false;
  bool is_matrix_ = false;
  bool has_summary_ = false;  // nfdump's, behind the records
  bool at_end_ = false;
  char separator_ = ' ';
  std::string header_;           // empty: there is none
  std::vector<LogField> order_;  // by position
  std::string_view first_;       // a line that is a record and was read for its shape
  bool has_first_ = false;
  Values values_{};
  std::array<std::string, 2> unpacked_;  // texts of JSON inside of JSON, by depth
  FlowRecord reply_;                     // of the record before, with bytes where there is one
  std::int64_t bad_lines_ = 0;
  std::vector<BadLine> told_;
};

}  // namespace vpcmirror::sim
