// Where copies go: to receivers, to a capture file, or nowhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>

#include "models/mirror/pieces.h"
#include "models/units/quantity.h"

namespace vpcmirror::sim {

struct PacketCount {
  std::int64_t packets = 0;
  Bytes bytes{};  // outer IP packets

  constexpr void Add(Bytes packet) {
    ++packets;
    bytes += packet;
  }
  constexpr PacketCount& operator+=(const PacketCount& other) {
    packets += other.packets;
    bytes += other.bytes;
    return *this;
  }
  friend constexpr bool operator==(const PacketCount&, const PacketCount&) = default;
};

// Packets that were left out, by the bound of LoadLimits that they were beyond.
struct ShedCounters {
  PacketCount by_rate;
  PacketCount by_cpu;

  constexpr std::int64_t packets() const { return by_rate.packets + by_cpu.packets; }
  constexpr ShedCounters& operator+=(const ShedCounters& other) {
    by_rate += other.by_rate;
    by_cpu += other.by_cpu;
    return *this;
  }
  friend constexpr bool operator==(const ShedCounters&, const ShedCounters&) = default;
};

// One outer packet of a copy. Each part holds until CopySink::Flush returns, but `outer` and
// `inner` until Take does.
struct LiveCopy {
  const Tunnel& tunnel;
  std::span<const std::byte> outer;    // from the outer IP header on
  std::span<const std::byte> inner;    // headers in place of the frame's first
  std::span<const std::byte> payload;  // the frame's octets behind them
  // Octets of the frame that the outer lengths promise and the capture does not have.
  Bytes missing{};
  std::int64_t time_ns = 0;  // when the frame was captured, as CapturedFrame has it
  // In front of `outer` where whole frames are written, as the packet engine has it.
  std::span<const std::byte> ethernet{};
  std::uint64_t entropy = 0;  // Mirror::Entropy of the frame
  // Not the first packet of its copy, which is the one that was taken before.
  bool is_continued = false;
  // Where it is counted for its mirror and receiver if it is shed; null: nowhere.
  ShedCounters* shed = nullptr;
};

// Of the outer IP packet; of a copy without outer headers, of the frame.
inline Bytes OuterBytes(const LiveCopy& copy) {
  const std::size_t present = copy.outer.size() + copy.inner.size() + copy.payload.size();
  return Bytes(static_cast<std::int64_t>(present)) + copy.missing;
}

// What became of outer packets that a sink took; `taken` is the sum of all others.
struct SendCounters {
  std::int64_t taken = 0;
  std::int64_t sent = 0;
  Bytes sent_bytes{};                   // outer IP packets
  std::map<int, std::int64_t> refused;  // by errno, packets
  std::int64_t waiting = 0;             // not yet flushed
  ShedCounters shed;

  SendCounters& operator+=(const SendCounters& other);
  bool AddsUp() const;
};

class CopySink {
 public:
  virtual ~CopySink() = default;

  virtual void Take(const LiveCopy& copy) = 0;
  // Sends what was taken. Called before the frames that it points to are given back. Throws
  // std::runtime_error for what cannot be gone on after (a full disk); a receiver that refuses
  // is counted.
  virtual void Flush() = 0;
  virtual SendCounters counters() const = 0;
};

}  // namespace vpcmirror::sim
