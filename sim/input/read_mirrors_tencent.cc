// Tencent Cloud's CreateTrafficMirror bodies, with conditions or, where Direction
// is NO-DIRECTION, with rules by direction.
#include <fmt/format.h>

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

void ReadFilter(const Cursor& at, FilterSpec& filter) {
  filter.path = at.path();
  const auto direction = ReadText(at, "Direction");
  filter.by_rules = direction && direction->value == "NO-DIRECTION";
  CheckMode(at, filter.by_rules,
            direction ? "Direction " + direction->value : std::string("no Direction"));
  filter.nat_id = ReadText(at, "NatId");
  // The API's own answers write an absent gateway as an empty string.
  if (filter.nat_id && filter.nat_id->value.empty()) filter.nat_id.reset();
  if (const auto conditions = at.Get("CollectorNormalFilters")) {
    for (const Cursor& item : conditions->Items()) {
      filter.conditions.push_back({item.path(), ReadMatch(item, kMatch)});
    }
  }
  if (!filter.by_rules) return;
  filter.ingress = ReadRules(at, "IngressFilterRules", kRule);
  filter.egress = ReadRules(at, "EgressFilterRules", kRule);
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
    mirror.state = At<MirrorState>{
        state->value == "STOPED" ? MirrorState::kStopped : MirrorState::kRunning, state->path};
  }
  if (const auto direction = ReadText(at, "Direction")) {
    mirror.direction = At<DirectionSet>{DirectionOf(direction->value), direction->path};
  }
  mirror.sources = ReadTexts(at, "CollectorSrcs");
  if (const auto target = at.Get("CollectorTarget")) ReadTarget(*target, mirror);
  ReadFilter(at, mirror.filter);
  ReadMirrorOptions(at, mirror);
  return {std::move(mirror)};
}

}  // namespace vpcmirror::sim
