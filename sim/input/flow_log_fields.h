// What flow logs call their fields, and the orders of those that do not say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vpcmirror::sim {

enum class LogField : std::uint8_t {
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
  kDuration,
  kAction,
  kStatus,
  kDirection,
  kReplyPackets,  // what the other end sent, in the same record
  kReplyBytes,
  kRate,         // of a traffic matrix
  kPeriod,       // the same: in which its bytes pass
  kPacketBytes,  // the same: of the mean packet
  kOther,        // passed over
};
inline constexpr std::size_t kLogFields = static_cast<std::size_t>(LogField::kOther);

// kOther: of another name, which is passed over. "log_status" is "log-status".
LogField LogFieldNamed(std::string_view name);
// The first of a field's names.
std::string_view NameOf(LogField field);

// Of logs without a header, by the number of their values; empty: of no such log.
std::string_view OrderOf(std::size_t values);

}  // namespace vpcmirror::sim
