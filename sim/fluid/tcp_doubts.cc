#include "sim/fluid/tcp_doubts.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "models/units/rates.h"
#include "sim/fluid/elastic.h"
#include "sim/fluid/list_of.h"
#include "sim/fluid/provider_of.h"

namespace vpcmirror::sim {
namespace {

// Of a flow that slows down where a budget is full.
struct FlowAt {
  bool is_sender = false;
  bool is_short_of_cpu = false;
};

// Seconds that a frame waits in a queue as full as it is kept.
double QueueSeconds(const ValidScenario& scenario, std::size_t cvm, Bytes frame) {
  constexpr double kBits = 8;
  const Cvm& of = scenario.deployment->cvms[cvm];
  const auto frames = static_cast<double>(of.queue.frames);
  double seconds = 0;
  if (const auto& bandwidth = of.limits.bandwidth) {
    seconds = frames * static_cast<double>(frame.count()) * kBits /
              static_cast<double>(bandwidth->count());
  }
  if (const auto& rate = of.limits.packet_rate) {
    seconds = std::max(seconds, frames / static_cast<double>(rate->count()));
  }
  // Egress has kSharedRandom's queue half full where little is lost.
  const bool is_random = ProviderOf(scenario, cvm).congestion == Congestion::kSharedRandom;
  return is_random ? seconds / 2 : seconds;
}

// Of the hops of a group that carry data and whose budget is full, by CVM.
std::map<std::size_t, FlowAt> FullPlacesOf(const ValidScenario& scenario, const FlowBundles& flows,
                                           const ElasticGroup& group, const BudgetNumbers& numbers,
                                           const Equilibrium& rest) {
  std::map<std::size_t, FlowAt> places;
  for (std::uint32_t i = 0; i < group.bundles; ++i) {
    const FlowBundle& bundle = flows.bundles[group.first_bundle + i];
    if (!HasData(bundle)) continue;
    for (std::uint32_t j = 0; j < bundle.hops; ++j) {
      const Hop& hop = flows.hops[bundle.first_hop + j];
      const bool leaves = hop.direction == Direction::kEgress;
      const std::uint32_t budget = leaves ? numbers.Out(hop.eni) : numbers.In(hop.eni);
      if (!rest.IsSpent(budget)) continue;
      const std::size_t cvm = scenario.deployment->enis[hop.eni].cvm;
      FlowAt& at = places.try_emplace(cvm, FlowAt{.is_sender = true}).first->second;
      at.is_sender = at.is_sender && j == 0 && leaves;
      at.is_short_of_cpu =
          at.is_short_of_cpu || (rest.is_full.budgets[budget] != 0 &&
                                 rest.losses.budgets[budget].limit == BindingLimit::kCpu);
    }
  }
  return places;
}

}  // namespace

void TcpDoubts::Add(const ValidScenario& scenario, const FlowBundles& flows,
                    const BudgetNumbers& numbers, const Equilibrium& rest) {
  // TCP loses 1.5 / window^2 (Mathis, Semke, Mahdavi and Ott 1997), and for each loss has a window
  // acknowledged one by one instead of two by two: 1.5 / window more, 2.5 % of them.
  constexpr double kLeastWindow = 60;  // segments
  constexpr double kAlike = 1.1;
  const Deployment& deployment = *scenario.deployment;
  std::map<std::size_t, std::pair<double, double>> round_trips;  // least and most, by CVM
  for (std::size_t i = 0; i < flows.elastic.size(); ++i) {
    const ElasticGroup& group = flows.elastic[i];
    const Workload& workload = scenario.workloads[group.workload];
    const TcpSettings& tcp = *workload.tcp;
    if (tcp.send) ending_.insert(workload.name);
    auto places = FullPlacesOf(scenario, flows, group, numbers, rest);
    double round_trip = RoundTripSeconds(scenario, workload);
    for (auto& [cvm, at] : places) {
      round_trip += QueueSeconds(scenario, cvm, tcp.segment + kTcpFrameHeaders);
    }
    const double segments = SegmentsOfUnit(tcp) * rest.losses.elastic[i];
    for (const auto& [cvm, at] : places) {
      const std::string& id = deployment.cvms[cvm].id;
      // What a flow has in the queue of its own host is limited there, as by TCP small queues.
      const bool loses =
          !at.is_sender || ProviderOf(scenario, cvm).congestion == Congestion::kSharedRandom;
      if (loses && segments * round_trip < kLeastWindow) small_.insert(id);
      if (at.is_short_of_cpu) busy_.insert(id);
      auto [known, is_new] = round_trips.try_emplace(cvm, round_trip, round_trip);
      known->second.first = std::min(known->second.first, round_trip);
      known->second.second = std::max(known->second.second, round_trip);
      if (known->second.second > kAlike * known->second.first) unlike_.insert(id);
    }
  }
}

std::vector<std::string> TcpDoubts::Notes() const {
  std::vector<std::string> notes;
  if (!small_.empty()) {
    notes.push_back(
        "TCP flows have less than 60 segments under way each at " + ListOf(small_) +
        " and know their share by losing there: what they lose, send again and acknowledge for it, "
        "the more the fewer, is left out. --engine packet has it.");
  }
  if (!unlike_.empty()) {
    notes.push_back("TCP flows of unlike round-trip times share a limit at " + ListOf(unlike_) +
                    " and are reckoned with equal shares; in truth the longer have less.");
  }
  if (!ending_.empty()) {
    notes.push_back("TCP flows that end when all is sent are reckoned as if they did not: " +
                    ListOf(ending_) + "; --engine packet has their end.");
  }
  if (!busy_.empty()) {
    notes.push_back("TCP flows are short of CPU time at " + ListOf(busy_) +
                    ", and are reckoned as if they lost what is too much and did not slow down; "
                    "--engine packet has them slow down.");
  }
  return notes;
}

}  // namespace vpcmirror::sim
