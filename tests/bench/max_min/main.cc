// bench_max_min [--check] [--no-simgrid]: max-min fair shares of a star, in CPU time, against a
// program that can do stars alone and against SimGrid.
//
// Prints tab-separated lines under a header: case, ours, peer, peer's figure, ratio, goal, met.
// Figures are in ns, medians over the rounds of Race; SimGrid's, which takes seconds, of one run.
// How to read ratio and goal, tests/bench/ratios.sh says. What else was measured goes to stderr.
// Exit status: 0 whatever the ratios are; 1 when rates differ by more than one in a million; with
// --check also when a row misses its goal.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/cli/huge_pages.h"
#include "sim/fluid/max_min.h"
#include "tests/bench/max_min/star.h"
#include "tests/bench/ratios/race.h"
#include "tests/bench/ratios/table.h"

namespace vpcmirror::ratios {
namespace {

constexpr std::uint32_t kHosts = 10'000;
constexpr std::uint32_t kFlows = 100'000;

struct Options {
  bool check = false;
  bool simgrid = true;
};

std::uint32_t AddFlow(sim::MaxMinShares& shares, const StarFlow& flow, std::size_t endpoints) {
  const sim::ResourceUse uses[] = {{flow.source},
                                   {static_cast<std::uint32_t>(endpoints) + flow.target}};
  return shares.AddFlow(flow.demand_bps, uses);
}

sim::MaxMinShares SharesOf(const Star& star) {
  std::vector<double> capacities = star.link_bps;
  capacities.insert(capacities.end(), star.link_bps.begin(), star.link_bps.end());
  sim::MaxMinShares shares(std::move(capacities));
  for (const StarFlow& flow : star.flows) AddFlow(shares, flow, star.link_bps.size());
  return shares;
}

// The first `flows` of them.
std::vector<double> RatesOf(const sim::MaxMinShares& shares, std::size_t flows) {
  std::vector<double> rates(flows);
  for (std::uint32_t i = 0; i < flows; ++i) rates[i] = shares.RateOf(i);
  return rates;
}

void CheckSame(const std::vector<double>& rates, const std::vector<double>& others,
               const std::string& whose) {
  constexpr double kAllowed = 1e-6;
  double worst = 0;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const double error = std::abs(rates[i] / others.at(i) - 1);
    worst = error <= worst ? worst : error;
  }
  std::fprintf(stderr, "%zu rates, furthest from %s: %.1e\n", rates.size(), whose.c_str(), worst);
  if (!(worst <= kAllowed)) throw std::runtime_error("rates differ from " + whose);
}

// Flows to add to `star`, one at a time.
std::vector<StarFlow> OtherFlows(const Star& star, bool to_receivers) {
  constexpr std::size_t kChanges = 50;
  const Star larger = MakeStar(kHosts, kFlows + 100 * kChanges);
  std::vector<StarFlow> others;
  for (std::size_t i = star.flows.size(); others.size() < kChanges; ++i) {
    if (!to_receivers || larger.flows.at(i).target >= kHosts) others.push_back(larger.flows[i]);
  }
  return others;
}

class Ratios {
 public:
  explicit Ratios(Options options) : options_(options) {}

  bool all_met() const { return all_met_; }

  void Run();

 private:
  void Tell(const Row& row) {
    Print(row);
    all_met_ = all_met_ && IsMet(row);
  }
  void TellSimGrid(double solve_ns, double change_ns);
  void CheckChanges(sim::MaxMinShares shares, const std::vector<StarFlow>& changes) const;

  Options options_;
  Star star_ = MakeStar(kHosts, kFlows);
  bool all_met_ = true;
};

void Ratios::CheckChanges(sim::MaxMinShares shares, const std::vector<StarFlow>& changes) const {
  Star changed = star_;
  for (const StarFlow& each : changes) {
    AddFlow(shares, each, star_.link_bps.size());
    shares.Solve();
    changed.flows.push_back(each);
  }
  CheckSame(RatesOf(shares, changed.flows.size()), SolveStarAlone(changed),
            "a star's alone, after one more and one more");
}

void Ratios::TellSimGrid(double solve_ns, double change_ns) {
  constexpr double kTimesAsFast = 100;
  const SimGridMeasured peer = SolveWithSimGrid(star_);
  if (peer.rates_bps.empty()) {
    std::fprintf(stderr, "SimGrid is not installed: packages.txt lists it under bench\n");
    return;
  }
  CheckSame(RatesOf(
                [&] {
                  auto shares = SharesOf(star_);
                  shares.Solve();
                  return shares;
                }(),
                kFlows),
            peer.rates_bps, "SimGrid's");
  Row row{.name = "100,000 flows on 10,000 hosts",
          .ours = solve_ns,
          .peer = "SimGrid",
          .peer_figure = peer.solve_ns,
          .goal = Faster(kTimesAsFast)};
  Tell(row);
  row.name = "one flow more or less";
  row.ours = change_ns;
  row.peer_figure = peer.one_more_ns;
  Tell(row);
}

void Ratios::Run() {
  constexpr double kOfASolve = 0.1;
  // Sorting and heap grow by log n: 1.25 times from a tenth of the size. Beyond the second
  // level cache everything takes longer.
  constexpr double kGrowth = 10 * 1.25 * 2;
  const Star tenth = MakeStar(kHosts / 10, kFlows / 10);
  sim::MaxMinShares shares = SharesOf(star_);
  sim::MaxMinShares small = SharesOf(tenth);
  shares.Solve();
  CheckSame(RatesOf(shares, kFlows), SolveStarAlone(star_), "a star's alone");
  const std::vector<StarFlow> any = OtherFlows(star_, false);
  const std::vector<StarFlow> to_receivers = OtherFlows(star_, true);
  CheckChanges(shares, any);
  sim::MaxMinShares changing = shares;
  const auto change = [&](const std::vector<StarFlow>& flows) {
    for (const StarFlow& flow : flows) {
      const std::uint32_t number = AddFlow(changing, flow, star_.link_bps.size());
      changing.Solve();
      changing.RemoveFlow(number);
      changing.Solve();
    }
  };
  std::vector<double> rates;
  Race race("max-min");
  const auto ours = race.Enter("ours, all rates read", 1, [&] {
    shares.SolveAnew();
    rates = RatesOf(shares, kFlows);
  });
  const auto alone = race.Enter("a star alone", 1, [&] { rates = SolveStarAlone(star_); });
  const auto one = race.Enter("one flow more or less", 2 * any.size(), [&] { change(any); });
  const auto hard =
      race.Enter("the same, to a receiver", 2 * any.size(), [&] { change(to_receivers); });
  const auto less = race.Enter("a tenth", 1, [&] {
    small.SolveAnew();
    rates = RatesOf(small, kFlows / 10);
  });
  race.Run();
  const double solve_ns = race.figure(ours).median;
  Row row{.name = "100,000 flows on 10,000 hosts",
          .ours = solve_ns,
          .peer = "a star alone",
          .peer_figure = race.figure(alone).median,
          .goal = Within(1)};
  Tell(row);
  row = {.name = "one flow more or less",
         .ours = race.figure(one).median,
         .peer = "ours, solved anew",
         .peer_figure = solve_ns,
         .goal = Within(kOfASolve)};
  Tell(row);
  row.name = "one flow to a receiver more or less";
  row.ours = race.figure(hard).median;
  Tell(row);
  Tell({.name = "100,000 flows on 10,000 hosts",
        .ours = solve_ns,
        .peer = "ours, 10,000 on 1,000",
        .peer_figure = race.figure(less).median,
        .goal = Within(kGrowth)});
  if (options_.simgrid) TellSimGrid(solve_ns, race.figure(one).median);
}

}  // namespace
}  // namespace vpcmirror::ratios

int main(int argc, char** argv) {
  vpcmirror::sim::PreferHugePages(argv);  // as the program does
  using namespace vpcmirror::ratios;
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--check") {
      options.check = true;
    } else if (argument == "--no-simgrid") {
      options.simgrid = false;
    } else {
      std::fprintf(stderr, "bench_max_min: unknown argument '%s'; --check, --no-simgrid\n",
                   argv[i]);
      return 1;
    }
  }
  try {
    Ratios ratios(options);
    PrintHeader();
    ratios.Run();
    return options.check && !ratios.all_met() ? 1 : 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_max_min: %s\n", error.what());
    return 1;
  }
}
