#include "sim/live/capture_records.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "models/wire/byte_order.h"
#include "models/wire/frame.h"

namespace vpcmirror::sim {
namespace {

// pcap-savefile(5).
constexpr std::uint32_t kMicrosecondMagic = 0xa1b2c3d4;
constexpr std::uint32_t kNanosecondMagic = 0xa1b23c4d;
constexpr std::size_t kFileHeaderBytes = 24;
constexpr std::size_t kRecordHeaderBytes = 16;
constexpr std::uint32_t kLinkTypeMask = 0x03ffffff;  // above it: length of the FCS

// draft-ietf-opsawg-pcapng, 4.
constexpr std::uint32_t kSectionBlock = 0x0a0d0d0a;
constexpr std::uint32_t kSectionMagic = 0x1a2b3c4d;
constexpr std::uint32_t kInterfaceBlock = 1;
constexpr std::uint32_t kOldPacketBlock = 2;
constexpr std::uint32_t kSimplePacketBlock = 3;
constexpr std::uint32_t kEnhancedPacketBlock = 6;
constexpr std::size_t kBlockFrameBytes = 12;  // type and length in front, length behind
constexpr std::size_t kSectionHeadBytes = 24;
constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kResolutionOption = 9;
constexpr std::uint16_t kOffsetOption = 14;

// LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2 of tcpdump.org.
constexpr std::size_t kCookedBytes = 16;
constexpr std::size_t kCooked2Bytes = 20;

constexpr std::uint32_t Swapped(std::uint32_t value) { return __builtin_bswap32(value); }

std::uint32_t LoadNative32(const std::byte* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

CaptureLink LinkOf(std::uint32_t link_type) {
  switch (link_type) {
    case 1:
      return CaptureLink::kEthernet;
    case 113:
      return CaptureLink::kCooked;
    case 276:
      return CaptureLink::kCooked2;
    case 101:
    case 228:
    case 229:
      return CaptureLink::kRawIp;
    default:
      return CaptureLink::kUnknown;
  }
}

constexpr char kLinksAccepted[] =
    "frames of Ethernet, Linux cooked (SLL, SLL2) or raw IP; \"tshark -r in -Y ... -w out\" "
    "keeps those";

// Cooked packet types of tcpdump.org: to us, broadcast, multicast, to somebody else, from us.
std::optional<Direction> DirectionOf(unsigned packet_type) {
  if (packet_type <= 2) return Direction::kIngress;
  if (packet_type == 4) return Direction::kEgress;
  return std::nullopt;
}

// An Ethernet header over the last bytes of what stands in front of `behind`: the sender's
// address where that is known, and no receiver's.
void WriteEthernet(std::byte* behind, std::span<const std::byte> source, std::uint16_t type) {
  std::array<std::byte, kEthernetHeaderBytes> header{};
  if (source.size() == 6) std::copy(source.begin(), source.end(), header.begin() + 6);
  StoreBe16(&header[12], type);
  std::copy(header.begin(), header.end(), behind - header.size());
}

std::string Number(std::uint64_t number) { return std::to_string(number); }

// A link layer in place of which an Ethernet header comes.
struct Cooked {
  std::size_t bytes = 0;
  std::uint16_t ether_type = 0;
  std::span<const std::byte> source;
  std::optional<Direction> direction;
};

// Of a type under 0x600 (IEEE 802.3) no Ethernet II frame is made: the EtherType stays 0.
Cooked ReadCooked(std::span<const std::byte> packet) {
  const std::size_t address = std::to_integer<std::size_t>(packet[5]);
  return {.bytes = kCookedBytes,
          .ether_type = LoadBe16(&packet[14]),
          .source = packet.subspan(6, std::min<std::size_t>(address, 8)),
          .direction = DirectionOf(LoadBe16(packet.data()))};
}

Cooked ReadCooked2(std::span<const std::byte> packet) {
  const std::size_t address = std::to_integer<std::size_t>(packet[11]);
  return {.bytes = kCooked2Bytes,
          .ether_type = LoadBe16(packet.data()),
          .source = packet.subspan(12, std::min<std::size_t>(address, 8)),
          .direction = DirectionOf(std::to_integer<unsigned>(packet[10]))};
}

Cooked ReadRawIp(std::span<const std::byte> packet) {
  const unsigned version = std::to_integer<unsigned>(packet[0]) >> 4;
  return {.bytes = 0,
          .ether_type = static_cast<std::uint16_t>(version == 4   ? kEtherTypeIpv4
                                                   : version == 6 ? kEtherTypeIpv6
                                                                  : 0),
          .source = {},
          .direction = {}};
}

// Has an Ethernet header's room in front of a packet that begins too near to its block's front:
// over the front of the length behind it, which was read. Where the packet is then.
std::size_t MakeRoomInFront(std::span<std::byte> block, std::span<const std::byte> packet) {
  std::memmove(block.data() + kEthernetHeaderBytes, packet.data(), packet.size());
  return kEthernetHeaderBytes;
}

std::size_t LeastBytes(CaptureLink link) {
  if (link == CaptureLink::kCooked) return kCookedBytes;
  return link == CaptureLink::kCooked2 ? kCooked2Bytes : 1;
}

}  // namespace

std::uint32_t CaptureRecords::Load32(const std::byte* at) const {
  const std::uint32_t value = LoadNative32(at);
  return is_swapped_ ? Swapped(value) : value;
}

std::uint16_t CaptureRecords::Load16(const std::byte* at) const {
  std::uint16_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return is_swapped_ ? __builtin_bswap16(value) : value;
}

CaptureRecords::Step CaptureRecords::Fail(std::string message, std::string accepted) {
  if (packets_ > 0) {
    accepted += "; \"editcap -r in out 1-" + Number(static_cast<std::uint64_t>(packets_)) +
                "\" keeps the frames before it";
  }
  fault_ = CaptureFault{.frame = packets_ + 1,
                        .offset = offset_,
                        .message = std::move(message),
                        .accepted = std::move(accepted)};
  return Step::kFault;
}

CaptureRecords::Step CaptureRecords::LeaveOut(std::string message, std::string accepted) {
  ++counters_.unusable;
  if (!first_unusable_) {
    first_unusable_ = CaptureFault{.frame = packets_,
                                   .offset = offset_,
                                   .message = std::move(message),
                                   .accepted = std::move(accepted)};
  }
  return Step::kNoFrame;
}

CaptureRecords::Taken CaptureRecords::Take(std::span<std::byte> bytes,
                                           std::span<CapturedFrame> room) {
  Taken taken;
  while (!fault_ && (!has_begun() || taken.frames < room.size())) {
    const std::span<std::byte> left = bytes.subspan(taken.bytes);
    std::size_t used = 0;
    Step step = Step::kNoFrame;
    if (skip_ > 0) {
      used = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, left.size()));
      skip_ -= used;
      if (used == 0) break;
    } else if (format_ == Format::kPcap) {
      step = ReadRecord(left, used, room[taken.frames]);
    } else if (format_ == Format::kPcapng) {
      step = ReadBlock(left, used, room[taken.frames]);
    } else {
      step = ReadFileHeader(left, used);
    }
    if (step == Step::kNeedsMore || step == Step::kFault) break;
    taken.bytes += used;
    offset_ += static_cast<std::int64_t>(used);
    if (step == Step::kFrame) ++taken.frames;
  }
  return taken;
}

void CaptureRecords::End(std::size_t rest) {
  if (fault_) return;
  if (format_ == Format::kUnread && rest == 0) {
    Fail("the capture is empty: 0 bytes", "a capture with frames");
  } else if (format_ == Format::kUnread) {
    Fail("this is not a capture: it ends in its header, after " + Number(rest) + " bytes",
         "a pcap or pcapng file");
  } else if (rest > 0 || skip_ > 0) {
    Fail("the capture breaks off in the middle of a record, " + Number(rest) + " bytes into it",
         "a whole capture");
  }
}

CaptureRecords::Step CaptureRecords::ReadFileHeader(std::span<std::byte> left, std::size_t& used) {
  if (left.size() < kFileHeaderBytes) return Step::kNeedsMore;
  const std::uint32_t magic = LoadNative32(left.data());
  if (magic == kSectionBlock) {  // the same in either byte order
    format_ = Format::kPcapng;
    return Step::kNoFrame;
  }
  return ReadPcapHeader(left, used);
}

CaptureRecords::Step CaptureRecords::ReadPcapHeader(std::span<const std::byte> left,
                                                    std::size_t& used) {
  const std::uint32_t found = LoadNative32(left.data());
  is_swapped_ = found == Swapped(kMicrosecondMagic) || found == Swapped(kNanosecondMagic);
  const std::uint32_t magic = Load32(left.data());
  if (magic != kMicrosecondMagic && magic != kNanosecondMagic) {
    return Fail("this is not a capture: its first bytes are those of no format that is known",
                "a pcap or pcapng file, not compressed");
  }
  has_nanoseconds_ = magic == kNanosecondMagic;
  constexpr std::uint16_t kVersion = 2;
  if (Load16(&left[4]) != kVersion) {
    return Fail("it is of version " + Number(Load16(&left[4])) + " of pcap", "version 2");
  }
  const std::uint32_t link_type = Load32(&left[20]) & kLinkTypeMask;
  interfaces_ = {{.link = LinkOf(link_type), .link_type = link_type}};
  if (interfaces_[0].link == CaptureLink::kUnknown) {
    return Fail("the frames are of link type " + Number(link_type), kLinksAccepted);
  }
  format_ = Format::kPcap;
  used = kFileHeaderBytes;
  return Step::kNoFrame;
}

inline CaptureRecords::Step CaptureRecords::ReadRecord(std::span<std::byte> left, std::size_t& used,
                                                       CapturedFrame& frame) {
  if (left.size() < kRecordHeaderBytes) return Step::kNeedsMore;
  const std::uint32_t captured = Load32(&left[8]);
  if (captured > kMostFrameBytes) {
    return Fail("a record says that " + Number(captured) + " bytes of a frame follow",
                "records of at most " + Number(kMostFrameBytes) + " bytes");
  }
  if (left.size() - kRecordHeaderBytes < captured) return Step::kNeedsMore;
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  const std::int64_t fraction = Load32(&left[4]);
  used = kRecordHeaderBytes + captured;
  ++packets_;
  return MakeFrame(left,
                   {.at = kRecordHeaderBytes,
                    .captured = captured,
                    .original = Load32(&left[12]),
                    .time_ns = std::int64_t{Load32(&left[0])} * kNanoseconds +
                               (has_nanoseconds_ ? fraction : fraction * 1000)},
                   interfaces_.front(), frame);
}

CaptureRecords::Step CaptureRecords::ReadBlock(std::span<std::byte> left, std::size_t& used,
                                               CapturedFrame& frame) {
  if (left.size() < 8) return Step::kNeedsMore;
  if (LoadNative32(left.data()) == kSectionBlock) return ReadSection(left, used);
  const std::uint32_t type = Load32(left.data());
  const std::uint32_t length = Load32(&left[4]);
  if (length < kBlockFrameBytes || length % 4 != 0) {
    return Fail("a block says that it has " + Number(length) + " bytes",
                "at least 12 bytes, and a multiple of 4");
  }
  const bool is_read = type == kInterfaceBlock || type == kOldPacketBlock ||
                       type == kSimplePacketBlock || type == kEnhancedPacketBlock;
  if (!is_read) {
    skip_ = length;
    return Step::kNoFrame;
  }
  if (length > kMostRecordBytes) {
    return Fail("a block says that it has " + Number(length) + " bytes",
                "blocks of at most " + Number(kMostRecordBytes) + " bytes");
  }
  if (left.size() < length) return Step::kNeedsMore;
  const std::span<std::byte> block = left.first(length);
  if (Load32(&block[length - 4]) != length) {
    return Fail("a block has two lengths: " + Number(length) + " and " +
                    Number(Load32(&block[length - 4])) + " bytes",
                "a block with its length at either end");
  }
  used = length;
  return type == kInterfaceBlock ? ReadInterface(block) : ReadPacketBlock(block, type, frame);
}

CaptureRecords::Step CaptureRecords::ReadSection(std::span<const std::byte> left,
                                                 std::size_t& used) {
  if (left.size() < kSectionHeadBytes) return Step::kNeedsMore;
  const std::uint32_t magic = LoadNative32(&left[8]);
  if (magic != kSectionMagic && magic != Swapped(kSectionMagic)) {
    return Fail("a section of pcapng has no byte order", "0x1a2b3c4d behind its length");
  }
  is_swapped_ = magic != kSectionMagic;
  const std::uint32_t length = Load32(&left[4]);
  constexpr std::size_t kLeast = kSectionHeadBytes + 4;
  if (length < kLeast || length % 4 != 0) {
    return Fail("a section's header says that it has " + Number(length) + " bytes",
                "at least 28 bytes, and a multiple of 4");
  }
  constexpr std::uint16_t kVersion = 1;
  if (Load16(&left[12]) != kVersion) {
    return Fail("it is of version " + Number(Load16(&left[12])) + " of pcapng", "version 1");
  }
  interfaces_.clear();
  used = kSectionHeadBytes;
  skip_ = length - kSectionHeadBytes;
  return Step::kNoFrame;
}

void CaptureRecords::ReadOption(std::uint16_t code, std::span<const std::byte> value,
                                Interface& interface) {
  if (code == kResolutionOption && !value.empty()) {
    const unsigned exponent = std::to_integer<unsigned>(value[0]) & 0x7f;
    const bool is_binary = (std::to_integer<unsigned>(value[0]) & 0x80) != 0;
    std::uint64_t units = 1;
    // As far as the number goes; Fail has no place here, and no clock is as fine.
    for (unsigned i = 0; i < exponent && units < (std::uint64_t{1} << 59); ++i) {
      units *= is_binary ? 2 : 10;
    }
    interface.units_per_second = units;
  }
  if (code == kOffsetOption && value.size() >= 8) {
    const std::uint64_t low = Load32(&value[is_swapped_ ? 4 : 0]);
    const std::uint64_t high = Load32(&value[is_swapped_ ? 0 : 4]);
    interface.offset_seconds = static_cast<std::int64_t>(high << 32 | low);
  }
}

CaptureRecords::Step CaptureRecords::ReadInterface(std::span<const std::byte> block) {
  constexpr std::size_t kOptionsAt = 16;
  if (block.size() < kOptionsAt + 4) {
    return Fail("the description of an interface has " + Number(block.size()) + " bytes",
                "at least 20");
  }
  const std::uint32_t link_type = Load16(&block[8]);
  Interface interface {
    .link = LinkOf(link_type), .link_type = link_type, .snap_bytes = Load32(&block[12])
  };
  std::span<const std::byte> options = block.subspan(kOptionsAt, block.size() - kOptionsAt - 4);
  while (options.size() >= 4) {
    const std::uint16_t code = Load16(options.data());
    const std::size_t length = Load16(&options[2]);
    const std::size_t padded = (length + 3) / 4 * 4;
    if (code == kEndOfOptions || options.size() - 4 < padded) break;
    ReadOption(code, options.subspan(4, length), interface);
    options = options.subspan(4 + padded);
  }
  interfaces_.push_back(interface);
  return Step::kNoFrame;
}

CaptureRecords::Step CaptureRecords::ReadPacketBlock(std::span<std::byte> block, std::uint32_t type,
                                                     CapturedFrame& frame) {
  const bool is_simple = type == kSimplePacketBlock;
  const std::size_t data_at = is_simple ? 12 : 28;
  if (block.size() < data_at + 4) {
    return Fail("the block of a packet has " + Number(block.size()) + " bytes",
                "at least " + Number(data_at + 4));
  }
  const std::size_t index = is_simple                 ? 0
                            : type == kOldPacketBlock ? Load16(&block[8])
                                                      : Load32(&block[8]);
  if (index >= interfaces_.size()) {
    return Fail("a frame is of interface " + Number(index) + ", which is not described before it",
                "a description of each interface in front of its frames");
  }
  const Interface& interface = interfaces_[index];
  Packet packet{.at = data_at};
  if (is_simple) {
    packet.original = Load32(&block[8]);
    const auto room = static_cast<std::uint32_t>(block.size() - data_at - 4);
    packet.captured = std::min(packet.original, room);
    if (interface.snap_bytes > 0) packet.captured = std::min(packet.captured, interface.snap_bytes);
  } else {
    const std::uint64_t units = std::uint64_t{Load32(&block[12])} << 32 | Load32(&block[16]);
    packet.time_ns = TimeOf(units, interface);
    packet.captured = Load32(&block[20]);
    packet.original = Load32(&block[24]);
  }
  if (packet.captured > block.size() - data_at - 4) {
    return Fail("a block of " + Number(block.size()) + " bytes says that it has " +
                    Number(packet.captured) + " of a frame",
                "blocks that hold what they say");
  }
  if (is_simple && interface.link == CaptureLink::kRawIp) {
    packet.at = MakeRoomInFront(block, block.subspan(data_at, packet.captured));
  }
  ++packets_;
  return MakeFrame(block, packet, interface, frame);
}

// Wraps where the stamp is of no year that there is a nanosecond of.
std::int64_t CaptureRecords::TimeOf(std::uint64_t units, const Interface& interface) {
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  __extension__ using Wide = unsigned __int128;
  const std::uint64_t per_second = interface.units_per_second;
  const std::uint64_t seconds =
      units / per_second + static_cast<std::uint64_t>(interface.offset_seconds);
  const Wide fraction = Wide{units % per_second} * kNanoseconds / per_second;
  return static_cast<std::int64_t>(seconds * kNanoseconds + static_cast<std::uint64_t>(fraction));
}

inline CaptureRecords::Step CaptureRecords::MakeFrame(std::span<std::byte> left,
                                                      const Packet& packet,
                                                      const Interface& interface,
                                                      CapturedFrame& frame) {
  std::span<std::byte> octets = left.subspan(packet.at, packet.captured);
  std::size_t wire_bytes = std::max(packet.captured, packet.original);
  std::optional<Direction> direction;
  if (interface.link != CaptureLink::kEthernet) [[unlikely]] {
    if (interface.link == CaptureLink::kUnknown) {
      return LeaveOut("it is of link type " + Number(interface.link_type), kLinksAccepted);
    }
    if (octets.size() < LeastBytes(interface.link)) {
      return LeaveOut("of its link layer " + Number(octets.size()) + " bytes were captured",
                      "a capture with a snapshot length of 64 bytes or more");
    }
    const Cooked cooked = interface.link == CaptureLink::kCooked    ? ReadCooked(octets)
                          : interface.link == CaptureLink::kCooked2 ? ReadCooked2(octets)
                                                                    : ReadRawIp(octets);
    constexpr std::uint16_t kLeastEtherType = 0x600;  // IEEE 802.3
    if (cooked.ether_type < kLeastEtherType) {
      return LeaveOut("its link layer names no protocol that an Ethernet frame has",
                      "packets of IP, ARP and the like");
    }
    direction = cooked.direction;
    WriteEthernet(octets.data() + cooked.bytes, cooked.source, cooked.ether_type);
    const std::size_t start = packet.at + cooked.bytes - kEthernetHeaderBytes;
    octets = left.subspan(start, packet.at + packet.captured - start);
    wire_bytes = wire_bytes - cooked.bytes + kEthernetHeaderBytes;
  }
  if (wire_bytes < kEthernetHeaderBytes || wire_bytes > kMostFrameBytes) [[unlikely]] {
    return LeaveOut(
        "it had " + Number(wire_bytes) + " bytes, by the capture",
        "frames of " + Number(kEthernetHeaderBytes) + " to " + Number(kMostFrameBytes) + " bytes");
  }
  ++counters_.frames;
  counters_.bytes += Bytes(static_cast<std::int64_t>(wire_bytes));
  if (octets.size() < wire_bytes) ++counters_.cut_short;
  frame = {.octets = octets,
           .wire_length = Bytes(static_cast<std::int64_t>(wire_bytes)),
           .time_ns = packet.time_ns,
           .direction = direction};
  return Step::kFrame;
}

}  // namespace vpcmirror::sim
