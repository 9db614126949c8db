#include "sim/live/capture_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <string>

#include "models/mirror/mirror.h"
#include "tests/support/hex_diff.h"
#include "tests/unit/live/live_support.h"

namespace vpcmirror::sim {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class CaptureWriterTest : public testing::TestWithParam<CaptureFormat> {
 protected:
  CaptureWriterTest()
      : mirror_({.id = "m",
                 .receivers = {{.address = *ParseIpAddress("10.0.0.9"), .mtu = Bytes(1500)}}}),
        tunnel_(mirror_, 0, *ParseIpAddress("10.0.0.1")) {}

  // A copy of 14 + 4 + 2 + payload octets, each part of its own octets.
  LiveCopy Copy(std::span<const std::byte> payload, Bytes missing, std::int64_t time_ns) const {
    return {.tunnel = tunnel_,
            .outer = outer_,
            .inner = inner_,
            .payload = payload,
            .missing = missing,
            .time_ns = time_ns,
            .ethernet = ethernet_};
  }
  std::vector<KeptFrame> Read() const {
    const ScratchFile scratch("writer", written_);
    return ReadByLibpcap(scratch.path());
  }
  CaptureWriter Writer() {
    return CaptureWriter(GetParam(), [this](std::span<const std::byte> part) {
      written_.append(reinterpret_cast<const char*>(part.data()), part.size());
      ++parts_;
    });
  }

  Mirror mirror_;
  Tunnel tunnel_;
  std::vector<std::byte> ethernet_{14, std::byte{0xee}};
  std::vector<std::byte> outer_ = Octets({0x45, 0x01, 0x02, 0x03});
  std::vector<std::byte> inner_ = Octets({0x11, 0x12});
  std::string written_;
  int parts_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Formats, CaptureWriterTest,
                         testing::Values(CaptureFormat::kPcap, CaptureFormat::kPcapng),
                         [](const auto& format) {
                           return format.param == CaptureFormat::kPcap ? "Pcap" : "Pcapng";
                         });

TEST_P(CaptureWriterTest, WritesEthernetOuterAndInnerHeadersAndPayload) {
  CaptureWriter writer = Writer();
  const auto payload = Octets({0x21, 0x22, 0x23});
  writer.Take(Copy(payload, Bytes(0), 1'700'000'000'123'456'789));
  writer.Finish();
  const auto frames = Read();
  ASSERT_THAT(frames, SizeIs(1));
  std::vector<std::byte> expected = ethernet_;
  for (const unsigned octet : {0x45, 0x01, 0x02, 0x03, 0x11, 0x12, 0x21, 0x22, 0x23}) {
    expected.push_back(std::byte(octet));
  }
  EXPECT_THAT(frames[0].octets, BytesAre(expected));
  EXPECT_EQ(frames[0].wire_bytes, 23);
  EXPECT_EQ(frames[0].time_ns, 1'700'000'000'123'456'789);
  EXPECT_EQ(writer.counters().taken, 1);
  EXPECT_EQ(writer.counters().sent, 1);
  EXPECT_EQ(writer.counters().sent_bytes, Bytes(9));
}

TEST_P(CaptureWriterTest, SaysHowLongACopyWasOfWhichOctetsAreMissing) {
  CaptureWriter writer = Writer();
  writer.Take(Copy({}, Bytes(100), 0));
  writer.Finish();
  const auto frames = Read();
  ASSERT_THAT(frames, SizeIs(1));
  EXPECT_THAT(frames[0].octets, SizeIs(20));
  EXPECT_EQ(frames[0].wire_bytes, 120);
  EXPECT_EQ(writer.counters().sent_bytes, Bytes(106));
}

TEST_P(CaptureWriterTest, WritesNoEthernetHeaderInFrontOfACopyWithoutOuterHeaders) {
  CaptureWriter writer = Writer();
  LiveCopy copy = Copy(ethernet_, Bytes(0), 0);
  copy.outer = copy.inner = {};
  writer.Take(copy);
  writer.Finish();
  const auto frames = Read();
  ASSERT_THAT(frames, SizeIs(1));
  EXPECT_THAT(frames[0].octets, BytesAre(ethernet_));
}

TEST_P(CaptureWriterTest, WritesInParts) {
  CaptureWriter writer = Writer();
  const std::vector<std::byte> payload(1500, std::byte{7});
  for (int i = 0; i < 1000; ++i) writer.Take(Copy(payload, Bytes(0), i));
  writer.Flush();
  EXPECT_EQ(parts_, 5);  // 1,000 records of 1,536 (pcapng: 1,552) bytes are 5.86 (5.92) of 256 KiB
  writer.Finish();
  EXPECT_EQ(parts_, 6);
  EXPECT_THAT(Read(), SizeIs(1000));
}

TEST_P(CaptureWriterTest, WritesAFileWithoutFrames) {
  Writer().Finish();
  EXPECT_THAT(Read(), IsEmpty());
  EXPECT_FALSE(written_.empty());
}

TEST_P(CaptureWriterTest, LetsWhatCannotBeWrittenPass) {
  CaptureWriter writer(GetParam(), [](std::span<const std::byte>) {
    throw std::runtime_error("No space left on device");
  });
  EXPECT_THROW(writer.Finish(), std::runtime_error);
}

TEST(CountingSinkTest, CountsOuterPackets) {
  const Mirror mirror(
      {.id = "m", .receivers = {{.address = *ParseIpAddress("10.0.0.9"), .mtu = Bytes(1500)}}});
  const Tunnel tunnel(mirror, 0, *ParseIpAddress("10.0.0.1"));
  const std::vector<std::byte> octets(50);
  CountingSink sink;
  sink.Take(
      {.tunnel = tunnel, .outer = octets, .inner = {}, .payload = octets, .missing = Bytes(7)});
  EXPECT_EQ(sink.counters().taken, 1);
  EXPECT_EQ(sink.counters().sent, 1);
  EXPECT_EQ(sink.counters().sent_bytes, Bytes(107));
}

}  // namespace
}  // namespace vpcmirror::sim
