#include "models/scenario/mirror_variants.h"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace vpcmirror {
namespace {

// A scenario whose deployment is its own to be changed.
struct OwnDeployment {
  ValidScenario scenario;
  std::shared_ptr<Deployment> deployment;
};

OwnDeployment Copied(const ValidScenario& scenario) {
  auto deployment = std::make_shared<Deployment>(*scenario.deployment);
  OwnDeployment own{scenario, deployment};
  own.scenario.deployment = deployment;
  own.scenario.topology = std::make_shared<const Topology>(*deployment);
  own.scenario.pcaps.clear();
  own.scenario.series_bin.reset();
  return own;
}

using ChangeOfPlacing = std::function<void(PlacedMirror&)>;

// As it is at the beginning, and as the timeline makes it.
void ChangePlacings(ValidScenario& scenario, std::size_t mirror, const ChangeOfPlacing& change) {
  change(scenario.mirrors[mirror]);
  for (TimelineEvent& event : scenario.timeline) {
    for (Change& each : event.changes) {
      auto* const of_mirror = std::get_if<MirrorChange>(&each);
      if (of_mirror != nullptr && of_mirror->mirror == mirror) change(of_mirror->placed);
    }
  }
}

ValidScenario WithPlacings(const ValidScenario& scenario, std::size_t mirror,
                           const ChangeOfPlacing& change) {
  ValidScenario with = scenario;
  ChangePlacings(with, mirror, change);
  with.pcaps.clear();
  with.series_bin.reset();
  return with;
}

void Resettle(PlacedMirror& placed, const std::function<void(MirrorSettings&)>& change) {
  if (!placed.mirror) return;
  MirrorSettings settings = placed.mirror->settings();
  change(settings);
  placed.mirror = std::make_shared<const Mirror>(std::move(settings));
}

constexpr std::uint16_t kLastPort = 65535;

// What is neither below nor above the port, at one end at least, is let by.
std::vector<FilterRule> RejectOtherPorts(std::uint16_t port, std::int64_t before) {
  std::vector<PortRange> others;
  if (port > 0) others.push_back({0, static_cast<std::uint16_t>(port - 1)});
  if (port < kLastPort) others.push_back({static_cast<std::uint16_t>(port + 1), kLastPort});
  std::vector<FilterRule> rules;
  for (const PortRange& source : others) {
    for (const PortRange& destination : others) {
      for (const std::uint8_t protocol : {kProtocolTcp, kProtocolUdp, kProtocolSctp}) {
        FilterRule rule{.label = "other ports", .priority = --before, .action = Action::kReject};
        rule.condition.protocol = protocol;
        rule.condition.source_ports = source;
        rule.condition.destination_ports = destination;
        rules.push_back(std::move(rule));
      }
    }
  }
  return rules;
}

std::vector<FilterRule> WithOtherPortsRejected(std::span<const FilterRule> rules,
                                               std::uint16_t port) {
  std::vector<FilterRule> all(rules.begin(), rules.end());
  const std::vector<FilterRule> rejects =
      RejectOtherPorts(port, rules.empty() ? 0 : rules.front().priority);
  all.insert(all.end(), rejects.begin(), rejects.end());
  return all;
}

bool TakesPortRules(const Filter& filter) {
  const bool asks_other = filter.asks_next_hop() || filter.all_must_hold();
  return !asks_other && filter.service_rules() == 0;
}

Filter PortOnly(const Filter& filter, std::uint16_t port) {
  const bool takes_rest = filter.copies_everything() || filter.copies_what_no_rule_matches();
  return Filter::FirstMatch(WithOtherPortsRejected(filter.rules(Direction::kIngress), port),
                            WithOtherPortsRejected(filter.rules(Direction::kEgress), port),
                            takes_rest ? Action::kAccept : Action::kReject);
}

// Without the receivers among `enis`; not there at all where none is left.
void LeaveOutReceivers(PlacedMirror& placed, const std::set<std::size_t>& enis) {
  if (!placed.mirror || placed.load_balancer) return;
  std::vector<ReceiverAddress> left;
  std::vector<std::size_t> left_enis;
  for (std::size_t i = 0; i < placed.receiver_enis.size(); ++i) {
    if (enis.count(placed.receiver_enis[i]) != 0) continue;
    left.push_back(placed.mirror->settings().receivers[i]);
    left_enis.push_back(placed.receiver_enis[i]);
  }
  if (left_enis.size() == placed.receiver_enis.size()) return;
  if (left.empty()) {
    placed.sources.clear();
    return;
  }
  Resettle(placed, [&](MirrorSettings& settings) { settings.receivers = left; });
  placed.receiver_enis = left_enis;
}

void MarkUnhealthy(const std::set<std::size_t>& enis, Deployment& deployment) {
  for (LoadBalancer& balancer : deployment.load_balancers) {
    for (Backend& backend : balancer.backends) {
      if (enis.count(backend.eni) != 0) backend.healthy = false;
    }
  }
}

}  // namespace

ValidScenario WithDirection(const ValidScenario& scenario, std::size_t mirror, Direction only) {
  return WithPlacings(scenario, mirror, [&](PlacedMirror& placed) {
    Resettle(placed, [&](MirrorSettings& settings) {
      settings.directions =
          only == Direction::kIngress ? DirectionSet::kIngress : DirectionSet::kEgress;
    });
  });
}

ValidScenario WithPacketLength(const ValidScenario& scenario, std::size_t mirror, Bytes length) {
  return WithPlacings(scenario, mirror, [&](PlacedMirror& placed) {
    Resettle(placed, [&](MirrorSettings& settings) {
      for (auto& each : settings.packet_length) each = std::min(each.value_or(length), length);
    });
  });
}

std::optional<ValidScenario> WithPortOnly(const ValidScenario& scenario, std::size_t mirror,
                                          std::uint16_t port) {
  if (!TakesPortRules(scenario.mirrors[mirror].mirror->settings().filter)) return std::nullopt;
  return WithPlacings(scenario, mirror, [&](PlacedMirror& placed) {
    Resettle(placed, [&](MirrorSettings& settings) {
      if (TakesPortRules(settings.filter)) settings.filter = PortOnly(settings.filter, port);
    });
  });
}

ValidScenario WithSources(const ValidScenario& scenario, std::size_t mirror,
                          const std::set<std::size_t>& enis) {
  return WithPlacings(scenario, mirror, [&](PlacedMirror& placed) {
    std::erase_if(placed.sources, [&](std::size_t eni) { return enis.count(eni) == 0; });
  });
}

ValidScenario WithoutReceivers(const ValidScenario& scenario, const std::set<std::size_t>& enis) {
  OwnDeployment own = Copied(scenario);
  MarkUnhealthy(enis, *own.deployment);
  for (std::size_t i = 0; i < own.scenario.mirrors.size(); ++i) {
    ChangePlacings(own.scenario, i,
                   [&](PlacedMirror& placed) { LeaveOutReceivers(placed, enis); });
  }
  return std::move(own.scenario);
}

ValidScenario WithEnisLost(const ValidScenario& scenario, const std::set<std::size_t>& enis) {
  OwnDeployment own = Copied(scenario);
  MarkUnhealthy(enis, *own.deployment);
  std::set<std::size_t> detached(own.scenario.detached.begin(), own.scenario.detached.end());
  detached.insert(enis.begin(), enis.end());
  own.scenario.detached.assign(detached.begin(), detached.end());
  return std::move(own.scenario);
}

ValidScenario WithReceiverProfile(const ValidScenario& scenario, const std::string& name,
                                  const ReceiverProfile& profile) {
  OwnDeployment own = Copied(scenario);
  for (Cvm& cvm : own.deployment->cvms) {
    if (cvm.receiver && cvm.receiver->name == name) cvm.receiver = profile;
  }
  return std::move(own.scenario);
}

}  // namespace vpcmirror
