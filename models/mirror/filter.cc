#include "models/mirror/filter.h"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <utility>

#include "models/mirror/condition_set.h"

namespace vpcmirror {
namespace {

std::vector<Condition> ConditionsOf(const std::vector<FilterRule>& rules) {
  std::vector<Condition> conditions;
  conditions.reserve(rules.size());
  for (const FilterRule& rule : rules) conditions.push_back(rule.condition);
  return conditions;
}

std::shared_ptr<const RuleList> Compile(std::vector<FilterRule> rules,
                                        std::size_t service_rules = 0) {
  auto list = std::make_shared<RuleList>();
  list->classifier = Classifier(ConditionsOf(rules));
  list->rules = std::move(rules);
  list->service_rules = service_rules;
  return list;
}

std::vector<FilterRule> ByPriority(std::vector<FilterRule> rules) {
  const auto before = [](const FilterRule& a, const FilterRule& b) {
    return a.priority < b.priority;
  };
  std::sort(rules.begin(), rules.end(), before);
  const auto same = [](const FilterRule& a, const FilterRule& b) {
    return a.priority == b.priority;
  };
  const auto twin = std::adjacent_find(rules.begin(), rules.end(), same);
  if (twin != rules.end()) {
    throw std::invalid_argument("two rules of one direction have priority " +
                                std::to_string(twin->priority));
  }
  return rules;
}

// All that the conditions have in common; empty when they contradict each other.
std::vector<Condition> Combined(const std::vector<FilterRule>& rules) {
  Condition all = rules.front().condition;
  for (const FilterRule& rule : rules) {
    const std::optional<Condition> both = Intersection(all, rule.condition);
    if (!both) return {};
    all = *both;
  }
  return {all};
}

}  // namespace

std::string_view ToString(NextHop::Kind kind) {
  switch (kind) {
    case NextHop::Kind::kNotLookedUp:
      return "not looked up";
    case NextHop::Kind::kLocal:
      return "local";
    case NextHop::Kind::kNatGateway:
      return "NAT gateway";
    case NextHop::Kind::kCvm:
      return "CVM";
    case NextHop::Kind::kPeering:
      return "peering connection";
    case NextHop::Kind::kCcn:
      return "CCN";
    case NextHop::Kind::kOutside:
      return "outside";
    case NextHop::Kind::kBlackhole:
      return "blackhole";
    case NextHop::Kind::kNoRoute:
      return "no route";
  }
  return "unknown";
}

Filter::Filter() {
  static const std::shared_ptr<const RuleList> none = std::make_shared<RuleList>();
  ingress_ = egress_ = none;
}

Filter Filter::AllOf(std::vector<Condition> conditions) {
  Filter filter;
  if (conditions.empty()) return filter;
  auto list = std::make_shared<RuleList>();
  for (Condition& condition : conditions) {
    const std::string number = std::to_string(list->rules.size() + 1);
    list->rules.push_back({.label = "condition " + number, .condition = std::move(condition)});
  }
  list->classifier = Classifier(Combined(list->rules));
  filter.everything_ = false;
  filter.all_must_hold_ = true;
  filter.ingress_ = filter.egress_ = std::move(list);
  return filter;
}

Filter Filter::FirstMatch(std::vector<FilterRule> ingress, std::vector<FilterRule> egress,
                          Action otherwise) {
  Filter filter;
  filter.otherwise_ = otherwise;
  filter.everything_ = false;
  filter.ingress_ = Compile(ByPriority(std::move(ingress)));
  filter.egress_ = Compile(ByPriority(std::move(egress)));
  return filter;
}

Filter Filter::PeerAndProtocol(std::vector<IpPrefix> peers, std::vector<std::uint8_t> protocols) {
  // An empty list stands for one entry that asks nothing.
  std::vector<std::optional<IpPrefix>> each_peer(peers.begin(), peers.end());
  std::vector<std::optional<std::uint8_t>> each_protocol(protocols.begin(), protocols.end());
  std::optional<IpFamily> family;
  if (each_peer.empty()) each_peer.emplace_back();
  if (peers.empty() && protocols.empty()) family = IpFamily::kV4;
  if (each_protocol.empty()) each_protocol.emplace_back();

  std::vector<FilterRule> ingress;
  std::vector<FilterRule> egress;
  for (const auto& peer : each_peer) {
    for (const auto& protocol : each_protocol) {
      const std::string label = (peer ? ToString(*peer) : std::string("any peer")) +
                                (protocol ? " protocol " + std::to_string(*protocol) : "");
      const auto priority = static_cast<std::int64_t>(ingress.size() + 1);
      FilterRule rule{.label = label,
                      .priority = priority,
                      .condition = {.family = family, .protocol = protocol}};
      egress.push_back(rule);
      egress.back().condition.destination = peer;
      rule.condition.source = peer;
      ingress.push_back(std::move(rule));
    }
  }
  return FirstMatch(std::move(ingress), std::move(egress));
}

Filter Filter::NextHopIsNatGateway(std::uint32_t gateway) {
  Filter filter;
  filter.nat_gateway_ = gateway;
  return filter;
}

void Filter::SetServices(const std::vector<NetworkService>& services,
                         std::span<const std::string> enabled) {
  std::vector<FilterRule> before;
  for (const NetworkService& service : services) {
    const bool named = std::find(enabled.begin(), enabled.end(), service.name) != enabled.end();
    for (const Condition& traffic : service.traffic) {
      before.push_back({.label = "network service " + service.name,
                        .action = named ? Action::kAccept : Action::kReject,
                        .condition = traffic});
    }
  }
  for (auto* list : {&ingress_, &egress_}) {
    std::vector<FilterRule> rules = before;
    const auto& own = (*list)->rules;
    rules.insert(rules.end(), own.begin() + static_cast<std::ptrdiff_t>((*list)->service_rules),
                 own.end());
    *list = Compile(std::move(rules), before.size());
  }
}

std::span<const FilterRule> Filter::rules(Direction direction) const {
  return List(direction).rules;
}

template <class Trail>
Filter::Answer Filter::Decide(const FrameInfo& frame, Direction direction, const NextHop& next_hop,
                              Trail& trail) const noexcept {
  if (nat_gateway_) {
    const bool leads_there =
        next_hop.kind == NextHop::Kind::kNatGateway && next_hop.gateway == *nat_gateway_;
    trail.Add({.stage = Stage::kNextHop, .holds = leads_there});
    return {.refusal = leads_there ? Refusal::kNone : Refusal::kNextHop};
  }
  if (everything_) {
    trail.Add({.stage = Stage::kNoRule, .holds = true});
    return {};
  }
  const RuleList& list = List(direction);
  const std::uint32_t found = frame.has_flow ? list.classifier.Find(frame.flow) : kNoCondition;
  if constexpr (Trail::kKept) {
    // What the classifier answered for all at once, rule by rule: that a rule
    // holds is its answer, why another does not is the rule's own.
    for (std::uint32_t i = 0; i < list.rules.size() && frame.has_flow; ++i) {
      const Mismatch why = list.rules[i].condition.MismatchOf(frame.flow);
      assert(all_must_hold_ || (why == Mismatch::kNone) == (i == found));
      trail.Add({.stage = Stage::kRule,
                 .holds = all_must_hold_ ? why == Mismatch::kNone : i == found,
                 .item = i,
                 .mismatch = why});
      if (!all_must_hold_ && i == found) break;
    }
  }
  if (found == kNoCondition) {
    const bool copies = otherwise_ == Action::kAccept;
    trail.Add({.stage = Stage::kNoRule, .holds = copies});
    return {.refusal = copies ? Refusal::kNone : Refusal::kFilter};
  }
  if (all_must_hold_) return {};
  if (list.rules[found].action == Action::kAccept) return {.rule = found};
  const bool is_service = found < list.service_rules;
  return {.refusal = is_service ? Refusal::kNetworkService : Refusal::kRule, .rule = found};
}

template Filter::Answer Filter::Decide(const FrameInfo&, Direction, const NextHop&,
                                       NoTrail&) const noexcept;
template Filter::Answer Filter::Decide(const FrameInfo&, Direction, const NextHop&,
                                       Trail&) const noexcept;

}  // namespace vpcmirror
