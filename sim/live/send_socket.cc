#include "sim/live/send_socket.h"

#include <linux/filter.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>

namespace vpcmirror::sim {
namespace {

constexpr int kHopLimit = 64;  // as Encapsulation writes it

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t bytes = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress SocketAddressOf(const IpAddress& address, std::uint16_t port) {
  SocketAddress result;
  if (address.is_v4()) {
    sockaddr_in v4{.sin_family = AF_INET, .sin_port = htons(port)};
    std::memcpy(&v4.sin_addr, address.octets().data(), sizeof v4.sin_addr);
    std::memcpy(&result.storage, &v4, sizeof v4);
    result.bytes = sizeof v4;
  } else {
    sockaddr_in6 v6{.sin6_family = AF_INET6, .sin6_port = htons(port)};
    std::memcpy(&v6.sin6_addr, address.octets().data(), sizeof v6.sin6_addr);
    std::memcpy(&result.storage, &v6, sizeof v6);
    result.bytes = sizeof v6;
  }
  return result;
}

bool Set(int descriptor, int level, int option, int value) {
  return setsockopt(descriptor, level, option, &value, sizeof value) == 0;
}

// What comes in is thrown away: replies would fill the receive buffer, for nobody.
void ReceiveNothing(int descriptor) {
  sock_filter refuse_all{.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0};
  const sock_fprog program{.len = 1, .filter = &refuse_all};
  setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

void ReceiveEchoReplies(int descriptor, bool is_v4) {
  if (is_v4) {
    const icmp_filter others{.data = ~(1u << ICMP_ECHOREPLY)};
    setsockopt(descriptor, SOL_RAW, ICMP_FILTER, &others, sizeof others);
    return;
  }
  icmp6_filter replies;
  ICMP6_FILTER_SETBLOCKALL(&replies);
  ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &replies);
  setsockopt(descriptor, IPPROTO_ICMPV6, ICMP6_FILTER, &replies, sizeof replies);
}

}  // namespace

SendSocket::~SendSocket() {
  if (is_open()) close(descriptor_);
}

bool SendSocket::Fail() {
  error_ = errno;
  if (is_open()) close(descriptor_);
  descriptor_ = -1;
  return false;
}

bool SendSocket::Create(const OuterFlow& flow, int type, int protocol,
                        const SendSocketSettings& settings) {
  const bool is_v4 = flow.destination.is_v4();
  descriptor_ = socket(is_v4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (!is_open()) return Fail();
  is_marked_ = Set(descriptor_, SOL_SOCKET, SO_MARK, static_cast<int>(settings.mark));
  if (settings.send_buffer_bytes != 0 &&
      !Set(descriptor_, SOL_SOCKET, SO_SNDBUFFORCE, settings.send_buffer_bytes)) {
    Set(descriptor_, SOL_SOCKET, SO_SNDBUF, settings.send_buffer_bytes);
  }
  const bool tells = is_v4
                         ? Set(descriptor_, IPPROTO_IP, IP_RECVERR, 1) &&
                               Set(descriptor_, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
                         : Set(descriptor_, IPPROTO_IPV6, IPV6_RECVERR, 1) &&
                               Set(descriptor_, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO);
  return tells || Fail();
}

void SendSocket::SetUdpOptions(bool is_v4, UdpChecksum checksum) {
  const int is_zero = checksum == UdpChecksum::kZero ? 1 : 0;
  if (is_v4) {
    Set(descriptor_, IPPROTO_IP, IP_TTL, kHopLimit);
    Set(descriptor_, SOL_SOCKET, SO_NO_CHECK, is_zero);
  } else {
    Set(descriptor_, IPPROTO_IPV6, IPV6_UNICAST_HOPS, kHopLimit);
    Set(descriptor_, IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, 0);
    Set(descriptor_, SOL_UDP, UDP_NO_CHECK6_TX, is_zero);
  }
}

bool SendSocket::BindUdp(const OuterFlow& flow) {
  // One port serves all receivers and workers, each by a socket of its own.
  if (!Set(descriptor_, SOL_SOCKET, SO_REUSEADDR, 1)) return Fail();
  const SocketAddress wanted = SocketAddressOf(flow.source, flow.source_port);
  if (bind(descriptor_, wanted.get(), wanted.bytes) == 0) return true;
  if (errno != EADDRNOTAVAIL) return Fail();
  has_other_source_ = true;
  const std::array<std::byte, 16> zeros{};
  const IpAddress any = flow.source.is_v4() ? IpAddress() : IpAddress::V6(zeros);
  const SocketAddress any_address = SocketAddressOf(any, flow.source_port);
  return bind(descriptor_, any_address.get(), any_address.bytes) == 0 || Fail();
}

bool SendSocket::Connect(const OuterFlow& flow) {
  const SocketAddress peer = SocketAddressOf(flow.destination, flow.destination_port);
  is_connected_ = connect(descriptor_, peer.get(), peer.bytes) == 0;
  error_ = is_connected_ ? 0 : errno;
  return is_connected_;
}

SendSocket SendSocket::OpenUdp(const OuterFlow& flow, const SendSocketSettings& settings) {
  SendSocket result;
  if (!result.Create(flow, SOCK_DGRAM, IPPROTO_UDP, settings)) return result;
  ReceiveNothing(result.descriptor_);
  result.SetUdpOptions(flow.destination.is_v4(), settings.checksum);
  if (result.BindUdp(flow)) result.Connect(flow);
  return result;
}

SendSocket SendSocket::OpenRaw(const OuterFlow& flow, const SendSocketSettings& settings) {
  SendSocket result;
  const bool is_v4 = flow.destination.is_v4();
  if (!result.Create(flow, SOCK_RAW, flow.protocol, settings)) return result;
  ReceiveNothing(result.descriptor_);
  const bool is_ours = is_v4 ? Set(result.descriptor_, IPPROTO_IP, IP_HDRINCL, 1)
                             : Set(result.descriptor_, IPPROTO_IPV6, IPV6_HDRINCL, 1);
  if (!is_ours) {
    result.Fail();
  } else {
    result.Connect(flow);
  }
  return result;
}

SendSocket SendSocket::OpenEcho(const IpAddress& address, const SendSocketSettings& settings) {
  SendSocket result;
  const OuterFlow flow{.destination = address};
  const bool is_v4 = address.is_v4();
  if (!result.Create(flow, SOCK_RAW, is_v4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6}, settings))
    return result;
  ReceiveEchoReplies(result.descriptor_, is_v4);
  result.Connect(flow);
  return result;
}

IpAddress SendSocket::LocalAddress() const {
  sockaddr_storage storage{};
  socklen_t bytes = sizeof storage;
  if (getsockname(descriptor_, reinterpret_cast<sockaddr*>(&storage), &bytes) != 0) return {};
  const auto* const octets = reinterpret_cast<const std::byte*>(&storage);
  if (storage.ss_family == AF_INET) {
    return IpAddress::V4(
        std::span<const std::byte, 4>(octets + offsetof(sockaddr_in, sin_addr), 4));
  }
  return IpAddress::V6(
      std::span<const std::byte, 16>(octets + offsetof(sockaddr_in6, sin6_addr), 16));
}

}  // namespace vpcmirror::sim
