// Max-min fair rates in a star, as SimGrid and progressive filling by another program have them
// (data/max-min-rates.tsv).
#include "sim/fluid/max_min.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "tests/fidelity/support/table.h"
#include "tests/fidelity/support/tsv.h"

namespace vpcmirror::fidelity {
namespace {

constexpr double kAllowedPercent = 1e-4;  // one in a million

sim::MaxMinShares StarOf(const std::vector<TsvRow>& links, const std::vector<TsvRow>& flows) {
  std::vector<double> capacities;
  for (const TsvRow& each : links) capacities.push_back(each.Number("up_bps"));
  for (const TsvRow& each : links) capacities.push_back(each.Number("down_bps"));
  sim::MaxMinShares shares(capacities);
  for (const TsvRow& each : flows) {
    const auto source = static_cast<std::uint32_t>(each.Integer("source"));
    const auto target = static_cast<std::uint32_t>(each.Integer("target"));
    const sim::ResourceUse uses[] = {{source}, {static_cast<std::uint32_t>(links.size()) + target}};
    shares.AddFlow(each.Number("demand_bps"), uses);
  }
  return shares;
}

// The flow whose rate is furthest from that of `column`, in proportion.
std::uint32_t WorstOf(const sim::MaxMinShares& shares, const std::vector<TsvRow>& flows,
                      const char* column) {
  std::uint32_t worst = 0;
  double most = -1;
  for (std::uint32_t i = 0; i < flows.size(); ++i) {
    const double error = std::abs(shares.RateOf(i) / flows[i].Number(column) - 1);
    if (!(error <= most)) {
      worst = i;
      most = error;
    }
  }
  return worst;
}

TEST(MaxMinFidelityTest, StarIsSharedAsByOthers) {
  const std::vector<TsvRow> flows = ReadTsv("max-min-rates.tsv");
  sim::MaxMinShares shares = StarOf(ReadTsv("max-min-links.tsv"), flows);
  shares.Solve();
  Table table({.name = "max-min",
               .title = "Max-min fair rates of 1,000 flows: the furthest",
               .value_unit = "bit/s",
               .error_unit = "%",
               .decimals = 3});
  for (const char* column : {"exact_bps", "simgrid_bps"}) {
    const std::uint32_t worst = WorstOf(shares, flows, column);
    table.AddRelative(column, shares.RateOf(worst), flows[worst].Number(column), kAllowedPercent);
  }
}

// From half of the flows to all of them, one by one.
TEST(MaxMinFidelityTest, StarBuiltFlowByFlowIsSharedAlike) {
  const std::vector<TsvRow> flows = ReadTsv("max-min-rates.tsv");
  sim::MaxMinShares shares = StarOf(ReadTsv("max-min-links.tsv"), flows);
  for (std::uint32_t i = 0; i < flows.size(); i += 2) shares.SetDemand(i, 0);
  shares.Solve();
  for (std::uint32_t i = 0; i < flows.size(); i += 2) {
    shares.SetDemand(i, flows[i].Number("demand_bps"));
    shares.Solve();
  }
  const std::uint32_t worst = WorstOf(shares, flows, "exact_bps");
  const double want = flows[worst].Number("exact_bps");
  EXPECT_NEAR(shares.RateOf(worst), want, want * 1e-9) << "flow " << worst;
}

}  // namespace
}  // namespace vpcmirror::fidelity
