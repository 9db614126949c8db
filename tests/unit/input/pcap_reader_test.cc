#include "sim/input/pcap_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>

#include "tests/unit/input/errors.h"

namespace vpcmirror::sim {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

void AddLe32(std::string& bytes, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift);
}

// The header of the classic format (pcap-savefile(5)): magic of nanosecond
// stamps, version 2.4, no zone, no accuracy, snap length, link type.
std::string Header(std::uint32_t link_type = 1) {
  std::string bytes;
  for (const std::uint32_t word : {0xa1b23c4du, 0x00040002u, 0u, 0u, 262144u, link_type}) {
    AddLe32(bytes, word);
  }
  return bytes;
}

std::string Record(std::uint32_t seconds, std::uint32_t nanoseconds, const std::string& bytes,
                   std::uint32_t wire_length) {
  std::string record;
  for (const std::uint32_t word :
       {seconds, nanoseconds, static_cast<std::uint32_t>(bytes.size()), wire_length}) {
    AddLe32(record, word);
  }
  return record + bytes;
}

// An Ethernet header of an IPv4 packet, as short as a frame can be.
const std::string kShortest = std::string(12, '\0') + std::string("\x08\x00", 2);

// Ethernet and IPv4 (RFC 791, 3.1) with 20 bytes of header and nothing behind it.
std::string Ipv4Frame(std::uint8_t last_of_source, std::uint8_t last_of_destination) {
  const std::uint8_t header[] = {0x45, 0,   0, 20,
                                 0,    0,   0, 0,
                                 64,   253, 0, 0,
                                 10,   0,   0, last_of_source,
                                 10,   0,   0, last_of_destination};
  return kShortest + std::string(std::begin(header), std::end(header));
}

// pcapng (draft-ietf-opsawg-pcapng): a block is its type, its length, its body and
// its length again.
std::string Block(std::uint32_t type, std::initializer_list<std::uint32_t> body) {
  const auto length = static_cast<std::uint32_t>(12 + 4 * body.size());
  std::string block;
  AddLe32(block, type);
  AddLe32(block, length);
  for (const std::uint32_t word : body) AddLe32(block, word);
  AddLe32(block, length);
  return block;
}
const std::string kSection = Block(0x0a0d0d0a, {0x1a2b3c4d, 1, 0xffffffff, 0xffffffff});
std::string Interface(std::uint32_t link_type, std::uint32_t snap_length) {
  return Block(1, {link_type, snap_length});
}

class CaptureTest : public testing::Test {
 protected:
  std::string Write(const std::string& bytes) {
    file_ = testing::TempDir() + "vpcmirror_capture_" +
            testing::UnitTest::GetInstance()->current_test_info()->name() + ".pcap";
    std::ofstream(file_, std::ios::binary) << bytes;
    return file_;
  }
  std::vector<std::string> Errors(const std::string& bytes) {
    return ErrorsOf([&] { ScanCapture(Write(bytes)); });
  }
  std::vector<std::string> ErrorsWith(const std::string& local, const std::string& bytes) {
    return ErrorsOf([&] { ScanCapture(Write(bytes), {*ParseIpPrefix(local)}); });
  }
  void TearDown() override {
    if (!file_.empty()) std::filesystem::remove(file_);
  }

 private:
  std::string file_;
};

std::vector<StoredFrame> All(const FrameReader& next) {
  std::vector<StoredFrame> frames;
  StoredFrame frame;
  while (next(frame)) frames.push_back(frame);
  return frames;
}

TEST_F(CaptureTest, GivesEveryFrameWithItsTimeAndBothLengths) {
  const Capture capture = ScanCapture(
      Write(Header() + Record(100, 999'999'999, "abc", 60) + Record(101, 1, kShortest, 14)));
  EXPECT_EQ(capture.frames, 2);
  EXPECT_EQ(capture.length, Picoseconds(2'000));  // 2 ns
  const std::vector<StoredFrame> frames = All(capture.open());
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].time, Picoseconds(0));
  EXPECT_EQ(frames[0].wire_length, Bytes(60));
  EXPECT_THAT(frames[0].bytes, ElementsAre(std::byte{'a'}, std::byte{'b'}, std::byte{'c'}));
  EXPECT_EQ(frames[1].time, Picoseconds(2'000));
  EXPECT_EQ(frames[1].wire_length, Bytes(14));
}

TEST_F(CaptureTest, OpensAfreshEachTime) {
  const Capture capture = ScanCapture(Write(Header() + Record(1, 0, "a", 60)));
  EXPECT_EQ(All(capture.open()).size(), 1u);
  const FrameReader one = capture.open();
  const FrameReader other = capture.open();
  EXPECT_EQ(All(one).size(), 1u);
  EXPECT_EQ(All(other).size(), 1u);
}

TEST_F(CaptureTest, NeverGoesBackInTime) {
  const Capture capture = ScanCapture(Write(Header() + Record(10, 500, "a", 60) +
                                            Record(10, 900, "b", 60) + Record(9, 0, "c", 60) +
                                            Record(10, 800, "d", 60) + Record(10, 901, "e", 60)));
  std::vector<std::int64_t> times;
  for (const StoredFrame& frame : All(capture.open())) times.push_back(frame.time.count());
  EXPECT_THAT(times, ElementsAre(0, 400'000, 400'000, 400'000, 401'000));
}

TEST_F(CaptureTest, SaysWhatIsWrongWithABrokenOne) {
  EXPECT_THAT(Errors(""),
              ElementsAre("0:0 : the capture is empty: 0 bytes | a capture with frames"));
  EXPECT_THAT(Errors(Header()),
              ElementsAre("0:0 : the capture has no frames | a capture with frames"));
  EXPECT_THAT(Errors("this is no capture at all"),
              ElementsAre(HasSubstr("this is not a capture that can be read")));
  EXPECT_THAT(Errors(Header(101) + Record(1, 0, "a", 60)),  // DLT_RAW
              ElementsAre("0:0 : the frames are of link type RAW, not Ethernet | a capture of "
                          "Ethernet (EN10MB), taken on an interface and not on \"any\""));
  EXPECT_THAT(ErrorsOf([] { ScanCapture("/nonexistent.pcap"); }),
              ElementsAre("0:0 : there is no such file | the path of a pcap or pcapng file (in a "
                          "scenario: from its folder)"));
  EXPECT_THAT(ErrorsOf([] { ScanCapture("/dev/null"); }),
              ElementsAre(HasSubstr("this is not a regular file")));
}

TEST_F(CaptureTest, NamesTheFrameInWhichItBreaksOff) {
  const std::string two = Header() + Record(1, 0, "abc", 60) + Record(2, 0, "abc", 60);
  // In the bytes of the second frame, and in its header.
  for (const std::size_t missing : {1u, 3u, 4u, 18u}) {
    EXPECT_THAT(Errors(two.substr(0, two.size() - missing)),
                ElementsAre(HasSubstr("the capture breaks off in frame 2 (")));
  }
}

TEST_F(CaptureTest, AdvisesNoRangeOfNoFrames) {
  const std::string one = Header() + Record(1, 0, "abc", 60);
  EXPECT_THAT(
      Errors(one.substr(0, one.size() - 1)),
      ElementsAre(AllOf(HasSubstr("breaks off in frame 1 ("), EndsWith(" | a whole capture"))));
}

TEST_F(CaptureTest, SaysWhatLibpcapCannotReadOfSeveralInterfaces) {
  EXPECT_THAT(
      Errors(kSection + Interface(1, 65535) + Interface(1, 262144)),
      ElementsAre(AllOf(HasSubstr("libpcap cannot read frame 1: "), HasSubstr("snapshot length"),
                        HasSubstr("\"editcap -F pcap in.pcapng out.pcap\""), Not(HasSubstr("1-0")),
                        Not(HasSubstr("breaks off")))));
  EXPECT_THAT(Errors(kSection + Interface(1, 65535) + Interface(101, 65535)),
              ElementsAre(AllOf(HasSubstr("libpcap cannot read frame 1: "), HasSubstr(" type "),
                                HasSubstr("interfaces of one link type, Ethernet"),
                                Not(HasSubstr("1-0")), Not(HasSubstr("breaks off")))));
}

TEST_F(CaptureTest, RefusesLengthsThatEthernetDoesNotHave) {
  const std::string one = Header() + Record(1, 0, kShortest, 14);
  for (const std::uint32_t length : {13u, 262'145u, 4'294'967'295u}) {
    EXPECT_THAT(Errors(one + Record(2, 0, "a", length)),
                ElementsAre(HasSubstr("frame 2 had " + std::to_string(length) + " bytes")));
  }
  EXPECT_THAT(Errors(one + Record(2, 0, "a", 262'144)), IsEmpty());
}

TEST_F(CaptureTest, WantsTrafficOfTheLocalAddress) {
  std::string capture = Header();
  for (const int source : {1, 2, 2, 3, 3, 3}) {
    capture += Record(1, 0, Ipv4Frame(static_cast<std::uint8_t>(source), 4), 60);
  }
  EXPECT_THAT(
      ErrorsWith("10.0.0.9/32", capture),
      ElementsAre("0:0 : no IP packet of 6 frames comes from 10.0.0.9 or goes there | the address "
                  "whose traffic this is; most frames come from 10.0.0.3 (3) and "
                  "10.0.0.2 (2)"));
  EXPECT_THAT(ErrorsWith("10.1.0.0/16", capture),
              ElementsAre(HasSubstr("comes from 10.1.0.0/16 or goes there")));
  EXPECT_THAT(ErrorsWith("10.0.0.1/32", capture), IsEmpty());  // only sends
  EXPECT_THAT(ErrorsWith("10.0.0.4/32", capture), IsEmpty());  // only receives
  EXPECT_THAT(ErrorsWith("10.0.0.9/32", Header() + Record(1, 0, "abc", 60)),
              ElementsAre(HasSubstr("| a capture of IP traffic")));
}

TEST_F(CaptureTest, RefusesTimesThatCannotBeSimulated) {
  EXPECT_THAT(Errors(Header() + Record(0, 0, "a", 60) + Record(2'000'000'000u, 0, "b", 60)),
              ElementsAre(HasSubstr("frame 2 is 23148 days behind the first one")));
}

// capinfos says 913 frames in 11.133 s.
TEST_F(CaptureTest, ReadsARealCapture) {
  const std::string file = std::string(VPCMIRROR_CAPTURES) + "/cloud-probe-http.pcap";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "there is no " << file;
  const Capture capture = ScanCapture(file);
  EXPECT_EQ(capture.frames, 913);
  EXPECT_EQ(capture.length, Picoseconds(11'133'000'000'000));
  EXPECT_EQ(All(capture.open()).size(), 913u);
}

}  // namespace
}  // namespace vpcmirror::sim
