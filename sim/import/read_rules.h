// What the readers of all clouds do alike with routes, rules and instance types.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "sim/import/gathered.h"

namespace vpcmirror::sim {

// A cloud's word for where a route leads.
struct RouteWord {
  std::string_view word;
  RouteVia via;
};

// What `type` is among `words`; outside, and a contradiction, where it is none of them.
RouteVia ViaOf(const FoundText& type, std::span<const RouteWord> words, Gathered& into);

// Whether `action` is `accept` or `drop`, in any case; empty, and a contradiction, for another.
std::optional<bool> AcceptOf(const std::optional<FoundText>& action, std::string_view accept,
                             std::string_view drop, const Value& at, Gathered& into);

// False, with a gap, where a scenario's rules cannot have the protocol.
bool TakeProtocol(const std::optional<FoundText>& protocol, FoundRule& rule, Gathered& into);

// Joins what is known already of a security group, which may have been without rules.
void TakeGroup(FoundRuleSet group, Gathered& into);

bool HasType(std::string_view type, const Gathered& in);
// The number that is the member `name`, times `unit`; empty where there is none over zero.
std::optional<Found<std::int64_t>> ScaledOf(const Value& at, std::string_view name, double unit);
std::optional<std::int64_t> WholeOf(const std::optional<double>& number);

}  // namespace vpcmirror::sim
