// ParseFrame beside Wireshark's dissectors: the 5-tuple of the outermost IP header of every
// frame of the shared captures and of our own samples.
#include "tests/support/tshark.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/wire/frame.h"
#include "tests/support/read_pcap.h"
#include "tests/support/write_pcap.h"
#include "tests/unit/wire/sample_frames.h"

namespace vpcmirror {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

// One frame as tshark sees it: field name to its first value.
using Fields = std::map<std::string, std::string>;

std::vector<Fields> DissectedByTshark(const fs::path& capture) {
  const std::vector<std::string> names = {
      "frame.protocols",  "ip.src",           "ip.dst",           "ip.proto",
      "ipv6.src",         "ipv6.dst",         "ipv6.nxt",         "ipv6.hopopts.nxt",
      "ipv6.routing.nxt", "ipv6.fraghdr.nxt", "ipv6.dstopts.nxt", "ah.next_header",
      "tcp.srcport",      "tcp.dstport",      "udp.srcport",      "udp.dstport",
      "sctp.srcport",     "sctp.dstport",     "vlan.id",          "ieee8021ad.id"};
  // Without reassembly, as ParseFrame sees one frame at a time.
  std::string command = "tshark -n -r '" + capture.string() +
                        "' -o ip.defragment:FALSE -o ipv6.defragment:FALSE"
                        " -T fields -E occurrence=f -E separator=';'";
  for (const std::string& name : names) command += " -e " + name;
  std::vector<Fields> frames;
  for (const std::string& line : Split(OutputOf(command + " 2>/dev/null"), '\n')) {
    const std::vector<std::string> values = Split(line, ';');
    Fields fields;
    for (std::size_t i = 0; i < names.size(); ++i) {
      fields[names[i]] = i < values.size() ? values[i] : "";
    }
    frames.push_back(std::move(fields));
  }
  return frames;
}

// What Ethernet and its tags carry, and the outermost tag: the field "vlan.id" alone
// might be of a frame inside a tunnel.
struct Link {
  std::string vlan = "0";
  std::string network;  // "ip", "ipv6" or "", which is anything else
};

Link LinkOf(const Fields& fields) {
  static const std::map<std::string, std::string> kIdOf = {{"vlan", "vlan.id"},
                                                           {"ieee8021ad", "ieee8021ad.id"}};
  Link link;
  for (const std::string& protocol : Split(fields.at("frame.protocols"), ':')) {
    if (protocol == "eth" || protocol == "ethertype") continue;
    const auto id = kIdOf.find(protocol);
    if (id == kIdOf.end()) {
      if (protocol == "ip" || protocol == "ipv6") link.network = protocol;
      break;
    }
    if (link.vlan == "0") link.vlan = fields.at(id->second);
  }
  return link;
}

std::string TransportProtocol(const Fields& fields, const std::string& network) {
  if (network == "ip") return fields.at("ip.proto");
  static const std::map<std::string, std::string> kNextOf = {{"0", "ipv6.hopopts.nxt"},
                                                             {"43", "ipv6.routing.nxt"},
                                                             {"44", "ipv6.fraghdr.nxt"},
                                                             {"51", "ah.next_header"},
                                                             {"60", "ipv6.dstopts.nxt"}};
  std::string protocol = fields.at("ipv6.nxt");
  for (auto next = kNextOf.find(protocol); next != kNextOf.end(); next = kNextOf.find(protocol)) {
    protocol = fields.at(next->second);
  }
  return protocol;
}

std::string Wanted(const Fields& fields) {
  const auto& [vlan, network] = LinkOf(fields);
  if (network.empty()) return "vlan " + vlan + " no flow";
  const std::string protocol = TransportProtocol(fields, network);
  static const std::map<std::string, std::string> kNames = {
      {"6", "tcp"}, {"17", "udp"}, {"132", "sctp"}};
  std::string ports;
  if (const auto name = kNames.find(protocol); name != kNames.end()) {
    ports = " " + fields.at(name->second + ".srcport") + ">" + fields.at(name->second + ".dstport");
  }
  return "vlan " + vlan + " " + fields.at(network + ".src") + ">" + fields.at(network + ".dst") +
         " protocol " + protocol + (ports == " >" ? "" : ports);
}

std::string Found(const FrameInfo& info) {
  const std::string vlan = "vlan " + std::to_string(info.vlan_id) + " ";
  if (!info.has_flow) return vlan + "no flow";
  std::string text = vlan + ToString(info.flow.source) + ">" + ToString(info.flow.destination) +
                     " protocol " + std::to_string(info.flow.protocol);
  if (info.flow.ports == Ports::kKnown) {
    text += " " + std::to_string(info.flow.source_port) + ">" +
            std::to_string(info.flow.destination_port);
  }
  return text;
}

void ExpectAgreement(const std::vector<PcapFrame>& frames, const fs::path& capture) {
  const std::vector<Fields> dissected = DissectedByTshark(capture);
  ASSERT_FALSE(frames.empty());
  ASSERT_EQ(frames.size(), dissected.size());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const FrameInfo info = ParseFrame(frames[i].octets, frames[i].wire_length);
    EXPECT_EQ(Found(info), Wanted(dissected[i])) << "frame " << i + 1;
  }
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "vpcmirror-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class SharedCaptureTest : public testing::TestWithParam<const char*> {};

TEST_P(SharedCaptureTest, HasTheFiveTuplesThatTsharkSees) {
  const fs::path capture = fs::path(VPCMIRROR_CAPTURES) / GetParam();
  if (!fs::exists(capture)) GTEST_SKIP() << "no capture " << capture;
  if (!HasTshark()) GTEST_SKIP() << "tshark is not installed";
  const TemporaryFolder folder;
  const fs::path classic = folder.path() / "classic.pcap";  // some of them are pcapng
  OutputOf("tshark -r '" + capture.string() + "' -F pcap -w '" + classic.string() + "' 2>&1");
  const PcapFile file = ReadPcap(classic);
  ASSERT_EQ(file.link_type, kLinkTypeEthernet);
  ExpectAgreement(file.frames, capture);
}

INSTANTIATE_TEST_SUITE_P(All, SharedCaptureTest,
                         testing::Values("cloud-probe-http.pcap", "pcapplusplus-gre.pcap",
                                         "pcapplusplus-ip4-fragments.pcap",
                                         "pcapplusplus-ip6-fragments.pcap",
                                         "pcapplusplus-many-protocols.pcap",
                                         "pcapplusplus-vlan.pcap", "tcpdump-erspan2.pcap",
                                         "tcpdump-geneve.pcap", "tcpdump-gso-ipv4.pcap",
                                         "tcpdump-gso-ipv6.pcap", "tcpdump-qinq.pcap",
                                         "tcpdump-vxlan.pcap", "tcpreplay-test.pcap"),
                         [](const testing::TestParamInfo<const char*>& param) {
                           std::string name;
                           for (const char c : std::string(param.param)) {
                             if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
                           }
                           return name;
                         });

// The counts are those of the captures' own README.
TEST(SharedCapturesTest, HoldTheDocumentedNumberOfFrames) {
  const std::map<std::string, std::size_t> documented = {{"cloud-probe-http.pcap", 913},
                                                         {"pcapplusplus-many-protocols.pcap", 4709},
                                                         {"tcpreplay-test.pcap", 179},
                                                         {"tcpdump-qinq.pcap", 2}};
  for (const auto& [name, frames] : documented) {
    const fs::path capture = fs::path(VPCMIRROR_CAPTURES) / name;
    if (!fs::exists(capture)) GTEST_SKIP() << "no capture " << capture;
    EXPECT_EQ(ReadPcap(capture).frames.size(), frames) << name;
  }
}

TEST(SampleFramesTest, HaveTheFiveTuplesThatTsharkSees) {
  if (!HasTshark()) GTEST_SKIP() << "tshark is not installed";
  std::vector<PcapFrame> frames;
  for (const auto& [name, octets] : SampleFrames()) {
    frames.push_back({.octets = octets, .wire_length = Bytes(std::ssize(octets))});
  }
  const TemporaryFolder folder;
  const fs::path capture = folder.path() / "samples.pcap";
  WritePcap(capture, frames);
  ExpectAgreement(frames, capture);
}

}  // namespace
}  // namespace vpcmirror
