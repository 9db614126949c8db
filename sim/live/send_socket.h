// Sockets that copies leave by.
#pragma once

#include <cstdint>
#include <utility>

#include "models/wire/address.h"
#include "models/wire/flow_key.h"

namespace vpcmirror::sim {

// SO_MARK of every packet that we send ("vpcm" in ASCII), so that a capture on this machine can
// tell our copies from other traffic. Routing rules by fwmark see it too.
inline constexpr std::uint32_t kOwnCopyMark = 0x7670636d;

enum class UdpChecksum : std::uint8_t {
  kZero,      // as RFC 7348, 5 and RFC 6935, 5 have it, and the simulation
  kByKernel,  // without which Linux refuses UDP_SEGMENT
};

struct SendSocketSettings {
  std::uint32_t mark = kOwnCopyMark;
  // SO_SNDBUF, beyond the system's limit where we may; 0: what the system gives.
  int send_buffer_bytes = 0;
  UdpChecksum checksum = UdpChecksum::kZero;
};

// The addresses of outer packets and, for UDP, their ports; 0 for other protocols.
struct OuterFlow {
  IpAddress source;
  IpAddress destination;
  std::uint8_t protocol = kProtocolUdp;  // IANA number
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;

  friend bool operator==(const OuterFlow&, const OuterFlow&) = default;
};

// Non-blocking, and connected as soon as there is a route. It receives nothing but what the
// network says of packets that it sent (IP_RECVERR). Packets are never fragmented: one that
// is too long is refused by EMSGSIZE.
class SendSocket {
 public:
  SendSocket() = default;  // closed
  SendSocket(SendSocket&& other) noexcept { *this = std::move(other); }
  SendSocket& operator=(SendSocket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(error_, other.error_);
    std::swap(is_connected_, other.is_connected_);
    std::swap(is_marked_, other.is_marked_);
    std::swap(has_other_source_, other.has_other_source_);
    return *this;
  }
  ~SendSocket();

  // A UDP socket for payloads of one flow; the kernel writes IP and UDP header, TTL or hop limit
  // 64 and flow label 0. An address that is not the machine's is replaced by the kernel's choice,
  // which has_other_source() tells. Several may have one flow.
  static SendSocket OpenUdp(const OuterFlow& flow, const SendSocketSettings& settings);
  // One for whole IP packets of a protocol to an address; every byte of them leaves as it is,
  // but that an IPv4 identification of 0 without DF is replaced.
  static SendSocket OpenRaw(const OuterFlow& flow, const SendSocketSettings& settings);
  // One for ICMP messages to an address, without IP header; the only one that receives: echo
  // replies, over IPv4 behind their IP header.
  static SendSocket OpenEcho(const IpAddress& address, const SendSocketSettings& settings);

  bool is_open() const { return descriptor_ >= 0; }
  // Open, but not connected: there was no route, and Connect may find one later.
  bool is_connected() const { return is_connected_; }
  int error() const { return error_; }  // errno of what failed last, where it is not connected
  int descriptor() const { return descriptor_; }
  bool is_marked() const { return is_marked_; }  // false: we may not
  bool has_other_source() const { return has_other_source_; }
  // The source address that the kernel has for a UDP socket.
  IpAddress LocalAddress() const;

  // Requires is_open().
  bool Connect(const OuterFlow& flow);

 private:
  bool Create(const OuterFlow& flow, int type, int protocol, const SendSocketSettings& settings);
  void SetUdpOptions(bool is_v4, UdpChecksum checksum);
  bool BindUdp(const OuterFlow& flow);
  bool Fail();

  int descriptor_ = -1;
  int error_ = 0;
  bool is_connected_ = false;
  bool is_marked_ = false;
  bool has_other_source_ = false;
};

}  // namespace vpcmirror::sim
