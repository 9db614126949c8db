#include "sim/live/capture_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>

#include "tests/support/hex_diff.h"
#include "tests/unit/live/live_support.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// In the byte order of the file.
struct Order {
  bool is_big = false;

  std::string Of(std::uint64_t value, int octets) const {
    std::string bytes;
    for (int i = 0; i < octets; ++i) {
      const int place = is_big ? octets - 1 - i : i;
      bytes += static_cast<char>(value >> (8 * place));
    }
    return bytes;
  }
  std::string Words(std::initializer_list<std::uint32_t> words) const {
    std::string bytes;
    for (const std::uint32_t word : words) bytes += Of(word, 4);
    return bytes;
  }
};

constexpr std::uint32_t kNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;

// pcap-savefile(5).
std::string Header(Order order, std::uint32_t magic, std::uint32_t link) {
  return order.Words({magic}) + order.Of(2, 2) + order.Of(4, 2) + order.Words({0, 0, 262144, link});
}

std::string Record(Order order, std::uint32_t seconds, std::uint32_t fraction,
                   const std::string& octets, std::size_t wire_bytes) {
  return order.Words({seconds, fraction, static_cast<std::uint32_t>(octets.size()),
                      static_cast<std::uint32_t>(wire_bytes)}) +
         octets;
}

// draft-ietf-opsawg-pcapng, 3.1.
std::string Block(Order order, std::uint32_t type, std::string body) {
  while (body.size() % 4 != 0) body += '\0';
  const auto length = static_cast<std::uint32_t>(12 + body.size());
  return order.Words({type, length}) + body + order.Words({length});
}

std::string Section(Order order) {
  return Block(order, 0x0a0d0d0a,
               order.Words({0x1a2b3c4d}) + order.Of(1, 2) + order.Of(0, 2) +
                   order.Words({0xffffffff, 0xffffffff}));
}

std::string Interface(Order order, std::uint32_t link, const std::string& options = "") {
  return Block(order, 1, order.Of(link, 2) + order.Of(0, 2) + order.Words({0}) + options);
}

std::string Enhanced(Order order, std::uint32_t interface, std::uint64_t units,
                     const std::string& octets, std::size_t wire_bytes) {
  return Block(
      order, 6,
      order.Words({interface, static_cast<std::uint32_t>(units >> 32),
                   static_cast<std::uint32_t>(units), static_cast<std::uint32_t>(octets.size()),
                   static_cast<std::uint32_t>(wire_bytes)}) +
          octets);
}

constexpr Order kLittle{false};
constexpr Order kBig{true};

// An Ethernet header of IPv4, and four bytes behind it.
const std::string kFrame =
    std::string("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00", 14) +
    std::string("\x45\x00\x00\x04", 4);

std::string TextOf(const KeptFrame& frame) {
  std::string octets;
  for (const std::byte octet : frame.octets) octets += static_cast<char>(octet);
  return octets;
}

TEST(CaptureFileTest, ReadsWhatLibpcapReads) {
  const auto captures = AllCaptures();
  ASSERT_THAT(captures, testing::Not(IsEmpty()));
  for (const auto& path : captures) {
    SCOPED_TRACE(path);
    CaptureFile file(path.string());
    const auto frames = AllOf(file);
    const auto [expected, is_whole] = ReadByLibpcap(path);
    // Interfaces of pcapng with other snapshot lengths are more than libpcap reads.
    if (is_whole) {
      ASSERT_EQ(frames.size(), expected.size());
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(HexDiff(expected[i].octets, frames[i].octets), "") << "frame " << i + 1;
      ASSERT_EQ(frames[i], expected[i]) << "frame " << i + 1;
    }
    EXPECT_EQ(file.fault(), std::nullopt);
    EXPECT_EQ(file.counters().frames, static_cast<std::int64_t>(frames.size()));
  }
}

struct FormatCase {
  const char* name;
  std::string bytes;
  std::int64_t time_ns;
};
void PrintTo(const FormatCase& c, std::ostream* os) { *os << c.name; }

class CaptureFormatTest : public testing::TestWithParam<FormatCase> {};

TEST_P(CaptureFormatTest, GivesTheFrameAndItsTime) {
  const ScratchFile scratch(GetParam().name, GetParam().bytes);
  CaptureFile file(scratch.path().string());
  const auto frames = AllOf(file);
  ASSERT_THAT(frames, SizeIs(1));
  EXPECT_EQ(TextOf(frames[0]), kFrame);
  EXPECT_EQ(frames[0].wire_bytes, 60);
  EXPECT_EQ(frames[0].time_ns, GetParam().time_ns);
  EXPECT_EQ(file.counters().cut_short, 1);
}

// Of pcapng: 5 s as units of the stamp, with a resolution of 10^-9, and of 2^-10.
std::string Resolution(Order order, unsigned value) {
  return order.Of(9, 2) + order.Of(1, 2) + order.Of(0, 0) + static_cast<char>(value) +
         std::string(3, '\0') + order.Words({0});
}

const FormatCase kFormats[] = {
    {"LittleMicroseconds", Header(kLittle, kMicroseconds, 1) + Record(kLittle, 5, 7, kFrame, 60),
     5'000'007'000},
    {"BigMicroseconds", Header(kBig, kMicroseconds, 1) + Record(kBig, 5, 7, kFrame, 60),
     5'000'007'000},
    {"LittleNanoseconds", Header(kLittle, kNanoseconds, 1) + Record(kLittle, 5, 7, kFrame, 60),
     5'000'000'007},
    {"BigNanoseconds", Header(kBig, kNanoseconds, 1) + Record(kBig, 5, 7, kFrame, 60),
     5'000'000'007},
    // Seconds are unsigned: 2^31 s are in 2038.
    {"AfterTheYear2038",
     Header(kLittle, kNanoseconds, 1) + Record(kLittle, 0x80000000, 0, kFrame, 60),
     2'147'483'648'000'000'000},
    {"LengthOfTheFcsIsNoLinkType",
     Header(kLittle, kNanoseconds, 0x44000001) + Record(kLittle, 0, 0, kFrame, 60), 0},
    {"PcapngMicroseconds",
     Section(kLittle) + Interface(kLittle, 1) + Enhanced(kLittle, 0, 5'000'007, kFrame, 60),
     5'000'007'000},
    {"PcapngBig", Section(kBig) + Interface(kBig, 1) + Enhanced(kBig, 0, 5'000'007, kFrame, 60),
     5'000'007'000},
    {"PcapngNanoseconds",
     Section(kLittle) + Interface(kLittle, 1, Resolution(kLittle, 9)) +
         Enhanced(kLittle, 0, 5'000'000'007, kFrame, 60),
     5'000'000'007},
    // 5 * 1024 + 512 units of 1/1024 s are 5.5 s.
    {"PcapngBinaryResolution",
     Section(kLittle) + Interface(kLittle, 1, Resolution(kLittle, 0x80 | 10)) +
         Enhanced(kLittle, 0, 5632, kFrame, 60),
     5'500'000'000},
    {"PcapngOffset",
     Section(kLittle) +
         Interface(kLittle, 1,
                   kLittle.Of(14, 2) + kLittle.Of(8, 2) + kLittle.Of(100, 8) + kLittle.Words({0})) +
         Enhanced(kLittle, 0, 7, kFrame, 60),
     100'000'007'000},
    {"PcapngBlocksThatNobodyReads",
     Section(kLittle) + Block(kLittle, 4, std::string(100'000, 'x')) + Interface(kLittle, 1) +
         Enhanced(kLittle, 0, 1, kFrame, 60) + Block(kLittle, 5, "statistics"),
     1'000},
    {"PcapngSecondSectionOfTheOtherOrder",
     Section(kLittle) + Interface(kLittle, 113) + Section(kBig) + Interface(kBig, 1) +
         Enhanced(kBig, 0, 1, kFrame, 60),
     1'000},
};
INSTANTIATE_TEST_SUITE_P(Table, CaptureFormatTest, testing::ValuesIn(kFormats),
                         [](const auto& param) { return param.param.name; });

// tcpdump.org, LINKTYPE_LINUX_SLL: type, ARPHRD, length of the address, 8 octets of it, protocol.
std::string Cooked(char packet_type, std::uint16_t protocol) {
  return std::string("\0", 1) + packet_type + std::string("\0\x01\0\x06", 4) +
         std::string("\x02\x00\x00\x00\x00\x09\0\0", 8) + kBig.Of(protocol, 2);
}

// LINKTYPE_LINUX_SLL2: protocol, reserved, interface, ARPHRD, type, length of the address, 8 of it.
std::string Cooked2(char packet_type, std::uint16_t protocol) {
  return kBig.Of(protocol, 2) + kBig.Of(0, 2) + kBig.Of(3, 4) + kBig.Of(1, 2) + packet_type +
         std::string("\x06\x02\x00\x00\x00\x00\x09\0\0", 9);
}

// IPv4 without anything behind it.
const std::string kPacket = std::string("\x45\0\0\x14\0\0\0\0\x40\xfd\0\0\x0a\0\0\1\x0a\0\0\2", 20);

struct LinkCase {
  const char* name;
  std::uint32_t link;
  std::string packet;
  std::string frame;
  std::optional<Direction> direction;
};
void PrintTo(const LinkCase& c, std::ostream* os) { *os << c.name; }

class CaptureLinkTest : public testing::TestWithParam<LinkCase> {
 protected:
  void ExpectFrame(const std::string& bytes) {
    const ScratchFile scratch(std::string("link_") + GetParam().name, bytes);
    CaptureFile file(scratch.path().string());
    const auto frames = AllOf(file);
    ASSERT_THAT(frames, SizeIs(1));
    EXPECT_EQ(TextOf(frames[0]), GetParam().frame);
    EXPECT_EQ(frames[0].wire_bytes, static_cast<std::int64_t>(GetParam().frame.size()) + 100);
    EXPECT_EQ(frames[0].direction, GetParam().direction);
  }
};

TEST_P(CaptureLinkTest, BecomesAnEthernetFrame) {
  const std::string& packet = GetParam().packet;
  ExpectFrame(Header(kLittle, kNanoseconds, GetParam().link) +
              Record(kLittle, 1, 2, packet, packet.size() + 100));
}

TEST_P(CaptureLinkTest, BecomesAnEthernetFrameFromPcapng) {
  const std::string& packet = GetParam().packet;
  ExpectFrame(Section(kBig) + Interface(kBig, GetParam().link) +
              Enhanced(kBig, 0, 1, packet, packet.size() + 100));
}

const std::string kNobody(6, '\0');
const std::string kSender("\x02\0\0\0\0\x09", 6);
const std::string kIpv4("\x08\0", 2);

const LinkCase kLinks[] = {
    {"CookedToUs", 113, Cooked(0, 0x0800) + kPacket, kNobody + kSender + kIpv4 + kPacket,
     Direction::kIngress},
    {"CookedBroadcast", 113, Cooked(1, 0x0800) + kPacket, kNobody + kSender + kIpv4 + kPacket,
     Direction::kIngress},
    {"CookedBetweenOthers", 113, Cooked(3, 0x0800) + kPacket, kNobody + kSender + kIpv4 + kPacket,
     std::nullopt},
    {"CookedFromUs", 113, Cooked(4, 0x0800) + kPacket, kNobody + kSender + kIpv4 + kPacket,
     Direction::kEgress},
    {"Cooked2FromUs", 276, Cooked2(4, 0x0800) + kPacket, kNobody + kSender + kIpv4 + kPacket,
     Direction::kEgress},
    {"Cooked2Multicast", 276, Cooked2(2, 0x86dd) + "\x60",
     kNobody + kSender + std::string("\x86\xdd\x60", 3), Direction::kIngress},
    {"RawIpv4", 101, kPacket, kNobody + kNobody + kIpv4 + kPacket, std::nullopt},
    {"RawIpv6", 229, std::string("\x60\0\0\0", 4),
     kNobody + kNobody + std::string("\x86\xdd\x60\0\0\0", 6), std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Table, CaptureLinkTest, testing::ValuesIn(kLinks),
                         [](const auto& param) { return param.param.name; });

// draft-ietf-opsawg-pcapng, 4.4: 12 bytes in front of the packet, which are fewer than the 14 of an
// Ethernet header. What is in front of the block may be gone.
TEST(CaptureRecordsTest, WritesNothingInFrontOfASimpleBlockOfRawIp) {
  const std::string begin = Section(kLittle) + Interface(kLittle, 101);
  const auto octets_of = [](const std::string& text) {
    std::vector<std::byte> octets(text.size());
    std::memcpy(octets.data(), text.data(), text.size());
    return octets;
  };
  std::vector<std::byte> header = octets_of(begin);
  const std::string simple =
      Block(kLittle, 3, kLittle.Words({static_cast<std::uint32_t>(kPacket.size())}) + kPacket);
  std::vector<std::byte> block = octets_of("before" + simple);
  const std::span<std::byte> left = std::span(block).subspan(6);
  CaptureRecords records;
  std::vector<CapturedFrame> room(2);
  for (std::size_t taken = 0; taken < header.size();) {
    const auto step = records.Take(std::span(header).subspan(taken), room);
    ASSERT_GT(step.bytes, 0u);
    taken += step.bytes;
  }
  const auto taken = records.Take(left, room);
  ASSERT_EQ(taken.frames, 1u);
  EXPECT_EQ(taken.bytes, simple.size());
  EXPECT_EQ(TextOf(Kept(room[0])), kNobody + kNobody + kIpv4 + kPacket);
  EXPECT_EQ(std::vector(block.begin(), block.begin() + 6), octets_of("before"));
}

struct FaultCase {
  const char* name;
  std::string bytes;
  std::int64_t frames;  // in front of the fault
  std::int64_t offset;  // of the fault; below 0: it is told when the file is opened
  const char* message;
};
void PrintTo(const FaultCase& c, std::ostream* os) { *os << c.name; }

class CaptureFaultTest : public testing::TestWithParam<FaultCase> {};

TEST_P(CaptureFaultTest, IsToldWithItsPlaceAndTheFramesBeforeItAreGiven) {
  const FaultCase& c = GetParam();
  const ScratchFile scratch(std::string("fault_") + c.name, c.bytes);
  if (c.offset < 0) {
    EXPECT_THAT(ErrorOf([&] { CaptureFile file(scratch.path().string()); }), HasSubstr(c.message));
    return;
  }
  CaptureFile file(scratch.path().string());
  EXPECT_THAT(AllOf(file), SizeIs(static_cast<std::size_t>(c.frames)));
  ASSERT_TRUE(file.fault());
  EXPECT_THAT(file.fault()->message, HasSubstr(c.message));
  EXPECT_EQ(file.fault()->offset, c.offset);
  EXPECT_EQ(file.fault()->frame, c.frames + 1);
  EXPECT_THAT(AllOf(file), IsEmpty());
}

const std::string kOneFrame = Header(kLittle, kMicroseconds, 1) + Record(kLittle, 1, 0, kFrame, 60);
// A file header has 24 bytes, a record's 16.
constexpr std::int64_t kBehindOne = 24 + 16 + 18;
const std::string kPcapng = Section(kLittle) + Interface(kLittle, 1);

const FaultCase kFaults[] = {
    {"Empty", "", 0, -1, "the capture is empty: 0 bytes"},
    {"NoCapture", std::string(100, 'x'), 0, -1, "those of no format that is known"},
    {"CutInTheFileHeader", kOneFrame.substr(0, 20), 0, -1, "it ends in its header, after 20 bytes"},
    {"UnknownLinkType", Header(kLittle, kMicroseconds, 147), 0, -1, "of link type 147"},
    {"CutInARecordHeader", kOneFrame + kOneFrame.substr(24, 10), 1, kBehindOne,
     "breaks off in the middle of a record, 10 bytes into it"},
    {"CutInAFrame", kOneFrame + kOneFrame.substr(24, 30), 1, kBehindOne,
     "breaks off in the middle of a record, 30 bytes into it"},
    {"AbsurdLength", kOneFrame + kLittle.Words({1, 0, 0xffffffff, 60}) + kFrame, 1, kBehindOne,
     "a record says that 4294967295 bytes of a frame follow"},
    {"PcapngCutInABlock", kPcapng + Enhanced(kLittle, 0, 1, kFrame, 60).substr(0, 40), 0, 28 + 20,
     "breaks off in the middle of a record, 40 bytes into it"},
    {"PcapngCutInABlockThatNobodyReads", kPcapng + Block(kLittle, 4, "name").substr(0, 12), 0,
     28 + 20 + 12, "breaks off in the middle of a record, 0 bytes into it"},
    {"PcapngBlockOfNoLength", kPcapng + kLittle.Words({6, 8, 8}), 0, 28 + 20,
     "a block says that it has 8 bytes"},
    {"PcapngAbsurdBlock", kPcapng + kLittle.Words({6, 0x7ffffffc}), 0, 28 + 20,
     "a block says that it has 2147483644 bytes"},
    {"PcapngTwoLengths", kPcapng + kLittle.Words({6, 36, 0, 0, 1, 0, 60, 0, 40}), 0, 28 + 20,
     "a block has two lengths: 36 and 40 bytes"},
    {"PcapngUndescribedInterface", kPcapng + Enhanced(kLittle, 1, 1, kFrame, 60), 0, 28 + 20,
     "of interface 1, which is not described before it"},
    {"PcapngMoreThanTheBlockHas",
     kPcapng + Block(kLittle, 6, kLittle.Words({0, 0, 1, 5, 60}) + "abcd"), 0, 28 + 20,
     "a block of 36 bytes says that it has 5 of a frame"},
};
INSTANTIATE_TEST_SUITE_P(Table, CaptureFaultTest, testing::ValuesIn(kFaults),
                         [](const auto& param) { return param.param.name; });

struct UnusableCase {
  const char* name;
  std::string bytes;
  const char* message;
};
void PrintTo(const UnusableCase& c, std::ostream* os) { *os << c.name; }

class CaptureUnusableTest : public testing::TestWithParam<UnusableCase> {};

TEST_P(CaptureUnusableTest, IsCountedAndLeftOut) {
  const ScratchFile scratch(std::string("unusable_") + GetParam().name, GetParam().bytes);
  CaptureFile file(scratch.path().string());
  EXPECT_THAT(AllOf(file), SizeIs(1));
  EXPECT_EQ(file.counters().unusable, 1);
  EXPECT_EQ(file.counters().frames, 1);
  EXPECT_EQ(file.fault(), std::nullopt);
  ASSERT_TRUE(file.first_unusable());
  EXPECT_EQ(file.first_unusable()->frame, 1);
  EXPECT_EQ(file.first_unusable()->message, GetParam().message);
}

const UnusableCase kUnusable[] = {
    {"ShorterThanEthernet",
     Header(kLittle, kMicroseconds, 1) + Record(kLittle, 1, 0, "123", 3) +
         Record(kLittle, 1, 0, kFrame, 60),
     "it had 3 bytes, by the capture"},
    {"LongerThanAnyOffloadMakes",
     Header(kLittle, kMicroseconds, 1) + Record(kLittle, 1, 0, kFrame, 262145) +
         Record(kLittle, 1, 0, kFrame, 60),
     "it had 262145 bytes, by the capture"},
    {"CookedCutInItsLinkLayer",
     Header(kLittle, kMicroseconds, 113) + Record(kLittle, 1, 0, "1234", 60) +
         Record(kLittle, 1, 0, Cooked(0, 0x800) + kPacket, 60),
     "of its link layer 4 bytes were captured"},
    {"CookedWithoutAnEtherType",
     Header(kLittle, kMicroseconds, 113) + Record(kLittle, 1, 0, Cooked(0, 4) + kPacket, 60) +
         Record(kLittle, 1, 0, Cooked(0, 0x800) + kPacket, 60),
     "its link layer names no protocol that an Ethernet frame has"},
    {"OneInterfaceOfAnUnknownLinkType",
     Section(kLittle) + Interface(kLittle, 147) + Interface(kLittle, 1) +
         Enhanced(kLittle, 0, 1, kFrame, 60) + Enhanced(kLittle, 1, 1, kFrame, 60),
     "it is of link type 147"},
};
INSTANTIATE_TEST_SUITE_P(Table, CaptureUnusableTest, testing::ValuesIn(kUnusable),
                         [](const auto& param) { return param.param.name; });

TEST(CaptureFileTest, SaysThatThereIsNoSuchFile) {
  EXPECT_EQ(ErrorOf([] { CaptureFile file("/nonexistent/web.pcap"); }),
            "there is no such file | the path of a pcap or pcapng file");
}

TEST(CaptureFileTest, SaysThatItIsAFolder) {
  EXPECT_EQ(ErrorOf([] { CaptureFile file(testing::TempDir()); }),
            "this is a folder | the path of a pcap or pcapng file");
}

// Blocks of 256 KiB end inside records of every kind of rest: 3,000 frames of 1,000 to 1,999 bytes.
TEST(CaptureFileTest, ReadsAcrossBlocks) {
  std::string bytes = Header(kLittle, kNanoseconds, 1);
  for (std::uint32_t i = 0; i < 3000; ++i) {
    std::string octets(1000 + i % 1000, static_cast<char>(i));
    bytes += Record(kLittle, i, 0, octets, octets.size());
  }
  const ScratchFile scratch("blocks", bytes);
  CaptureFile file(scratch.path().string());
  const auto frames = AllOf(file);
  ASSERT_THAT(frames, SizeIs(3000));
  for (std::uint32_t i = 0; i < 3000; ++i) {
    ASSERT_EQ(frames[i].time_ns, std::int64_t{i} * 1'000'000'000);
    ASSERT_EQ(TextOf(frames[i]), std::string(1000 + i % 1000, static_cast<char>(i)));
  }
}

TEST(CaptureRecordsTest, SaysTheSameHoweverTheBytesCome) {
  const std::string bytes = kPcapng + Block(kLittle, 4, "name") +
                            Enhanced(kLittle, 0, 1, kFrame, 60) +
                            Enhanced(kLittle, 0, 2, kFrame + kFrame, 60);
  std::vector<std::byte> given(bytes.size());
  std::memcpy(given.data(), bytes.data(), bytes.size());
  CaptureRecords records;
  std::vector<std::int64_t> times;
  std::size_t taken = 0;
  for (std::size_t end = 1; end <= given.size(); ++end) {
    CapturedFrame frame;
    CaptureRecords::Taken step;
    do {
      step = records.Take(std::span(given).subspan(taken, end - taken), {&frame, 1});
      taken += step.bytes;
      if (step.frames == 1) times.push_back(frame.time_ns);
    } while (step.bytes > 0);
  }
  records.End(given.size() - taken);
  EXPECT_EQ(records.fault(), std::nullopt);
  EXPECT_THAT(times, ElementsAre(1'000, 2'000));
}

}  // namespace
}  // namespace vpcmirror::sim
