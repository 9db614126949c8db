#include <algorithm>

#include "analysis/check/rules.h"
#include "models/mirror/copied_flows.h"
#include "models/mirror/refused_flows.h"

namespace vpcmirror {

CheckContext::CheckContext(const Scenario& as_written, const ValidScenario& as_valid,
                           const CheckSettings& how)
    : written(as_written),
      valid(as_valid),
      settings(how),
      traffic(SteadyTrafficOf(as_valid)),
      watching(MirrorsByEni(as_valid)),
      places(as_written, *as_valid.deployment),
      reach(ReachabilityOf(as_written, as_valid)),
      failures(FailuresOf(*as_valid.deployment, reach)),
      filtered_(as_valid.mirrors.size()),
      copied_(as_valid.mirrors.size()),
      nobody_(as_valid.providers.size()) {
  for (const MirrorSpec& spec : written.mirrors) specs_.emplace(spec.path, &spec);
  for (const HostSpec& host : written.hosts) hosts_.emplace(host.name, &host);
}

const HostSpec* CheckContext::HostOf(const std::string& name) const {
  const auto host = hosts_.find(name);
  return host == hosts_.end() ? nullptr : host->second;
}

const FlowSet& CheckContext::FilteredFlows(std::size_t mirror, Direction direction) const {
  std::optional<FlowSet>& flows = filtered_[mirror][static_cast<std::size_t>(direction)];
  if (!flows) {
    const MirrorSettings& of_mirror = valid.mirrors[mirror].mirror->settings();
    flows = Contains(of_mirror.directions, direction) ? CopiedBy(of_mirror.filter, direction).flows
                                                      : FlowSet();
  }
  return *flows;
}

const FlowSet& CheckContext::CopiedFlows(std::size_t mirror, Direction direction) const {
  std::optional<FlowSet>& flows = copied_[mirror][static_cast<std::size_t>(direction)];
  if (flows) return *flows;
  const std::size_t provider = deployment().vpcs[valid.mirrors[mirror].vpc].provider;
  std::optional<FlowSet>& nobody = nobody_[provider];
  if (!nobody) {
    nobody = NeverMirroredFlows(*valid.tap_rules[provider]);
    nobody->Unite(MirrorPortFlows(*valid.tap_rules[provider]));
  }
  flows = FilteredFlows(mirror, direction);
  flows->Subtract(*nobody);
  return *flows;
}

const MirrorSpec* CheckContext::SpecOf(const PlacedMirror& placed) const {
  const auto spec = specs_.find(placed.path);
  return spec == specs_.end() ? nullptr : spec->second;
}

std::string CheckContext::RulePath(const PlacedMirror& placed, Direction direction,
                                   std::size_t rule) const {
  const MirrorSpec* spec = SpecOf(placed);
  if (spec == nullptr) return placed.path;
  const Filter& filter = placed.mirror->settings().filter;
  if (filter.all_must_hold()) {
    return rule < spec->filter.conditions.size() ? spec->filter.conditions[rule].path
                                                 : spec->filter.path;
  }
  const auto& written_rules =
      direction == Direction::kIngress ? spec->filter.ingress : spec->filter.egress;
  // Priorities are negative where the largest is asked first.
  const std::int64_t priority = std::abs(filter.rules(direction)[rule].priority);
  for (const RuleSpec& each : written_rules) {
    if (each.priority && each.priority->value == priority) return each.path;
  }
  const std::size_t in_order = rule - filter.service_rules();
  return in_order < written_rules.size() ? written_rules[in_order].path : spec->filter.path;
}

std::string CheckContext::EnisText(const std::vector<std::size_t>& enis) const {
  if (enis.empty()) return "no ENI";
  const std::string& first = deployment().enis[enis.front()].id;
  return enis.size() == 1 ? first : first + " and " + std::to_string(enis.size() - 1) + " more";
}

Finding About(const PlacedMirror& placed, std::string message, std::string fix) {
  Finding finding;
  finding.subject = {"mirror", placed.mirror->settings().id};
  finding.path = placed.path;
  finding.message = std::move(message);
  finding.fix = std::move(fix);
  return finding;
}

std::string FilterPath(const CheckContext& context, const PlacedMirror& placed) {
  const MirrorSpec* spec = context.SpecOf(placed);
  return spec != nullptr && !spec->filter.path.empty() ? spec->filter.path : placed.path;
}

std::string HostPath(const CheckContext& context, const std::string& host) {
  const HostSpec* spec = context.HostOf(host);
  return spec == nullptr ? "/hosts" : spec->path;
}

}  // namespace vpcmirror
