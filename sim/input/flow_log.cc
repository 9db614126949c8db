#include "sim/input/flow_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "models/scenario/error.h"
#include "sim/input/json_scan.h"

namespace vpcmirror::sim {
namespace {

struct FieldName {
  std::string_view name;
  FlowLog::Field field;
};
constexpr FieldName kFieldNames[] = {
    {"interface-id", FlowLog::kInterface},
    {"eni-id", FlowLog::kInterface},
    {"srcaddr", FlowLog::kSource},
    {"dstaddr", FlowLog::kDestination},
    {"srcport", FlowLog::kSourcePort},
    {"dstport", FlowLog::kDestinationPort},
    {"protocol", FlowLog::kProtocol},
    {"packets", FlowLog::kPackets},
    {"bytes", FlowLog::kBytes},
    {"start", FlowLog::kStart},
    {"end", FlowLog::kEnd},
    {"action", FlowLog::kAction},
    {"log-status", FlowLog::kStatus},
    {"flow-direction", FlowLog::kDirection},
    {"direction", FlowLog::kDirection},
};

// Without them a record says nothing of what an ENI's mirrors are asked.
constexpr FlowLog::Field kNeeded[] = {
    FlowLog::kInterface,       FlowLog::kSource,   FlowLog::kDestination, FlowLog::kSourcePort,
    FlowLog::kDestinationPort, FlowLog::kProtocol, FlowLog::kBytes};

constexpr std::string_view kAwsOrder =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status";
constexpr std::string_view kAlibabaOrder =
    "version vswitch-id vm-id vpc-id account-id eni-id region srcaddr srcport dstaddr dstport "
    "protocol direction packets bytes start end log-status action tcp-flags traffic_path srctype "
    "dsttype";
constexpr std::size_t kAwsFields = 14;
constexpr std::size_t kAlibabaFields = 20;
constexpr std::size_t kAlibabaFieldsWithPath = 23;

std::string_view NameOf(FlowLog::Field field) {
  for (const FieldName& each : kFieldNames) {
    if (each.field == field) return each.name;
  }
  return "";
}

// "srcaddr", "src_addr" of no log, "log_status" of some.
bool IsName(std::string_view text, std::string_view name) {
  return std::equal(text.begin(), text.end(), name.begin(), name.end(),
                    [](char a, char b) { return a == b || (a == '_' && b == '-'); });
}

std::uint8_t FieldNamed(std::string_view text) {
  for (const FieldName& each : kFieldNames) {
    if (IsName(text, each.name)) return each.field;
  }
  return FlowLog::kFields;
}

constexpr bool IsBetween(char c) { return c == ' ' || c == '\t' || c == ','; }

// Takes the next value from the front of `line`; empty at its end.
std::string_view TakeValue(std::string_view& line) {
  std::size_t begin = 0;
  while (begin < line.size() && IsBetween(line[begin])) ++begin;
  std::size_t end = begin;
  while (end < line.size() && !IsBetween(line[end])) ++end;
  std::string_view value = line.substr(begin, end - begin);
  line.remove_prefix(end);
  const bool is_quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return is_quoted ? value.substr(1, value.size() - 2) : value;
}

std::size_t CountValues(std::string_view line) {
  std::size_t count = 0;
  while (!TakeValue(line).empty()) ++count;
  return count;
}

template <class Number>
bool ParseWholeNumber(std::string_view text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && at == end && !text.empty();
}

// Most addresses of logs are IPv4 and well-formed.
std::optional<IpAddress> ParseLoggedAddress(std::string_view text) {
  std::uint32_t address = 0;
  std::uint32_t part = 0;
  int dots = 0;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9' && digits < 3) {
      part = part * 10 + static_cast<std::uint32_t>(c - '0');
      ++digits;
    } else if (c == '.' && digits > 0 && part <= 255 && dots < 3) {
      address = address << 8 | part;
      part = 0;
      digits = 0;
      ++dots;
    } else {
      return ParseIpAddress(text);
    }
  }
  if (dots != 3 || digits == 0 || part > 255) return std::nullopt;
  return IpAddress::V4(address << 8 | part);
}

constexpr bool IsMissing(std::string_view value) {
  return value.empty() || value == "-" || value == "-1";
}

[[noreturn]] void FailAt(const std::string& file, std::int64_t line, std::string message,
                         std::string accepted) {
  ScenarioError error;
  error.file = file;
  error.line = static_cast<int>(line);
  error.column = line > 0 ? 1 : 0;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  throw ScenarioException({error});
}

}  // namespace

FlowLog::FlowLog(const std::string& file) : name_(file), lines_(file) {
  std::string_view line;
  while (lines_.Next(line)) {
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    ReadShape(line);
    return;
  }
  FailAt(file, 0, "the file is empty", "a flow log");
}

void FlowLog::ReadShape(std::string_view first) {
  constexpr std::string_view kZstd = "\x28\xb5\x2f\xfd";
  if (first.starts_with(kZstd)) {
    FailAt(name_, 0, "the file is compressed with zstd", "text or gzip: zstd -d first");
  }
  first_ = first;
  has_first_ = true;
  if (first[first.find_first_not_of(" \t")] == '{') {
    is_json_ = true;
    return;
  }
  std::string_view rest = first;
  bool has_names = false;
  for (std::string_view value = TakeValue(rest); !value.empty(); value = TakeValue(rest)) {
    has_names = has_names || FieldNamed(value) != kFields;
  }
  const std::size_t values = CountValues(first);
  if (has_names) {
    header_ = std::string(first);
    has_first_ = false;
    ReadHeader(first);
  } else if (values == kAwsFields) {
    ReadHeader(kAwsOrder);
  } else if (values == kAlibabaFields || values == kAlibabaFieldsWithPath) {
    ReadHeader(kAlibabaOrder);
    order_.resize(values);
  } else {
    FailAt(name_, lines_.number(), fmt::format("{} values and no header that names them", values),
           "a header of field names, 14 values (AWS version 2, Tencent), 20 or 23 (Alibaba), or "
           "a JSON object a line");
  }
}

void FlowLog::ReadHeader(std::string_view line) {
  std::string_view rest = line;
  for (std::string_view value = TakeValue(rest); !value.empty(); value = TakeValue(rest)) {
    order_.push_back(FieldNamed(value));
  }
  for (const Field field : kNeeded) {
    if (std::find(order_.begin(), order_.end(), field) != order_.end()) continue;
    FailAt(name_, lines_.number(), fmt::format("there is no field {}", NameOf(field)),
           "interface-id (or eni-id), srcaddr, dstaddr, srcport, dstport, protocol and bytes");
  }
}

bool FlowLog::Bad(std::string message) {
  ++bad_lines_;
  if (told_.size() < kMostToldLines) told_.push_back({lines_.number(), std::move(message)});
  return false;
}

bool FlowLog::BadValue(std::string_view value, std::string_view field) {
  if (told_.size() >= kMostToldLines) {
    ++bad_lines_;
    return false;
  }
  constexpr std::size_t kMostQuoted = 40;
  return Bad(value.empty() ? fmt::format("there is no {}", field)
                           : fmt::format("\"{}\" is no {}", value.substr(0, kMostQuoted), field));
}

bool FlowLog::ReadColumns(std::string_view line, Values& values) {
  std::size_t count = 0;
  std::string_view rest = line;
  for (std::string_view value = TakeValue(rest); !value.empty(); value = TakeValue(rest)) {
    if (count < order_.size() && order_[count] != kFields) values[order_[count]] = value;
    ++count;
  }
  if (count == order_.size()) return true;
  if (told_.size() >= kMostToldLines) return BadValue("", "");
  return Bad(fmt::format("{} value{}, where {} are expected", count, count == 1 ? "" : "s",
                         order_.size()));
}

bool FlowLog::ReadObject(std::string_view line, Values& values) {
  JsonScan scan(line);
  if (!scan.Take('{')) return BadValue(line, "JSON object");
  do {
    std::string_view key;
    std::string_view value;
    if (!scan.TakeString(key) || !scan.Take(':') || !scan.TakeValue(value)) {
      return BadValue(line, "JSON object");
    }
    const std::uint8_t field = FieldNamed(key);
    if (field != kFields) values[field] = value;
  } while (scan.Take(','));
  if (!scan.Take('}') || !scan.IsAtEnd()) return BadValue(line, "JSON object");
  return true;
}

bool FlowLog::MakeRecord(const Values& values, FlowRecord& record) {
  record = FlowRecord{};
  record.interface_id = values[kInterface];
  if (IsMissing(record.interface_id)) return BadValue("", "interface-id");
  const std::string_view status = values[kStatus];
  if (status == "NODATA" || (IsMissing(status) && IsMissing(values[kSource]))) {
    record.kind = FlowRecord::Kind::kNoData;
    return true;
  }
  if (status == "SKIPDATA") {
    record.kind = FlowRecord::Kind::kSkipped;
    return true;
  }
  if (!IsMissing(status) && status != "OK") return BadValue(status, "log-status");
  const std::string_view action = values[kAction];
  if (action == "REJECT") {
    record.kind = FlowRecord::Kind::kRejected;
  } else if (!IsMissing(action) && action != "ACCEPT") {
    return BadValue(action, "action");
  }
  return ReadFlow(values, record.flow) && ReadAmounts(values, record);
}

bool FlowLog::ReadFlow(const Values& values, FlowKey& flow) {
  const auto source = ParseLoggedAddress(values[kSource]);
  if (!source) return BadValue(values[kSource], "address (srcaddr)");
  const auto destination = ParseLoggedAddress(values[kDestination]);
  if (!destination) return BadValue(values[kDestination], "address (dstaddr)");
  if (source->family() != destination->family()) {
    return BadValue(values[kDestination], "address (dstaddr) of the family of srcaddr");
  }
  flow.source = *source;
  flow.destination = *destination;
  if (!ParseWholeNumber(values[kProtocol], flow.protocol)) {
    return BadValue(values[kProtocol], "protocol number");
  }
  if (!HasPorts(flow.protocol)) return true;
  flow.ports = Ports::kKnown;
  if (!ParseWholeNumber(values[kSourcePort], flow.source_port)) {
    return BadValue(values[kSourcePort], "port (srcport)");
  }
  if (!ParseWholeNumber(values[kDestinationPort], flow.destination_port)) {
    return BadValue(values[kDestinationPort], "port (dstport)");
  }
  return true;
}

bool FlowLog::ReadAmounts(const Values& values, FlowRecord& record) {
  if (!ParseWholeNumber(values[kBytes], record.bytes) || record.bytes < 0) {
    return BadValue(values[kBytes], "number of bytes");
  }
  const auto read = [](std::string_view text, std::int64_t& number) {
    return IsMissing(text) || (ParseWholeNumber(text, number) && number >= 0);
  };
  if (!read(values[kPackets], record.packets)) {
    return BadValue(values[kPackets], "number of packets");
  }
  if (!read(values[kStart], record.start)) return BadValue(values[kStart], "start");
  if (!read(values[kEnd], record.end)) return BadValue(values[kEnd], "end");
  const std::string_view direction = values[kDirection];
  if (direction == "ingress" || direction == "in") record.direction = Direction::kIngress;
  if (direction == "egress" || direction == "out") record.direction = Direction::kEgress;
  return true;
}

bool FlowLog::Next(FlowRecord& record) {
  std::string_view line;
  for (;;) {
    if (has_first_) {
      line = first_;
      has_first_ = false;
    } else if (!lines_.Next(line)) {
      return false;
    }
    if (lines_.was_too_long()) {
      Bad(fmt::format("the line has more than {} bytes", GzipLines::kMostLineBytes));
      continue;
    }
    if (line.empty() || (!header_.empty() && line == header_)) continue;
    Values values{};
    const bool is_read = is_json_ ? ReadObject(line, values) : ReadColumns(line, values);
    if (is_read && MakeRecord(values, record)) return true;
  }
}

}  // namespace vpcmirror::sim
