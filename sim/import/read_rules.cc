#include "sim/import/read_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace vpcmirror::sim {
namespace {

bool SameWord(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

RouteVia ViaOf(const FoundText& type, std::span<const RouteWord> words, Gathered& into) {
  std::string known;
  for (const RouteWord& each : words) {
    if (SameWord(each.word, type.value)) return each.via;
    known += known.empty() ? "" : ", ";
    known += each.word;
  }
  into.AddContradiction(
      fmt::format("a route leads to a \"{}\", which this version does not know: taken as outside",
                  type.value),
      "one of " + known, type.origin);
  return RouteVia::kOutside;
}

std::optional<bool> AcceptOf(const std::optional<FoundText>& action, std::string_view accept,
                             std::string_view drop, const Value& at, Gathered& into) {
  if (action && SameWord(action->value, accept)) return true;
  if (action && SameWord(action->value, drop)) return false;
  into.AddContradiction(action ? fmt::format("a rule has the action \"{}\", which is none: it is "
                                             "left out",
                                             action->value)
                               : std::string("a rule has no action: it is left out"),
                        fmt::format("{} or {}", accept, drop),
                        action ? action->origin : at.origin());
  return std::nullopt;
}

bool TakeProtocol(const std::optional<FoundText>& protocol, FoundRule& rule, Gathered& into) {
  if (!protocol) return true;
  rule.protocol = ProtocolOf(protocol->value);
  if (!rule.protocol.empty()) return true;
  into.AddGap("rule_protocol",
              fmt::format("Rules of security groups and ACLs for protocol {} are left out: a "
                          "scenario's rules know TCP, UDP and ICMP.",
                          protocol->value),
              "nothing to do where no copy and no workload is of that protocol", protocol->origin);
  return false;
}

void TakeGroup(FoundRuleSet group, Gathered& into) {
  auto& groups = into.inventory.security_groups;
  const auto known = std::find_if(groups.begin(), groups.end(),
                                  [&](const FoundRuleSet& each) { return each.id == group.id; });
  if (known == groups.end()) {
    groups.push_back(std::move(group));
  } else if (group.has_rules) {
    if (!group.vpc) group.vpc = known->vpc;
    *known = std::move(group);
  }
}

bool HasType(std::string_view type, const Gathered& in) {
  return std::any_of(in.inventory.types.begin(), in.inventory.types.end(),
                     [&](const FoundType& each) { return each.type == type; });
}

std::optional<Found<std::int64_t>> ScaledOf(const Value& at, std::string_view name, double unit) {
  const auto number = at.Number(name);
  constexpr double kMost = 1e15;  // beyond any limit of a machine
  if (!number || *number <= 0 || *number * unit > kMost) return std::nullopt;
  return Found<std::int64_t>{std::llround(*number * unit), at.Get(name)->origin()};
}

std::optional<std::int64_t> WholeOf(const std::optional<double>& number) {
  constexpr double kMost = 1e15;
  if (!number || std::abs(*number) > kMost) return std::nullopt;
  return std::llround(*number);
}

}  // namespace vpcmirror::sim
