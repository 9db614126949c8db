// A star of hosts, and flows between them.
#pragma once

#include <cstdint>
#include <vector>

namespace vpcmirror::ratios {

struct StarFlow {
  std::uint32_t source = 0;
  std::uint32_t target = 0;
  double demand_bps = 0;
};

// Endpoints with a link up and one down each, and nothing that limits what is between.
struct Star {
  std::vector<double> link_bps;  // by endpoint, each way
  std::vector<StarFlow> flows;
};

// Links of 1 to 25 Gbps, all different, 8 receivers with 100 Gbps behind them, which get a
// quarter of the flows; the others go from any host to any other. Demands from 10 Mbps to
// 10 Gbps, as many of each order of magnitude. The same at each call.
Star MakeStar(std::uint32_t hosts, std::uint32_t flows);

// Rates in bit/s, in the order of the flows, by progressive filling that can do stars alone: the
// least work that sharing takes.
std::vector<double> SolveStarAlone(const Star& star);

// What SimGrid takes.
struct SimGridMeasured {
  std::vector<double> rates_bps;  // empty where SimGrid is not installed
  double solve_ns = 0;            // sharing, once all flows have been posted
  double one_more_ns = 0;         // sharing again with one more flow
};

// In a process of its own. Throws std::runtime_error when that fails.
SimGridMeasured SolveWithSimGrid(const Star& star);

}  // namespace vpcmirror::ratios
