// Workloads to streams between ENIs and the outside.
#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include "models/scenario/draft.h"
#include "models/scenario/selectors.h"
#include "models/scenario/workload_settings.h"

namespace vpcmirror {
namespace {

// RFC 2544, C.2.2: 198.18.0.0/15 is for benchmarks and is nobody's.
constexpr std::uint32_t kBenchmarkNetwork = 0xc6120000;
constexpr int kBenchmarkLength = 15;
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
    CheckId(draft_, spec_.name, spec_.path);
    workload_ = SettleWorkload(draft_, spec_);
    if (spec_.at) {
      ExpandAt();
    } else if (spec_.from && spec_.to) {
      ExpandFromTo();
    } else {
      Fail(spec_.path, "workload " + spec_.name + " says neither `at` nor `from` and `to`",
           "`at` with `in` or `out`, or `from` and `to` with `rate` or `tcp`");
    }
    if (workload_.tcp) SettleSegment();
    CheckFrameSizes();
    CheckBursts();
    const bool has_default_flows = !spec_.flows && workload_.protocol != kProtocolIcmp;
    if (has_default_flows && !workload_.tcp) FitDefaultFlows();
    draft_.workloads.push_back(std::move(workload_));
  }

 private:
  // A frame that takes thousands of bursts would take as many draws.
  void CheckBursts() {
    constexpr double kBurstsOfAFrame = 1000;
    // What is not above zero has its complaint.
    if (workload_.arrivals != ArrivalProcess::kOnOff || !(Seconds(workload_.on_off.mean_on) > 0)) {
      return;
    }
    const double on = Seconds(workload_.on_off.mean_on);
    const double cycle = on + Seconds(workload_.on_off.mean_off);
    for (const Stream& stream : workload_.streams) {
      const double bursting = static_cast<double>(stream.rate.count()) * cycle / on;
      const double frame = MeanFrameBytes(workload_.sizes) * kBitsPerByte / bursting;
      if (frame <= kBurstsOfAFrame * on) continue;
      Fail(spec_.on_off ? spec_.on_off->path : spec_.path,
           "bursts so short that a frame takes more than a thousand of them",
           "a longer `on`, a higher rate or smaller frames");
      return;
    }
  }

  const Deployment& deployment() const { return *draft_.deployment; }

  void Fail(const std::string& path, const std::string& message, const std::string& accepted) {
    draft_.errors.Add(path, message, accepted);
  }

  void Default(const std::string& name, const std::string& value, const std::string& text,
               const std::string& source) {
    AssumeOfWorkload(draft_, spec_, {name, value, text, source, false});
  }

  // Enough that workers and receivers that flows spread over get about as much each,
  // and not so many that those of a large estate take its memory.
  void FitDefaultFlows() {
    constexpr std::size_t kMostOfAWorkload = 100'000;
    constexpr int kFewest = 16;
    const std::size_t streams = workload_.streams.size() + 2 * workload_.requests.size();
    const auto most = static_cast<int>(std::min<std::size_t>(
        kMostOfAWorkload / std::max<std::size_t>(streams, 1), kMostOfAWorkload));
    workload_.flows = std::min(workload_.flows, std::max(most, kFewest));
    const std::string flows = std::to_string(workload_.flows);
    Default("flows", flows,
            "A stream of workload " + spec_.name + " has " + flows +
                " flows: 256 where none are given, down to 16 where streams are many.",
            kOurChoice);
  }

  void NotePeer() {
    const char* const text =
        "The other side of workloads is outside the VPC, has addresses of 198.18.0.0/15 and no "
        "limits.";
    const char* const source = "RFC 2544: addresses for benchmarks";
    const bool maps = spec_.replay && spec_.replay->value.map_addresses;
    if (maps) draft_.assumptions.Default("peer", "198.18.0.0/15", text, source);
    Default("peer", "198.18.0.0/15", text, source);
  }

  // Who the other side of an `at` workload is.
  std::optional<Peers> PeersOf() {
    if (!spec_.peer) {
      NotePeer();
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

  bool RatesAreGood() {
    bool good = CheckRequests();
    for (const auto* rate : {&spec_.in, &spec_.out, &spec_.rate}) {
      if (!*rate || (*rate)->value.count() > 0) continue;
      Fail((*rate)->path, "the rate is not above zero", "a rate above zero");
      good = false;
    }
    return good;
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
    if (!spec_.in && !spec_.out && !spec_.requests && !spec_.replay && !spec_.tcp) {
      Fail(spec_.path, "workload " + spec_.name + " has no traffic",
           "`in`, `out`, `requests`, `tcp` or `replay`");
    }
    const bool rates_good = RatesAreGood();
    if (selection.failed || !peers) return;
    const auto hosts = OnePerHost(draft_, selection);
    if (hosts.empty()) {
      Fail(spec_.at->path, "\"" + spec_.at->value + "\" holds no ENI",
           "a host, or a range with one");
      return;
    }
    if (spec_.replay) ExpandReplay(*spec_.replay, selection, *peers);
    if (spec_.tcp) {
      for (const std::size_t host : hosts) AddTcpOutside(host, peers->Next());
    }
    if (!rates_good || (!spec_.in && !spec_.out && !spec_.requests)) return;
    NoteScope("host", "Rates of `at` workloads are those of each host.");
    for (std::size_t i = 0; i < hosts.size(); ++i) AddAtHost(hosts, i, peers->Next());
  }

  template <class T>
  void RefuseBeside(
      const std::optional<At<T>>& given, const char* message,
      const char* accepted = "either `at` with `in` and `out`, or `from`, `to` and `rate`") {
    if (given) Fail(given->path, message, accepted);
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

  void AddTcpOutside(std::size_t eni, const IpAddress& peer) {
    CheckWayOut(eni, peer, spec_.tcp->path);
    if (!CheckTcpEnd(eni)) return;
    const Endpoint host = EndOf(eni);
    const Endpoint outside{std::nullopt, peer};
    const auto& client = spec_.tcp->value.client;
    if (client && client->value == TcpClient::kHost) {
      workload_.tcp_streams.push_back({host, outside});
    } else {
      workload_.tcp_streams.push_back({outside, host});
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
    PathQuestion question;
    question.source_eni = from;
    question.flow.source = deployment().enis[from].addresses.front();
    question.flow.destination = EndOf(to).address;
    question.source_security = false;
    question.target_security = false;
    const Path path_to = draft_.topology->Trace(question);
    if (path_to.stop == Stop::kNone && path_to.destination == to) return;
    const std::string why = path_to.stop == Stop::kNone ? "its route leads to the outside"
                                                        : std::string(ToString(path_to.stop));
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
    replay.frames = spec.frames;
    if (spec.aside > 0) {
      draft_.notes.push_back("Workload " + spec_.name + " leaves aside " +
                             std::to_string(spec.aside) + " of " + std::to_string(spec.frames) +
                             " captured frames, which neither come from its `local` addresses nor "
                             "go to them.");
    }
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
    if (!spec_.rate && !spec_.requests && !spec_.tcp) {
      Fail(spec_.path, "workload " + spec_.name + " has no traffic", "`rate`, `requests` or `tcp`");
    }
    const bool rates_good = RatesAreGood();
    const auto from = HostsOf(*spec_.from);
    const auto to = HostsOf(*spec_.to);
    if (from.empty() || to.empty() || !rates_good) return;
    if (!spec_.tcp) {
      NoteScope("total", "Rates of workloads from hosts to hosts are totals over all of them.");
    }
    const auto pairs = Pairs(from, to);
    if (pairs.empty()) {
      Fail(spec_.to->path, "workload " + spec_.name + " would send from a host to itself",
           "other hosts");
    }
    for (const EniPair& pair : pairs) CheckWayTo(pair.from, pair.to, spec_.to->path);
    if (spec_.tcp) CheckTcpPairs(pairs);
    if (spec_.rate && spec_.rate->value.count() < static_cast<std::int64_t>(pairs.size())) {
      Fail(spec_.rate->path,
           "less than 1 bps for each of " + std::to_string(pairs.size()) + " pairs of hosts",
           "a higher rate, or fewer hosts");
      return;
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) AddPair(pairs, i);
  }

  void SettleSegment() {
    constexpr std::int64_t kTimestamps = 12;  // RFC 7323, padded; ns-3 and Linux send them
    const Bytes most(LargestFrame() - kEthernetHeader - kIpv4Header -
                     TransportHeader(kProtocolTcp) - kTimestamps);
    const std::optional<At<Bytes>>& given = spec_.tcp->value.segment;
    workload_.tcp->segment = given ? given->value : most;
    CheckBuffer();
    if (!given || (given->value.count() > 0 && given->value <= most)) return;
    Fail(given->path, "segments of " + std::to_string(given->value.count()) + " bytes of data",
         "1 B to " + std::to_string(most.count()) + " B, or a larger `mtu` for the hosts");
  }

  // With less, ns-3's TCP waits for a window that never opens.
  void CheckBuffer() {
    constexpr std::int64_t kSegments = 3;
    const std::optional<At<Bytes>>& given = spec_.tcp->value.buffer;
    const std::int64_t least = kSegments * workload_.tcp->segment.count();
    const Bytes buffer = workload_.tcp->buffer;
    if (buffer < kSmallestTcpBuffer || buffer.count() >= least) return;
    Fail(given ? given->path : spec_.path,
         "a buffer of " + std::to_string(workload_.tcp->buffer.count()) +
             " bytes for segments of " + std::to_string(workload_.tcp->segment.count()),
         "at least three segments, " + std::to_string(least) + " B, or a smaller `segment`");
  }

  // TCP needs a way back as well.
  void CheckTcpPairs(const std::vector<EniPair>& pairs) {
    for (const EniPair& pair : pairs) {
      CheckWayTo(pair.to, pair.from, spec_.from->path);
      if (!CheckTcpEnd(pair.from) || !CheckTcpEnd(pair.to)) return;
    }
  }

  // ns-3's stack is set up for IPv4.
  bool CheckTcpEnd(std::size_t eni) {
    if (EndOf(eni).address.is_v4()) return true;
    Fail(spec_.tcp->path, "TCP flows of " + deployment().enis[eni].id + ", which is IPv6 alone",
         "ENIs with an IPv4 address");
    return false;
  }

  std::vector<std::size_t> HostsOf(const At<std::string>& name) {
    const Selection selection = ResolveEnis(draft_, {name.value, name.path, std::nullopt});
    const auto hosts = OnePerHost(draft_, selection);
    if (!selection.failed && hosts.empty()) {
      Fail(name.path, "\"" + name.value + "\" holds no ENI", "a host, or a range with one");
    }
    return hosts;
  }

  // Round robin until it comes full circle, so that every sender and every
  // receiver has as many streams as its fellows; nobody sends to himself. Where
  // the circle is too long, round robin until everybody has a stream.
  static std::vector<EniPair> Pairs(const std::vector<std::size_t>& from,
                                    const std::vector<std::size_t>& to) {
    constexpr std::size_t kMostPairs = 4096;
    const std::size_t circle = std::lcm(from.size(), to.size());
    const std::size_t rounds = circle <= kMostPairs ? circle : std::max(from.size(), to.size());
    std::vector<EniPair> pairs;
    for (std::size_t i = 0; i < rounds; ++i) {
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
    if (spec_.tcp) workload_.tcp_streams.push_back({EndOf(pair.from), EndOf(pair.to)});
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
    constexpr std::int64_t kOutsideMtu = 1500;  // of Ethernet, RFC 894, and so of the internet
    for (const TcpStream& stream : workload_.tcp_streams) {
      narrow(stream.client);
      narrow(stream.server);
      if (!stream.client.eni || !stream.server.eni) mtu = std::min(mtu, kOutsideMtu);
    }
    return mtu + kEthernetHeader;
  }

  void CheckFrameSizes() {
    const std::string& path = spec_.sizes ? spec_.sizes->path : spec_.path;
    for (FrameSize& size : workload_.sizes) {
      if (size.geometric_up_to.count() > 0) {
        size.geometric_up_to = Bytes(LargestFrame());
        CheckGeometric(path, size);
      } else {
        CheckFrame(path, size.frame, LargestFrame());
      }
    }
    // A response may take many frames, the request is one.
    for (const RequestStream& requests : workload_.requests) {
      CheckFrame(spec_.requests->path, requests.request, LargestFrame());
      CheckFrame(spec_.requests->path, requests.response, std::numeric_limits<std::int64_t>::max());
    }
  }

  // Further out, a distribution that stops at the shortest and the longest frame
  // has little of the geometric one left: a mean of a quarter of the longest
  // leaves e^-4 or 1.8 % of the frames there.
  void CheckGeometric(const std::string& path, const FrameSize& size) {
    const std::int64_t least = 2 * kShortestFrame.count();
    const std::int64_t most = size.geometric_up_to.count() / 4;
    if (size.frame.count() >= least && size.frame.count() <= most) return;
    Fail(path,
         "a geometric mean of " + std::to_string(size.frame.count()) + " bytes where frames have " +
             std::to_string(kShortestFrame.count()) + " to " +
             std::to_string(size.geometric_up_to.count()),
         "a mean from " + std::to_string(least) + " B to " + std::to_string(most) +
             " B, or a larger `mtu` for the hosts");
  }

  void CheckFrame(const std::string& path, Bytes frame, std::int64_t largest) {
    const std::int64_t smallest =
        kEthernetHeader + kIpv4Header + TransportHeader(workload_.protocol);
    if (frame.count() < smallest) {
      Fail(path,
           "a frame of " + std::to_string(frame.count()) + " bytes has no room for its headers",
           std::to_string(smallest) + " bytes or more");
    } else if (frame.count() > largest) {
      Fail(path, "a frame of " + std::to_string(frame.count()) + " bytes does not fit the MTU",
           "at most " + std::to_string(largest) + " bytes, or a larger `mtu` for the hosts");
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
  CheckTcpTogether(draft);
}

}  // namespace vpcmirror
