#include <algorithm>

#include "analysis/check/rules.h"

namespace vpcmirror {

CheckContext::CheckContext(const Scenario& as_written, const ValidScenario& as_valid)
    : written(as_written),
      valid(as_valid),
      traffic(SteadyTrafficOf(as_valid)),
      watching(MirrorsByEni(as_valid)),
      places(as_written, *as_valid.deployment),
      reach(ReachabilityOf(as_written, as_valid)),
      failures(FailuresOf(*as_valid.deployment, reach)) {
  for (const MirrorSpec& spec : written.mirrors) specs_.emplace(spec.path, &spec);
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

}  // namespace vpcmirror
