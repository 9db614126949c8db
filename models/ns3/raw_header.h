// Bytes that the core has written, as an ns-3 header.
#pragma once

#include <ns3/header.h>
#include <ns3/packet.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>

#include "models/mirror/pieces.h"
#include "models/wire/frame.h"

namespace vpcmirror {

// The single place where ns-3 buffers and core bytes meet. As a header to be
// removed it reads as many bytes as it was constructed with; where ns-3 says how many
// there are, as when it prints a packet, so many.
class RawHeader : public ns3::Header {
 public:
  // Ethernet and the longest outer headers, or all that is rewritten inside.
  static constexpr std::size_t kMaxBytes = 512;
  static_assert(kMaxBytes >= kEthernetHeaderBytes + std::tuple_size_v<decltype(Piece::outer)> &&
                kMaxBytes >= std::tuple_size_v<decltype(Piece::inner)>);

  static ns3::TypeId GetTypeId();
  ns3::TypeId GetInstanceTypeId() const override;

  RawHeader() {}  // no bytes
  // `size` zero bytes, at most kMaxBytes.
  explicit RawHeader(std::size_t size);

  std::span<std::byte> bytes() { return std::span(bytes_).first(size_); }
  std::span<const std::byte> bytes() const { return std::span(bytes_).first(size_); }

  std::uint32_t GetSerializedSize() const override;
  void Serialize(ns3::Buffer::Iterator start) const override;
  std::uint32_t Deserialize(ns3::Buffer::Iterator start) override;
  std::uint32_t Deserialize(ns3::Buffer::Iterator start, ns3::Buffer::Iterator end) override;
  // "10.0.0.1:49152 > 10.0.0.3:4789 protocol 17, 64 bytes" of headers that begin a frame
  // with a flow; else how many bytes there are.
  void Print(std::ostream& os) const override;

 private:
  std::array<std::byte, kMaxBytes> bytes_;  // the first size_
  std::size_t size_ = 0;
};

}  // namespace vpcmirror
