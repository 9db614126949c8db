#include "analysis/plan/outage.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "models/cloud/load_balancer.h"
#include "models/scenario/mirror_variants.h"
#include "models/scenario/steady_walk.h"

namespace vpcmirror {
namespace {

using Enis = std::set<std::size_t>;

// By source and what its copies are sent to: an ENI, of a receiver or of a load balancer.
using CopyWays = std::map<std::pair<std::size_t, std::size_t>, double>;  // bits/s

CopyWays CopyWaysOf(const ValidScenario& scenario) {
  CopyWays ways;
  WalkSteadyFlows(scenario, [&](const SteadyPassing& passing) {
    for (const Outcome& outcome : passing.decision.outcomes()) {
      const bool is_copied = outcome.refusal == Refusal::kNone &&
                             outcome.plan.mtu_action != MtuAction::kDrop;
      if (!is_copied) continue;
      const std::size_t mirror =
          passing.mirrors[passing.tap.given_position(outcome.session)];
      const PlacedMirror& placed = scenario.mirrors[mirror];
      const Flux copies = CopiesOf(*placed.mirror, outcome.plan, passing.frame.wire_length,
                                   passing.flux);
      ways[{passing.eni, placed.receiver_enis[outcome.plan.receiver]}] += copies.bits_per_second;
    }
  });
  return ways;
}

const std::string& ZoneOf(const Deployment& deployment, std::size_t eni) {
  return deployment.subnets[deployment.enis[eni].subnet].zone;
}

// Whether copies that come from `source` to `target` still arrive when `lost` is.
bool Arrives(const Deployment& deployment, std::size_t source, std::size_t target,
             const Enis& lost) {
  const auto& balancer_index = deployment.enis[target].load_balancer;
  if (!balancer_index) return lost.count(target) == 0;
  LoadBalancer balancer = deployment.load_balancers[*balancer_index];
  for (Backend& backend : balancer.backends) {
    if (lost.count(backend.eni) != 0) backend.healthy = false;
  }
  const std::size_t zone = balancer.ZoneFor(ZoneOf(deployment, source));
  return !BackendChoice(balancer).Eligible(zone).empty();
}

void TellUnseen(const Deployment& deployment, const CopyWays& ways, const Enis& lost,
                Outage& outage) {
  struct OfSource {
    double all = 0;
    double unseen = 0;
  };
  std::map<std::size_t, OfSource> sources;
  OfSource total;
  for (const auto& [way, bits] : ways) {
    const auto& [source, target] = way;
    if (lost.count(source) != 0) continue;
    const double unseen = Arrives(deployment, source, target, lost) ? 0 : bits;
    sources[source].all += bits;
    sources[source].unseen += unseen;
    total.all += bits;
    total.unseen += unseen;
  }
  for (const auto& [source, of] : sources) {
    if (of.unseen == 0) continue;
    if (of.unseen >= of.all) {
      outage.blind.push_back(deployment.enis[source].id);
    } else {
      ++outage.partly_blind;
    }
  }
  if (total.all > 0) outage.share_unseen = total.unseen / total.all;
}

// ENIs that copies come to in the end.
Enis ReceiverEnis(const ValidScenario& scenario) {
  Enis enis;
  for (const PlacedMirror& placed : scenario.mirrors) {
    if (placed.load_balancer) {
      for (const Backend& each : scenario.deployment->load_balancers[*placed.load_balancer].backends)
        enis.insert(each.eni);
    } else {
      enis.insert(placed.receiver_enis.begin(), placed.receiver_enis.end());
    }
  }
  return enis;
}

class Outages {
 public:
  Outages(const ValidScenario& scenario, Trials& trials)
      : scenario_(scenario),
        trials_(trials),
        ways_(CopyWaysOf(scenario)),
        receivers_(ReceiverEnis(scenario)) {}

  // All ENIs of a CVM that is a receiver.
  Outage OfReceiver(std::size_t cvm) {
    const Deployment& deployment = *scenario_.deployment;
    const Cvm& lost = deployment.cvms[cvm];
    return Of(OutageKind::kReceiver, lost.id, Enis(lost.enis.begin(), lost.enis.end()));
  }

  Outage OfZone(const std::string& zone) {
    Enis lost;
    for (std::size_t i = 0; i < scenario_.deployment->enis.size(); ++i) {
      if (ZoneOf(*scenario_.deployment, i) == zone) lost.insert(i);
    }
    return Of(OutageKind::kZone, zone, lost);
  }

  // CVMs that are receivers, those that get most copies directly first.
  std::vector<std::size_t> ReceiversByCopies() const {
    const Deployment& deployment = *scenario_.deployment;
    std::map<std::size_t, double> bits;
    for (const std::size_t eni : receivers_) bits[deployment.enis[eni].cvm] += 0;
    for (const auto& [way, of_way] : ways_) {
      const auto cvm = bits.find(deployment.enis[way.second].cvm);
      if (cvm != bits.end()) cvm->second += of_way;
    }
    std::vector<std::size_t> cvms;
    for (const auto& [cvm, of_cvm] : bits) cvms.push_back(cvm);
    std::stable_sort(cvms.begin(), cvms.end(),
                     [&](std::size_t a, std::size_t b) { return bits[a] > bits[b]; });
    return cvms;
  }

 private:
  Outage Of(OutageKind kind, const std::string& name, const Enis& lost) {
    const Deployment& deployment = *scenario_.deployment;
    Outage outage{.kind = kind, .name = name};
    Enis lost_receivers;
    std::set<std::size_t> cvms;
    for (const std::size_t eni : receivers_) {
      if (lost.count(eni) == 0) continue;
      lost_receivers.insert(eni);
      cvms.insert(deployment.enis[eni].cvm);
    }
    outage.receivers = cvms.size();
    std::set<std::size_t> lost_sources;
    for (const auto& [way, bits] : ways_) {
      if (lost.count(way.first) != 0) lost_sources.insert(way.first);
    }
    outage.sources_lost = lost_sources.size();
    TellUnseen(deployment, ways_, lost, outage);
    if (lost_receivers.size() < receivers_.size()) TellWhatIsLeft(lost, lost_receivers, outage);
    return outage;
  }

  void TellWhatIsLeft(const Enis& lost, const Enis& lost_receivers, Outage& outage) {
    const ValidScenario left = WithoutReceivers(
        outage.kind == OutageKind::kZone ? WithEnisLost(scenario_, lost) : scenario_,
        lost_receivers);
    const RunResult result = trials_.Run(left);
    outage.then = OutlineOf(result);
    for (const ReceiverResult& receiver : result.receivers) {
      if (!receiver.margin || receiver.margin >= outage.receiver_margin.value_or(2)) continue;
      outage.receiver_margin = receiver.margin;
      outage.tightest_receiver = receiver.id;
    }
  }

  const ValidScenario& scenario_;
  Trials& trials_;
  CopyWays ways_;
  Enis receivers_;
};

std::set<std::string> ZonesOf(const Deployment& deployment) {
  std::set<std::string> zones;
  for (std::size_t i = 0; i < deployment.enis.size(); ++i) {
    if (!ZoneOf(deployment, i).empty()) zones.insert(ZoneOf(deployment, i));
  }
  return zones;
}

}  // namespace

std::string_view ToString(OutageKind kind) {
  return kind == OutageKind::kReceiver ? "receiver" : "zone";
}

std::vector<Outage> OutagesOf(const ValidScenario& scenario, Trials& trials) {
  Outages outages(scenario, trials);
  std::vector<Outage> all;
  for (const std::size_t cvm : outages.ReceiversByCopies()) {
    if (all.size() == kMostOutages) break;
    all.push_back(outages.OfReceiver(cvm));
  }
  const std::set<std::string> zones = ZonesOf(*scenario.deployment);
  if (zones.size() < 2) return all;
  for (const std::string& zone : zones) all.push_back(outages.OfZone(zone));
  return all;
}

}  // namespace vpcmirror
