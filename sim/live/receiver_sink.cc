#include "sim/live/receiver_sink.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "models/wire/byte_order.h"
#include "models/wire/hash.h"
#include "models/wire/header_offsets.h"

namespace vpcmirror::sim {
namespace {

constexpr std::uint8_t kProtocolFragment = 44;  // RFC 8200, 4.5
constexpr std::uint16_t kDontFragment = 0x4000;
constexpr std::uint16_t kIsFragment = 0x3fff;  // "more fragments" and the offset

bool IsV4(std::span<const std::byte> outer) {
  return std::to_integer<unsigned>(outer[0]) >> 4 == 4;
}

std::size_t IpHeaderBytes(std::span<const std::byte> outer) {
  return IsV4(outer) ? kIpv4HeaderBytes : kIpv6FixedBytes;
}

IpAddress AddressAt(std::span<const std::byte> outer, std::size_t v4_at, std::size_t v6_at) {
  if (IsV4(outer)) return IpAddress::V4(outer.subspan(v4_at).first<4>());
  return IpAddress::V6(outer.subspan(v6_at).first<16>());
}

void TakeFrom16(std::byte* at, std::size_t bytes) {
  StoreBe16(at, static_cast<std::uint16_t>(LoadBe16(at) - bytes));
}

// Of a raw packet; what the kernel does not do by itself.
void ShortenLengths(std::byte* outer, const OuterFlow& flow, std::size_t missing) {
  const bool is_v4 = flow.destination.is_v4();
  if (!is_v4) TakeFrom16(outer + kIpv6LengthAt, missing);
  if (flow.protocol != kProtocolUdp) return;
  TakeFrom16(outer + (is_v4 ? kIpv4HeaderBytes : kIpv6FixedBytes) + kUdpLengthAt, missing);
}

// For the kernel an identification of 0 means that it shall choose one, in each fragment another.
// Half of the numbers away from those that are used before and after.
void AvoidIdentificationZero(std::byte* outer) {
  constexpr std::uint16_t kInstead = 0x8000;
  const bool is_left_to_kernel = (LoadBe16(outer + kIpv4FlagsAt) & kDontFragment) == 0 &&
                                 LoadBe16(outer + kIpv4IdentificationAt) == 0;
  if (is_left_to_kernel) StoreBe16(outer + kIpv4IdentificationAt, kInstead);
}

// A socket for each source port and receiver soon is more than the usual 1024 descriptors.
void AllowManyDescriptors() {
  rlimit descriptors{};
  if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return;
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
}

bool KnowsSegments() {
  const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);
  if (descriptor < 0) return false;
  int segment = 0;
  socklen_t bytes = sizeof segment;
  const bool knows = getsockopt(descriptor, SOL_UDP, UDP_SEGMENT, &segment, &bytes) == 0;
  close(descriptor);
  return knows;
}

}  // namespace

ReceiverSink::ReceiverSink(ReceiverSinkSettings settings)
    : settings_(std::move(settings)), table_(64) {
  AllowManyDescriptors();
  const bool sends_runs = settings_.sends_runs && KnowsSegments();
  lane_settings_ = {
      .shortest_run = sends_runs ? std::max<std::size_t>(settings_.shortest_run, 2) : 0,
      .on_trouble = settings_.on_trouble};
  if (settings_.sends_runs && !sends_runs) Notice(SinkNotice::Kind::kNoRuns, {}, ENOPROTOOPT);
}

void ReceiverSink::Notice(SinkNotice::Kind kind, const OuterFlow& flow, int error) {
  const std::uint32_t bit = 1u << static_cast<unsigned>(kind);
  if ((noticed_ & bit) != 0) return;
  noticed_ |= bit;
  if (settings_.on_notice) settings_.on_notice({.kind = kind, .flow = flow, .error = error});
}

ReceiverSink::Route ReceiverSink::RouteOf(std::span<const std::byte> outer) {
  const bool is_v4 = IsV4(outer);
  Route route{.flow = {.source = AddressAt(outer, kIpv4SourceAt, kIpv6SourceAt),
                       .destination = AddressAt(outer, kIpv4DestinationAt, kIpv6DestinationAt)}};
  auto protocol = std::to_integer<std::uint8_t>(outer[is_v4 ? kIpv4ProtocolAt : kIpv6NextHeaderAt]);
  route.is_fragment =
      is_v4 ? (LoadBe16(&outer[kIpv4FlagsAt]) & kIsFragment) != 0 : protocol == kProtocolFragment;
  if (!is_v4 && route.is_fragment) protocol = std::to_integer<std::uint8_t>(outer[kIpv6FixedBytes]);
  route.flow.protocol = protocol;
  route.is_raw = route.is_fragment || protocol != kProtocolUdp;
  if (route.is_raw) return route;
  const std::size_t ports_at = IpHeaderBytes(outer);
  route.flow.source_port = LoadBe16(&outer[ports_at]);
  route.flow.destination_port = LoadBe16(&outer[ports_at + kUdpDestinationAt]);
  return route;
}

std::size_t ReceiverSink::HashOf(const Route& route) {
  const OuterFlow& flow = route.flow;
  const std::uint64_t ports = std::uint64_t{flow.source_port} << 32 |
                              std::uint64_t{flow.destination_port} << 16 |
                              std::uint64_t{flow.protocol} << 8 | (route.is_raw ? 1u : 0u);
  const std::uint64_t addresses = (flow.source.high_bits() ^ flow.source.low_bits()) * 3 +
                                  (flow.destination.high_bits() ^ flow.destination.low_bits()) * 5;
  return MixBits(addresses + ports);
}

SendLane& ReceiverSink::LaneOf(const Route& route) {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = HashOf(route) & mask; table_[at] != nullptr; at = (at + 1) & mask) {
    KnownLane& known = *table_[at];
    if (known.route.flow == route.flow && known.route.is_raw == route.is_raw) return known.lane;
  }
  return OpenLane(route);
}

void ReceiverSink::Remember(KnownLane& lane) {
  const std::size_t mask = table_.size() - 1;
  std::size_t at = HashOf(lane.route) & mask;
  while (table_[at] != nullptr) at = (at + 1) & mask;
  table_[at] = &lane;
}

// The socket for a route, which becomes one of a raw socket where no UDP socket is to be had.
SendSocket ReceiverSink::OpenSocket(Route& route) {
  const SendSocketSettings settings{
      .mark = settings_.mark,
      .send_buffer_bytes = settings_.send_buffer_bytes,
      .checksum = sends_runs() ? UdpChecksum::kByKernel : UdpChecksum::kZero};
  if (route.is_raw) return SendSocket::OpenRaw(route.flow, settings);
  SendSocket udp = SendSocket::OpenUdp(route.flow, settings);
  if (udp.is_open()) return udp;
  SendSocket raw = SendSocket::OpenRaw(route.flow, settings);
  if (!raw.is_open()) return udp;
  Notice(SinkNotice::Kind::kPortTaken, route.flow, udp.error());
  route.is_raw = true;
  return raw;
}

SendLane& ReceiverSink::OpenLane(const Route& route) {
  Route got = route;
  SendSocket socket = OpenSocket(got);
  const OuterFlow& flow = route.flow;
  if (socket.is_open() && !socket.is_marked()) Notice(SinkNotice::Kind::kNotMarked, flow, EPERM);
  if (socket.has_other_source()) Notice(SinkNotice::Kind::kOtherSource, flow, EADDRNOTAVAIL);
  const std::size_t receiver = ReceiverOf(flow.destination);
  lanes_.push_back(std::make_unique<KnownLane>(
      KnownLane{route, SendLane(flow, std::move(socket), receiver, got.is_raw)}));
  if (2 * lanes_.size() > table_.size()) {
    table_.assign(2 * table_.size(), nullptr);
    for (const auto& known : lanes_) Remember(*known);
  } else {
    Remember(*lanes_.back());
  }
  return lanes_.back()->lane;
}

std::size_t ReceiverSink::ReceiverOf(const IpAddress& address) {
  const auto found = std::ranges::find(receivers_, address, &ReceiverCounters::receiver);
  const auto index = static_cast<std::size_t>(found - receivers_.begin());
  if (found == receivers_.end())
    receivers_.push_back({.receiver = address, .send = {}, .reported = {}});
  return index;
}

void ReceiverSink::Open(const Tunnel& tunnel) {
  const Encapsulation& encapsulation = tunnel.encapsulation();
  std::array<std::byte, kMaxOuterHeaderBytes> outer;
  TunnelRoute to = tunnel.addresses();
  to.inner_ether_type = 0x0800;
  const std::size_t bytes = encapsulation.WriteHeaders(to, Bytes(0), outer);
  if (bytes == 0) return;
  Route route = RouteOf(std::span(outer).first(bytes));
  const TunnelSettings& settings = encapsulation.settings();
  const std::uint16_t ports = IsOverUdp(settings.kind) ? settings.source_ports : 1;
  const std::uint16_t first = route.flow.source_port;
  IpAddress source = route.flow.source;
  for (std::uint16_t i = 0; i < (ports > kMostPortsAtOnce ? 1 : ports); ++i) {
    route.flow.source_port = static_cast<std::uint16_t>(first + i);
    const SendLane& lane = LaneOf(route);
    if (lane.socket().has_other_source()) source = lane.socket().LocalAddress();
  }
  const OwnPackets own{.source = source,
                       .destination = route.flow.destination,
                       .protocol = route.flow.protocol,
                       .first_source_port = first,
                       .last_source_port = static_cast<std::uint16_t>(first + ports - 1),
                       .destination_port = route.flow.destination_port};
  if (std::ranges::find(own_packets_, own) == own_packets_.end()) own_packets_.push_back(own);
}

void ReceiverSink::Refuse(const IpAddress& receiver, int error) {
  SendCounters& send = receivers_[ReceiverOf(receiver)].send;
  ++send.taken;
  ++send.refused[error];
  if (settings_.on_trouble) settings_.on_trouble({.receiver = receiver, .error = error});
}

void ReceiverSink::Take(const LiveCopy& copy) {
  const IpAddress& destination = copy.tunnel.addresses().destination;
  if (copy.outer.size() < kIpv4HeaderBytes) return Refuse(destination, EPROTONOSUPPORT);
  const Route route = RouteOf(copy.outer);
  const bool is_cut = copy.missing > Bytes(0);
  if (is_cut && route.is_fragment) return Refuse(destination, ENODATA);
  SendLane& lane = LaneOf(route);
  if (lane.is_full()) FlushLane(lane);
  if (lane.is_empty()) with_copies_.push_back(&lane);
  const std::size_t by_kernel = lane.is_raw() ? 0 : IpHeaderBytes(copy.outer) + kUdpHeaderBytes;
  std::byte* const headers = lane.Add(copy, by_kernel);
  if (lane.is_raw()) {
    if (is_cut) ShortenLengths(headers, route.flow, static_cast<std::size_t>(copy.missing.count()));
    if (IsV4(copy.outer)) AvoidIdentificationZero(headers);
  }
  SendCounters& send = receivers_[lane.receiver()].send;
  ++send.taken;
  ++send.waiting;
}

void ReceiverSink::FlushLane(SendLane& lane) {
  WaitBudget budget(settings_.longest_wait_ns);
  FlushLane(lane, budget);
}

void ReceiverSink::FlushLane(SendLane& lane, WaitBudget& budget) {
  lane.Flush(lane_settings_, batch_, budget, receivers_[lane.receiver()]);
  if (!lane.refuses_runs() || !sends_runs()) return;
  lane_settings_.shortest_run = 0;
  Notice(SinkNotice::Kind::kNoRuns, lane.flow(), EIO);
}

void ReceiverSink::ReadReports() {
  for (const auto& known : lanes_) {
    known->lane.ReadReports(lane_settings_, receivers_[known->lane.receiver()]);
  }
}

void ReceiverSink::Flush() {
  WaitBudget budget(settings_.longest_wait_ns);
  for (SendLane* lane : with_copies_) {
    if (!lane->is_empty()) FlushLane(*lane, budget);
  }
  with_copies_.clear();
}

SendCounters ReceiverSink::counters() const {
  SendCounters sum;
  for (const ReceiverCounters& receiver : receivers_) sum += receiver.send;
  return sum;
}

std::size_t ReceiverSink::open_sockets() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      lanes_, [](const auto& known) { return known->lane.socket().is_open(); }));
}

}  // namespace vpcmirror::sim
