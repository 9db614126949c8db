// Frames of one or several interfaces, as they pass.
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/units/quantity.h"
#include "sim/live/frame_source.h"
#include "sim/live/packet_ring.h"

namespace vpcmirror::sim {

// Of each interface, and of each worker that shares it. Published figures of a user-space mirror:
// what it carries without loss grows with the ring, 549 Mbit/s at 18 MB and 862 at 64, and hardly
// from there on (900 at 128); at 10 Gbit/s it lasts for 50 ms in which nobody reads.
inline constexpr Bytes kDefaultRingBuffer{std::int64_t{64} << 20};

struct InterfaceSettings {
  std::vector<std::string> names;  // at least one; "any": all that there are, those to come too
  RingSettings ring{.buffer = kDefaultRingBuffer};
  std::vector<sock_filter> filter;  // empty: every frame
};

// What passed is told as it was on the wire: tags that the kernel or the device took out are put
// back, super-frames are whole, checksums that were left to the device are written (of frames that
// are whole). Frames of links other than Ethernet (tun, ppp, GRE) get an Ethernet header with no
// destination, and the sender's link address if the link has one of 6 octets.
//
// Where the interface is the ENI's own (RingSettings::direction_told): what the host sends through
// it is kEgress, whatever its addresses, and what comes for the host or a group is kIngress. A
// frame between others, which only comes in promiscuous mode, has no direction.
class InterfaceSource : public FrameSource {
 public:
  // Throws std::runtime_error.
  explicit InterfaceSource(InterfaceSettings settings);

  std::span<const CapturedFrame> Next() override;
  bool ended() const override { return false; }
  std::vector<int> descriptors() const override;
  CaptureCounters counters() const override;

 private:
  InterfaceSettings settings_;
  std::vector<std::unique_ptr<PacketRing>> rings_;  // by interface
  std::size_t turn_ = 0;                            // whose ring is asked first
  std::vector<CapturedFrame> batch_;
  CaptureCounters counters_;
};

}  // namespace vpcmirror::sim
