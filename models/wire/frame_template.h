// Ethernet, IPv4 and transport headers of the frames that a synthetic flow sends.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "models/units/quantity.h"
#include "models/wire/address.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

// Writes the header of one flow's frames: constant but for lengths, IPv4
// identification and checksum, which follow the frame's size. The payload is
// all zero and has no bytes; TCP and UDP checksums are 0, since checksum
// offload leaves them to the device. IPv4: no options, DF set, TTL 64. TCP: ACK
// set, sequence numbers 0, window 65535. ICMP: echo request with a valid checksum.
class FrameTemplate {
 public:
  static constexpr std::size_t kMaxHeaderBytes = 14 + 20 + 20;

  // Throws std::invalid_argument unless `key` is IPv4 with protocol TCP, UDP or ICMP.
  FrameTemplate(const FlowKey& key, const MacAddress& source, const MacAddress& destination);

  // The flow of every frame, as ParseFrame reads it: the key with `ports` set to
  // what the protocol has, and for ICMP without ports.
  const FlowKey& flow() const { return flow_; }
  std::size_t header_bytes() const { return header_bytes_; }

  // Fills the first header_bytes() of `out`. `frame` must be at least
  // header_bytes() and at most 65,549 (14 + 65,535); other values are clamped.
  void Write(Bytes frame, std::uint16_t identification,
             std::span<std::byte, kMaxHeaderBytes> out) const noexcept;

 private:
  FlowKey flow_;
  std::size_t header_bytes_ = 0;
  std::array<std::byte, kMaxHeaderBytes> constant_{};
  std::uint32_t constant_sum_ = 0;
};

}  // namespace vpcmirror
