#include "tests/support/read_pcap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/hex_diff.h"

namespace vpcmirror {
namespace {

// By hand from draft-ietf-opsawg-pcap: one Ethernet frame of 3 captured and 60 original
// bytes, at 1 s and 2 units of the fraction.
const auto kLittleEndianMicroseconds = Octets({
    0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0,  // file
    1,    0,    0,    0,    2, 0, 0, 0, 3, 0, 0, 0, 60, 0, 0, 0, 7, 8, 9,                 // frame
});
const auto kBigEndianNanoseconds = Octets({
    0xa1, 0xb2, 0x3c, 0x4d, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0,  0, 4, 0, 0, 0, 0, 0, 1,  // file
    0,    0,    0,    1,    0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 60, 7, 8, 9,                 // frame
});

TEST(ParsePcapTest, ReadsBothByteOrdersAndResolutions) {
  for (const auto& [file, time_ns] : {std::pair(kLittleEndianMicroseconds, 1'000'002'000),
                                      std::pair(kBigEndianNanoseconds, 1'000'000'002)}) {
    const PcapFile pcap = ParsePcap(file);
    EXPECT_EQ(pcap.link_type, kLinkTypeEthernet);
    ASSERT_EQ(pcap.frames.size(), 1u);
    EXPECT_THAT(pcap.frames[0].octets, BytesAre(Octets({7, 8, 9})));
    EXPECT_EQ(pcap.frames[0].wire_length, Bytes(60));
    EXPECT_EQ(pcap.frames[0].time_ns, time_ns);
  }
}

std::string PcapRefusal(std::span<const std::byte> file) {
  try {
    ParsePcap(file);
    return "accepted";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(ParsePcapTest, SaysWhereAFileEndsTooSoon) {
  const std::span<const std::byte> file = kLittleEndianMicroseconds;
  EXPECT_EQ(PcapRefusal({}), "offset 0: the file ends inside a file header");
  EXPECT_EQ(PcapRefusal(file.first(24)), "accepted");
  EXPECT_EQ(PcapRefusal(file.first(39)), "offset 24: the file ends inside a frame's header");
  EXPECT_EQ(PcapRefusal(file.first(42)), "offset 40: the file ends inside a frame");
}

TEST(ParsePcapTest, RefusesOtherFormats) {
  std::vector<std::byte> file = kLittleEndianMicroseconds;
  file[0] = std::byte{0};
  EXPECT_EQ(PcapRefusal(file), "offset 0: not the magic number of a pcap file");
  const auto pcapng = Octets({0x0a, 0x0d, 0x0d, 0x0a});
  file.assign(24, std::byte{0});
  std::copy(pcapng.begin(), pcapng.end(), file.begin());
  EXPECT_EQ(PcapRefusal(file), "offset 0: a block without room");
}

TEST(ReadPcapTest, NamesAFileThatIsNotThere) {
  try {
    ReadPcap("no-such-file.pcap");
    FAIL() << "read a file that is not there";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "no-such-file.pcap: cannot be opened");
  }
}

}  // namespace
}  // namespace vpcmirror
