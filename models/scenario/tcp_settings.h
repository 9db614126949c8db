// How the flows of a closed-loop workload behave.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "models/units/quantity.h"

namespace vpcmirror {

// Congestion control, as ns-3 3.37 implements it.
enum class TcpVariant : std::uint8_t {
  kCubic,
  kReno,  // Linux's
  kNewReno,
  kBic,
  kHighSpeed,
  kHtcp,
  kHybla,
  kIllinois,
  kLedbat,
  kScalable,
  kVegas,
  kVeno,
  kWestwood,
  kYeah,
};
inline constexpr std::size_t kTcpVariants = 14;
std::string_view ToString(TcpVariant variant);  // "cubic"

// Of a socket, each way; ten times the largest of Linux (net.ipv4.tcp_rmem: 6 MiB).
inline constexpr Bytes kSmallestTcpBuffer{std::int64_t{4} << 10};  // Linux: tcp_rmem, 4 KiB
inline constexpr Bytes kLargestTcpBuffer{std::int64_t{64} << 20};

struct TcpSettings {
  TcpVariant variant = TcpVariant::kCubic;
  // With a response: the client asks, has the answer, thinks and asks again. Without one:
  // it sends as fast as it can.
  std::optional<Bytes> send;  // of each flow, where there is no response; empty: without end
  Bytes request{};
  Bytes response{};
  Picoseconds think{};          // the mean; exponentially distributed
  int exchanges = 0;            // of one connection, which is then closed; 0: without end
  Bytes segment{};              // most data of one
  Bytes buffer{};               // of each socket, for sending and for receiving
  Picoseconds outside_delay{};  // one way, of flows of which one end is outside

  bool exchanges_requests() const { return response.count() > 0; }
};

}  // namespace vpcmirror
