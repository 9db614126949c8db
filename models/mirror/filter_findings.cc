#include "models/mirror/filter_findings.h"

#include "models/mirror/condition_set.h"
#include "models/mirror/flow_set.h"

namespace vpcmirror {
namespace {

// Also where no field differs and yet nothing holds both: a port of a protocol
// that has none.
Mismatch WhyNeverBoth(const Condition& a, const Condition& b) {
  const Mismatch field = ContradictionOf(a, b);
  if (field != Mismatch::kNone) return field;
  return FlowSet(*Intersection(a, b)).IsEmpty() ? Mismatch::kProtocol : Mismatch::kNone;
}

void AddContradictions(const Filter& filter, std::vector<FilterFinding>& findings) {
  const std::span<const FilterRule> rules = filter.rules(Direction::kIngress);
  for (std::uint32_t b = 0; b < rules.size(); ++b) {
    for (std::uint32_t a = 0; a <= b; ++a) {
      const Mismatch field = WhyNeverBoth(rules[a].condition, rules[b].condition);
      if (field == Mismatch::kNone) continue;
      findings.push_back(
          {.kind = FilterFinding::Kind::kContradiction, .rule = b, .others = {a}, .field = field});
    }
  }
}

void AddShadows(const Filter& filter, Direction direction, std::vector<FilterFinding>& findings) {
  const std::span<const FilterRule> rules = filter.rules(direction);
  bool copies = false;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    const RuleReach reach = ReachOf(rules, i);
    copies = copies || (rules[i].action == Action::kAccept && !reach.is_shadowed());
    if (!reach.is_shadowed() || i < filter.service_rules()) continue;
    findings.push_back({.kind = FilterFinding::Kind::kShadowed,
                        .direction = direction,
                        .rule = i,
                        .others = reach.hidden_by});
  }
  if (copies || filter.copies_what_no_rule_matches()) return;
  findings.push_back({.kind = FilterFinding::Kind::kCopiesNothing, .direction = direction});
}

}  // namespace

RuleReach ReachOf(std::span<const FilterRule> rules, std::size_t index) {
  RuleReach reach;
  const Condition& condition = rules[index].condition;
  FlowSet left(condition);
  for (std::uint32_t i = 0; i < index && !left.IsEmpty(); ++i) {
    // Of most pairs of rules a glance at their fields says that they never meet.
    if (ContradictionOf(condition, rules[i].condition) != Mismatch::kNone) continue;
    const FlowSet taken(rules[i].condition);
    if (!left.Meets(taken)) continue;
    reach.hidden_by.push_back(i);
    left.Subtract(taken);
    if (left.gave_up()) {
      reach.gave_up = true;
      return reach;
    }
  }
  reach.witness = left.PickWitness();
  return reach;
}

std::vector<FilterFinding> FindIneffective(const Filter& filter) {
  std::vector<FilterFinding> findings;
  if (filter.copies_everything() || filter.asks_next_hop()) return findings;
  if (filter.all_must_hold()) {
    AddContradictions(filter, findings);
    return findings;
  }
  AddShadows(filter, Direction::kIngress, findings);
  AddShadows(filter, Direction::kEgress, findings);
  return findings;
}

}  // namespace vpcmirror
