#include "sim/live/capture_writer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "models/wire/frame.h"

namespace vpcmirror::sim {
namespace {

constexpr std::uint32_t kLinkTypeEthernet = 1;
constexpr std::uint32_t kSnapBytes = 262144;  // what tcpdump writes, and PcapSink
// Written at once: as large as what is read at once (docs/performance.md).
constexpr std::size_t kPartBytes = 256 * 1024;
// The longest frame of a capture behind the longest headers, as a block of pcapng.
constexpr std::size_t kMostRecordBytes = kSnapBytes + 1024;

// pcap-savefile(5).
struct RecordHeader {
  std::uint32_t seconds;
  std::uint32_t nanoseconds;
  std::uint32_t captured;
  std::uint32_t original;
};
static_assert(sizeof(RecordHeader) == 16);

// draft-ietf-opsawg-pcapng, 4.3, without options.
struct EnhancedPacketHeader {
  std::uint32_t type;
  std::uint32_t length;
  std::uint32_t interface;
  std::uint32_t time_high;
  std::uint32_t time_low;
  std::uint32_t captured;
  std::uint32_t original;
};
static_assert(sizeof(EnhancedPacketHeader) == 28);

constexpr std::int64_t kNanoseconds = 1'000'000'000;

std::byte* Put(std::byte* at, std::span<const std::byte> octets) {
  if (!octets.empty()) std::memcpy(at, octets.data(), octets.size());
  return at + octets.size();
}

template <class Header>
std::byte* PutHeader(std::byte* at, const Header& header) {
  std::memcpy(at, &header, sizeof header);
  return at + sizeof header;
}

// The frame, or of a copy without outer headers the frame that it is.
std::byte* PutFrame(std::byte* at, const LiveCopy& copy) {
  at = Put(at, copy.outer.empty() ? std::span<const std::byte>{} : copy.ethernet);
  return Put(Put(Put(at, copy.outer), copy.inner), copy.payload);
}

}  // namespace

CaptureWriter::CaptureWriter(CaptureFormat format, Write write)
    : format_(format),
      write_(std::move(write)),
      buffer_(new std::byte[kPartBytes + kMostRecordBytes]) {
  WriteHeader();
}

void CaptureWriter::WriteHeader() {
  if (format_ == CaptureFormat::kPcap) {
    const std::array<std::uint32_t, 6> header = {0xa1b23c4d, 0,          0,
                                                 0,          kSnapBytes, kLinkTypeEthernet};
    std::byte* const at = Room(sizeof header);
    PutHeader(at, header);
    constexpr std::array<std::uint16_t, 2> kVersion = {2, 4};
    std::memcpy(at + 4, &kVersion, sizeof kVersion);
    return;
  }
  constexpr std::array<std::uint16_t, 2> kVersion = {1, 0};
  std::array<std::uint32_t, 7> section = {0x0a0d0d0a, 28,         0x1a2b3c4d, 0,
                                          0xffffffff, 0xffffffff, 28};
  std::memcpy(&section[3], &kVersion, sizeof kVersion);
  PutHeader(Room(sizeof section), section);
  // Its link type and a reserved field share a word, and so do code and length of an option:
  // if_tsresol, 1 byte, which says nanoseconds.
  std::array<std::uint32_t, 8> interface = {1, 32, 0, kSnapBytes, 0, 0, 0, 32};
  constexpr std::array<std::uint16_t, 2> kLink = {kLinkTypeEthernet, 0};
  constexpr std::array<std::uint16_t, 2> kResolution = {9, 1};
  constexpr std::uint8_t kTenToTheMinusNine = 9;
  std::memcpy(&interface[2], &kLink, sizeof kLink);
  std::memcpy(&interface[4], &kResolution, sizeof kResolution);
  std::memcpy(&interface[5], &kTenToTheMinusNine, sizeof kTenToTheMinusNine);
  PutHeader(Room(sizeof interface), interface);
}

inline std::byte* CaptureWriter::Room(std::size_t bytes) {
  if (used_ + bytes > kPartBytes) Finish();
  std::byte* const at = buffer_.get() + used_;
  used_ += bytes;
  return at;
}

void CaptureWriter::Take(const LiveCopy& copy) {
  const Bytes outer_bytes = OuterBytes(copy);
  const std::size_t ethernet = copy.outer.empty() ? 0 : copy.ethernet.size();
  const std::size_t captured =
      ethernet + copy.outer.size() + copy.inner.size() + copy.payload.size();
  const std::size_t original = captured + static_cast<std::size_t>(copy.missing.count());
  const auto captured_32 = static_cast<std::uint32_t>(captured);
  const auto original_32 = static_cast<std::uint32_t>(original);
  const std::int64_t time_ns = std::max<std::int64_t>(copy.time_ns, 0);  // 1970: no earlier stamp
  if (format_ == CaptureFormat::kPcap) {
    std::byte* const at = Room(sizeof(RecordHeader) + captured);
    const RecordHeader header = {static_cast<std::uint32_t>(time_ns / kNanoseconds),
                                 static_cast<std::uint32_t>(time_ns % kNanoseconds), captured_32,
                                 original_32};
    PutFrame(PutHeader(at, header), copy);
  } else {
    const std::size_t padding = (4 - captured % 4) % 4;
    const std::size_t length = sizeof(EnhancedPacketHeader) + captured + padding + 4;
    const auto length_32 = static_cast<std::uint32_t>(length);
    const auto time = static_cast<std::uint64_t>(time_ns);
    std::byte* const at = Room(length);
    const EnhancedPacketHeader header = {6,
                                         length_32,
                                         0,
                                         static_cast<std::uint32_t>(time >> 32),
                                         static_cast<std::uint32_t>(time),
                                         captured_32,
                                         original_32};
    std::byte* const behind = PutFrame(PutHeader(at, header), copy);
    std::memset(behind, 0, padding);
    std::memcpy(behind + padding, &length_32, sizeof length_32);
  }
  ++counters_.taken;
  ++counters_.sent;
  counters_.sent_bytes += outer_bytes;
}

void CaptureWriter::Finish() {
  if (used_ == 0) return;
  write_(std::span(buffer_.get(), std::exchange(used_, 0)));
}

}  // namespace vpcmirror::sim
