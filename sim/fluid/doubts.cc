#include "sim/fluid/doubts.h"

#include <cstddef>
#include <cstdint>

#include "sim/fluid/list_of.h"
#include "sim/fluid/provider_of.h"

namespace vpcmirror::sim {
namespace {

// So many sources of a constant rate come together as if by chance.
constexpr int kFewSources = 10;

// Of a workload that sends to or from a CVM.
struct Sources {
  int constant = 0;
  int others = 0;
  bool is_mixed = false;
};

std::vector<Sources> SourcesByCvm(const ValidScenario& scenario) {
  std::vector<Sources> sources(scenario.deployment->cvms.size());
  for (const Workload& workload : scenario.workloads) {
    const bool is_mixed = workload.sizes.size() > 1 || !workload.requests.empty();
    const auto add = [&](const Endpoint& end) {
      if (!end.eni) return;
      Sources& of_cvm = sources[scenario.deployment->enis[*end.eni].cvm];
      ++(workload.arrivals == ArrivalProcess::kConstant ? of_cvm.constant : of_cvm.others);
      of_cvm.is_mixed |= is_mixed;
    };
    for (const Stream& stream : workload.streams) {
      add(stream.from);
      add(stream.to);
    }
    for (const RequestStream& stream : workload.requests) {
      add(stream.client);
      add(stream.server);
    }
    // A log has means of frames, and no times of them.
    for (const ObservedFlow& flow : workload.observed) {
      Sources& of_cvm = sources[scenario.deployment->enis[flow.eni].cvm];
      ++of_cvm.others;
      of_cvm.is_mixed = true;
    }
  }
  return sources;
}

}  // namespace

void Doubts::Add(const ValidScenario& scenario, const FlowBundles& flows,
                 const BudgetNumbers& numbers, const Equilibrium& rest) {
  if (!flows.elastic.empty()) of_tcp_.Add(scenario, flows, numbers, rest);
  const Overloads& is_full = rest.is_full;
  const Deployment& deployment = *scenario.deployment;
  std::vector<std::size_t> full;
  for (std::size_t i = 0; i < deployment.cvms.size(); ++i) {
    if (is_full.budgets[2 * i] || is_full.budgets[2 * i + 1]) full.push_back(i);
  }
  if (full.empty()) return;
  const std::vector<Sources> sources = SourcesByCvm(scenario);
  for (const std::size_t cvm : full) {
    const Congestion congestion = ProviderOf(scenario, cvm).congestion;
    if (congestion == Congestion::kSharedRandom) continue;
    if (sources[cvm].is_mixed) mixed_.insert(deployment.cvms[cvm].id);
    if (congestion == Congestion::kFifo && sources[cvm].others == 0 && sources[cvm].constant > 0 &&
        sources[cvm].constant < kFewSources) {
      constant_.insert(deployment.cvms[cvm].id);
    }
  }
  const auto note = [&](std::size_t eni, std::uint32_t budget, bool comes_paced) {
    const std::size_t cvm = deployment.enis[eni].cvm;
    if (!comes_paced || !is_full.budgets[budget]) return;
    if (ProviderOf(scenario, cvm).congestion != Congestion::kFifo) return;
    in_phase_.insert(deployment.cvms[cvm].id);
  };
  for (const FlowBundle& bundle : flows.bundles) {
    bool comes_paced = false;
    for (std::uint32_t i = 0; i < bundle.hops; ++i) {
      const Hop& hop = flows.hops[bundle.first_hop + i];
      const bool leaves = hop.direction == Direction::kEgress;
      const std::uint32_t budget = leaves ? numbers.Out(hop.eni) : numbers.In(hop.eni);
      note(hop.eni, budget, comes_paced);
      comes_paced |= is_full.budgets[budget];
      // Copies of what came in, where that has a budget of its own.
      if (!leaves && hop.copies > 0 && numbers.Out(hop.eni) != budget) {
        note(hop.eni, numbers.Out(hop.eni), true);
      }
    }
  }
}

std::vector<std::string> Doubts::Notes() const {
  std::vector<std::string> notes;
  if (!constant_.empty()) {
    notes.push_back(
        "Under fifo, few sources of a constant rate keep their phase: which of "
        "production and copies loses at " +
        ListOf(constant_) +
        " is reckoned here as if they came by chance; --engine packet has the phases.");
  }
  if (!in_phase_.empty()) {
    notes.push_back(
        "Under fifo, frames that come evenly spaced out of one full queue keep their "
        "phase in the next: how production and copies share the loss at " +
        ListOf(in_phase_) + " is right to about 5 percentage points only.");
  }
  if (!mixed_.empty()) {
    notes.push_back(
        "A full queue loses more of small frames, which come soon behind others, than "
        "of large ones: losses at " +
        ListOf(mixed_) + " are right in bytes, and in frames as if all sizes lost alike.");
  }
  const std::vector<std::string> of_tcp = of_tcp_.Notes();
  notes.insert(notes.end(), of_tcp.begin(), of_tcp.end());
  return notes;
}

}  // namespace vpcmirror::sim
