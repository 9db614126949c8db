// Workloads to streams between ENIs and the outside.
#include <algorithm>
#include <set>

#include "models/scenario/draft.h"
#include "models/scenario/selectors.h"

namespace vpcmirror {
namespace {

const char* const kOurChoice = "chosen for this model";

// RFC 2544, C.2.2: 198.18.0.0/15 is for benchmarks and is nobody's.
constexpr std::uint32_t kBenchmarkNetwork = 0xc6120000;
constexpr int kBenchmarkLength = 15;
// Linux: default net.ipv4.ip_local_port_range.
constexpr PortRange kClientPorts{32768, 60999};
constexpr std::uint16_t kHttps = 443;
constexpr int kDefaultFlows = 16;
constexpr std::int64_t kDefaultFrame = 1500;
constexpr Picoseconds kDefaultBurst{kPicosecondsPerSecond / 10};
constexpr std::int64_t kEthernetHeader = 14;
constexpr std::int64_t kIpv4Header = 20;

std::int64_t TransportHeader(std::uint8_t protocol) { return protocol == kProtocolTcp ? 20 : 8; }

// Where the peers of a workload begin in the benchmark network: by its name, so
// that another workload does not move them. FNV-1a over blocks of 256 addresses.
std::uint32_t PeerBlock(const std::string& name) {
  std::uint32_t hash = 2166136261u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return (hash % 512) * 256;
}

// The addresses of the outside, one after the other, round and round.
class Peers {
 public:
  Peers(const IpPrefix& range, std::uint32_t skip) : first_(range.address().v4()) {
    const std::uint64_t size = 1ull << (32 - range.length());
    // Network and broadcast address belong to nobody.
    const bool reserved = size > 2;
    first_ += reserved ? 1 : 0;
    size_ = reserved ? size - 2 : size;
    next_ = skip % size_;
  }

  IpAddress Next() { return IpAddress::V4(first_ + static_cast<std::uint32_t>(next_++ % size_)); }

 private:
  std::uint32_t first_;
  std::uint64_t size_ = 1;
  std::uint64_t next_ = 0;
};

// `total` in `parts` whole numbers that add up to it; the first ones get the rest.
std::int64_t Share(std::int64_t total, std::size_t parts, std::size_t which) {
  const auto count = static_cast<std::int64_t>(parts);
  return total / count + (static_cast<std::int64_t>(which) < total % count ? 1 : 0);
}

struct EniPair {
  std::size_t from;
  std::size_t to;
};

class WorkloadExpander {
 public:
  WorkloadExpander(Draft& draft, const WorkloadSpec& spec) : draft_(draft), spec_(spec) {}

  void Run() {
    workload_.name = spec_.name;
    CheckId(draft_, spec_.name, spec_.path);
    SettleProtocol();
    SettleSizes();
    SettleArrivals();
    SettleTimes();
    if (spec_.at) {
      ExpandAt();
    } else if (spec_.from && spec_.to) {
      ExpandFromTo();
    } else {
      Fail(spec_.path, "workload " + spec_.name + " says neither `at` nor `from` and `to`",
           "`at` with `in` or `out`, or `from` and `to` with `rate`");
    }
    CheckFrameSizes();
    draft_.workloads.push_back(std::move(workload_));
  }

 private:
  const Deployment& deployment() const { return *draft_.deployment; }

  void Fail(const std::string& path, const std::string& message, const std::string& accepted) {
    draft_.errors.Add(path, message, accepted);
  }

  void Default(const std::string& name, const std::string& value, const std::string& text,
               const std::string& source) {
    draft_.assumptions.Default(name, value, text, source);
  }

  void SettleProtocol() {
    if (spec_.protocol) {
      workload_.protocol = spec_.protocol->value;
      const auto protocol = workload_.protocol;
      if (protocol != kProtocolTcp && protocol != kProtocolUdp && protocol != kProtocolIcmp) {
        Fail(spec_.protocol->path, "protocol " + std::to_string(protocol), "TCP, UDP or ICMP");
      }
    } else {
      Default("workload_protocol", "TCP", "Workloads are TCP where no protocol is given.",
              kOurChoice);
    }
    SettlePorts();
    SettleFlows();
  }

  void SettlePorts() {
    if (workload_.protocol == kProtocolIcmp) return;
    if (spec_.server_port) {
      workload_.server_port = spec_.server_port->value;
      if (workload_.server_port == 0) Fail(spec_.server_port->path, "port 0", "1 to 65535");
    } else {
      workload_.server_port = kHttps;
      Default("server_port", "443", "Servers of workloads listen on 443 where no port is given.",
              kOurChoice);
    }
    if (!spec_.client_ports) {
      workload_.client_ports = kClientPorts;
      Default("client_ports", "32768-60999", "Clients of workloads use ports 32768 to 60999.",
              "Linux: default ip_local_port_range");
      return;
    }
    workload_.client_ports = spec_.client_ports->value;
    if (workload_.client_ports.first == 0 ||
        workload_.client_ports.first > workload_.client_ports.last) {
      Fail(spec_.client_ports->path,
           "the port range " + std::to_string(workload_.client_ports.first) + "-" +
               std::to_string(workload_.client_ports.last),
           "two ports from 1 to 65535, the smaller one first");
    }
  }

  void SettleFlows() {
    workload_.flows = spec_.flows ? spec_.flows->value : kDefaultFlows;
    const int ports = workload_.client_ports.last - workload_.client_ports.first + 1;
    if (!spec_.flows) {
      Default("flows", "16", "A stream of a workload has 16 flows where none are given.",
              kOurChoice);
      // A range of fewer ports is what the user chose; a flow needs a port of its own.
      workload_.flows = std::clamp(ports, 1, kDefaultFlows);
    } else if (workload_.flows < 1) {
      Fail(spec_.flows->path, std::to_string(workload_.flows) + " flows", "1 or more");
    } else if (workload_.protocol != kProtocolIcmp && workload_.flows > ports) {
      Fail(spec_.flows->path,
           std::to_string(workload_.flows) + " flows and only " + std::to_string(ports) +
               " client ports",
           "at most a flow for each client port");
    }
  }

  void SettleSizes() {
    if (!spec_.sizes) {
      workload_.sizes = {FrameSize{Bytes(kDefaultFrame), 1.0}};
      if (!spec_.replay) {
        Default("sizes", "1500 B", "Frames of workloads have 1500 bytes where no sizes are given.",
                kOurChoice);
      }
      return;
    }
    workload_.sizes = spec_.sizes->value;
    if (workload_.sizes.empty()) {
      Fail(spec_.sizes->path, "no frame size", "at least one");
    }
    for (const FrameSize& size : workload_.sizes) {
      if (size.weight > 0) continue;
      Fail(spec_.sizes->path, "a frame size with a weight that is not above zero",
           "weights above zero");
    }
  }

  void SettleArrivals() {
    if (spec_.arrivals) {
      workload_.arrivals = spec_.arrivals->value;
    } else if (spec_.on_off) {
      workload_.arrivals = ArrivalProcess::kOnOff;
    } else if (!spec_.replay) {
      Default("arrivals", "constant", "Frames of workloads are evenly spaced.", kOurChoice);
    }
    if (workload_.arrivals != ArrivalProcess::kOnOff) {
      if (!spec_.on_off) return;
      Fail(spec_.on_off->path, "on/off times for arrivals that are not on/off",
           "arrivals \"on_off\", or no on/off times");
      return;
    }
    if (spec_.on_off) {
      workload_.on_off = spec_.on_off->value;
      CheckOnOff(*spec_.on_off);
      return;
    }
    workload_.on_off = OnOffSpec{kDefaultBurst, kDefaultBurst, 1.5};
    Default("on_off", "100 ms on, 100 ms off, shape 1.5",
            "On/off workloads without times are on for 100 ms and off for 100 ms in the mean.",
            kOurChoice);
  }

  void CheckOnOff(const At<OnOffSpec>& given) {
    if (given.value.mean_on.count() <= 0 || given.value.mean_off.count() <= 0) {
      Fail(given.path, "a mean on or off time that is not above zero", "times above zero");
    }
    // A Pareto distribution with a shape of 1 or less has no mean.
    if (!(given.value.shape > 1.0)) {
      Fail(given.path, "a shape of " + std::to_string(given.value.shape) + " has no mean",
           "a shape above 1");
    }
  }

  void SettleTimes() {
    workload_.start = spec_.start ? spec_.start->value : Picoseconds(0);
    workload_.stop = spec_.stop ? std::min(spec_.stop->value, draft_.duration) : draft_.duration;
    if (workload_.start.count() < 0) {
      Fail(spec_.start->path, "a start before the run begins", "0 s or later");
    } else if (spec_.start && workload_.start >= draft_.duration) {
      Fail(spec_.start->path, "workload " + spec_.name + " starts when the run is over",
           "a start before the end of the run, or a longer `duration`");
    } else if (spec_.stop && workload_.start >= spec_.stop->value) {
      Fail(spec_.stop->path, "workload " + spec_.name + " stops before it starts",
           "a stop after its start");
    }
  }

  // Who the other side of an `at` workload is.
  std::optional<Peers> PeersOf() {
    if (!spec_.peer) {
      if (!spec_.replay || spec_.replay->value.map_addresses) {
        Default("peer", "198.18.0.0/15",
                "The other side of workloads is outside the VPC, has addresses of 198.18.0.0/15 "
                "and no limits.",
                "RFC 2544: addresses for benchmarks");
      }
      return Peers(IpPrefix(IpAddress::V4(kBenchmarkNetwork), kBenchmarkLength),
                   PeerBlock(spec_.name));
    }
    const IpPrefix& range = spec_.peer->value;
    if (!range.address().is_v4()) {
      Fail(spec_.peer->path, "the peer " + ToString(range) + " is not IPv4", "an IPv4 range");
      return std::nullopt;
    }
    for (const Vpc& vpc : deployment().vpcs) {
      if (!vpc.cidr.Overlaps(range)) continue;
      Fail(
          spec_.peer->path,
          "the peer " + ToString(range) + " lies inside VPC " + vpc.name + " " + ToString(vpc.cidr),
          "a range outside, or `from` and `to` for traffic between hosts");
      return std::nullopt;
    }
    return Peers(range, 0);
  }

  template <class T>
  bool CheckPositive(const At<T>& given, std::int64_t count, const char* what) {
    if (count > 0) return true;
    Fail(given.path, std::string("the ") + what + " is not above zero", "a rate above zero");
    return false;
  }

  bool IsPerHost(bool by_default) const {
    return spec_.scope ? spec_.scope->value == RateScope::kPerHost : by_default;
  }

  void NoteScope(const char* value, const char* text) {
    if (!spec_.scope) Default("rate_scope", value, text, kOurChoice);
  }

  void ExpandAt() {
    RefuseBeside(spec_.from, "`from` beside `at`");
    RefuseBeside(spec_.to, "`to` beside `at`");
    RefuseBeside(spec_.rate, "`rate` beside `at`");
    const Selection selection =
        ResolveEnis(draft_, {spec_.at->value, spec_.at->path, std::nullopt});
    auto peers = PeersOf();
    if (!spec_.in && !spec_.out && !spec_.requests && !spec_.replay) {
      Fail(spec_.path, "workload " + spec_.name + " has no traffic",
           "`in`, `out`, `requests` or `replay`");
    }
    const bool rates_good =
        (!spec_.in || CheckPositive(*spec_.in, spec_.in->value.count(), "rate")) &
        (!spec_.out || CheckPositive(*spec_.out, spec_.out->value.count(), "rate")) &
        CheckRequests();
    if (selection.failed || !peers) return;
    const auto hosts = OnePerHost(draft_, selection);
    if (hosts.empty()) {
      Fail(spec_.at->path, "\"" + spec_.at->value + "\" holds no ENI",
           "a host, or a range with one");
      return;
    }
    if (spec_.replay) ExpandReplay(*spec_.replay, selection, *peers);
    if (!rates_good || (!spec_.in && !spec_.out && !spec_.requests)) return;
    NoteScope("host", "Rates of `at` workloads are those of each host.");
    for (std::size_t i = 0; i < hosts.size(); ++i) AddAtHost(hosts, i, peers->Next());
  }

  template <class T>
  void RefuseBeside(const std::optional<At<T>>& given, const char* message) {
    if (given) {
      Fail(given->path, message, "either `at` with `in` and `out`, or `from`, `to` and `rate`");
    }
  }

  Endpoint EndOf(std::size_t eni) const {
    const auto& addresses = deployment().enis[eni].addresses;
    return Endpoint{eni, addresses.empty() ? IpAddress() : addresses.front()};
  }

  BitsPerSecond RateOf(BitsPerSecond rate, std::size_t hosts, std::size_t which) const {
    if (IsPerHost(true)) return rate;
    return BitsPerSecond(Share(rate.count(), hosts, which));
  }

  // The host serves: the peer has the client ports in both directions, so that
  // `in` and `out` are the two directions of the same flows.
  void AddAtHost(const std::vector<std::size_t>& hosts, std::size_t which, const IpAddress& peer) {
    const Endpoint host = EndOf(hosts[which]);
    const Endpoint outside{std::nullopt, peer};
    if (spec_.in) {
      workload_.streams.push_back(
          {outside, host, RateOf(spec_.in->value, hosts.size(), which), true});
    }
    if (spec_.out) {
      CheckWayOut(hosts[which], peer, spec_.out->path);
      workload_.streams.push_back(
          {host, outside, RateOf(spec_.out->value, hosts.size(), which), false});
    }
    if (spec_.requests) {
      CheckWayOut(hosts[which], peer, spec_.requests->path);
      const double share = IsPerHost(true) ? 1.0 : 1.0 / static_cast<double>(hosts.size());
      AddRequests(outside, host, share);
    }
  }

  void AddRequests(const Endpoint& client, const Endpoint& server, double share) {
    const RequestSpec& spec = spec_.requests->value;
    workload_.requests.push_back(
        {client, server, spec.per_second.value * share, spec.request, spec.response});
  }

  bool CheckRequests() {
    if (!spec_.requests) return true;
    const RequestSpec& spec = spec_.requests->value;
    bool good = true;
    if (!(spec.per_second.value > 0)) {
      Fail(spec.per_second.path, "the rate of requests is not above zero", "a rate above zero");
      good = false;
    }
    if (spec.request.count() <= 0 || spec.response.count() <= 0) {
      Fail(spec_.requests->path, "a request or response without bytes", "sizes above zero");
      good = false;
    }
    return good;
  }

  // The workload's first complaint about routing is enough: a hundred hosts of a
  // subnet have the same one.
  void CheckWayOut(std::size_t eni, const IpAddress& peer, const std::string& path) {
    if (draft_.topology == nullptr || route_failed_) return;
    const RouteAnswer answer = draft_.topology->Lookup(eni, peer);
    if (answer.stop == Stop::kNone) return;
    FailRoute(eni, path, ToString(peer), std::string(ToString(answer.stop)));
  }

  void FailRoute(std::size_t eni, const std::string& path, const std::string& to,
                 const std::string& why) {
    route_failed_ = true;
    const Subnet& subnet = deployment().subnets[deployment().enis[eni].subnet];
    Fail(path, "no route from " + deployment().enis[eni].id + " to " + to + ": " + why,
         "a route to it in route table " + deployment().route_tables[subnet.route_table].id);
  }

  void CheckWayTo(std::size_t from, std::size_t to, const std::string& path) {
    if (draft_.topology == nullptr || route_failed_) return;
    const RouteAnswer answer = draft_.topology->Lookup(from, EndOf(to).address);
    if (answer.stop == Stop::kNone && answer.destination) return;
    const std::string why = answer.stop == Stop::kNone ? "its route leads to the outside"
                                                       : std::string(ToString(answer.stop));
    FailRoute(from, path, deployment().enis[to].id, why);
  }

  void ExpandReplay(const At<ReplaySpec>& given, const Selection& selection, Peers& peers) {
    const ReplaySpec& spec = given.value;
    const auto enis = OnePerHost(draft_, selection);
    if (enis.size() != 1) {
      Fail(spec_.at->path,
           "\"" + spec_.at->value + "\" names " + std::to_string(enis.size()) +
               " hosts, and a capture is replayed at one",
           "one host or ENI, such as \"web[0]\"");
    }
    if (spec.local.empty()) {
      Fail(given.path, "a replay without `local`",
           "`local`: the addresses of the capture that are the ENI's own");
    }
    if (!(spec.time_scale > 0)) {
      Fail(given.path, "a time scale that is not above zero", "1 for the pace of the capture");
    }
    if (spec.loop && spec.length.count() <= 0) {
      Fail(given.path, "a capture whose frames all have one time cannot be looped",
           "`loop` false, or a longer capture");
    }
    Replay replay;
    replay.eni = enis.front();
    for (const At<IpPrefix>& local : spec.local) replay.local.push_back(local.value);
    replay.map_addresses = spec.map_addresses;
    replay.peer = peers.Next();
    replay.loop = spec.loop;
    replay.time_scale = spec.time_scale;
    replay.open = spec.open;
    replay.length = spec.length;
    workload_.replays.push_back(std::move(replay));
  }

  void ExpandFromTo() {
    RefuseBeside(spec_.in, "`in` beside `from` and `to`");
    RefuseBeside(spec_.out, "`out` beside `from` and `to`");
    if (spec_.peer) {
      Fail(spec_.peer->path, "`peer` beside `from` and `to`", "`peer` with `at` only");
    }
    if (spec_.replay)
      Fail(spec_.replay->path, "`replay` beside `from` and `to`", "`replay` with `at`");
    if (!spec_.rate && !spec_.requests) {
      Fail(spec_.path, "workload " + spec_.name + " has no traffic", "`rate` or `requests`");
    }
    const bool rates_good =
        (!spec_.rate || CheckPositive(*spec_.rate, spec_.rate->value.count(), "rate")) &
        CheckRequests();
    const auto from = HostsOf(*spec_.from);
    const auto to = HostsOf(*spec_.to);
    if (from.empty() || to.empty() || !rates_good) return;
    NoteScope("total", "Rates of workloads from hosts to hosts are totals over all of them.");
    const auto pairs = Pairs(from, to);
    if (pairs.empty()) {
      Fail(spec_.to->path, "workload " + spec_.name + " would send from a host to itself",
           "other hosts");
    }
    for (const EniPair& pair : pairs) CheckWayTo(pair.from, pair.to, spec_.to->path);
    for (std::size_t i = 0; i < pairs.size(); ++i) AddPair(pairs, i);
  }

  std::vector<std::size_t> HostsOf(const At<std::string>& name) {
    const Selection selection = ResolveEnis(draft_, {name.value, name.path, std::nullopt});
    const auto hosts = OnePerHost(draft_, selection);
    if (!selection.failed && hosts.empty()) {
      Fail(name.path, "\"" + name.value + "\" holds no ENI", "a host, or a range with one");
    }
    return hosts;
  }

  // Round robin until everybody has a stream; nobody sends to himself.
  static std::vector<EniPair> Pairs(const std::vector<std::size_t>& from,
                                    const std::vector<std::size_t>& to) {
    std::vector<EniPair> pairs;
    for (std::size_t i = 0; i < std::max(from.size(), to.size()); ++i) {
      const std::size_t sender = from[i % from.size()];
      std::size_t receiver = to[i % to.size()];
      if (receiver == sender) receiver = to[(i + 1) % to.size()];
      if (receiver != sender) pairs.push_back({sender, receiver});
    }
    return pairs;
  }

  void AddPair(const std::vector<EniPair>& pairs, std::size_t which) {
    const EniPair& pair = pairs[which];
    std::size_t parts = pairs.size();
    std::size_t part = which;
    if (IsPerHost(false)) {
      const auto same = [&](const EniPair& each) { return each.from == pair.from; };
      const auto until = pairs.begin() + static_cast<std::ptrdiff_t>(which);
      parts = static_cast<std::size_t>(std::count_if(pairs.begin(), pairs.end(), same));
      part = static_cast<std::size_t>(std::count_if(pairs.begin(), until, same));
    }
    if (spec_.rate) {
      const BitsPerSecond rate(Share(spec_.rate->value.count(), parts, part));
      workload_.streams.push_back({EndOf(pair.from), EndOf(pair.to), rate, true});
    }
    if (spec_.requests) {
      AddRequests(EndOf(pair.from), EndOf(pair.to), 1.0 / static_cast<double>(parts));
    }
  }

  // The largest frame that every ENI of the workload can send or take.
  std::int64_t LargestFrame() const {
    std::int64_t mtu = 65535;
    const auto narrow = [&](const Endpoint& end) {
      if (end.eni) mtu = std::min(mtu, deployment().enis[*end.eni].mtu.count());
    };
    for (const Stream& stream : workload_.streams) {
      narrow(stream.from);
      narrow(stream.to);
    }
    for (const RequestStream& requests : workload_.requests) {
      narrow(requests.client);
      narrow(requests.server);
    }
    return mtu + kEthernetHeader;
  }

  void CheckFrameSizes() {
    const std::string& path = spec_.sizes ? spec_.sizes->path : spec_.path;
    const std::int64_t smallest =
        kEthernetHeader + kIpv4Header + TransportHeader(workload_.protocol);
    const std::int64_t largest = LargestFrame();
    const std::string range = std::to_string(smallest) + " to " + std::to_string(largest) +
                              " bytes, or another MTU for the hosts";
    for (const FrameSize& size : workload_.sizes) {
      const std::int64_t bytes = size.frame.count();
      if (bytes >= smallest && bytes <= largest) continue;
      Fail(path,
           "a frame of " + std::to_string(bytes) + " bytes" +
               (bytes < smallest ? " has no room for its headers" : " does not fit the MTU"),
           range);
    }
  }

  Draft& draft_;
  const WorkloadSpec& spec_;
  Workload workload_;
  bool route_failed_ = false;
};

}  // namespace

void ExpandWorkloads(Draft& draft) {
  std::set<std::string> names;
  for (const WorkloadSpec& spec : draft.scenario.workloads) {
    if (!names.insert(spec.name).second) {
      draft.errors.Add(spec.path, "the name \"" + spec.name + "\" is given twice",
                       "a name of its own");
    }
    WorkloadExpander(draft, spec).Run();
  }
}

}  // namespace vpcmirror
