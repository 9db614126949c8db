// bench_live_send [--check]: what a copy costs that leaves by UDP, in CPU time of the sending
// thread, the way over a veth pair and the dropping at its far end included.
//
// Question: is ours with sizes that change no dearer than a plain loop of sendmmsg, and how much
// cheaper do runs of one size get; and what do the number of source ports and of copies in a
// flush do to that? The network is this process's own; it takes root and nft. Prints
// tab-separated lines under a header: case, ours, peer, peer's figure, ratio, goal, met; ns a
// copy. Exit status: 0 whatever the ratios are; with --check 1 when a row misses its goal.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "models/mirror/pieces.h"
#include "sim/live/receiver_sink.h"
#include "tests/bench/live_send/plain_senders.h"
#include "tests/bench/ratios/race.h"
#include "tests/bench/ratios/table.h"
#include "tests/support/addresses.h"
#include "tests/support/private_network.h"

namespace vpcmirror::ratios {
namespace {

constexpr std::size_t kFrames = 4096;
constexpr std::uint16_t kFirstPort = 49152;

struct Case {
  std::string name;
  std::vector<std::size_t> sizes;  // of frames, drawn at random; one: all have it
  std::uint16_t ports = 64;
  std::size_t batch = 256;  // copies in a flush
  // Of runs against sendmsg, of ours without them and with them against sendmmsg; a case without
  // goals is only told of on stderr.
  struct Goals {
    Goal one_by_one;
    Goal plain;
    Goal runs;
  };
  std::optional<Goals> goals = {};
};

// Frames of 256 flows.
struct Traffic {
  std::vector<std::byte> octets;
  std::vector<std::span<const std::byte>> frames;
  std::vector<std::uint64_t> entropies;
};

Traffic TrafficOf(const Case& c) {
  std::mt19937_64 random(1);
  Traffic traffic;
  traffic.octets.resize(std::size_t{1} << 20);
  for (std::size_t i = 0; i < kFrames; ++i) {
    const std::size_t size = c.sizes[random() % c.sizes.size()];
    const std::size_t at = random() % (traffic.octets.size() - size);
    traffic.frames.push_back(std::span(traffic.octets).subspan(at, size));
    traffic.entropies.push_back(random() % 256);
  }
  return traffic;
}

std::vector<MadeCopy> PlainCopies(const Traffic& traffic, std::uint16_t ports) {
  static constexpr std::array<std::byte, 8> kVxlan{std::byte{8}, {}, {}, {}, {}, {}, std::byte{42}};
  std::vector<MadeCopy> copies;
  for (std::size_t i = 0; i < kFrames; ++i) {
    copies.push_back({kVxlan, traffic.frames[i], traffic.entropies[i] % ports});
  }
  return copies;
}

Mirror MirrorOf(const Case& c) {
  MirrorSettings settings{.id = "imgf-1",
                          .receivers = {{.address = Address("10.9.0.2"), .mtu = Bytes(8500)}}};
  settings.tunnel.vni = 42;
  settings.tunnel.first_source_port = kFirstPort;
  settings.tunnel.source_ports = c.ports;
  return Mirror(settings);
}

class OurSender {
 public:
  OurSender(const Case& c, bool sends_runs, std::size_t shortest_run)
      : mirror_(MirrorOf(c)),
        tunnel_(mirror_, 0, Address("10.9.0.1")),
        sink_({.sends_runs = sends_runs, .shortest_run = shortest_run}) {
    sink_.Open(tunnel_);
  }

  void Send(const Traffic& traffic, std::size_t first, std::size_t count) {
    std::array<std::byte, PreparedHeaders::kBytes> outer;
    for (std::size_t i = first; i < first + count; ++i) {
      const CopyPlan plan{.kept = Bytes(static_cast<std::int64_t>(traffic.frames[i].size())),
                          .entropy = traffic.entropies[i]};
      if (!tunnel_.WriteWhole(plan, outer)) std::terminate();
      sink_.Take({.tunnel = tunnel_, .outer = outer, .inner = {}, .payload = traffic.frames[i]});
    }
    sink_.Flush();
  }

  const sim::ReceiverSink& sink() const { return sink_; }

 private:
  Mirror mirror_;
  Tunnel tunnel_;
  sim::ReceiverSink sink_;
};

template <class Send>
auto InBatches(std::size_t batch, Send send) {
  return [batch, send] {
    for (std::size_t first = 0; first < kFrames; first += batch) send(first, batch);
  };
}

bool Measure(const Case& c) {
  const Traffic traffic = TrafficOf(c);
  const std::vector<MadeCopy> copies = PlainCopies(traffic, c.ports);
  const sim::OuterFlow flow{.source = Address("10.9.0.1"),
                            .destination = Address("10.9.0.2"),
                            .source_port = kFirstPort,
                            .destination_port = kVxlanPort};
  const PlainSockets sockets(flow, c.ports);
  BatchSender batches(sockets);
  OurSender singly(c, false, 0);
  OurSender runs(c, true, 2);
  Race race(c.name);
  const auto part = [&](std::size_t first, std::size_t n) {
    return std::span(copies).subspan(first, n);
  };
  const auto by_sendmsg = race.Enter(
      "sendmsg", kFrames,
      InBatches(c.batch, [&](auto first, auto n) { SendOneByOne(sockets, part(first, n)); }));
  const auto by_sendmmsg =
      race.Enter("sendmmsg", kFrames,
                 InBatches(c.batch, [&](auto first, auto n) { batches.Send(part(first, n)); }));
  const auto by_singly =
      race.Enter("ours, one by one", kFrames,
                 InBatches(c.batch, [&](auto first, auto n) { singly.Send(traffic, first, n); }));
  const auto by_runs =
      race.Enter("ours, runs", kFrames,
                 InBatches(c.batch, [&](auto first, auto n) { runs.Send(traffic, first, n); }));
  race.Run();
  const auto median = [&](std::size_t contender) { return race.figure(contender).median; };
  bool met = true;
  if (c.goals) {
    const Row rows[] = {
        {c.name + ", one by one", median(by_singly), "sendmmsg", median(by_sendmmsg),
         c.goals->plain},
        {c.name + ", runs", median(by_runs), "sendmmsg", median(by_sendmmsg), c.goals->runs},
        {c.name + ", runs", median(by_runs), "sendmsg", median(by_sendmsg), c.goals->one_by_one}};
    for (const Row& row : rows) {
      Print(row);
      met = met && IsMet(row);
    }
  }
  for (const auto* sender : {&singly, &runs}) {
    const sim::SendCounters counters = sender->sink().counters();
    if (counters.taken != counters.sent) {
      std::fprintf(stderr, "%s: %lld of %lld copies were not sent\n", c.name.c_str(),
                   static_cast<long long>(counters.taken - counters.sent),
                   static_cast<long long>(counters.taken));
    }
  }
  return met;
}

std::vector<Case> Cases() {
  std::vector<std::size_t> any_size(1437);
  for (std::size_t i = 0; i < any_size.size(); ++i) any_size[i] = 64 + i;
  // Simple IMIX: 7 of 64, 4 of 576, 1 of 1500 bytes.
  const std::vector<std::size_t> imix{64, 64, 64, 64, 64, 64, 64, 576, 576, 576, 576, 1500};
  const Goal no_dearer = Within(1.05);
  const auto equal = [&](const std::string& name, std::size_t size) {
    return Case{name, {size}, 64, 1024, Case::Goals{Faster(2), no_dearer, Faster(2)}};
  };
  std::vector<Case> cases{
      equal("64 B", 64),
      equal("512 B", 512),
      equal("1500 B", 1500),
      {"any size", any_size, 64, 1024, Case::Goals{Faster(1), no_dearer, no_dearer}},
      {"IMIX", imix, 64, 1024, Case::Goals{Faster(1), no_dearer, no_dearer}}};
  for (const std::uint16_t ports : {1, 16, 64}) {
    for (const std::size_t batch : {64, 256, 1024}) {
      const std::string size =
          ", " + std::to_string(ports) + " ports, flushes of " + std::to_string(batch);
      cases.push_back({"512 B" + size, {512}, ports, batch});
      cases.push_back({"IMIX" + size, imix, ports, batch});
    }
  }
  return cases;
}

int Main(int argc, char** argv) {
  const bool check = argc > 1 && std::string_view(argv[1]) == "--check";
  const PrivateNetwork network;
  network.Near("ip link set m1 mtu 1700");
  network.Far("ip link set r0 mtu 9000");
  network.Far(
      R"(printf 'table netdev d {\n chain i {\n type filter hook ingress device "r0" priority 0;)"
      R"(\n counter drop\n }\n}\n' | nft -f -)");
  PrintHeader();
  bool met = true;
  for (const Case& c : Cases()) met = Measure(c) && met;
  return check && !met ? 1 : 0;
}

}  // namespace
}  // namespace vpcmirror::ratios

int main(int argc, char** argv) {
  try {
    return vpcmirror::ratios::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_live_send: %s\n", error.what());
    return 1;
  }
}
