#include "sim/live/link_watch.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <system_error>

namespace vpcmirror::sim {

Link FindLink(const std::string& name) {
  const Descriptor any(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  name.copy(request.ifr_name, sizeof request.ifr_name - 1);
  if (ioctl(any.number(), SIOCGIFFLAGS, &request) != 0) return {};
  const bool is_up = (request.ifr_flags & IFF_UP) != 0;
  if (ioctl(any.number(), SIOCGIFINDEX, &request) != 0) return {};
  return {.index = request.ifr_ifindex, .state = is_up ? LinkState::kUp : LinkState::kDown};
}

std::optional<Bytes> MtuOf(const std::string& name) {
  const Descriptor any(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  name.copy(request.ifr_name, sizeof request.ifr_name - 1);
  if (ioctl(any.number(), SIOCGIFMTU, &request) != 0) return std::nullopt;
  return Bytes(request.ifr_mtu);
}

LinkWatch::LinkWatch()
    : socket_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)) {
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK;
  if (socket_.number() < 0 ||
      bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot hear of changes to interfaces: " +
                             std::generic_category().message(errno));
  }
}

void LinkWatch::Drain() {
  std::array<std::byte, 16384> announced;
  // ENOBUFS: some were lost, which is as good as having read them.
  while (recv(socket_.number(), announced.data(), announced.size(), 0) > 0 || errno == ENOBUFS ||
         errno == EINTR) {
  }
}

}  // namespace vpcmirror::sim
