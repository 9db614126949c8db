#include "sim/input/flow_log_fields.h"

#include <algorithm>

namespace vpcmirror::sim {
namespace {

struct FieldName {
  std::string_view name;
  LogField field;
};

constexpr FieldName kFieldNames[] = {
    // AWS versions 2 to 5, Tencent; Alibaba.
    {"interface-id", LogField::kInterface},
    {"eni-id", LogField::kInterface},
    {"srcaddr", LogField::kSource},
    {"dstaddr", LogField::kDestination},
    {"srcport", LogField::kSourcePort},
    {"dstport", LogField::kDestinationPort},
    {"protocol", LogField::kProtocol},
    {"packets", LogField::kPackets},
    {"bytes", LogField::kBytes},
    {"start", LogField::kStart},
    {"end", LogField::kEnd},
    {"action", LogField::kAction},
    {"log-status", LogField::kStatus},
    {"flow-direction", LogField::kDirection},
    {"direction", LogField::kDirection},
    // nfdump -o csv up to 1.7.4.
    {"ts", LogField::kStart},
    {"te", LogField::kEnd},
    {"td", LogField::kDuration},
    {"sa", LogField::kSource},
    {"da", LogField::kDestination},
    {"sp", LogField::kSourcePort},
    {"dp", LogField::kDestinationPort},
    {"pr", LogField::kProtocol},
    {"ipkt", LogField::kPackets},
    {"ibyt", LogField::kBytes},
    {"opkt", LogField::kReplyPackets},
    {"obyt", LogField::kReplyBytes},
    // From 1.7.5 on, and -o csv-fast.
    {"firstSeen", LogField::kStart},
    {"lastSeen", LogField::kEnd},
    {"duration", LogField::kDuration},
    {"srcAddr", LogField::kSource},
    {"dstAddr", LogField::kDestination},
    {"srcPort", LogField::kSourcePort},
    {"dstPort", LogField::kDestinationPort},
    {"proto", LogField::kProtocol},
    {"inPackets", LogField::kPackets},
    {"inBytes", LogField::kBytes},
    {"outPackets", LogField::kReplyPackets},
    {"outBytes", LogField::kReplyBytes},
    // A traffic matrix.
    {"source", LogField::kSource},
    {"destination", LogField::kDestination},
    {"source-port", LogField::kSourcePort},
    {"destination-port", LogField::kDestinationPort},
    {"rate", LogField::kRate},
    {"period", LogField::kPeriod},
    {"packet-bytes", LogField::kPacketBytes},
};

constexpr std::string_view kAwsOrder =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status";
constexpr std::string_view kAlibabaOrder =
    "version vswitch-id vm-id vpc-id account-id eni-id region srcaddr srcport dstaddr dstport "
    "protocol direction packets bytes start end log-status action tcp-flags";
constexpr std::string_view kAlibabaOrderWithPath =
    "version vswitch-id vm-id vpc-id account-id eni-id region srcaddr srcport dstaddr dstport "
    "protocol direction packets bytes start end log-status action tcp-flags traffic_path srctype "
    "dsttype";
constexpr std::size_t kAwsFields = 14;
constexpr std::size_t kAlibabaFields = 20;
constexpr std::size_t kAlibabaFieldsWithPath = 23;

bool IsName(std::string_view text, std::string_view name) {
  return std::equal(text.begin(), text.end(), name.begin(), name.end(),
                    [](char a, char b) { return a == b || (a == '_' && b == '-'); });
}

}  // namespace

LogField LogFieldNamed(std::string_view name) {
  for (const FieldName& each : kFieldNames) {
    if (IsName(name, each.name)) return each.field;
  }
  return LogField::kOther;
}

std::string_view NameOf(LogField field) {
  for (const FieldName& each : kFieldNames) {
    if (each.field == field) return each.name;
  }
  return "";
}

std::string_view OrderOf(std::size_t values) {
  switch (values) {
    case kAwsFields:
      return kAwsOrder;
    case kAlibabaFields:
      return kAlibabaOrder;
    case kAlibabaFieldsWithPath:
      return kAlibabaOrderWithPath;
    default:
      return "";
  }
}

}  // namespace vpcmirror::sim
