#include "sim/input/flow_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>
#include <utility>

#include "models/scenario/error.h"
#include "sim/input/json_scan.h"
#include "sim/input/log_values.h"
#include "sim/input/quantity.h"

namespace vpcmirror::sim {
namespace {

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

// The first `sought` from `at` on, or `end`. Reads eight bytes at a time, and so up to
// PackedLines::kReadableBehind - 1 behind the end.
const char* Find(const char* at, const char* end, char sought) {
  if constexpr (std::endian::native == std::endian::little) {
    static_assert(PackedLines::kReadableBehind >= sizeof(std::uint64_t));
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kHighs = kOnes << 7;
    const std::uint64_t pattern = kOnes * static_cast<unsigned char>(sought);
    for (; at < end; at += sizeof pattern) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, sizeof word);
      word ^= pattern;
      // The lowest high bit is that of the first byte that is 0.
      const std::uint64_t zeros = (word - kOnes) & ~word & kHighs;
      if (zeros != 0) return std::min(end, at + std::countr_zero(zeros) / 8);
    }
    return end;
  }
  return std::find(at, end, sought);
}

std::string_view WithoutBlanks(std::string_view value) {
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
  return value;
}

std::string_view Unquoted(std::string_view value) {
  const bool is_quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return is_quoted ? value.substr(1, value.size() - 2) : value;
}

// JSON's escapes of a text that may be JSON itself; of others than \" and \\ the letter is kept,
// which no value of a flow log has.
void Unescape(std::string_view text, std::string& into) {
  into.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    into += text[i];
  }
  into.append(PackedLines::kReadableBehind, '\0');
}

}  // namespace

template <char kSeparator>
std::string_view FlowLog::TakeValue(const char*& at, const char* end) {
  if constexpr (kSeparator == ' ') {
    while (at < end && *at == ' ') ++at;
  }
  const char* const stop = Find(at, end, kSeparator);
  const std::string_view value(at, static_cast<std::size_t>(stop - at));
  at = stop == end ? end : stop + 1;
  return Unquoted(kSeparator == ' ' ? value : WithoutBlanks(value));
}

template <char kSeparator, class Take>
void FlowLog::ForEachValue(std::string_view line, Take&& take) {
  const char* at = line.data();
  const char* const end = at + line.size();
  while (at < end) {
    const std::string_view value = TakeValue<kSeparator>(at, end);
    if (kSeparator == ' ' && value.empty()) return;
    take(value);
  }
  // Of an empty last value only what parts it from the one before is there.
  if (kSeparator != ' ' && !line.empty() && line.back() == kSeparator) take(std::string_view());
}

template <class Take>
void FlowLog::ForEachValue(std::string_view line, Take&& take) const {
  if (separator_ == ' ') {
    ForEachValue<' '>(line, take);
  } else if (separator_ == ',') {
    ForEachValue<','>(line, take);
  } else {
    ForEachValue<'\t'>(line, take);
  }
}

FlowLog::FlowLog(const std::string& name, PackedLines lines)
    : name_(name), lines_(std::move(lines)) {
  std::string_view line;
  while (lines_.Next(line)) {
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    ReadShape(line);
    return;
  }
  FailAt(name, 0, "the file is empty", "a flow log");
}

void FlowLog::ReadShape(std::string_view first) {
  first_ = first;
  has_first_ = true;
  if (first[first.find_first_not_of(" \t")] == '{') {
    is_json_ = true;
    ReadHeader(OrderOf(14));  // of texts inside
    return;
  }
  if (first.find(',') != std::string_view::npos) {
    separator_ = ',';
  } else if (first.find('\t') != std::string_view::npos) {
    separator_ = '\t';
  }
  ReadHeader(first);
  const std::size_t values = order_.size();
  const bool has_names = std::any_of(order_.begin(), order_.end(),
                                     [](LogField each) { return each != LogField::kOther; });
  if (has_names) {
    header_ = std::string(first);
    has_first_ = false;
    has_summary_ = header_.starts_with("ts,te,td,");
    is_matrix_ = Has(LogField::kRate) || Has(LogField::kPeriod);
    RequireFields();
    return;
  }
  if (OrderOf(values).empty()) {
    FailAt(name_, lines_.number(), fmt::format("{} values and no header that names them", values),
           "a header of field names, 14 values (AWS version 2, Tencent), 20 or 23 (Alibaba), or "
           "a JSON object a line");
  }
  const char separator = std::exchange(separator_, ' ');
  ReadHeader(OrderOf(values));
  separator_ = separator;
}

void FlowLog::ReadHeader(std::string_view line) {
  order_.clear();
  const std::string names = std::string(line) + std::string(PackedLines::kReadableBehind, '\0');
  ForEachValue(std::string_view(names).substr(0, line.size()),
               [&](std::string_view value) { order_.push_back(LogFieldNamed(value)); });
}

bool FlowLog::Has(LogField field) const {
  return std::find(order_.begin(), order_.end(), field) != order_.end();
}

// Without them a record says nothing of what an ENI's mirrors are asked.
void FlowLog::RequireFields() const {
  constexpr LogField kOfLogs[] = {LogField::kSource,     LogField::kDestination,
                                  LogField::kSourcePort, LogField::kDestinationPort,
                                  LogField::kProtocol,   LogField::kBytes};
  constexpr LogField kOfMatrices[] = {LogField::kSource, LogField::kDestination};
  const std::span<const LogField> needed =
      is_matrix_ ? std::span<const LogField>(kOfMatrices) : std::span<const LogField>(kOfLogs);
  for (const LogField field : needed) {
    if (Has(field)) continue;
    FailAt(name_, lines_.number(), fmt::format("there is no field {}", NameOf(field)),
           is_matrix_ ? "source, destination and rate, or bytes and period"
                      : "srcaddr, dstaddr, srcport, dstport, protocol and bytes, and interface-id "
                        "(or eni-id) where the log has it");
  }
  if (is_matrix_ && Has(LogField::kRate) == Has(LogField::kBytes)) {
    FailAt(name_, lines_.number(), "a matrix has a rate, or bytes and a period",
           "one of the two: rate; bytes and period");
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

bool FlowLog::BadField(LogField field, std::string_view what) {
  return BadValue(ValueOf(field), what);
}

std::size_t FlowLog::SplitColumns(std::string_view line) {
  std::size_t count = 0;
  const std::size_t columns = order_.size();
  const LogField* const order = order_.data();
  ForEachValue(line, [&](std::string_view value) {
    if (count < columns) values_[static_cast<std::size_t>(order[count])] = value;
    ++count;
  });
  return count;
}

bool FlowLog::ReadColumns(std::string_view line) {
  const std::size_t count = SplitColumns(line);
  if (count == order_.size()) return true;
  if (told_.size() >= kMostToldLines) return BadValue("", "");
  return Bad(fmt::format("{} value{}, where {} are expected", count, count == 1 ? "" : "s",
                         order_.size()));
}

bool FlowLog::ReadObject(std::string_view line) {
  values_.fill({});
  return ReadFieldsOf(line, 0) || BadValue(line, "JSON object");
}

// The outermost object's fields come first, and no envelope of logs is deeper.
bool FlowLog::ReadFieldsOf(std::string_view text, int depth) {
  constexpr int kDeepest = 2;
  JsonScan scan(text);
  if (!scan.Take('{')) return false;
  if (scan.Take('}')) return scan.IsAtEnd();
  do {
    std::string_view key;
    std::string_view value;
    if (!scan.TakeString(key) || !scan.Take(':')) return false;
    const bool is_text = scan.IsNext('"');
    const std::string_view nested = scan.Rest();
    if (!scan.TakeValue(value)) return false;
    const auto field = static_cast<std::size_t>(LogFieldNamed(key));
    if (field < kLogFields) {
      if (values_[field].empty()) values_[field] = value;
    } else if (depth < kDeepest && !nested.empty() && nested.front() == '{') {
      const std::size_t size = nested.size() - scan.Rest().size();
      if (!ReadFieldsOf(nested.substr(0, size), depth + 1)) return false;
    } else if (depth < kDeepest && is_text && value.size() > 2) {
      if (!ReadText(value, depth)) return false;
    }
  } while (scan.Take(','));
  return scan.Take('}') && scan.IsAtEnd();
}

// What an envelope carries as a text: a record's JSON, or its 14 values. Other texts are no
// record.
bool FlowLog::ReadText(std::string_view text, int depth) {
  constexpr std::size_t kBlanksBetween14 = 13;
  const bool is_object = text.front() == '{';
  if (!is_object) {
    if (std::count(text.begin(), text.end(), ' ') != kBlanksBetween14) return true;
    if (!ValueOf(LogField::kSource).empty()) return true;
  }
  std::string& unpacked = unpacked_[static_cast<std::size_t>(depth)];
  Unescape(text, unpacked);
  const std::string_view inner =
      std::string_view(unpacked).substr(0, unpacked.size() - PackedLines::kReadableBehind);
  return is_object ? ReadFieldsOf(inner, depth + 1) : SplitColumns(inner) == order_.size();
}

bool FlowLog::MakeRecord(FlowRecord& record) {
  record = FlowRecord{};
  record.interface_id = ValueOf(LogField::kInterface);
  const bool names_interfaces = is_json_ || Has(LogField::kInterface);
  if (names_interfaces && IsMissing(record.interface_id)) return BadValue("", "interface-id");
  const std::string_view status = ValueOf(LogField::kStatus);
  if (status != "OK") {
    if (status == "NODATA" || (IsMissing(status) && IsMissing(ValueOf(LogField::kSource)))) {
      record.kind = FlowRecord::Kind::kNoData;
      return true;
    }
    if (status == "SKIPDATA") {
      record.kind = FlowRecord::Kind::kSkipped;
      return true;
    }
    if (!IsMissing(status)) return BadValue(status, "log-status");
  }
  const std::string_view action = ValueOf(LogField::kAction);
  if (action == "REJECT") {
    record.kind = FlowRecord::Kind::kRejected;
  } else if (action != "ACCEPT" && !IsMissing(action)) {
    return BadValue(action, "action");
  }
  return ReadFlow(record) && (is_matrix_ ? ReadRate(record) : ReadAmounts(record));
}

bool FlowLog::ReadEnd(LogField field, IpAddress& address, std::string_view& name) {
  const std::string_view text = ValueOf(field);
  if (const auto parsed = ParseLoggedAddress(text)) {
    address = *parsed;
    return true;
  }
  if (!is_matrix_ || text.empty()) {
    return BadField(field, field == LogField::kSource ? "address (srcaddr)" : "address (dstaddr)");
  }
  name = text;
  return true;
}

bool FlowLog::ReadFlow(FlowRecord& record) {
  FlowKey& flow = record.flow;
  if (!ReadEnd(LogField::kSource, flow.source, record.source_name) ||
      !ReadEnd(LogField::kDestination, flow.destination, record.destination_name)) {
    return false;
  }
  const bool has_names = !record.source_name.empty() || !record.destination_name.empty();
  if (!has_names && flow.source.family() != flow.destination.family()) {
    return BadField(LogField::kDestination, "address (dstaddr) of the family of srcaddr");
  }
  const std::string_view protocol = ValueOf(LogField::kProtocol);
  if (is_matrix_ && IsMissing(protocol)) {
    flow.protocol = kProtocolTcp;
  } else if (!ParseWholeNumber(protocol, flow.protocol)) {
    const auto named = ParseLoggedProtocol(protocol);
    if (!named) return BadField(LogField::kProtocol, "protocol number");
    flow.protocol = *named;
  }
  return !HasPorts(flow.protocol) || ReadPorts(flow);
}

bool FlowLog::ReadPorts(FlowKey& flow) {
  // What a scenario's workloads have where nobody says more.
  constexpr std::uint16_t kUsualClientPort = 50'000;
  constexpr std::uint16_t kUsualServerPort = 443;
  flow.ports = Ports::kKnown;
  const auto read = [&](LogField field, std::uint16_t usual, std::uint16_t& port) {
    if (is_matrix_ && IsMissing(ValueOf(field))) {
      port = usual;
      return true;
    }
    return ParseWholeNumber(ValueOf(field), port);
  };
  if (!read(LogField::kSourcePort, kUsualClientPort, flow.source_port)) {
    return BadField(LogField::kSourcePort, "port (srcport)");
  }
  if (!read(LogField::kDestinationPort, kUsualServerPort, flow.destination_port)) {
    return BadField(LogField::kDestinationPort, "port (dstport)");
  }
  return true;
}

// An IP packet has 20 bytes at least and 65,575 at most (RFC 791, RFC 8200). More than a day of
// 10 Tbps are no record but a slip, and sums of more would overflow.
bool FlowLog::FitPackets(std::int64_t bytes, std::int64_t packets) {
  constexpr std::int64_t kMostBytes = 100'000'000'000'000'000;
  constexpr std::int64_t kShortest = 20;
  constexpr std::int64_t kLongest = 65'575;
  if (bytes > kMostBytes || packets > kMostBytes) return false;
  if (packets <= 0) return true;  // not said
  return bytes / packets <= kLongest && bytes >= packets * kShortest;
}

bool FlowLog::ReadAmounts(FlowRecord& record) {
  const auto read = [&](LogField field, std::int64_t& number) {
    const std::string_view text = ValueOf(field);
    return (ParseWholeNumber(text, number) && number >= 0) || IsMissing(text);
  };
  if (IsMissing(ValueOf(LogField::kBytes)) || !read(LogField::kBytes, record.bytes)) {
    return BadField(LogField::kBytes, "number of bytes");
  }
  if (!read(LogField::kPackets, record.packets)) {
    return BadField(LogField::kPackets, "number of packets");
  }
  if (!FitPackets(record.bytes, record.packets)) {
    return BadField(LogField::kBytes, "number of bytes of so many IP packets");
  }
  record.packets = std::max<std::int64_t>(record.packets, 0);
  std::int64_t replied = 0;
  if (!read(LogField::kReplyBytes, replied)) {
    return BadField(LogField::kReplyBytes, "number of bytes");
  }
  reply_.bytes = std::max<std::int64_t>(replied, 0);
  if (!read(LogField::kReplyPackets, reply_.packets)) {
    return BadField(LogField::kReplyPackets, "number of packets");
  }
  const std::string_view direction = ValueOf(LogField::kDirection);
  if (direction == "ingress" || direction == "in") record.direction = Direction::kIngress;
  if (direction == "egress" || direction == "out") record.direction = Direction::kEgress;
  return ReadTimes(record);
}

bool FlowLog::ReadTimes(FlowRecord& record) {
  const auto read = [&](LogField field, std::int64_t& time) {
    const std::string_view text = ValueOf(field);
    if (IsMissing(text)) return true;
    const auto parsed = ParseLoggedTime(text);
    time = parsed.value_or(0);
    return parsed.has_value();
  };
  if (!read(LogField::kStart, record.start)) return BadField(LogField::kStart, "start");
  if (!read(LogField::kEnd, record.end)) return BadField(LogField::kEnd, "end");
  const std::string_view duration = ValueOf(LogField::kDuration);
  if (record.end == 0 && !IsMissing(duration)) {
    const auto parsed = ParseLoggedDuration(duration);
    if (!parsed) return BadField(LogField::kDuration, "duration");
    record.end = record.start + *parsed;
  }
  return true;
}

bool FlowLog::ReadRate(FlowRecord& record) {
  record.end = 1;
  if (Has(LogField::kRate)) {
    const auto rate = ParseBandwidth(ValueOf(LogField::kRate));
    if (!rate) return BadField(LogField::kRate, "rate, such as \"250 Mbps\"");
    record.bytes = rate.value->count() / kBitsPerByte;
  } else {
    const auto period = ParseDuration(ValueOf(LogField::kPeriod));
    const bool is_whole =
        period && period.value->count() > 0 && period.value->count() % kPicosecondsPerSecond == 0;
    if (!is_whole) return BadField(LogField::kPeriod, "period of whole seconds, such as \"60 s\"");
    record.end = period.value->count() / kPicosecondsPerSecond;
    if (!ParseWholeNumber(ValueOf(LogField::kBytes), record.bytes) || record.bytes < 0) {
      return BadField(LogField::kBytes, "number of bytes");
    }
  }
  std::int64_t packet = 0;
  const std::string_view packet_text = ValueOf(LogField::kPacketBytes);
  if (!IsMissing(packet_text)) {
    if (!ParseWholeNumber(packet_text, packet) || packet <= 0) {
      return BadField(LogField::kPacketBytes, "number of bytes of a packet");
    }
    record.packets = std::max<std::int64_t>(1, record.bytes / packet);
  }
  return true;
}

bool FlowLog::TakeReply(FlowRecord& record) {
  if (reply_.bytes == 0) return false;
  record = reply_;
  reply_.bytes = 0;
  return true;
}

bool FlowLog::ReadLine(std::string_view line, FlowRecord& record) {
  if (!(is_json_ ? ReadObject(line) : ReadColumns(line)) || !MakeRecord(record)) {
    reply_.bytes = 0;
    return false;
  }
  if (reply_.bytes > 0) {
    const FlowRecord counted = reply_;
    reply_ = record;
    reply_.flow = Reversed(record.flow);
    reply_.bytes = counted.bytes;
    reply_.packets = counted.packets;
  }
  return true;
}

bool FlowLog::Next(FlowRecord& record) {
  if (TakeReply(record)) return true;
  std::string_view line;
  while (!at_end_) {
    if (has_first_) {
      line = first_;
      has_first_ = false;
    } else if (!lines_.Next(line)) {
      return false;
    }
    if (lines_.was_too_long()) {
      Bad(fmt::format("the line has more than {} bytes", PackedLines::kMostLineBytes));
      continue;
    }
    if (line.empty() || (!header_.empty() && line == header_)) continue;
    if (has_summary_ && line == "Summary") {
      at_end_ = true;
    } else if (ReadLine(line, record)) {
      return true;
    }
  }
  return false;
}

}  // namespace vpcmirror::sim
