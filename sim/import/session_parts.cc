#include "sim/import/session_parts.h"

#include <set>

namespace vpcmirror::sim {

EniVpcs::EniVpcs(const Inventory& inventory) {
  for (const FoundEni& each : inventory.enis) {
    if (each.vpc) vpcs_.emplace(each.id, *each.vpc);
  }
}

std::optional<FoundText> EniVpcs::Of(std::string_view eni) const {
  const auto vpc = vpcs_.find(eni);
  return vpc == vpcs_.end() ? std::nullopt : std::optional(vpc->second);
}

SourcedJson RulesIn(const Value& filter, std::string_view name,
                    std::span<const std::string_view> keys) {
  const auto list = filter.Get(name);
  SourcedJson rules = SourcedJson::List(list ? list->origin() : filter.origin());
  for (const Value& rule : filter.ItemsOf(name)) rules.Add(CopyMembers(rule, keys));
  return rules;
}

std::vector<FoundText> Missing(const std::vector<Value>& sessions, std::string_view key,
                               const std::vector<Value>& known) {
  std::set<std::string, std::less<>> seen;
  for (const Value& each : known) seen.emplace(each.Text(key));
  std::vector<FoundText> missing;
  for (const Value& session : sessions) {
    auto name = session.FoundText(key);
    if (name && seen.insert(name->value).second) missing.push_back(std::move(*name));
  }
  return missing;
}

}  // namespace vpcmirror::sim
