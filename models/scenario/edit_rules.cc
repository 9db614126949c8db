#include "models/scenario/edit_rules.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace vpcmirror {
namespace {

template <class T>
void TakeOver(std::optional<T>& field, const std::optional<T>& given) {
  if (given) field = given;
}

void Clear(RuleChangeSpec::Field field, MatchSpec& match) {
  switch (field) {
    case RuleChangeSpec::Field::kProtocol:
      match.protocol.reset();
      return;
    case RuleChangeSpec::Field::kSourcePorts:
      match.source_ports.reset();
      return;
    case RuleChangeSpec::Field::kDestinationPorts:
      match.destination_ports.reset();
      return;
  }
}

}  // namespace

std::vector<RuleSpec>::iterator FindRule(std::vector<RuleSpec>& rules, const std::string& id) {
  return std::find_if(rules.begin(), rules.end(),
                      [&](const RuleSpec& rule) { return rule.id == id; });
}

void Overwrite(const RuleSpec& given, RuleSpec& rule) {
  TakeOver(rule.priority, given.priority);
  TakeOver(rule.action, given.action);
  TakeOver(rule.match.family, given.match.family);
  TakeOver(rule.match.source, given.match.source);
  TakeOver(rule.match.destination, given.match.destination);
  TakeOver(rule.match.protocol, given.match.protocol);
  TakeOver(rule.match.source_ports, given.match.source_ports);
  TakeOver(rule.match.destination_ports, given.match.destination_ports);
}

void ChangeOneRule(const RuleChangeSpec& change, const std::string& id, FilterSpec& filter) {
  const bool was_ingress = FindRule(filter.ingress, id) != filter.ingress.end();
  std::vector<RuleSpec>& own = was_ingress ? filter.ingress : filter.egress;
  const auto rule = FindRule(own, id);
  Overwrite(change.given, *rule);
  for (const RuleChangeSpec::Field field : change.cleared) Clear(field, rule->match);
  if (!change.direction || (*change.direction == Direction::kIngress) == was_ingress) return;
  std::vector<RuleSpec>& other = was_ingress ? filter.egress : filter.ingress;
  other.push_back(std::move(*rule));
  own.erase(rule);
}

void ChangeServices(const std::vector<At<std::string>>& added,
                    const std::vector<At<std::string>>& removed, FilterSpec& filter) {
  const auto erase = [&](const std::vector<At<std::string>>& names) {
    for (const At<std::string>& name : names) {
      std::erase_if(filter.services,
                    [&](const At<std::string>& each) { return each.value == name.value; });
    }
  };
  erase(removed);
  erase(added);  // each is there once
  filter.services.insert(filter.services.end(), added.begin(), added.end());
}

}  // namespace vpcmirror
