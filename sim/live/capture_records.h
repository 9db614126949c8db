// Reads the frames of a capture (pcap or pcapng) out of its bytes, wherever those come from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/live/frame_source.h"

namespace vpcmirror::sim {

// What the link layer of a capture has in front of a packet, by LINKTYPE_ of tcpdump.org.
enum class CaptureLink : std::uint8_t {
  kEthernet,  // 1
  kCooked,    // 113, LINUX_SLL
  kCooked2,   // 276, LINUX_SLL2
  kRawIp,     // 101, 228 and 229: an IP packet and nothing else
  kUnknown,
};

// What is wrong with a capture, and where.
struct CaptureFault {
  std::int64_t frame = 0;   // the frame that it is about, from 1
  std::int64_t offset = 0;  // of its record, in bytes from the beginning of the file
  std::string message;      // "the capture breaks off in the middle of a frame"
  std::string accepted;     // what would do
};

// Frames come out as Ethernet frames: in place of a cooked header, or in front of an IP packet,
// one is written over bytes that were read already. Reads classic pcap of either byte order with
// micro- or nanoseconds, and pcapng with enhanced, simple and old packet blocks.
class CaptureRecords {
 public:
  // More than a frame of this many bytes no capture has: tcpdump's largest snapshot length.
  static constexpr std::size_t kMostFrameBytes = 262144;
  // Enough for the longest record that is not skipped: a frame with its headers and options.
  static constexpr std::size_t kMostRecordBytes = kMostFrameBytes + 65536;

  struct Taken {
    std::size_t bytes = 0;   // of the front of what was given; not to be given again
    std::size_t frames = 0;  // that were filled in
  };
  // As many frames as `bytes`, which continue what was taken last, has whole and `room` has
  // room for. They point into `bytes`, of which what was taken is changed. Nothing taken: more
  // bytes are needed, at most kMostRecordBytes in all, or fault(). Without room, what kind of
  // capture it is.
  Taken Take(std::span<std::byte> bytes, std::span<CapturedFrame> room);
  // No bytes follow the `rest` that were not taken.
  void End(std::size_t rest);

  // Whether it is known what kind of capture it is.
  bool has_begun() const { return format_ != Format::kUnread; }
  // Why nothing more can be read; empty: nothing is wrong.
  const std::optional<CaptureFault>& fault() const { return fault_; }
  // The first frame that was left out for its length or link type.
  const std::optional<CaptureFault>& first_unusable() const { return first_unusable_; }
  const CaptureCounters& counters() const { return counters_; }

 private:
  enum class Format : std::uint8_t { kUnread, kPcap, kPcapng };
  // What a block or record came to.
  enum class Step : std::uint8_t { kFrame, kNoFrame, kNeedsMore, kFault };

  struct Interface {
    CaptureLink link = CaptureLink::kUnknown;
    std::uint32_t link_type = 0;
    std::uint64_t units_per_second = 1'000'000;  // of its stamps
    std::int64_t offset_seconds = 0;             // that its stamps leave out
    std::uint32_t snap_bytes = 0;                // 0: no limit
  };
  // A packet with its link layer, as a record has it.
  struct Packet {
    std::size_t at = 0;  // in the bytes given to Take
    std::uint32_t captured = 0;
    std::uint32_t original = 0;
    std::int64_t time_ns = 0;
  };

  Step ReadFileHeader(std::span<std::byte> left, std::size_t& used);
  Step ReadPcapHeader(std::span<const std::byte> left, std::size_t& used);
  Step ReadRecord(std::span<std::byte> left, std::size_t& used, CapturedFrame& frame);
  Step ReadBlock(std::span<std::byte> left, std::size_t& used, CapturedFrame& frame);
  Step ReadSection(std::span<const std::byte> left, std::size_t& used);
  Step ReadInterface(std::span<const std::byte> block);
  void ReadOption(std::uint16_t code, std::span<const std::byte> value, Interface& interface);
  Step ReadPacketBlock(std::span<std::byte> block, std::uint32_t type, CapturedFrame& frame);

  Step MakeFrame(std::span<std::byte> left, const Packet& packet, const Interface& interface,
                 CapturedFrame& frame);
  Step LeaveOut(std::string message, std::string accepted);
  Step Fail(std::string message, std::string accepted);
  static std::int64_t TimeOf(std::uint64_t units, const Interface& interface);

  std::uint32_t Load32(const std::byte* at) const;
  std::uint16_t Load16(const std::byte* at) const;

  Format format_ = Format::kUnread;
  bool is_swapped_ = false;
  bool has_nanoseconds_ = false;
  std::vector<Interface> interfaces_;  // pcap has one
  std::int64_t offset_ = 0;            // of what Take looks at, in the file
  std::uint64_t skip_ = 0;             // bytes of a block that nobody reads
  std::int64_t packets_ = 0;           // read, left out or not
  CaptureCounters counters_;
  std::optional<CaptureFault> fault_;
  std::optional<CaptureFault> first_unusable_;
};

}  // namespace vpcmirror::sim
