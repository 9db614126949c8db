// Rules about what a mirror's filter copies.
#include <algorithm>
#include <map>
#include <set>

#include "analysis/check/rules.h"
#include "analysis/check/witness.h"
#include "analysis/words/quantities.h"
#include "models/mirror/filter_findings.h"

namespace vpcmirror {
namespace {

bool HasRulesByDirection(const MirrorSettings& settings) {
  const Filter& filter = settings.filter;
  return !filter.all_must_hold() && !filter.copies_everything() && !filter.asks_next_hop();
}

std::string DirectionText(Direction direction) {
  return direction == Direction::kIngress ? "ingress" : "egress";
}

std::string LabelsOf(std::span<const FilterRule> rules, const std::vector<std::uint32_t>& which) {
  std::string labels;
  for (const std::uint32_t each : which) {
    labels += (labels.empty() ? "" : ", ") + rules[each].label;
  }
  return labels;
}

// Of each mirror once, whichever of its findings `take(placed, finding)` is told.
template <class Take>
void ForEachFilterFinding(const CheckContext& context, FilterFinding::Kind kind, Take take) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    for (const FilterFinding& each : FindIneffective(placed.mirror->settings().filter)) {
      if (each.kind == kind) take(placed, each);
    }
  }
}

// A frame of one of `flows` at the mirror's first source, whatever becomes of it.
void Show(const CheckContext& context, const PlacedMirror& placed, Direction direction,
          const FlowSet& flows, bool is_mirrored, Finding& finding) {
  if (placed.sources.empty()) return;
  auto witness = FindWitness(
      context,
      {.mirror = context.IndexOf(placed), .eni = placed.sources.front(), .direction = direction},
      flows, is_mirrored);
  if (witness) finding.witnesses.push_back(*std::move(witness));
}

// What the workloads would have it copy.
void AddOffered(const CheckContext& context, const PlacedMirror& placed, Finding& finding) {
  const double offered = context.traffic.mirrors[context.IndexOf(placed)].offered.bits_per_second;
  if (offered <= 0) return;
  finding.message += ", of " + BitRateText(offered) + " at its sources";
  finding.numbers.push_back({"offered", offered, "bps"});
}

bool HasIpv6(const Deployment& deployment, std::size_t eni) {
  const auto& addresses = deployment.enis[eni].addresses;
  return std::any_of(addresses.begin(), addresses.end(),
                     [](const IpAddress& each) { return !each.is_v4(); });
}

bool AcceptsIpv6(std::span<const FilterRule> rules) {
  return std::any_of(rules.begin(), rules.end(), [](const FilterRule& rule) {
    const Condition& condition = rule.condition;
    const auto is_v4 = [](const std::optional<IpPrefix>& prefix) {
      return prefix && prefix->address().is_v4();
    };
    return rule.action == Action::kAccept && condition.family != IpFamily::kV4 &&
           !is_v4(condition.source) && !is_v4(condition.destination);
  });
}

}  // namespace

void FindContradictions(const CheckContext& context, std::vector<Finding>& findings) {
  ForEachFilterFinding(
      context, FilterFinding::Kind::kContradiction,
      [&](const PlacedMirror& placed, const FilterFinding& each) {
        const auto rules = placed.mirror->settings().filter.rules(each.direction);
        const std::string which =
            each.others.empty()
                ? "condition " + std::to_string(each.rule + 1) + " never holds"
                : "conditions " + std::to_string(std::min(each.rule, each.others.front()) + 1) +
                      " and " + std::to_string(std::max(each.rule, each.others.front()) + 1) +
                      " differ in " + std::string(ToString(each.field)) + ", and all " +
                      std::to_string(rules.size()) + " must hold";
        Finding finding =
            About(placed, which + ": mirror " + placed.mirror->settings().id + " copies nothing",
                  "one condition for what is wanted, or ordered rules, one for each");
        finding.path = context.RulePath(placed, each.direction, each.rule);
        finding.numbers = {{"conditions", static_cast<double>(rules.size()), ""}};
        AddOffered(context, placed, finding);
        Show(context, placed, Direction::kIngress, FlowSet(rules[each.rule].condition), false,
             finding);
        findings.push_back(std::move(finding));
      });
}

void FindSeveralConditions(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const Filter& filter = placed.mirror->settings().filter;
    const std::size_t conditions = filter.rules(Direction::kIngress).size();
    if (!filter.all_must_hold() || conditions < 2 || !FindIneffective(filter).empty()) continue;
    Finding finding =
        About(placed,
              "mirror " + placed.mirror->settings().id + " copies what meets all " +
                  std::to_string(conditions) + " of its conditions, not what meets one of them",
              "keep them if that is meant; else one wider condition, or rules by "
              "direction");
    finding.path = context.RulePath(placed, Direction::kIngress, 1);
    finding.numbers = {{"conditions", static_cast<double>(conditions), ""}};
    findings.push_back(std::move(finding));
  }
}

void FindFiltersThatCopyNothing(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const MirrorSettings& settings = placed.mirror->settings();
    const std::size_t index = context.IndexOf(placed);
    const bool is_left = settings.filter.copies_what_no_rule_matches() ||
                         settings.filter.all_must_hold() || settings.filter.asks_next_hop() ||
                         !context.CopiedFlows(index, Direction::kIngress).IsEmpty() ||
                         !context.CopiedFlows(index, Direction::kEgress).IsEmpty();
    if (is_left) continue;
    const std::size_t rules = settings.filter.rules(Direction::kIngress).size() +
                              settings.filter.rules(Direction::kEgress).size() -
                              2 * settings.filter.service_rules();
    Finding finding = About(
        placed,
        rules == 0 ? "the filter of " + settings.id + " has no rules, so that nothing is copied"
                   : "none of the " + std::to_string(rules) + " rules of " + settings.id +
                         " copies anything",
        "a rule that accepts what is wanted");
    finding.path = FilterPath(context, placed);
    finding.numbers = {{"rules", static_cast<double>(rules), ""}};
    AddOffered(context, placed, finding);
    Show(context, placed, Direction::kIngress, FlowSet::All(), false, finding);
    findings.push_back(std::move(finding));
  }
}

void FindShadowedRules(const CheckContext& context, std::vector<Finding>& findings) {
  const auto find = [&](const PlacedMirror& placed, const FilterFinding& each) {
    const auto rules = placed.mirror->settings().filter.rules(each.direction);
    const std::string by = LabelsOf(rules, each.others);
    const std::string& label = rules[each.rule].label;
    Finding finding = About(
        placed,
        DirectionText(each.direction) + " rule " + label + " of " + placed.mirror->settings().id +
            (by.empty() ? " matches no packet"
                        : " never decides: " + by + " before it " +
                              (each.others.size() == 1 ? "takes" : "take") + " all of its packets"),
        by.empty() ? "a condition that some packet meets, or no such rule"
                   : "ask it before " + by + ", or leave it out");
    finding.path = context.RulePath(placed, each.direction, each.rule);
    finding.numbers = {{"hidden_by", static_cast<double>(each.others.size()), "rules"}};
    finding.edits = {{finding.path, ""}};
    if (!each.others.empty()) {  // which decides otherwise, or the same
      const bool is_copied = rules[each.others.front()].action == Action::kAccept;
      FlowSet taken(rules[each.rule].condition);
      taken.Intersect(FlowSet(rules[each.others.front()].condition));
      Show(context, placed, each.direction, taken, is_copied, finding);
    }
    findings.push_back(std::move(finding));
  };
  ForEachFilterFinding(context, FilterFinding::Kind::kShadowed, find);
}

void FindFiltersWithoutIpv6(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const MirrorSettings& settings = placed.mirror->settings();
    if (!HasRulesByDirection(settings) || settings.filter.copies_what_no_rule_matches()) continue;
    if (AcceptsIpv6(settings.filter.rules(Direction::kIngress)) ||
        AcceptsIpv6(settings.filter.rules(Direction::kEgress))) {
      continue;
    }
    std::vector<std::size_t> with_ipv6;
    for (const std::size_t eni : placed.sources) {
      if (HasIpv6(context.deployment(), eni)) with_ipv6.push_back(eni);
    }
    if (with_ipv6.empty()) continue;
    Finding finding = About(placed,
                            "no rule of " + settings.id + " accepts IPv6, which " +
                                context.EnisText(with_ipv6) + " has",
                            "rules for ::/0 beside those for IPv4");
    finding.path = FilterPath(context, placed);
    finding.numbers = {{"enis", static_cast<double>(with_ipv6.size()), ""}};
    auto witness = FindWitness(context,
                               {.mirror = context.IndexOf(placed),
                                .eni = with_ipv6.front(),
                                .direction = Direction::kIngress},
                               FlowSet(Condition{.family = IpFamily::kV6}), false);
    if (witness) finding.witnesses = {*std::move(witness)};
    findings.push_back(std::move(finding));
  }
}

}  // namespace vpcmirror
