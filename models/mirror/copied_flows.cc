#include "models/mirror/copied_flows.h"

#include <cstddef>
#include <span>
#include <utility>

namespace vpcmirror {
namespace {

// Of the flows that a rule decides, those of rules for which `is_wanted`; of those
// that none does, `otherwise`. From the last rule to the first, so that what the
// union holds is cut only by rules that are asked before it.
template <class IsWanted>
FlowSet DecidedByRules(std::span<const FilterRule> rules, FlowSet otherwise,
                       const IsWanted& is_wanted) {
  FlowSet wanted = std::move(otherwise);
  for (std::size_t i = rules.size(); i > 0; --i) {
    const FlowSet decided(rules[i - 1].condition);
    if (is_wanted(i - 1)) {
      wanted.Unite(decided);
    } else {
      wanted.Subtract(decided);
    }
  }
  wanted.Simplify();
  return wanted;
}

FlowSet CommonToAll(std::span<const FilterRule> rules) {
  FlowSet common = FlowSet::All();
  for (const FilterRule& rule : rules) common.Intersect(FlowSet(rule.condition));
  return common;
}

}  // namespace

CopiedFlows CopiedBy(const Filter& filter, Direction direction) {
  if (filter.asks_next_hop() || filter.copies_everything()) {
    return {.flows = FlowSet::All(), .without_flow = true, .asks_next_hop = filter.asks_next_hop()};
  }
  const std::span<const FilterRule> rules = filter.rules(direction);
  if (filter.all_must_hold()) return {.flows = CommonToAll(rules)};
  const bool copies_rest = filter.copies_what_no_rule_matches();
  return {.flows = DecidedByRules(
              rules, copies_rest ? FlowSet::All() : FlowSet(),
              [&](std::size_t rule) { return rules[rule].action == Action::kAccept; }),
          .without_flow = copies_rest};
}

FlowSet RejectedByRule(const Filter& filter, Direction direction) {
  if (filter.asks_next_hop() || filter.copies_everything() || filter.all_must_hold()) return {};
  const std::span<const FilterRule> rules = filter.rules(direction);
  return DecidedByRules(rules, {}, [&](std::size_t rule) {
    return rules[rule].action == Action::kReject && rule >= filter.service_rules();
  });
}

}  // namespace vpcmirror
