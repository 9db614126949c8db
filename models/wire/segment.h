// Cuts a segmentation-offload super-frame into the frames that its device sends.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "models/units/quantity.h"
#include "models/wire/frame.h"

namespace vpcmirror {

// Ethernet with four tags, the longest IPv4 and TCP headers and 106 bytes more;
// or IPv6, TCP with all its options and 126 bytes of extension headers.
inline constexpr std::size_t kMaxSegmentHeaderBytes = 256;

// One frame: its headers, and its payload as a slice of the super-frame.
struct Segment {
  std::array<std::byte, kMaxSegmentHeaderBytes> header;  // the first header_bytes of it
  std::size_t header_bytes;
  Bytes payload_offset;  // from the super-frame's first byte; may lie beyond the capture
  Bytes payload;         // as on the wire; the capture may have fewer
};

// A cursor over the segments of one frame; allocates nothing.
//
// Ethernet, tags, IPv4 options and IPv6 extension headers are those of the
// super-frame; a hop-by-hop header that holds only a Jumbo Payload option is
// left out, since it exists inside the host alone. IPv4: lengths of their own,
// identification one more from segment to segment, DF as it was. TCP: FIN and PSH
// in the last segment only, CWR in the first only (RFC 3168, 6.1.2). UDP: each
// segment is a datagram. An authentication header (RFC 4302) no longer fits.
//
// TCP and UDP checksums are those of the segment, so that what offload left
// undone is done; a UDP checksum of 0 over IPv4 stays 0. Where the capture lacks
// a byte of a segment's payload its checksum cannot be known and is 0: over
// IPv4 that says "none" for UDP, and elsewhere what a frame has whose checksum
// is left to the device. Nobody can verify such a copy, as the bytes are missing.
class Segmenter {
 public:
  // `info` is ParseFrame's of `captured`, which must outlive this. `max_packet`
  // is the most bytes of one segment's IP packet (headers included).
  Segmenter(std::span<const std::byte> captured, const FrameInfo& info, Bytes max_packet) noexcept;

  // False: the frame is not TCP or UDP over IP, a fragment, malformed, or its
  // headers are not wholly captured or longer than kMaxSegmentHeaderBytes;
  // max_packet leaves no room for a byte of payload; its source route has hops to
  // come; UDP's length is not that of the packet; a Jumbo Payload option among
  // others; or there would be several segments of TCP with SYN, RST or URG, which
  // no host leaves to its device. A frame that fits is one segment.
  bool possible() const { return segments_ != 0; }
  std::size_t segments() const { return segments_; }  // 0 unless possible()

  // Fills `out` with the next segment; false, `out` unspecified, after the last.
  [[nodiscard]] bool Next(Segment& out) noexcept;

 private:
  bool ReadHeaders(const FrameInfo& info) noexcept;
  void CopyHeaders(const FrameInfo& info, bool without_jumbo) noexcept;
  bool MayBeSplit() const noexcept;
  void PatchIp(Segment& out, std::size_t payload_bytes) const noexcept;
  void PatchTcp(std::byte* transport, std::size_t payload_at) const noexcept;
  void PatchChecksum(Segment& out, std::size_t payload_at,
                     std::size_t payload_bytes) const noexcept;

  std::span<const std::byte> captured_;
  FlowKey flow_;
  std::size_t network_at_ = 0;    // in header_
  std::size_t transport_at_ = 0;  // in header_
  std::size_t header_bytes_ = 0;
  std::size_t payload_at_ = 0;     // in the super-frame
  std::size_t payload_bytes_ = 0;  // of the super-frame
  std::size_t room_ = 0;           // for payload in one segment
  std::size_t segments_ = 0;
  std::size_t next_ = 0;
  std::array<std::byte, kMaxSegmentHeaderBytes> header_;  // the super-frame's
};

}  // namespace vpcmirror
