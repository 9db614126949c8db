#include "tests/support/private_network.h"

#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "models/wire/address.h"

namespace vpcmirror {
namespace {

constexpr int kPatienceMs = 5'000;  // of a tap; reached only when a test fails

[[noreturn]] void Throw(const std::string& what) {
  throw std::runtime_error(what + ": " + std::generic_category().message(errno));
}

FileDescriptor ThisHost() {
  FileDescriptor host(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (host.get() < 0) Throw("/proc/thread-self/ns/net");
  return host;
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (descriptor_ >= 0) close(descriptor_);
}

int FileDescriptor::release() { return std::exchange(descriptor_, -1); }

std::optional<std::string> PrivateNetwork::Obstacle() {
  static const std::optional<std::string> obstacle = LookForObstacle();
  return obstacle;
}

std::optional<std::string> PrivateNetwork::LookForObstacle() {
  if (geteuid() != 0) return "network namespaces take root, which this is not";
  try {
    const PrivateNetwork network;
  } catch (const std::runtime_error& error) {
    return std::string("no network namespaces here: ") + error.what();
  }
  return std::nullopt;
}

void PrivateNetwork::Enter(const FileDescriptor& host) {
  if (setns(host.get(), CLONE_NEWNET) != 0) Throw("setns");
}

FileDescriptor PrivateNetwork::EnterNewHost() {
  if (unshare(CLONE_NEWNET) != 0) Throw("unshare");
  return ThisHost();
}

void PrivateNetwork::Run(const std::string& command) {
  FILE* const output = popen(("( " + command + " ) 2>&1").c_str(), "r");
  if (output == nullptr) Throw(command);
  std::string said;
  std::array<char, 512> piece;
  while (fgets(piece.data(), piece.size(), output) != nullptr) said += piece.data();
  if (pclose(output) != 0) throw std::runtime_error(command + ": " + said);
}

PrivateNetwork::PrivateNetwork() : before_(ThisHost()) {
  try {
    far_ = EnterNewHost();
    near_ = EnterNewHost();
    const std::string far_path =
        "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(far_.get());
    Near(
        "ip link set lo up && ip link add m1 address 02:00:00:00:01:01"
        " type veth peer name r0 address 02:00:00:00:01:02 netns " +
        far_path);
    Near(
        "ip addr add 10.9.0.1/24 dev m1 && ip addr add fd09::1/64 dev m1 nodad"
        " && ip link set m1 up && ethtool -K m1 tx-udp-segmentation off"
        " && ip neigh add 10.9.0.2 lladdr 02:00:00:00:01:02 dev m1 nud permanent"
        " && ip neigh add fd09::2 lladdr 02:00:00:00:01:02 dev m1 nud permanent");
    Far("ip link set lo up && ip addr add 10.9.0.2/24 dev r0"
        " && ip addr add fd09::2/64 dev r0 nodad && ip link set r0 up"
        " && ip neigh add 10.9.0.1 lladdr 02:00:00:00:01:01 dev r0 nud permanent"
        " && ip neigh add fd09::1 lladdr 02:00:00:00:01:01 dev r0 nud permanent");
    AwaitLinks();
  } catch (const std::runtime_error&) {
    Enter(before_);
    throw;
  }
}

void PrivateNetwork::AwaitLinks() const {
  // Until it is settled an address of IPv6 takes nothing in, also without looking for duplicates.
  const auto await = [](const std::string& interface) {
    return "i=0; until ip link show dev " + interface + " | grep -q 'state UP' && ! ip -6 addr" +
           " show dev " + interface + " tentative | grep -q fd09:; do" +
           " i=$((i+1)); [ $i -lt 1000 ] || exit 1; sleep 0.01; done";
  };
  Near(await("m1"));
  Far(await("r0"));
}

PrivateNetwork::~PrivateNetwork() { setns(before_.get(), CLONE_NEWNET); }

void PrivateNetwork::Far(const std::string& command) const {
  OnFar([&] { Run(command); });
}

PacketTap::PacketTap(const std::string& interface)
    : socket_(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL))) {
  if (socket_.get() < 0) Throw("packet socket");
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
  if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    Throw("tap of " + interface);
  }
  constexpr int kRoomBytes = 64 << 20;
  setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kRoomBytes, sizeof kRoomBytes);
}

std::optional<std::vector<std::byte>> PacketTap::Next() const {
  static thread_local std::vector<std::byte> room(1 << 17);
  const ssize_t bytes = recv(socket_.get(), room.data(), room.size(), 0);
  if (bytes < 0) return std::nullopt;
  return std::vector<std::byte>(room.begin(), room.begin() + bytes);
}

std::vector<std::vector<std::byte>> PacketTap::Frames(std::size_t wanted,
                                                      const std::string& source) const {
  const MacAddress from = ParseMacAddress(source).value();
  std::vector<std::vector<std::byte>> frames;
  while (frames.size() < wanted) {
    pollfd input{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    if (poll(&input, 1, kPatienceMs) <= 0) return frames;
    auto frame = Next();
    if (!frame || frame->size() < 14) continue;
    const bool is_to_group = (frame->front() & std::byte{1}) != std::byte{0};
    if (!is_to_group && std::ranges::equal(std::span(*frame).subspan(6, 6), from.octets)) {
      frames.push_back(std::move(*frame));
    }
  }
  return frames;
}

}  // namespace vpcmirror
