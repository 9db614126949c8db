#include "sim/live/packet_ring.h"

#include <linux/if_ether.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "models/wire/byte_order.h"
#include "models/wire/frame.h"
#include "models/wire/header_offsets.h"
#include "sim/live/checksum_offload.h"
#include "sim/live/link_watch.h"

namespace vpcmirror::sim {
namespace {

// A frame never spans two blocks, and what does not fit into an empty one is cut: room for the
// longest that Linux hands to a device, 8 * 65535 octets (GSO_MAX_SIZE of Linux 6.18).
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
static_assert(PacketRing::kLeastBuffer.count() >= std::int64_t{2 * kBlockBytes});
// The kernel gives out a block that is not full after so long: a share of the 100 ms within
// which a copy has to leave, and at most 250 wake-ups a second.
constexpr unsigned kRetireMilliseconds = 4;
// TPACKET_V3 asks for a frame size, by which it only checks the block's.
constexpr unsigned kNominalFrameBytes = 2048;
// Before each frame, beyond what its own header takes: a tag can be put back into any frame.
constexpr unsigned kReservedBytes = 16;
static_assert(kReservedBytes >= kVlanTagBytes);

std::string Reason(int error) { return std::generic_category().message(error); }

[[noreturn]] void Fail(const std::string& interface, const std::string& what, int error) {
  throw std::runtime_error("interface " + interface + ": " + what + ": " + Reason(error));
}

template <class Value>
void SetOption(int socket, int level, int option, const Value& value, const std::string& interface,
               const char* what) {
  if (setsockopt(socket, level, option, &value, sizeof value) != 0) Fail(interface, what, errno);
}

// With protocol 0 it gets no frame until it is bound.
Descriptor OpenSocket(const std::string& interface) {
  Descriptor opened(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (opened.number() >= 0) return opened;
  if (errno != EPERM && errno != EACCES) Fail(interface, "cannot open a packet socket", errno);
  throw std::runtime_error("interface " + interface +
                           ": capturing needs the capability CAP_NET_RAW, which this process does "
                           "not have: run it as root, or give it to the program once by: "
                           "sudo setcap cap_net_raw+ep \"$(readlink -f \"$(command -v "
                           "vpcmirror)\")\"");
}

int IndexOf(const std::string& interface) {
  if (interface == "any") return 0;
  const unsigned index = if_nametoindex(interface.c_str());
  if (index != 0) return static_cast<int>(index);
  throw std::runtime_error("interface " + interface +
                           ": there is none of this name here; `ip link` lists those that there "
                           "are");
}

bool IsEthernetType(unsigned hardware_type) {
  return hardware_type == ARPHRD_ETHER || hardware_type == ARPHRD_LOOPBACK;
}

LinkKind LinkOf(int socket, int index, const std::string& interface) {
  if (index == 0) return LinkKind::kMixed;
  ifreq request{};
  interface.copy(request.ifr_name, sizeof request.ifr_name - 1);
  if (ioctl(socket, SIOCGIFHWADDR, &request) != 0) Fail(interface, "has no link type", errno);
  const unsigned type = request.ifr_hwaddr.sa_family;
  if (IsEthernetType(type)) return LinkKind::kEthernet;
  return type == ARPHRD_NONE || type == ARPHRD_RAWIP ? LinkKind::kBareIp : LinkKind::kMixed;
}

const sockaddr_ll& LinkAddress(const std::byte* header) {
  return *reinterpret_cast<const sockaddr_ll*>(header + TPACKET_ALIGN(sizeof(tpacket3_hdr)));
}

// Has the cache fetch what is read of a frame that comes later, if those up to there are as long
// as this one: the kernel's header of it, and the frame's own headers. Else the way from each frame
// to the next waits for memory.
inline void FetchAhead(const std::byte* header, std::uint32_t stride) {
  constexpr std::size_t kFrames = 2;
  constexpr std::size_t kLineBytes = 64;
  constexpr std::size_t kReadBytes = 128;
  for (std::size_t at = 0; at < kReadBytes; at += kLineBytes) {
    __builtin_prefetch(header + kFrames * stride + at);
  }
}

// Puts back the tag that the kernel took out of the frame at `frame`; where it begins then.
std::byte* PutTagBack(std::byte* frame, const tpacket3_hdr& header) {
  constexpr std::size_t kMacBytes = 12;
  const bool has_protocol = (header.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
  std::byte* const begin = frame - kVlanTagBytes;
  std::memmove(begin, frame, kMacBytes);
  StoreBe16(begin + kMacBytes, has_protocol ? header.hv1.tp_vlan_tpid : kEtherTypeVlan);
  StoreBe16(begin + kMacBytes + 2, static_cast<std::uint16_t>(header.hv1.tp_vlan_tci));
  return begin;
}

// What PACKET_FANOUT takes: a group, and how frames are shared.
int FanoutValue(int id, int flags) { return id | (PACKET_FANOUT_HASH | flags) << 16; }

}  // namespace

void FanoutGroup::Join(int socket, int interface_index) {
  const std::scoped_lock lock(mutex_);
  const bool is_first = id_ < 0 || interface_index_ != interface_index;
  // The first has the kernel choose a number that nobody else has.
  const int wanted = is_first ? FanoutValue(0, PACKET_FANOUT_FLAG_UNIQUEID) : FanoutValue(id_, 0);
  int joined = 0;
  socklen_t bytes = sizeof joined;
  if (setsockopt(socket, SOL_PACKET, PACKET_FANOUT, &wanted, sizeof wanted) != 0 ||
      getsockopt(socket, SOL_PACKET, PACKET_FANOUT, &joined, &bytes) != 0) {
    throw std::system_error(errno, std::generic_category());
  }
  id_ = joined & 0xffff;
  interface_index_ = interface_index;
}

void Unmap::operator()(std::byte* memory) const { munmap(memory, bytes); }

PacketRing::PacketRing(const std::string& interface, std::uint32_t number,
                       const RingSettings& settings)
    : interface_(interface),
      number_(number),
      socket_(OpenSocket(interface)),
      index_(IndexOf(interface)),
      link_(LinkOf(socket_.number(), index_, interface)),
      settings_(settings) {
  if (settings.direction_told) {
    directions_[PACKET_OUTGOING] = Direction::kEgress;
    directions_[PACKET_HOST] = Direction::kIngress;
    directions_[PACKET_BROADCAST] = Direction::kIngress;
    directions_[PACKET_MULTICAST] = Direction::kIngress;
  }
  MakeRing(settings.buffer);
  if (settings.promiscuous && index_ != 0) BePromiscuous();
}

void PacketRing::MakeRing(Bytes buffer) {
  if (buffer < kLeastBuffer) {
    throw std::runtime_error("interface " + interface_ + ": a ring of " +
                             std::to_string(buffer.count()) + " bytes is too small; at least " +
                             std::to_string(kLeastBuffer.count()) + " are needed");
  }
  const int socket = socket_.number();
  SetOption(socket, SOL_PACKET, PACKET_VERSION, int{TPACKET_V3}, interface_, "no TPACKET_V3");
  SetOption(socket, SOL_PACKET, PACKET_RESERVE, kReservedBytes, interface_, "no room for tags");
  blocks_ = static_cast<std::size_t>(buffer.count()) / kBlockBytes;
  tpacket_req3 request{};
  request.tp_block_size = kBlockBytes;
  request.tp_block_nr = static_cast<unsigned>(blocks_);
  request.tp_frame_size = kNominalFrameBytes;
  request.tp_frame_nr = static_cast<unsigned>(blocks_ * (kBlockBytes / kNominalFrameBytes));
  request.tp_retire_blk_tov = kRetireMilliseconds;
  SetOption(socket, SOL_PACKET, PACKET_RX_RING, request, interface_,
            "no memory for the ring; a smaller buffer may do");
  const std::size_t bytes = blocks_ * kBlockBytes;
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, socket, 0);
  if (memory == MAP_FAILED) Fail(interface_, "cannot map the ring", errno);
  memory_ = {static_cast<std::byte*>(memory), Unmap{bytes}};
}

void PacketRing::BePromiscuous() {
  packet_mreq request{};
  request.mr_ifindex = index_;
  request.mr_type = PACKET_MR_PROMISC;
  SetOption(socket_.number(), SOL_PACKET, PACKET_ADD_MEMBERSHIP, request, interface_,
            "no promiscuous mode");
}

void PacketRing::SetFilter(std::span<const sock_filter> filter) {
  std::vector<sock_filter> program(filter.begin(), filter.end());
  if (program.empty()) program.push_back({BPF_RET | BPF_K, 0, 0, Prefilter::kWholeFrame});
  for (sock_filter& each : program) {
    const bool passes = each.code == (BPF_RET | BPF_K) && each.k != 0;
    if (passes && settings_.snap_length) {
      each.k = static_cast<std::uint32_t>(
          std::min<std::int64_t>(settings_.snap_length->count(), Prefilter::kWholeFrame));
    }
  }
  const sock_fprog attached{.len = static_cast<unsigned short>(program.size()),
                            .filter = program.data()};
  SetOption(socket_.number(), SOL_SOCKET, SO_ATTACH_FILTER, attached, interface_,
            "the kernel refuses the filter");
}

void PacketRing::IgnoreOutgoing(bool ignored) {
  SetOption(socket_.number(), SOL_PACKET, PACKET_IGNORE_OUTGOING, int{ignored}, interface_,
            "cannot leave out what the host sends");
}

void PacketRing::Start() {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  std::byte protocol[2];
  StoreBe16(protocol, ETH_P_ALL);
  std::memcpy(&address.sll_protocol, protocol, sizeof protocol);
  address.sll_ifindex = index_;
  if (bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    Fail(interface_, "cannot capture there", errno);
  }
}

bool PacketRing::Join(FanoutGroup& group) {
  try {
    group.Join(socket_.number(), index_);
    return true;
  } catch (const std::system_error& error) {
    // The kernel has it only so where the socket captures nothing.
    if (error.code().value() == EINVAL && FindLink(interface_).state != LinkState::kUp) {
      return false;
    }
    Fail(interface_, "workers cannot share its frames", error.code().value());
  }
}

tpacket_block_desc* PacketRing::block() const {
  return reinterpret_cast<tpacket_block_desc*>(memory_.get() + current_ * kBlockBytes);
}

void PacketRing::GiveBack() {
  if (!block_is_read_) return;
  std::atomic_ref(block()->hdr.bh1.block_status).store(TP_STATUS_KERNEL, std::memory_order_release);
  current_ = current_ + 1 == blocks_ ? 0 : current_ + 1;
  block_is_read_ = false;
}

std::size_t PacketRing::Read(std::span<CapturedFrame> out) {
  GiveBack();
  std::size_t count = 0;
  while (count == 0) {
    if (left_ == 0 && !NextBlock()) return 0;
    count = Fill(out.first(std::min(left_, out.size())));
  }
  return count;
}

bool PacketRing::NextBlock() {
  GiveBack();
  tpacket_block_desc* const filled = block();
  const std::atomic_ref status(filled->hdr.bh1.block_status);
  if ((status.load(std::memory_order_acquire) & TP_STATUS_USER) == 0) return false;
  left_ = filled->hdr.bh1.num_pkts;
  next_ = reinterpret_cast<std::byte*>(filled) + filled->hdr.bh1.offset_to_first_pkt;
  block_is_read_ = left_ == 0;
  return true;
}

// From as many frames of the block as `out` is long, at most left_; how many of them are usable.
std::size_t PacketRing::Fill(std::span<CapturedFrame> out) {
  constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
  constexpr std::uint32_t kAmended = TP_STATUS_VLAN_VALID | TP_STATUS_CSUMNOTREADY;
  const bool is_ethernet = link_ == LinkKind::kEthernet;
  const auto directions = directions_;
  const std::uint32_t number = number_;
  std::byte* next = next_;
  CapturedFrame* to = out.data();
  std::int64_t wire_bytes = 0;
  std::int64_t cut_short = 0;
  for (std::size_t left = out.size(); left != 0; --left) {
    auto* const header = reinterpret_cast<tpacket3_hdr*>(next);
    FetchAhead(next, header->tp_next_offset);
    to->octets = {next + header->tp_mac, header->tp_snaplen};
    to->wire_length = Bytes(header->tp_len);
    to->time_ns = header->tp_sec * kNanosecondsPerSecond + header->tp_nsec;
    to->direction = directions[LinkAddress(next).sll_pkttype & 7u];
    to->interface = number;
    next += header->tp_next_offset;
    const bool is_plain = is_ethernet && (header->tp_status & kAmended) == 0 &&
                          header->tp_snaplen >= kEthernetHeaderBytes;
    if (!is_plain && !Amend(header, *to)) [[unlikely]] {
      ++counters_.unusable;
      continue;
    }
    wire_bytes += to->wire_length.count();
    cut_short += Bytes(static_cast<std::int64_t>(to->octets.size())) < to->wire_length ? 1 : 0;
    ++to;
  }
  const auto count = static_cast<std::size_t>(to - out.data());
  next_ = next;
  left_ -= out.size();
  block_is_read_ = left_ == 0;
  counters_.frames += static_cast<std::int64_t>(count);
  counters_.bytes += Bytes(wire_bytes);
  counters_.cut_short += cut_short;
  return count;
}

// Puts in its place what the kernel keeps beside the frame; false for what is no Ethernet frame.
[[gnu::noinline]] bool PacketRing::Amend(tpacket3_hdr* header, CapturedFrame& out) const {
  auto* const at = reinterpret_cast<std::byte*>(header);
  const sockaddr_ll& link = LinkAddress(at);
  std::byte* begin = at + header->tp_mac;
  std::byte* const end = begin + header->tp_snaplen;
  std::int64_t wire_bytes = header->tp_len;
  if (link_ == LinkKind::kEthernet || IsEthernetType(link.sll_hatype)) {
    if ((header->tp_status & TP_STATUS_VLAN_VALID) != 0) {
      begin = PutTagBack(begin, *header);
      wire_bytes += kVlanTagBytes;
    }
  } else {
    // Another link's header, or none: an Ethernet header in place of it.
    std::byte protocol[2];
    std::memcpy(protocol, &link.sll_protocol, sizeof protocol);
    begin = at + header->tp_net - kEthernetHeaderBytes;
    wire_bytes += header->tp_mac - header->tp_net + std::int64_t{kEthernetHeaderBytes};
    if (LoadBe16(protocol) < ETH_P_802_3_MIN) begin = end;
    if (begin < end) {
      std::memset(begin, 0, kEthernetHeaderBytes);
      if (link.sll_halen == ETH_ALEN) std::memcpy(begin + ETH_ALEN, link.sll_addr, ETH_ALEN);
      std::memcpy(begin + 2 * ETH_ALEN, protocol, sizeof protocol);
    }
  }
  if (begin + kEthernetHeaderBytes > end) return false;
  out.octets = {begin, end};
  out.wire_length = Bytes(wire_bytes);
  const bool is_open =
      settings_.complete_checksums && (header->tp_status & TP_STATUS_CSUMNOTREADY) != 0;
  if (is_open && out.wire_length == Bytes(end - begin)) CompleteChecksum({begin, end});
  return true;
}

CaptureCounters PacketRing::counters() const {
  tpacket_stats_v3 since{};  // since it was last asked
  socklen_t bytes = sizeof since;
  if (getsockopt(socket_.number(), SOL_PACKET, PACKET_STATISTICS, &since, &bytes) == 0) {
    kernel_dropped_ += since.tp_drops;
  }
  CaptureCounters counters = counters_;
  counters.kernel_dropped = kernel_dropped_;
  return counters;
}

}  // namespace vpcmirror::sim
