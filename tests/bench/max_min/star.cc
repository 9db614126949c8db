#include "tests/bench/max_min/star.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <queue>
#include <random>
#include <utility>

namespace vpcmirror::ratios {
namespace {

constexpr std::uint32_t kReceivers = 8;
constexpr double kReceiverBps = 100e9;
constexpr std::array<double, 5> kHostBps = {1e9, 2.5e9, 5e9, 10e9, 25e9};

class Draw {
 public:
  std::uint32_t Below(std::uint32_t bound) { return static_cast<std::uint32_t>(bits_() % bound); }
  double Uniform() { return static_cast<double>(bits_() >> 11) * 0x1p-53; }

 private:
  std::mt19937_64 bits_{1};
};

StarFlow DrawFlow(Draw& draw, std::uint32_t hosts) {
  constexpr double kToReceivers = 0.25;
  constexpr double kLeastBps = 1e7;
  constexpr double kSpread = 1000;
  StarFlow flow{.source = draw.Below(hosts)};
  if (draw.Uniform() < kToReceivers) {
    flow.target = hosts + draw.Below(kReceivers);
  } else {
    do {
      flow.target = draw.Below(hosts);
    } while (flow.target == flow.source);
  }
  flow.demand_bps = std::floor(kLeastBps * std::pow(kSpread, draw.Uniform()));
  return flow;
}

// A link while flows rise, the links down behind the links up.
struct Link {
  double left_bps = 0;
  std::uint32_t rising = 0;
  std::vector<std::uint32_t>::size_type first = 0;
  double Share() const { return left_bps / rising; }
};

class Filling {
 public:
  explicit Filling(const Star& star);
  std::vector<double> Rates();

 private:
  using Key = std::pair<double, std::uint32_t>;

  std::array<std::uint32_t, 2> LinksOf(std::uint32_t flow) const {
    return {star_.flows[flow].source, endpoints_ + star_.flows[flow].target};
  }
  bool Rises(std::uint32_t flow) const { return rates_[flow] < 0; }
  void Stop(std::uint32_t flow, double rate_bps) {
    rates_[flow] = rate_bps;
    for (const std::uint32_t link : LinksOf(flow)) {
      links_[link].left_bps -= rate_bps;
      --links_[link].rising;
    }
  }
  void SpendNext();

  const Star& star_;
  std::uint32_t endpoints_;
  std::vector<Link> links_;  // one more than there are, for where the last's flows end
  std::vector<std::uint32_t> members_;
  std::vector<double> rates_;
  std::priority_queue<Key, std::vector<Key>, std::greater<>> shares_;
};

Filling::Filling(const Star& star)
    : star_(star),
      endpoints_(static_cast<std::uint32_t>(star.link_bps.size())),
      links_(2 * endpoints_ + 1),
      members_(2 * star.flows.size()),
      rates_(star.flows.size(), -1) {
  const auto flows = static_cast<std::uint32_t>(star.flows.size());
  for (std::uint32_t i = 0; i < 2 * endpoints_; ++i)
    links_[i].left_bps = star.link_bps[i % endpoints_];
  for (std::uint32_t i = 0; i < flows; ++i) {
    for (const std::uint32_t link : LinksOf(i)) ++links_[link].rising;
  }
  std::size_t end = 0;
  for (Link& link : links_) link.first = end += link.rising;
  for (std::uint32_t i = flows; i-- > 0;) {
    for (const std::uint32_t link : LinksOf(i)) members_[--links_[link].first] = i;
  }
  for (std::uint32_t i = 0; i < 2 * endpoints_; ++i) {
    if (links_[i].rising > 0) shares_.emplace(links_[i].Share(), i);
  }
}

// The share of a link grows while flows of it stop: what the heap says may be too little.
void Filling::SpendNext() {
  constexpr double kRounding = 1e-15;
  const auto [share, number] = shares_.top();
  shares_.pop();
  const Link& link = links_[number];
  if (link.rising == 0) return;
  const double rate_bps = link.Share();
  if (rate_bps > share * (1 + kRounding)) {
    shares_.emplace(rate_bps, number);
    return;
  }
  for (std::size_t i = link.first; i < links_[number + 1].first; ++i) {
    if (Rises(members_[i])) Stop(members_[i], rate_bps);
  }
}

std::vector<double> Filling::Rates() {
  const std::vector<StarFlow>& flows = star_.flows;
  std::vector<std::uint32_t> order(flows.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return flows[a].demand_bps < flows[b].demand_bps;
  });
  for (const std::uint32_t flow : order) {
    while (Rises(flow) && !shares_.empty() && shares_.top().first < flows[flow].demand_bps) {
      SpendNext();
    }
    if (Rises(flow)) Stop(flow, flows[flow].demand_bps);
  }
  return std::move(rates_);
}

}  // namespace

Star MakeStar(std::uint32_t hosts, std::uint32_t flows) {
  constexpr double kLeast = 0.9;  // of the nominal speed, so that no two links are alike
  constexpr double kSpread = 0.2;
  Draw draw;
  Star star;
  for (std::uint32_t i = 0; i < hosts + kReceivers; ++i) {
    const double nominal = i < hosts ? kHostBps[draw.Below(kHostBps.size())] : kReceiverBps;
    star.link_bps.push_back(std::floor(nominal * (kLeast + kSpread * draw.Uniform())));
  }
  for (std::uint32_t i = 0; i < flows; ++i) star.flows.push_back(DrawFlow(draw, hosts));
  return star;
}

std::vector<double> SolveStarAlone(const Star& star) { return Filling(star).Rates(); }

}  // namespace vpcmirror::ratios
