// Max-min fair shares of arbitrary problems, and after arbitrary changes of them.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "sim/fluid/max_min.h"
#include "tests/unit/fluid/max_min_oracle.h"

namespace vpcmirror::sim {
namespace {

// What MaxMinShares promises of a rate.
constexpr double kPromised = 1e-9;

bool IsNear(double got, double want, double scale) {
  return std::abs(got - want) <= kPromised * std::max(std::abs(want), scale);
}

// Numbers of few values, so that levels often coincide, or else of 9 orders of magnitude.
double ArbitraryNumber(bool is_even) {
  if (is_even) return *rc::gen::inRange(1, 5);
  return std::pow(10, *rc::gen::inRange(-4'000, 5'000) / 1e3);
}

double ArbitraryDemand(bool is_even) {
  const int kind = *rc::gen::inRange(0, 8);
  if (kind == 0) return 0;
  if (kind < 3) return std::numeric_limits<double>::infinity();
  return ArbitraryNumber(is_even);
}

double ArbitraryCapacity(bool is_even) {
  return *rc::gen::inRange(0, 10) == 0 ? 0 : 3 * ArbitraryNumber(is_even);
}

OracleFlow ArbitraryFlow(bool is_even, std::size_t resources) {
  OracleFlow flow{.demand = ArbitraryDemand(is_even), .weight = ArbitraryNumber(is_even)};
  const int uses = *rc::gen::inRange(std::isinf(flow.demand) ? 1 : 0, 4);
  for (int i = 0; i < uses; ++i) {
    flow.uses.push_back({*rc::gen::inRange<std::uint32_t>(0, static_cast<std::uint32_t>(resources)),
                         ArbitraryNumber(is_even)});
  }
  return flow;
}

Problem ArbitraryProblem(bool is_even) {
  Problem problem;
  const int resources = *rc::gen::inRange(1, 8);
  for (int i = 0; i < resources; ++i) problem.capacities.push_back(ArbitraryCapacity(is_even));
  const int flows = *rc::gen::inRange(0, 12);
  for (int i = 0; i < flows; ++i) {
    problem.flows.push_back(ArbitraryFlow(is_even, problem.capacities.size()));
  }
  return problem;
}

MaxMinShares SharesOf(const Problem& problem) {
  MaxMinShares shares(problem.capacities);
  for (const OracleFlow& flow : problem.flows) shares.AddFlow(flow.demand, flow.uses, flow.weight);
  return shares;
}

// Beside the oracle, which could share a mistake: no resource is overspent, and each flow has its
// demand or uses a spent resource of which no other flow has a higher level.
void CheckFairness(const Problem& problem, const std::vector<double>& rates) {
  std::vector<double> spent(problem.capacities.size());
  std::vector<double> highest(problem.capacities.size());
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const OracleFlow& flow = problem.flows[i];
    for (const ResourceUse& use : flow.uses) {
      spent[use.resource] += use.per_rate * rates[i];
      highest[use.resource] = std::max(highest[use.resource], rates[i] / flow.weight);
    }
  }
  for (std::size_t i = 0; i < spent.size(); ++i) {
    RC_ASSERT(spent[i] <= problem.capacities[i] * (1 + kPromised));
  }
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const OracleFlow& flow = problem.flows[i];
    const bool is_held = std::any_of(flow.uses.begin(), flow.uses.end(), [&](ResourceUse use) {
      return spent[use.resource] >= problem.capacities[use.resource] * (1 - kPromised) &&
             rates[i] / flow.weight >= highest[use.resource] * (1 - kPromised);
    });
    RC_ASSERT(is_held || rates[i] >= flow.demand * (1 - kPromised));
  }
}

// `numbers`: of the problem's flows.
void CheckRates(const Problem& problem, const MaxMinShares& shares,
                const std::vector<std::uint32_t>& numbers) {
  const std::vector<double> want = OracleRates(problem);
  std::vector<double> got;
  for (const std::uint32_t number : numbers) got.push_back(shares.RateOf(number));
  for (std::size_t i = 0; i < want.size(); ++i) {
    // A rate of less than a millionth of what it uses is a small difference of large numbers.
    double rounding = 0;
    for (const ResourceUse& use : problem.flows[i].uses) {
      rounding = std::max(rounding, 1e-6 * problem.capacities[use.resource] / use.per_rate);
    }
    RC_ASSERT(IsNear(got[i], want[i], rounding));
  }
  CheckFairness(problem, got);
}

RC_GTEST_PROP(MaxMinSharesPropertyTest, AreThoseOfTheDefinition, (bool is_even)) {
  const Problem problem = ArbitraryProblem(is_even);
  MaxMinShares shares = SharesOf(problem);
  shares.Solve();
  std::vector<std::uint32_t> numbers(problem.flows.size());
  for (std::uint32_t i = 0; i < numbers.size(); ++i) numbers[i] = i;
  CheckRates(problem, shares, numbers);
}

// A problem, the same one as MaxMinShares has it, and the numbers of its flows there.
struct Changing {
  Problem problem;
  MaxMinShares shares;
  std::vector<std::uint32_t> numbers;
};

void ChangeAnything(Changing& all, bool is_even) {
  Problem& problem = all.problem;
  const int kind = *rc::gen::inRange(0, 4);
  if (kind == 0 || problem.flows.empty()) {
    const OracleFlow flow = ArbitraryFlow(is_even, problem.capacities.size());
    all.numbers.push_back(all.shares.AddFlow(flow.demand, flow.uses, flow.weight));
    problem.flows.push_back(flow);
    return;
  }
  const auto flow = *rc::gen::inRange<std::size_t>(0, problem.flows.size());
  if (kind == 1) {
    all.shares.RemoveFlow(all.numbers[flow]);
    all.numbers.erase(all.numbers.begin() + static_cast<std::ptrdiff_t>(flow));
    problem.flows.erase(problem.flows.begin() + static_cast<std::ptrdiff_t>(flow));
  } else if (kind == 2) {
    const double demand = ArbitraryDemand(is_even);
    if (std::isinf(demand) && problem.flows[flow].uses.empty()) return;
    problem.flows[flow].demand = demand;
    all.shares.SetDemand(all.numbers[flow], demand);
  } else {
    const auto resource =
        *rc::gen::inRange<std::uint32_t>(0, static_cast<std::uint32_t>(problem.capacities.size()));
    problem.capacities[resource] = ArbitraryCapacity(is_even);
    all.shares.SetCapacity(resource, problem.capacities[resource]);
  }
}

RC_GTEST_PROP(MaxMinSharesPropertyTest, StayThoseOfTheDefinitionWhateverChanges, (bool is_even)) {
  Problem problem = ArbitraryProblem(is_even);
  Changing all{.problem = problem, .shares = SharesOf(problem), .numbers = {}};
  for (std::uint32_t i = 0; i < problem.flows.size(); ++i) all.numbers.push_back(i);
  const bool is_solved_first = *rc::gen::arbitrary<bool>();
  if (is_solved_first) all.shares.Solve();
  const int rounds = *rc::gen::inRange(1, 40);
  for (int round = 0; round < rounds; ++round) {
    const int changes = *rc::gen::inRange(1, 4);
    for (int i = 0; i < changes; ++i) ChangeAnything(all, is_even);
    all.shares.Solve();
    CheckRates(all.problem, all.shares, all.numbers);
  }
}

// A star large enough for changes to spread: hosts with a link each way, flows between any two.
TEST(MaxMinSharesStarTest, ChangesGiveWhatSolvingAnewGives) {
  constexpr std::uint32_t kHosts = 200;
  constexpr std::uint32_t kFlows = 2'000;
  constexpr std::uint32_t kChanges = 300;
  std::mt19937_64 draw(1);
  const auto random_host = [&] { return static_cast<std::uint32_t>(draw() % kHosts); };
  const auto random_flow = [&](MaxMinShares& shares) {
    const ResourceUse uses[] = {{random_host()}, {kHosts + random_host()}};
    return shares.AddFlow(static_cast<double>(draw() % 1'000'000), uses);
  };
  std::vector<double> capacities;
  for (std::uint32_t i = 0; i < 2 * kHosts; ++i) {
    capacities.push_back(1e6 + static_cast<double>(draw() % 1'000'000));
  }
  MaxMinShares shares(capacities);
  for (std::uint32_t i = 0; i < kFlows; ++i) random_flow(shares);
  shares.Solve();
  for (std::uint32_t change = 0; change < kChanges; ++change) {
    if (change % 3 == 0) random_flow(shares);
    if (change % 3 == 1) shares.RemoveFlow(change);
    if (change % 3 == 2) shares.SetDemand(change, static_cast<double>(draw() % 1'000'000));
    shares.Solve();
    MaxMinShares anew = shares;
    anew.SolveAnew();
    for (std::uint32_t i = 0; i < kFlows; ++i) {
      ASSERT_TRUE(IsNear(shares.RateOf(i), anew.RateOf(i), 0)) << "flow " << i;
    }
  }
}

}  // namespace
}  // namespace vpcmirror::sim
