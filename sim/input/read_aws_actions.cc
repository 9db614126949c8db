// Actions of AWS's API in a timeline.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "sim/input/mirror_shapes.h"

namespace vpcmirror::sim {
namespace {

using ActionKind = MirrorActionSpec::Kind;
using ActionSubject = MirrorActionSpec::Subject;
using RuleField = RuleChangeSpec::Field;

struct AwsAction {
  std::string_view name;
  ActionKind kind;
  ActionSubject of;
};
constexpr AwsAction kActions[] = {
    {"CreateTrafficMirrorSession", ActionKind::kCreate, ActionSubject::kMirror},
    {"ModifyTrafficMirrorSession", ActionKind::kReplace, ActionSubject::kMirror},
    {"DeleteTrafficMirrorSession", ActionKind::kDelete, ActionSubject::kMirror},
    {"CreateTrafficMirrorFilter", ActionKind::kCreate, ActionSubject::kFilter},
    {"ModifyTrafficMirrorFilterNetworkServices", ActionKind::kServices, ActionSubject::kFilter},
    {"DeleteTrafficMirrorFilter", ActionKind::kDelete, ActionSubject::kFilter},
    {"CreateTrafficMirrorFilterRule", ActionKind::kAddRules, ActionSubject::kFilter},
    {"ModifyTrafficMirrorFilterRule", ActionKind::kChangeRules, ActionSubject::kRule},
    {"DeleteTrafficMirrorFilterRule", ActionKind::kRemoveRules, ActionSubject::kRule},
    {"CreateTrafficMirrorTarget", ActionKind::kCreate, ActionSubject::kTarget},
    {"DeleteTrafficMirrorTarget", ActionKind::kDelete, ActionSubject::kTarget},
};

// A field that RemoveFields may set back to its default.
template <class Field>
struct Removable {
  std::string_view key;
  std::string_view removed_as;  // empty: it cannot be
  Field field;
};
constexpr Removable<MirrorPart> kSessionParts[] = {
    {"TrafficMirrorTargetId", "", MirrorPart::kTargets},
    {"TrafficMirrorFilterId", "", MirrorPart::kFilter},
    {"SessionNumber", "", MirrorPart::kNumber},
    {"VirtualNetworkId", "virtual-network-id", MirrorPart::kVni},
    {"PacketLength", "packet-length", MirrorPart::kLength},
};
constexpr Removable<RuleField> kRuleFields[] = {
    {"Protocol", "protocol", RuleField::kProtocol},
    {"SourcePortRange", "source-port-range", RuleField::kSourcePorts},
    {"DestinationPortRange", "destination-port-range", RuleField::kDestinationPorts},
};

bool Names(const std::vector<At<std::string>>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const At<std::string>& each) { return each.value == name; });
}

// Whether `body` removes a field, which it then may not set.
template <class Field>
bool Removes(const Cursor& body, const Removable<Field>& field) {
  if (!Names(ReadTexts(body, "RemoveFields"), field.removed_as)) return false;
  if (const auto given = body.Get(field.key)) {
    given->Complain({fmt::format("{} beside {} in RemoveFields", field.key, field.removed_as),
                     "one of the two"});
  }
  return true;
}

std::string_view IdKeyOf(ActionSubject of) {
  switch (of) {
    case ActionSubject::kMirror:
      return "TrafficMirrorSessionId";
    case ActionSubject::kFilter:
      return "TrafficMirrorFilterId";
    case ActionSubject::kRule:
      return "TrafficMirrorFilterRuleId";
    case ActionSubject::kTarget:
      return "TrafficMirrorTargetId";
  }
  return "";
}

std::string_view SpokenOf(ActionSubject of) {
  switch (of) {
    case ActionSubject::kMirror:
      return "session";
    case ActionSubject::kFilter:
      return "filter";
    case ActionSubject::kRule:
      return "rule";
    case ActionSubject::kTarget:
      return "target";
  }
  return "";
}

void ReadSession(const Cursor& body, MirrorActionSpec& action) {
  action.given = ReadAwsSession(body);
  if (action.kind != ActionKind::kReplace) return;
  for (const auto& each : kSessionParts) {
    if (Removes(body, each) || body.Get(each.key)) action.parts.insert(each.field);
  }
}

std::optional<Direction> DirectionOf(const Cursor& rule) {
  const auto text = ReadText(rule, "TrafficDirection");
  if (!text) return std::nullopt;
  return text->value == "egress" ? Direction::kEgress : Direction::kIngress;
}

// The new rule of a filter, in its list.
void ReadNewRule(const Cursor& body, MirrorActionSpec& action) {
  const auto direction = DirectionOf(body);
  if (!direction) return;
  FilterSpec& filter = action.given.filter;
  auto& list = *direction == Direction::kEgress ? filter.egress : filter.ingress;
  list.push_back(ReadAwsRule(body));
}

void ReadServices(const Cursor& body, MirrorActionSpec& action) {
  action.given.filter.services = ReadTexts(body, "AddNetworkServices");
  action.removed = ReadTexts(body, "RemoveNetworkServices");
  for (const At<std::string>& name : action.removed) {
    if (!Names(action.given.filter.services, name.value)) continue;
    body.Get("RemoveNetworkServices")
        ->Complain({fmt::format("{} in AddNetworkServices, too", name.value), "one of the two"});
  }
}

void ReadFilter(const Cursor& body, MirrorActionSpec& action) {
  action.given = ReadAwsFilter(body);
  if (action.kind == ActionKind::kAddRules) ReadNewRule(body, action);
  if (action.kind == ActionKind::kServices) ReadServices(body, action);
}

void ReadRule(const Cursor& body, MirrorActionSpec& action) {
  action.given = ReadAwsFilter(body);
  if (action.kind == ActionKind::kRemoveRules) {
    action.removed = {action.subject};
    return;
  }
  RuleChangeSpec change{ReadAwsRule(body), DirectionOf(body), {}};
  for (const auto& each : kRuleFields) {
    if (Removes(body, each)) change.cleared.insert(each.field);
  }
  action.rule = std::move(change);
}

void ReadTarget(const Cursor& body, MirrorActionSpec& action) {
  action.given = ReadAwsTarget(body);
  if (action.kind != ActionKind::kCreate || !action.given.targets.empty()) return;
  if (action.given.load_balancer) return;
  body.Complain({"a target that is nothing",
                 "NetworkInterfaceId, NetworkLoadBalancerArn or GatewayLoadBalancerEndpointId"});
}

}  // namespace

std::vector<std::string_view> NamesOfAwsActions() {
  std::vector<std::string_view> names;
  for (const AwsAction& each : kActions) names.push_back(each.name);
  return names;
}

std::optional<MirrorActionSpec> ReadAwsAction(std::string_view name, const Cursor& body) {
  const auto* known = std::find_if(std::begin(kActions), std::end(kActions),
                                   [&](const AwsAction& each) { return each.name == name; });
  if (known == std::end(kActions) || !body.value().is_object()) return std::nullopt;
  const std::string_view key = IdKeyOf(known->of);
  const auto id = ReadText(body, key);
  if (!id) {
    body.Complain({fmt::format("a {} without an ID", SpokenOf(known->of)),
                   fmt::format("a {}, by which other actions and the result call it", key)});
    return std::nullopt;
  }
  MirrorActionSpec action;
  action.kind = known->kind;
  action.of = known->of;
  action.subject = *id;
  switch (known->of) {
    case ActionSubject::kMirror:
      ReadSession(body, action);
      break;
    case ActionSubject::kFilter:
      ReadFilter(body, action);
      break;
    case ActionSubject::kRule:
      ReadRule(body, action);
      break;
    case ActionSubject::kTarget:
      ReadTarget(body, action);
      break;
  }
  return action;
}

}  // namespace vpcmirror::sim
