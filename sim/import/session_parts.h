// What AWS and Alibaba Cloud have alike: sessions that name a source, a filter and a target.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/import/gathered.h"

namespace vpcmirror::sim {

// The VPC of an ENI, as far as it was found.
class EniVpcs {
 public:
  explicit EniVpcs(const Inventory& inventory);
  std::optional<FoundText> Of(std::string_view eni) const;

 private:
  std::map<std::string, FoundText, std::less<>> vpcs_;
};

// The list `name` of `filter` with what a scenario takes of each rule.
SourcedJson RulesIn(const Value& filter, std::string_view name,
                    std::span<const std::string_view> keys);

// Those that sessions name by `key` and that no part of `known` has, each with who names it.
std::vector<FoundText> Missing(const std::vector<Value>& sessions, std::string_view key,
                               const std::vector<Value>& known);

}  // namespace vpcmirror::sim
