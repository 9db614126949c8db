#include <gmock/gmock.h>
#include <ns3/config.h>
#include <ns3/enum.h>
#include <ns3/output-stream-wrapper.h>
#include <ns3/queue-size.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/read_pcap.h"
#include "tests/unit/ns3/two_hosts.h"

namespace vpcmirror {
namespace {

class TraceHelpersTest : public TwoHostsTest {
 protected:
  void SetUp() override {
    TwoHostsTest::SetUp();
    folder_ = std::filesystem::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override {
    TwoHostsTest::TearDown();
    std::filesystem::remove_all(folder_);
  }

  // Until then files are not complete.
  void RunAndDestroy() {
    ns3::Simulator::Run();
    client_ = server_ = receiver_eni_ = nullptr;
    sessions_.clear();
    receiver_ = nullptr;
    vpc_.reset();
    ns3::Simulator::Destroy();
  }

  std::filesystem::path folder_;
};

std::vector<std::string> LinesOf(std::istream& text) {
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

// The copy of 1,500 + 50 bytes is queued first and takes 12.4 us at 1 Gbit/s, the frame
// 12 us behind it.
TEST_F(TraceHelpersTest, PcapHoldsWhatIsOnTheWireWhenItLeaves) {
  Install("1Gbps");
  MirrorAt({client_});
  vpc_->EnablePcap((folder_ / "vpc").string(), client_);
  SendNow(1, Bytes(1500));
  RunAndDestroy();
  const PcapFile pcap = ReadPcap(folder_ / "vpc-0-0.pcap");
  EXPECT_EQ(pcap.link_type, kLinkTypeEthernet);
  std::vector<std::pair<std::int64_t, Bytes>> frames;
  for (const PcapFrame& frame : pcap.frames) frames.emplace_back(frame.time_ns, frame.wire_length);
  EXPECT_THAT(frames,
              testing::ElementsAre(std::pair(12'400, Bytes(1550)), std::pair(24'400, Bytes(1500))));
  // The copy is what VXLAN makes of the frame: 14 + 20 + 8 + 8 bytes, then the frame.
  const std::vector<std::byte>& copy = pcap.frames.at(0).octets;
  EXPECT_EQ(std::vector(copy.begin() + 50, copy.end()), pcap.frames.at(1).octets);
}

// Frame and copy as above; the receiver gets the copy 50 us after it left, and 12.4 us
// later it has passed the receiver's own limit.
TEST_F(TraceHelpersTest, AsciiTellsWhatBecomesOfFramesAndCopies) {
  Install("1Gbps");
  MirrorAt({client_});
  std::ostringstream text;
  const auto stream = ns3::Create<ns3::OutputStreamWrapper>(&text);
  vpc_->EnableAscii(stream, client_);
  vpc_->EnableAscii(stream, receiver_eni_);
  SendNow(1, Bytes(1500));
  RunAndDestroy();
  const std::string eni = "/DeviceList/0/$vpcmirror::EniDevice/";
  const std::string frame =
      " vpcmirror::RawHeader (10.0.0.1:40000 > 10.0.0.2:443 protocol 17, 42 bytes)";
  std::istringstream written(text.str());
  const std::vector<std::string> lines = LinesOf(written);
  ASSERT_EQ(lines.size(), 5u) << text.str();
  EXPECT_THAT(lines[0], testing::StartsWith("+ 0.000000000000 /NodeList/0" + eni +
                                            "Sessions/0/MirrorTx"
                                            " vpcmirror::RawHeader (10.0.0.1:"));
  EXPECT_THAT(lines[0], testing::HasSubstr(" > 10.0.0.3:4789 protocol 17, 50 bytes)" + frame));
  EXPECT_EQ(lines[1],
            "+ 0.000000000000 /NodeList/0" + eni + "MacTx" + frame + " Payload (size=1458)");
  EXPECT_THAT(lines[2], testing::StartsWith("- 0.000012400000 /NodeList/0" + eni + "Sniffer"));
  EXPECT_THAT(lines[3], testing::StartsWith("- 0.000024400000 /NodeList/0" + eni + "Sniffer"));
  EXPECT_THAT(lines[4], testing::StartsWith("r 0.000074800000 /NodeList/2" + eni + "MacRx"));
}

// Of two frames at once, a queue of two takes the copy of the first and the first.
TEST_F(TraceHelpersTest, AsciiSaysWhySomethingWasLost) {
  vpc_->SetHostAttribute("QueueSize", ns3::QueueSizeValue(ns3::QueueSize("2p")));
  vpc_->SetHostAttribute("Congestion", ns3::EnumValue(static_cast<int>(Congestion::kFifo)));
  Install("1Mbps");
  MirrorAt({client_});
  vpc_->EnableAscii((folder_ / "client.tr").string(), client_, true);
  SendNow(2, Bytes(1500));
  RunAndDestroy();
  std::ifstream file(folder_ / "client.tr");
  std::vector<std::string> lost;
  for (const std::string& line : LinesOf(file)) {
    if (line.front() == 'd') lost.push_back(line);
  }
  ASSERT_EQ(lost.size(), 2u);  // the copy of the second, and itself
  for (const std::string& line : lost) {
    EXPECT_THAT(line, testing::StartsWith("d 0.000000000000 vpcmirror::RawHeader"));
    EXPECT_THAT(line, testing::EndsWith(" egress_bandwidth"));
  }
}

// The names by which Config reaches all that an ENI has.
TEST_F(TraceHelpersTest, ConfigFindsSessions) {
  Install("0bps");
  MirrorAt({client_});
  int copies = 0;
  ns3::Config::ConnectWithoutContext(
      "/NodeList/*/DeviceList/*/$vpcmirror::EniDevice/Sessions/*/MirrorTx",
      ns3::Callback<void, ns3::Ptr<const ns3::Packet>>(
          [&](ns3::Ptr<const ns3::Packet>) { ++copies; }));
  SendNow(3, Bytes(200));
  ns3::Simulator::Run();
  EXPECT_EQ(copies, 3);
}

// Loss by chance hangs on the stream: the same stream loses the same frames whatever
// streams are taken before, and another stream loses others.
TEST_F(TraceHelpersTest, AssignedStreamsDecideWhatIsLostByChance) {
  const auto lost = [&](std::int64_t stream, int taken_before) {
    for (int i = 0; i < taken_before; ++i) ns3::RngSeedManager::GetNextStreamIndex();
    vpc_ = std::make_unique<VpcHelper>();
    Install("1Gbps");
    ns3::NetDeviceContainer devices(client_);
    devices.Add(server_);
    devices.Add(client_);  // again: of each CVM once
    EXPECT_EQ(vpc_->AssignStreams(devices, stream), 2);
    std::vector<std::uint32_t> numbers;
    std::uint32_t number = 0;
    const auto count = [&](ns3::Ptr<const ns3::Packet>) { ++number; };
    const auto note = [&](ns3::Ptr<const ns3::Packet>, FrameDrop) { numbers.push_back(number++); };
    client_->TraceConnectWithoutContext("MacTx",
                                        ns3::Callback<void, ns3::Ptr<const ns3::Packet>>(count));
    client_->TraceConnectWithoutContext(
        "MacTxDrop", ns3::Callback<void, ns3::Ptr<const ns3::Packet>, FrameDrop>(note));
    SendNow(900, Bytes(1500));  // of a queue of 1,000: chance begins at 500
    ns3::Simulator::Run();
    ns3::Simulator::Destroy();
    return numbers;
  };
  const auto first = lost(7, 0);
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(lost(7, 5), first);
  EXPECT_NE(lost(8, 0), first);
}

}  // namespace
}  // namespace vpcmirror
