// Tencent Cloud's CreateTrafficMirror bodies, with conditions or, where Direction
// is NO-DIRECTION, with rules by direction.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/input/mirror_shapes.h"

namespace vpcmirror::sim {
namespace {

constexpr MatchKeys kMatch = {.protocol = "Protocol",
                              .source = "SrcNet",
                              .destination = "DstNet",
                              .source_ports = "SrcPort",
                              .destination_ports = "DstPort",
                              .family = "",
                              .ports = PortStyle::kDash};
constexpr RuleKeys kRule = {.id = "TrafficMirrorFilterRuleId",
                            .priority = "Priority",
                            .action = "Action",
                            .accept = "ACCEPT",
                            .match = kMatch};

MirrorWords Words() {
  return {.mirror = "mirror",
          .sources = "CollectorSrcs",
          .targets = "TargetIps",
          .filter = "CollectorNormalFilters",
          .state = "State",
          .direction = "Direction",
          .number = "",
          .vni = "",
          .length = "",
          .priority = "Priority"};
}

DirectionSet DirectionOf(const std::string& text) {
  if (text == "EGRESS") return DirectionSet::kEgress;
  return text == "INGRESS" ? DirectionSet::kIngress : DirectionSet::kAll;
}

bool HasItems(const std::optional<Cursor>& list) { return list && !list->Items().empty(); }

// The two ways of saying what is collected exclude each other.
void CheckMode(const Cursor& at, bool by_rules, const std::string& direction) {
  for (const char* name : {"IngressFilterRules", "EgressFilterRules"}) {
    const auto list = at.Get(name);
    if (by_rules || !HasItems(list)) continue;
    list->Complain({fmt::format("{} beside {}: rules by direction hold with NO-DIRECTION only",
                                name, direction),
                    "\"Direction\": \"NO-DIRECTION\", or CollectorNormalFilters"});
  }
  const auto conditions = at.Get("CollectorNormalFilters");
  if (!by_rules || !HasItems(conditions)) return;
  conditions->Complain({"CollectorNormalFilters beside Direction NO-DIRECTION, which has rules",
                        "IngressFilterRules and EgressFilterRules, or another Direction"});
}

void ReadRulesByDirection(const Cursor& at, FilterSpec& filter) {
  filter.ingress = ReadRules(at, "IngressFilterRules", kRule);
  filter.egress = ReadRules(at, "EgressFilterRules", kRule);
}

void ReadConditions(const Cursor& at, FilterSpec& filter) {
  filter.path = at.path();
  filter.nat_id = ReadText(at, "NatId");
  // The API's own answers write an absent gateway as an empty string.
  if (filter.nat_id && filter.nat_id->value.empty()) filter.nat_id.reset();
  if (const auto conditions = at.Get("CollectorNormalFilters")) {
    for (const Cursor& item : conditions->Items()) {
      filter.conditions.push_back({item.path(), ReadMatch(item, kMatch)});
    }
  }
}

void ReadDirectionOf(const Cursor& at, MirrorSpec& mirror) {
  const auto direction = ReadText(at, "Direction");
  if (!direction) return;
  mirror.direction = At<DirectionSet>{DirectionOf(direction->value), direction->path};
  mirror.filter.by_rules = direction->value == "NO-DIRECTION";
}

void ReadFilter(const Cursor& at, FilterSpec& filter) {
  const auto direction = ReadText(at, "Direction");
  CheckMode(at, filter.by_rules,
            direction ? "Direction " + direction->value : std::string("no Direction"));
  ReadConditions(at, filter);
  if (filter.by_rules) ReadRulesByDirection(at, filter);
}

void ReadTarget(const Cursor& target, MirrorSpec& mirror) {
  mirror.targets = ReadTexts(target, "TargetIps");
  const auto type = ReadText(target, "TargetType");
  if (type && type->value == "CLB" && !mirror.targets.empty()) {
    if (mirror.targets.size() > 1) {
      target.Get("TargetIps")
          ->Complain({fmt::format("{} CLBs as target", mirror.targets.size()), "one CLB"});
    }
    mirror.load_balancer = LoadBalancerTarget{mirror.targets.front(), type->value};
    mirror.targets.clear();
  }
  if (const auto hash = ReadText(target, "AlgHash")) {
    mirror.choice = At<ReceiverChoice>{
        hash->value == "FIVE_TUPLE_FLOW" ? ReceiverChoice::kByFlow : ReceiverChoice::kBySourceEni,
        hash->path};
  }
}

// A mirror of public IPs has one value of each of these, whatever else it is.
void CheckPublicIp(const Cursor& at) {
  if (TextOf(at, "Type") != "PUBLICIP") return;
  const auto check = [](const std::optional<Cursor>& object, const char* key, const char* only) {
    const auto value = object ? object->Get(key) : std::nullopt;
    if (!value || !value->value().is_string()) return;
    const std::string text = TextOf(*object, key);
    if (text == only) return;
    value->Complain({fmt::format("{} {} beside Type PUBLICIP", key, text),
                     fmt::format("\"{}\": \"{}\"", key, only)},
                    "public_ip_settings", fmt::format("\"{}\"", only));
  };
  check(at, "Direction", "ALL");
  check(at, "State", "RUNNING");
  check(at.Get("CollectorTarget"), "AlgHash", "FIVE_TUPLE_FLOW");
}

}  // namespace

std::vector<MirrorSpec> ReadTencentMirror(const Cursor& at) {
  MirrorSpec mirror;
  mirror.path = at.path();
  mirror.api = "tencent";
  mirror.spoken = "a CreateTrafficMirror body of Tencent Cloud";
  mirror.words = Words();
  mirror.vpc = ReadText(at, "VpcId");
  mirror.id = ReadText(at, "TrafficMirrorName");
  if (const auto state = ReadText(at, "State")) {
    if (state->value == "STOPPED") {
      at.Get("State")->Complain({"\"STOPPED\": the API spells it with one P", "\"STOPED\""},
                                "state_spelling", "\"STOPED\"");
    }
    mirror.state = At<MirrorState>{
        state->value == "STOPED" ? MirrorState::kStopped : MirrorState::kRunning, state->path};
  }
  CheckPublicIp(at);
  ReadDirectionOf(at, mirror);
  mirror.sources = ReadTexts(at, "CollectorSrcs");
  if (const auto target = at.Get("CollectorTarget")) ReadTarget(*target, mirror);
  ReadFilter(at, mirror.filter);
  ReadMirrorOptions(at, mirror);
  return {std::move(mirror)};
}

namespace {

using ActionKind = MirrorActionSpec::Kind;

struct TencentAction {
  std::string_view name;
  ActionKind kind = ActionKind::kReplace;
  std::set<MirrorPart> parts;                 // that it replaces; of several, those that are given
  MirrorState state = MirrorState::kRunning;  // with kState
};

const std::vector<TencentAction>& TencentActions() {
  using Part = MirrorPart;
  static const std::vector<TencentAction> actions = {
      {"CreateTrafficMirror", ActionKind::kCreate, {}},
      {"DeleteTrafficMirror", ActionKind::kDelete, {}},
      {"StartTrafficMirror", ActionKind::kReplace, {Part::kState}, MirrorState::kRunning},
      {"StopTrafficMirror", ActionKind::kReplace, {Part::kState}, MirrorState::kStopped},
      {"ModifyTrafficMirrorAttribute", ActionKind::kReplace, {}},
      {"ResetTrafficMirrorFilter", ActionKind::kReplace, {Part::kFilter}},
      {"ResetTrafficMirrorSrcs", ActionKind::kReplace, {Part::kSources}},
      {"ResetTrafficMirrorTarget", ActionKind::kReplace, {Part::kTargets}},
      {"UpdateTrafficMirrorAllFilter",
       ActionKind::kReplace,
       {Part::kDirection, Part::kSources, Part::kFilter}},
      {"UpdateTrafficMirrorDirection", ActionKind::kReplace, {Part::kDirection}},
      {"CreateTrafficMirrorFilterRules", ActionKind::kAddRules, {}},
      {"ModifyTrafficMirrorFilterRules", ActionKind::kChangeRules, {}},
      {"DeleteTrafficMirrorFilterRules", ActionKind::kRemoveRules, {}},
      {"DescribeTrafficMirrorFilterRules", ActionKind::kRead, {}},
  };
  return actions;
}

// Those of an action's parts that its body says something about.
std::set<MirrorPart> PartsGiven(const Cursor& at, const TencentAction& action) {
  std::set<MirrorPart> parts = action.parts;
  if (parts.size() < 2) return parts;
  const auto has = [&](std::string_view key) { return at.Get(key).has_value(); };
  if (!has("Direction")) parts.erase(MirrorPart::kDirection);
  if (!has("CollectorSrcs")) parts.erase(MirrorPart::kSources);
  if (!has("NatId") && !has("CollectorNormalFilters") && !has("IngressFilterRules") &&
      !has("EgressFilterRules")) {
    parts.erase(MirrorPart::kFilter);
  }
  return parts;
}

void ReadGiven(const Cursor& at, MirrorActionSpec& action) {
  MirrorSpec& given = action.given;
  given.path = at.path();
  given.api = "tencent";
  given.words = Words();
  ReadDirectionOf(at, given);
  given.sources = ReadTexts(at, "CollectorSrcs");
  if (const auto target = at.Get("CollectorTarget")) ReadTarget(*target, given);
  ReadConditions(at, given.filter);
  ReadRulesByDirection(at, given.filter);
  action.removed_ingress = ReadTexts(at, "IngressFilterRuleIds");
  action.removed_egress = ReadTexts(at, "EgressFilterRuleIds");
  action.name = ReadText(at, "TrafficMirrorName");
}

}  // namespace

std::vector<std::string_view> NamesOfTencentActions() {
  std::vector<std::string_view> names;
  for (const TencentAction& each : TencentActions()) names.push_back(each.name);
  return names;
}

std::optional<MirrorActionSpec> ReadTencentAction(std::string_view name, const Cursor& body) {
  const auto& actions = TencentActions();
  const auto known = std::find_if(actions.begin(), actions.end(),
                                  [&](const TencentAction& each) { return each.name == name; });
  if (known == actions.end()) return std::nullopt;
  MirrorActionSpec action;
  action.kind = known->kind;
  action.parts = PartsGiven(body, *known);
  if (action.kind == ActionKind::kCreate) {
    action.given = ReadTencentMirror(body).front();
    if (action.given.id) {
      action.subject = *action.given.id;
      return action;
    }
    body.Complain({"a mirror that is created under way and has no name",
                   "a TrafficMirrorName, by which later actions and the result call it"});
    return std::nullopt;
  }
  if (auto id = ReadText(body, "TrafficMirrorId")) action.subject = std::move(*id);
  ReadGiven(body, action);
  if (action.parts.count(MirrorPart::kState) != 0) {
    action.given.state = At<MirrorState>{known->state, body.path()};
  }
  return action;
}

}  // namespace vpcmirror::sim
