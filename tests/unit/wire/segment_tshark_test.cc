// Segmenter beside Wireshark's dissectors: the segments of a super-frame are one TCP stream, the
// super-frame's own, with every checksum valid.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/wire/byte_order.h"
#include "models/wire/frame.h"
#include "models/wire/segment.h"
#include "tests/support/packet_builder.h"
#include "tests/support/read_pcap.h"
#include "tests/support/tshark.h"
#include "tests/support/write_pcap.h"

namespace vpcmirror {
namespace {

namespace fs = std::filesystem;

class SegmentTsharkTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!HasTshark()) GTEST_SKIP() << "tshark is not installed";
    std::string pattern = (fs::temp_directory_path() / "vpcmirror-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }
  void TearDown() override {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }

  std::string Tshark(const std::string& arguments) const {
    return OutputOf("tshark -n -r '" + (folder_ / "segments.pcap").string() +
                    "' -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE"
                    " -o udp.check_checksum:TRUE " +
                    arguments + " 2>/dev/null");
  }

  void ExpectOneStream(const PcapFrame& super_frame, Bytes max_packet) const {
    const FrameInfo info = ParseFrame(super_frame.octets, super_frame.wire_length);
    Segmenter segmenter(super_frame.octets, info, max_packet);
    ASSERT_GT(segmenter.segments(), 1u);
    std::vector<PcapFrame> frames;
    std::string payload;
    for (Segment segment; segmenter.Next(segment);) {
      std::vector<std::byte> frame(segment.header.begin(),
                                   segment.header.begin() + std::ptrdiff_t(segment.header_bytes));
      const auto begin = super_frame.octets.begin() + segment.payload_offset.count();
      frame.insert(frame.end(), begin, begin + segment.payload.count());
      const Bytes wire(std::ssize(frame));
      frames.push_back({.octets = frame, .wire_length = wire, .time_ns = std::ssize(frames)});
    }
    for (std::size_t at = info.payload_offset; at < super_frame.octets.size(); ++at) {
      std::array<char, 3> hex{};
      std::snprintf(hex.data(), hex.size(), "%02x",
                    std::to_integer<unsigned>(super_frame.octets[at]));
      payload += hex.data();
    }
    WritePcap(folder_ / "segments.pcap", frames);
    ExpectValidChecksums(frames.size());
    EXPECT_EQ(Stream(), payload);
  }

  // Status 1 is "good"; what is in doubt (retransmission, gap, malformed) is an expert message.
  void ExpectValidChecksums(std::size_t frames) const {
    std::string want;
    for (std::size_t i = 0; i < frames; ++i) want += "1\n";
    EXPECT_EQ(Tshark("-T fields -e tcp.checksum.status"), want);
    EXPECT_EQ(Tshark("-Y 'ip.checksum.status == 0 || _ws.malformed || tcp.analysis.flags'"), "");
  }

  // The payload of stream 0 as "follow" puts it together, in hex.
  std::string Stream() const {
    const std::string follow = Tshark("-q -z follow,tcp,raw,0");
    std::string stream;
    std::size_t at = 0;
    while (at < follow.size()) {
      const std::size_t end = std::min(follow.find('\n', at), follow.size());
      const std::string line = follow.substr(at, end - at);
      const bool is_hex = line.find_first_not_of("0123456789abcdef\t") == std::string::npos;
      if (is_hex) stream += line.substr(line.starts_with('\t') ? 1 : 0);
      at = end + 1;
    }
    return stream;
  }

  fs::path folder_;
};

TEST_F(SegmentTsharkTest, FollowsTheStreamOfOurOwnSuperFrames) {
  for (const bool is_v4 : {true, false}) {
    PacketBuilder builder;
    builder.Ethernet().Vlan(30);
    is_v4 ? builder.Ipv4("192.0.2.10", "198.51.100.20", {.identification = 0xfffe})
          : builder.Ipv6("2001:db8::10", "2001:db8::20");
    auto octets = builder.Tcp(40000, 80, 12).Payload(20'001).Build();
    StoreBe16(&octets[(is_v4 ? 38u : 58u) + 14u], 0xffff);  // a window, so that data may flow
    ExpectOneStream({.octets = octets, .wire_length = Bytes(std::ssize(octets))}, Bytes(1500));
  }
}

// What Linux captured before its device segmented it.
TEST_F(SegmentTsharkTest, FollowsTheStreamOfCapturedSuperFrames) {
  for (const char* name : {"tcpdump-gso-ipv4.pcap", "tcpdump-gso-ipv6.pcap"}) {
    const fs::path capture = fs::path(VPCMIRROR_CAPTURES) / name;
    if (!fs::exists(capture)) GTEST_SKIP() << "no capture " << capture;
    const PcapFile file = ReadPcap(capture);
    for (const PcapFrame& frame : file.frames) ExpectOneStream(frame, Bytes(1500));
  }
}

}  // namespace
}  // namespace vpcmirror
