// engine_ratios [--check] [--rounds N] [CASES...]: the packet engine against a plain
// ns-3 program that does the same, in CPU time.
//
// Prints tab-separated lines under a header: case, ours, peer, peer's figure, ratio,
// goal, met. Figures are medians over the rounds, in ns a delivered frame, copies
// counted, unless the case says otherwise; how to read ratio and goal,
// tests/bench/ratios.sh says. What else was measured goes to stderr. Exit status: 0
// whatever the ratios are; 1 when a simulation fails; with --check also when a row
// misses its goal. Cases: host, fleet, idle, tcp; without any, all.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/cli/huge_pages.h"
#include "sim/input/library.h"
#include "tests/bench/engine_ratios/ns3_peer.h"
#include "tests/bench/engine_ratios/ours.h"
#include "tests/bench/engine_ratios/trial.h"
#include "tests/bench/ratios/table.h"

namespace vpcmirror::ratios {
namespace {

struct Options {
  bool check = false;
  int rounds = 5;  // odd, so that the median is a round that was run
  std::vector<std::string_view> cases;
};

class Ratios {
 public:
  explicit Ratios(int rounds)
      : rounds_(rounds), library_(sim::LoadLibrary(VPCMIRROR_SOURCE_DIR "/scenarios")) {}

  bool all_met() const { return all_met_; }

  // Building and tearing down included, ours and the peer's.
  void Host();
  // Events alone: what a fleet takes to set up has goals of its own.
  void Fleet();
  void Idle();
  // Set-up included, which is nothing here.
  void Tcp();

 private:
  void Tell(const Row& row) {
    Print(row);
    all_met_ = all_met_ && IsMet(row);
  }
  std::function<Measured()> Ours(const std::string& scenario, OtherSide other_side) const {
    return
        [this, scenario, other_side] { return SimulateWithEngine(scenario, library_, other_side); };
  }

  int rounds_;
  Library library_;
  bool all_met_ = true;
};

double NsAFrame(const Measured& measured) { return measured.total_ns / measured.frames; }
double EventNsAFrame(const Measured& measured) { return measured.run_ns / measured.frames; }

Measured SimulatePeer(const UdpTraffic& traffic, QueueDisc queue_disc) {
  const double start = ProcessCpuNs();
  Measured measured;
  measured.frames = static_cast<double>(SimulateWithStacks(traffic, queue_disc));
  measured.total_ns = ProcessCpuNs() - start;
  return measured;
}

void Ratios::Host() {
  // 100,000 frames a second each way: 800,000 are delivered.
  constexpr UdpTraffic kTraffic{.frame_bytes = 512, .gap_ns = 10'000, .seconds = 2};
  constexpr double kTimesAsFast = 15;
  constexpr double kMostNs = 700;
  const auto measured = RunInTurn(
      "1 source, 1 mirror, 1 receiver",
      {{"ours, peer outside",
        Ours(MirroredHost(kTraffic, OtherSide::kOutside), OtherSide::kOutside)},
       {"ours, peer an ENI", Ours(MirroredHost(kTraffic, OtherSide::kEnis), OtherSide::kEnis)},
       {"ns-3", [&] { return SimulatePeer(kTraffic, QueueDisc::kNone); }},
       {"ns-3 with its FqCoDel", [&] { return SimulatePeer(kTraffic, QueueDisc::kFqCoDel); }}},
      rounds_, NsAFrame);
  const std::array<std::string, 2> sides = {"outside", "an ENI"};
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const Row row{.name = "1 source, 1 mirror, 1 receiver, other side " + sides[i],
                  .ours = NsAFrame(measured[i]),
                  .goal = AtMost(kMostNs)};
    Tell(row);
    Row raced = row;
    raced.goal = Faster(kTimesAsFast);
    raced.peer = "ns-3";
    raced.peer_figure = NsAFrame(measured[2]);
    Tell(raced);
    raced.peer = "ns-3 with its FqCoDel";
    raced.peer_figure = NsAFrame(measured[3]);
    Tell(raced);
  }
}

void Ratios::Fleet() {
  // A million frames a second of all ENIs together.
  constexpr UdpTraffic kTraffic{.frame_bytes = 512, .gap_ns = 1'000, .seconds = 1};
  constexpr int kFew = 100;
  constexpr int kMany = 100'000;
  constexpr double kMostNs = 1200;
  constexpr double kMostTimes = 3;
  for (const OtherSide side : {OtherSide::kOutside, OtherSide::kEnis}) {
    const std::string name =
        side == OtherSide::kOutside ? "ENIs send to the outside" : "ENIs send to each other";
    const auto measured =
        RunInTurn(name,
                  {{"100", Ours(MirroredFleet(kFew, &kTraffic, side), side)},
                   {"100,000", Ours(MirroredFleet(kMany, &kTraffic, side), side)}},
                  rounds_, EventNsAFrame);
    Row row{.name = "100,000 " + name, .ours = EventNsAFrame(measured[1]), .goal = AtMost(kMostNs)};
    Tell(row);
    row.peer = "ours, 100 ENIs";
    row.peer_figure = EventNsAFrame(measured[0]);
    row.goal = Within(kMostTimes);
    Tell(row);
  }
}

void Ratios::Idle() {
  constexpr int kEnis = 100'000;
  constexpr double kMostNs = 20'000;
  constexpr double kMostBytes = 2048;
  const auto scenario = MirroredFleet(kEnis, nullptr, OtherSide::kOutside);
  const auto measured =
      RunInTurn("100,000 idle ENIs, one mirror", {{"ours", Ours(scenario, OtherSide::kOutside)}},
                rounds_, [](const Measured& each) { return each.build_ns; });
  const Measured& ours = measured.front();
  const std::string name = "100,000 ENIs with one mirror, an ENI: ";
  Tell({.name = name + "ns to build", .ours = ours.build_ns / kEnis, .goal = AtMost(kMostNs)});
  Tell(
      {.name = name + "bytes built", .ours = ours.build_bytes / kEnis, .goal = AtMost(kMostBytes)});
  Tell({.name = name + "ns to read and validate",
        .ours = ours.load_ns / kEnis,
        .goal = AtMost(kMostNs)});
  Tell({.name = name + "bytes of the scenario",
        .ours = ours.load_bytes / kEnis,
        .goal = AtMost(kMostBytes)});
}

// The peer copies nothing: what a closed loop takes beside ns-3's own TCP.
void Ratios::Tcp() {
  constexpr TcpTraffic kTraffic{
      .flows = 10, .bytes = 20'000'000, .segment = 1448, .buffer = 1 << 20, .seconds = 3};
  constexpr double kMostTimes = 1.2;
  constexpr double kFramesASegment = 2;  // its copy is delivered as well
  const auto measured =
      RunInTurn("10 TCP flows of 20 MB",
                {{"ours", Ours(TcpHosts(kTraffic, false), OtherSide::kEnis)},
                 {"ours, mirrored", Ours(TcpHosts(kTraffic, true), OtherSide::kEnis)},
                 {"ns-3",
                  [&] {
                    const double start = ProcessCpuNs();
                    Measured peer;
                    peer.frames = static_cast<double>(SimulateTcpWithStacks(kTraffic));
                    peer.total_ns = ProcessCpuNs() - start;
                    return peer;
                  }}},
                rounds_, NsAFrame);
  Row row{.name = "TCP flows, not mirrored, a segment",
          .ours = NsAFrame(measured[0]),
          .peer = "ns-3",
          .peer_figure = NsAFrame(measured[2]),
          .goal = Within(kMostTimes)};
  Tell(row);
  row.name = "TCP flows, mirrored, a segment or copy";
  row.ours = NsAFrame(measured[1]) / kFramesASegment;
  Tell(row);
}

Options OptionsOf(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--check") {
      options.check = true;
    } else if (argument == "--rounds" && i + 1 < argc) {
      options.rounds = std::max(1, std::atoi(argv[++i]));
    } else {
      options.cases.push_back(argument);
    }
  }
  return options;
}

}  // namespace
}  // namespace vpcmirror::ratios

int main(int argc, char** argv) {
  vpcmirror::sim::PreferHugePages(argv);  // as the program does
  using namespace vpcmirror::ratios;
  constexpr std::array<std::pair<std::string_view, void (Ratios::*)()>, 4> kCases = {
      {{"host", &Ratios::Host},
       {"fleet", &Ratios::Fleet},
       {"idle", &Ratios::Idle},
       {"tcp", &Ratios::Tcp}}};
  const Options options = OptionsOf(argc, argv);
  for (const std::string_view name : options.cases) {
    const auto known = [&](const auto& each) { return each.first == name; };
    if (std::none_of(kCases.begin(), kCases.end(), known)) {
      std::fprintf(stderr,
                   "engine_ratios: unknown argument '%s'; cases are host, fleet, idle, tcp\n",
                   std::string(name).c_str());
      return 1;
    }
  }
  try {
    Ratios ratios(options.rounds);
    std::fprintf(stderr, "first touch of a page of memory: %.0f ns\n", FirstTouchNs());
    PrintHeader();
    for (const auto& [name, run] : kCases) {
      const bool is_wanted =
          options.cases.empty() ||
          std::find(options.cases.begin(), options.cases.end(), name) != options.cases.end();
      if (is_wanted) (ratios.*run)();
    }
    return options.check && !ratios.all_met() ? 1 : 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "engine_ratios: %s\n", error.what());
    return 1;
  }
}
