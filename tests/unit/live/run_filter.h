// Runs a socket filter as libpcap does, which knows nothing of the packet but its octets.
#pragma once

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <pcap/pcap.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace vpcmirror::sim {

// What the kernel knows of it besides.
struct PacketMarks {
  std::uint32_t type = PACKET_HOST;
  std::uint32_t mark = 0;
  std::uint32_t hardware_type = ARPHRD_ETHER;
  std::uint32_t protocol = 0;  // EtherType
};

// The octets that the filter takes of a frame that is all there; each load of what the kernel
// knows besides is made one of a number.
inline unsigned RunFilter(std::span<const sock_filter> program, std::span<const std::byte> frame,
                          const PacketMarks& marks) {
  const std::map<std::uint32_t, std::uint32_t> known{{SKF_AD_PKTTYPE, marks.type},
                                                     {SKF_AD_MARK, marks.mark},
                                                     {SKF_AD_HATYPE, marks.hardware_type},
                                                     {SKF_AD_PROTOCOL, marks.protocol}};
  std::vector<bpf_insn> translated;
  for (const sock_filter& each : program) {
    bpf_insn instruction{each.code, each.jt, each.jf, each.k};
    const bool is_load = BPF_CLASS(each.code) == BPF_LD && BPF_MODE(each.code) == BPF_ABS;
    if (is_load && each.k >= static_cast<std::uint32_t>(SKF_AD_OFF)) {
      const std::uint32_t number = known.at(each.k - static_cast<std::uint32_t>(SKF_AD_OFF));
      instruction = {BPF_LD | BPF_IMM, 0, 0, number};
    }
    translated.push_back(instruction);
  }
  const auto bytes = static_cast<unsigned>(frame.size());
  return bpf_filter(translated.data(), reinterpret_cast<const unsigned char*>(frame.data()), bytes,
                    bytes);
}

}  // namespace vpcmirror::sim
