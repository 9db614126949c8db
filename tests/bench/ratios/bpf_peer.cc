#include "tests/bench/ratios/bpf_peer.h"

#include <pcap/pcap.h>

#include <array>
#include <stdexcept>
#include <string>

#include "models/wire/address.h"
#include "models/wire/byte_order.h"
#include "models/wire/frame.h"

namespace vpcmirror::ratios {
namespace {

constexpr std::size_t kFrameBytes = 64;
using FrameOctets = std::array<std::byte, kFrameBytes>;

std::string PortsText(const char* end, const PortRange& ports) {
  if (ports.first == 0 && ports.last == 65535) return "";
  return std::string(" and ") + end + " portrange " + std::to_string(ports.first) + "-" +
         std::to_string(ports.last);
}

std::string NetText(const char* end, std::uint32_t address, int length) {
  if (length == 0) return "";
  return std::string(" and ") + end + " net " + ToString(IpPrefix(IpAddress::V4(address), length));
}

std::string Expression(const std::vector<TupleRule>& rules) {
  std::string text;
  for (const TupleRule& rule : rules) {
    text += text.empty() ? "(ip" : " or (ip";
    if (rule.protocol) text += *rule.protocol == kProtocolTcp ? " and tcp" : " and udp";
    text += NetText("src", rule.source, rule.source_length);
    text += NetText("dst", rule.destination, rule.destination_length);
    text += PortsText("src", rule.source_ports) + PortsText("dst", rule.destination_ports) + ")";
  }
  return text;
}

// Ethernet, IPv4 without options, and the first 30 bytes of the transport.
FrameOctets FrameOf(const Tuple& tuple) {
  FrameOctets frame{};
  StoreBe16(&frame[12], kEtherTypeIpv4);
  frame[14] = std::byte{0x45};
  StoreBe16(&frame[16], kFrameBytes - kEthernetHeaderBytes);
  frame[22] = std::byte{64};
  frame[23] = std::byte{tuple.protocol};
  StoreBe32(&frame[26], tuple.source);
  StoreBe32(&frame[30], tuple.destination);
  StoreBe16(&frame[34], tuple.source_port);
  StoreBe16(&frame[36], tuple.destination_port);
  return frame;
}

}  // namespace

struct BpfPeer::Program {
  bpf_program code{};
  std::vector<FrameOctets> frames;
  std::vector<unsigned> matched;
};

BpfPeer::BpfPeer(const std::vector<TupleRule>& rules, const std::vector<Tuple>& tuples)
    : program_(std::make_unique<Program>()) {
  for (const Tuple& tuple : tuples) program_->frames.push_back(FrameOf(tuple));
  program_->matched.resize(tuples.size());
  pcap_t* handle = pcap_open_dead(DLT_EN10MB, 65535);
  const bool compiled = pcap_compile(handle, &program_->code, Expression(rules).c_str(), 1,
                                     PCAP_NETMASK_UNKNOWN) == 0;
  const std::string why = compiled ? "" : pcap_geterr(handle);
  pcap_close(handle);
  if (!compiled) throw std::runtime_error("pcap_compile: " + why);
}

BpfPeer::~BpfPeer() { pcap_freecode(&program_->code); }

void BpfPeer::Classify() {
  Program& program = *program_;
  for (std::size_t i = 0; i < program.frames.size(); ++i) {
    program.matched[i] =
        bpf_filter(program.code.bf_insns, reinterpret_cast<const u_char*>(program.frames[i].data()),
                   kFrameBytes, kFrameBytes);
  }
}

bool BpfPeer::matched(std::size_t tuple) const { return program_->matched[tuple] != 0; }

}  // namespace vpcmirror::ratios
