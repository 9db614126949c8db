// Sessions that name a filter and a target: AWS, Alibaba Cloud, Huawei Cloud,
// Volcengine, Baidu AI Cloud. They differ in what they call things.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <string_view>
#include <utility>

#include "models/scenario/nearest.h"
#include "sim/input/mirror_shapes.h"

namespace vpcmirror::sim {
namespace {

struct FilterKeys {
  std::string_view list;
  std::string_view id;
  std::string_view ingress;  // rules inside the filter
  std::string_view egress;
  std::string_view services;
  // Or rules in a list of their own, which name their filter by `rule_filter`.
  std::string_view rules;
  // What a rule says of itself: its filter's ID, and "ingress" or "egress". Beside
  // rules inside a filter it repeats where the rule stands.
  std::string_view rule_filter;
  std::string_view direction;
};

// A key that names a load balancer, and what the API calls such a target.
struct BalancerKey {
  std::string_view key;
  std::string_view target;
};

struct TargetKeys {
  std::string_view list;  // empty: the session names the receiver
  std::string_view id;
  std::string_view receiver;
  std::string_view type;  // of the target; any but `receiver_type` is a load balancer
  std::string_view receiver_type;
  std::array<BalancerKey, 2> balancers;  // instead of `receiver`, where the API has keys for them
};

struct SessionKeys {
  std::string_view list;
  std::string_view id;
  std::string_view name;    // where there is no ID
  std::string_view source;  // a name or a list of names
  std::string_view target;  // the target's ID, or the receiver
  std::string_view number;
  std::string_view vni;
  std::string_view length;
  std::string_view state;
  std::string_view running;  // the state that copies; empty: true
};

struct SessionShape {
  const char* api;
  const char* spoken;
  const char* mirror;
  SessionKeys session;
  FilterKeys filter;
  TargetKeys target;
  RuleKeys rule;
  // Targets are of this kind only: the load balancer that the session names, or the
  // hosts behind it in options.collectors.
  std::string_view behind_balancer;
};

constexpr SessionShape kAws = {
    .api = "aws",
    .spoken = "describe-traffic-mirror-sessions, -filters and -targets of AWS",
    .mirror = "TrafficMirrorSession",
    .session = {.list = "TrafficMirrorSessions",
                .id = "TrafficMirrorSessionId",
                .name = "",
                .source = "NetworkInterfaceId",
                .target = "TrafficMirrorTargetId",
                .number = "SessionNumber",
                .vni = "VirtualNetworkId",
                .length = "PacketLength",
                .state = "",
                .running = ""},
    .filter = {.list = "TrafficMirrorFilters",
               .id = "TrafficMirrorFilterId",
               .ingress = "IngressFilterRules",
               .egress = "EgressFilterRules",
               .services = "NetworkServices",
               .rules = "",
               .rule_filter = "TrafficMirrorFilterId",
               .direction = "TrafficDirection"},
    .target = {.list = "TrafficMirrorTargets",
               .id = "TrafficMirrorTargetId",
               .receiver = "NetworkInterfaceId",
               .type = "Type",
               .receiver_type = "network-interface",
               .balancers = {{{"NetworkLoadBalancerArn", "network-load-balancer"},
                              {"GatewayLoadBalancerEndpointId",
                               "gateway-load-balancer-endpoint"}}}},
    .rule = {.id = "TrafficMirrorFilterRuleId",
             .priority = "RuleNumber",
             .action = "RuleAction",
             .accept = "accept",
             .match = {.protocol = "Protocol",
                       .source = "SourceCidrBlock",
                       .destination = "DestinationCidrBlock",
                       .source_ports = "SourcePortRange",
                       .destination_ports = "DestinationPortRange",
                       .family = "",
                       .ports = PortStyle::kFromAndTo}},
    .behind_balancer = ""};

constexpr SessionShape kAlibaba = {
    .api = "alibaba",
    .spoken = "ListTrafficMirrorSessions and -Filters of Alibaba Cloud",
    .mirror = "TrafficMirrorSession",
    .session = {.list = "TrafficMirrorSessions",
                .id = "TrafficMirrorSessionId",
                .name = "TrafficMirrorSessionName",
                .source = "TrafficMirrorSourceIds",
                .target = "TrafficMirrorTargetId",
                .number = "Priority",
                .vni = "VirtualNetworkId",
                .length = "PacketLength",
                .state = "Enabled",
                .running = ""},
    .filter = {.list = "TrafficMirrorFilters",
               .id = "TrafficMirrorFilterId",
               .ingress = "IngressRules",
               .egress = "EgressRules",
               .services = "",
               .rules = "",
               .rule_filter = "TrafficMirrorFilterId",
               .direction = "TrafficDirection"},
    .target = {.list = "",
               .id = "",
               .receiver = "",
               .type = "TrafficMirrorTargetType",
               .receiver_type = "NetworkInterface",
               .balancers = {}},
    .rule = {.id = "TrafficMirrorFilterRuleId",
             .priority = "Priority",
             .action = "Action",
             .accept = "accept",
             .match = {.protocol = "Protocol",
                       .source = "SourceCidrBlock",
                       .destination = "DestinationCidrBlock",
                       .source_ports = "SourcePortRange",
                       .destination_ports = "DestinationPortRange",
                       .family = "IpVersion",
                       .ports = PortStyle::kSlash}},
    .behind_balancer = ""};

constexpr RuleKeys kSnakeRule = {.id = "id",
                                 .priority = "priority",
                                 .action = "action",
                                 .accept = "accept",
                                 .match = {.protocol = "protocol",
                                           .source = "source_cidr_block",
                                           .destination = "destination_cidr_block",
                                           .source_ports = "source_port_range",
                                           .destination_ports = "destination_port_range",
                                           .family = "ethertype",
                                           .ports = PortStyle::kDash}};

constexpr SessionShape kHuawei = {
    .api = "huawei",
    .spoken = "traffic_mirror_sessions and traffic_mirror_filters of Huawei Cloud",
    .mirror = "traffic_mirror_session",
    .session = {.list = "traffic_mirror_sessions",
                .id = "id",
                .name = "name",
                .source = "traffic_mirror_sources",
                .target = "traffic_mirror_target_id",
                .number = "priority",
                .vni = "virtual_network_id",
                .length = "packet_length",
                .state = "enabled",
                .running = ""},
    .filter = {.list = "traffic_mirror_filters",
               .id = "id",
               .ingress = "ingress_rules",
               .egress = "egress_rules",
               .services = "",
               .rules = "",
               .rule_filter = "traffic_mirror_filter_id",
               .direction = "direction"},
    .target = {.list = "",
               .id = "",
               .receiver = "",
               .type = "traffic_mirror_target_type",
               .receiver_type = "eni",
               .balancers = {}},
    .rule = kSnakeRule,
    .behind_balancer = ""};

constexpr SessionShape kVolcengine = {
    .api = "volcengine",
    .spoken = "traffic_mirror_sessions, _filter_rules and _targets of Volcengine",
    .mirror = "traffic_mirror_session",
    .session = {.list = "traffic_mirror_sessions",
                .id = "traffic_mirror_session_id",
                .name = "traffic_mirror_session_name",
                .source = "network_interface_id",
                .target = "traffic_mirror_target_id",
                .number = "priority",
                .vni = "virtual_network_id",
                .length = "packet_length",
                .state = "",
                .running = ""},
    .filter = {.list = "",
               .id = "traffic_mirror_filter_id",
               .ingress = "",
               .egress = "",
               .services = "",
               .rules = "traffic_mirror_filter_rules",
               .rule_filter = "traffic_mirror_filter_id",
               .direction = "traffic_direction"},
    .target = {.list = "traffic_mirror_targets",
               .id = "traffic_mirror_target_id",
               .receiver = "instance_id",
               .type = "instance_type",
               .receiver_type = "NetworkInterface",
               .balancers = {}},
    .rule = {.id = "traffic_mirror_filter_rule_id",
             .priority = "priority",
             .action = "policy",
             .accept = "accept",
             .match = {.protocol = "protocol",
                       .source = "source_cidr_block",
                       .destination = "destination_cidr_block",
                       .source_ports = "source_port_range",
                       .destination_ports = "destination_port_range",
                       .family = "",
                       .ports = PortStyle::kSlash}},
    .behind_balancer = ""};

constexpr SessionShape kBaidu = {
    .api = "baidu",
    .spoken = "trafficMirrorSessions and trafficMirrorRuleGroups of Baidu AI Cloud",
    .mirror = "trafficMirrorSession",
    .session = {.list = "trafficMirrorSessions",
                .id = "trafficMirrorSessionId",
                .name = "name",
                .source = "sourceId",
                .target = "destId",
                .number = "",
                .vni = "vni",
                .length = "packetLength",
                .state = "status",
                .running = "running"},
    .filter = {.list = "trafficMirrorRuleGroups",
               .id = "trafficMirrorRuleGroupId",
               .ingress = "ingressRules",
               .egress = "egressRules",
               .services = "",
               .rules = "",
               .rule_filter = "",
               .direction = ""},
    .target =
        {.list = "", .id = "", .receiver = "", .type = "", .receiver_type = "", .balancers = {}},
    .rule = {.id = "ruleId",
             .priority = "priority",
             .action = "strategy",
             .accept = "allow",
             .match = {.protocol = "protocol",
                       .source = "sourceCidr",
                       .destination = "destinationCidr",
                       .source_ports = "sourcePort",
                       .destination_ports = "destinationPort",
                       .family = "",
                       .ports = PortStyle::kDash}},
    .behind_balancer = "BLB"};

bool CouldBeId(const std::string& name) {
  constexpr std::size_t kLongestId = 64;
  const auto fits = [](unsigned char c) {
    return c < 0x80 &&
           (std::isalnum(c) != 0 ||
            std::string_view("._:/-").find(static_cast<char>(c)) != std::string_view::npos);
  };
  return !name.empty() && name.size() <= kLongestId && std::all_of(name.begin(), name.end(), fits);
}

class SessionReader {
 public:
  explicit SessionReader(const SessionShape& shape) : shape_(shape) {}

  MirrorLists ReadLists(const Cursor& lists) {
    ReadFilters(lists);
    ReadFlatRules(lists);
    ReadTargets(lists);
    MirrorLists read;
    if (const std::optional<Cursor> sessions = lists.Get(shape_.session.list)) {
      for (const Cursor& at : sessions->Items()) read.mirrors.push_back(ReadOne(at));
    }
    for (auto& each : filters_) read.filters.push_back(std::move(each.second));
    for (auto& each : targets_) read.targets.push_back(std::move(each.second));
    return read;
  }

  // What it says itself: of its filter and target it has but the names.
  MirrorSpec ReadSession(const Cursor& at) const {
    const SessionKeys& keys = shape_.session;
    MirrorSpec mirror = Blank(at);
    mirror.id = ReadText(at, keys.id);
    // A name is free text; it serves where it could be an ID.
    const auto name = ReadText(at, keys.name);
    if (!mirror.id && name && CouldBeId(name->value)) mirror.id = name;
    mirror.sources = ReadTexts(at, keys.source);
    if (auto source = ReadText(at, keys.source)) mirror.sources.push_back(std::move(*source));
    mirror.number = ReadWhole(at, keys.number);
    mirror.vni = ReadWhole(at, keys.vni);
    mirror.packet_length = ReadWhole(at, keys.length);
    mirror.target_id = ReadText(at, keys.target);
    // A session names its filter as the filter names itself, but where that is plain "id".
    const std::string_view filter =
        shape_.filter.id == "id" ? "traffic_mirror_filter_id" : shape_.filter.id;
    mirror.filter_id = ReadText(at, filter);
    if (mirror.filter_id) mirror.words.filter = std::string(filter);
    ReadState(at, mirror);
    ReadMirrorOptions(at, mirror);
    return mirror;
  }

  MirrorSpec ReadFilter(const Cursor& at) const {
    MirrorSpec part = Blank(at);
    FilterSpec& filter = part.filter;
    filter.ingress = ReadRules(at, shape_.filter.ingress, shape_.rule);
    filter.egress = ReadRules(at, shape_.filter.egress, shape_.rule);
    filter.services = ReadTexts(at, shape_.filter.services);
    return part;
  }

  MirrorSpec ReadTarget(const Cursor& at) const {
    MirrorSpec part = Blank(at);
    Take(ReadTargetOf(at, shape_.target.receiver), part);
    CheckOneTarget(at);
    return part;
  }

 private:
  struct Target {
    std::optional<At<std::string>> name;  // of the receiver or the load balancer
    std::string balancer;                 // what the API calls such a target; empty: a receiver
  };

  // Of this API, and without any part.
  MirrorSpec Blank(const Cursor& at) const {
    MirrorSpec mirror;
    mirror.path = at.path();
    mirror.api = shape_.api;
    mirror.spoken = shape_.spoken;
    mirror.words = Words();
    mirror.one_target = shape_.behind_balancer.empty();
    mirror.filter.path = at.path();
    mirror.filter.by_rules = true;
    mirror.filter.ports_need_protocol = true;
    return mirror;
  }

  void ReadFilters(const Cursor& lists) {
    const std::optional<Cursor> list = lists.Get(shape_.filter.list);
    if (shape_.filter.list.empty() || !list) return;
    for (const Cursor& at : list->Items()) {
      const auto id = ReadText(at, shape_.filter.id);
      if (!id || !IsFresh(*id, filters_)) continue;
      filters_.emplace(id->value, MirrorPartSpec{*id, ReadFilter(at)});
      CheckPlaces(at, shape_.filter.ingress, id->value, "ingress");
      CheckPlaces(at, shape_.filter.egress, id->value, "egress");
    }
  }

  // That no rule of a list says that it belongs into another.
  void CheckPlaces(const Cursor& filter, std::string_view list, const std::string& id,
                   std::string_view direction) const {
    const std::optional<Cursor> rules = filter.Get(list);
    if (!rules) return;
    for (const Cursor& rule : rules->Items()) {
      const auto own_filter = ReadText(rule, shape_.filter.rule_filter);
      if (own_filter && own_filter->value != id) {
        rule.Get(shape_.filter.rule_filter)
            ->Complain(
                {fmt::format("a rule of filter \"{}\" inside filter \"{}\"", own_filter->value, id),
                 fmt::format("\"{}\", or the rule in its own filter", id)});
      }
      const auto own_direction = ReadText(rule, shape_.filter.direction);
      if (own_direction && own_direction->value != direction) {
        const bool is_ingress = direction == "ingress";
        rule.Get(shape_.filter.direction)
            ->Complain({fmt::format("a rule of direction {} in {}", own_direction->value, list),
                        fmt::format("\"{}\", or the rule in {}", direction,
                                    is_ingress ? shape_.filter.egress : shape_.filter.ingress)});
      }
    }
  }

  void ReadFlatRules(const Cursor& lists) {
    const std::optional<Cursor> list = lists.Get(shape_.filter.rules);
    if (shape_.filter.rules.empty() || !list) return;
    for (const Cursor& at : list->Items()) {
      const auto id = ReadText(at, shape_.filter.rule_filter);
      if (!id) continue;
      const auto known = filters_.try_emplace(id->value, MirrorPartSpec{*id, Blank(*list)}).first;
      FilterSpec& filter = known->second.as_mirror.filter;
      const auto direction = ReadText(at, shape_.filter.direction);
      const bool egress = direction && direction->value == "egress";
      (egress ? filter.egress : filter.ingress).push_back(ReadRule(at, shape_.rule));
    }
  }

  void ReadTargets(const Cursor& lists) {
    const std::optional<Cursor> list = lists.Get(shape_.target.list);
    if (shape_.target.list.empty() || !list) return;
    for (const Cursor& at : list->Items()) {
      const auto id = ReadText(at, shape_.target.id);
      if (!id || !IsFresh(*id, targets_)) continue;
      targets_.emplace(id->value, MirrorPartSpec{*id, ReadTarget(at)});
    }
  }

  // That a target is not several things at once.
  void CheckOneTarget(const Cursor& at) const {
    std::vector<BalancerKey> given;
    if (at.Get(shape_.target.receiver)) {
      given.push_back({shape_.target.receiver, shape_.target.receiver_type});
    }
    for (const BalancerKey& each : shape_.target.balancers) {
      if (!each.key.empty() && at.Get(each.key)) given.push_back(each);
    }
    if (given.empty() || shape_.target.balancers.front().key.empty()) return;
    if (given.size() > 1) {
      at.Get(given[1].key)
          ->Complain({fmt::format("{} beside {}", given[1].key, given[0].key), "one of them"});
    }
    const auto type = ReadText(at, shape_.target.type);
    if (!type || type->value == given[0].target) return;
    at.Get(shape_.target.type)
        ->Complain({fmt::format("{} beside {}", type->value, given[0].key),
                    fmt::format("\"{}\"", given[0].target)});
  }

  // What a target is, or a session that names its receiver itself.
  Target ReadTargetOf(const Cursor& at, std::string_view receiver) const {
    for (const BalancerKey& each : shape_.target.balancers) {
      if (auto name = ReadText(at, each.key)) return {std::move(name), std::string(each.target)};
    }
    const auto type = ReadText(at, shape_.target.type);
    const bool is_balancer = type && type->value != shape_.target.receiver_type;
    return {ReadText(at, receiver), is_balancer ? type->value : std::string()};
  }

  static void Take(const Target& target, MirrorSpec& mirror) {
    if (!target.name) return;
    if (target.balancer.empty()) {
      mirror.targets.push_back(*target.name);
    } else {
      mirror.load_balancer = LoadBalancerTarget{*target.name, target.balancer};
    }
  }

  template <class Known>
  bool IsFresh(const At<std::string>& id, const Known& known) {
    if (known.count(id.value) == 0) return true;
    repeated_.push_back(
        {"", id.path, "the ID \"" + id.value + "\" is there twice", "an ID that nothing else has"});
    return false;
  }

  MirrorWords Words() const {
    const SessionKeys& session = shape_.session;
    std::string targets(shape_.target.list.empty() ? session.target : shape_.target.receiver);
    return {.mirror = shape_.mirror,
            .sources = std::string(session.source),
            .targets = shape_.behind_balancer.empty() ? std::move(targets) : kCollectors,
            .filter = std::string(shape_.filter.id),
            .state = std::string(session.state),
            .direction = "",
            .number = std::string(session.number),
            .vni = std::string(session.vni),
            .length = std::string(session.length),
            .priority = std::string(shape_.rule.priority)};
  }

  MirrorSpec ReadOne(const Cursor& at) {
    MirrorSpec mirror = ReadSession(at);
    mirror.missing = repeated_;
    FindTarget(at, mirror);
    FindFilter(mirror);
    return mirror;
  }

  void ReadState(const Cursor& at, MirrorSpec& mirror) const {
    const SessionKeys& keys = shape_.session;
    const auto state = [&](bool runs, const std::string& path) {
      mirror.state = At<MirrorState>{runs ? MirrorState::kRunning : MirrorState::kStopped, path};
    };
    if (keys.state.empty()) return;
    if (!keys.running.empty()) {
      if (const auto word = ReadText(at, keys.state))
        state(word->value == keys.running, word->path);
    } else if (const auto enabled = ReadBool(at, keys.state)) {
      state(enabled->value, enabled->path);
    }
  }

  void FindTarget(const Cursor& at, MirrorSpec& mirror) const {
    if (!shape_.behind_balancer.empty()) {
      ReadCollectors(at, mirror.target_id, shape_.behind_balancer, mirror);
      return;
    }
    if (!mirror.target_id) return;
    if (shape_.target.list.empty()) {
      Take(ReadTargetOf(at, shape_.session.target), mirror);
      return;
    }
    const auto target = targets_.find(mirror.target_id->value);
    if (target == targets_.end()) {
      Miss(*mirror.target_id, "target_missing", "target", targets_, mirror);
    } else {
      mirror.targets = target->second.as_mirror.targets;
      mirror.load_balancer = target->second.as_mirror.load_balancer;
    }
  }

  void FindFilter(MirrorSpec& mirror) const {
    if (!mirror.filter_id) return;
    const auto filter = filters_.find(mirror.filter_id->value);
    if (filter != filters_.end()) {
      mirror.filter = filter->second.as_mirror.filter;
    } else if (!shape_.filter.list.empty()) {
      Miss(*mirror.filter_id, "filter_missing", "filter", filters_, mirror);
    }
  }

  template <class Known>
  void Miss(const At<std::string>& name, const char* code, const char* what, const Known& known,
            MirrorSpec& mirror) const {
    std::vector<std::string> names;
    for (const auto& each : known) names.push_back(each.first);
    mirror.missing.push_back({code, name.path,
                              fmt::format("there is no {} \"{}\"", what, name.value),
                              AcceptedNames(name.value, names)});
  }

  const SessionShape& shape_;
  std::map<std::string, MirrorPartSpec> filters_;  // by ID
  std::map<std::string, MirrorPartSpec> targets_;  // by ID
  std::vector<MissingPart> repeated_;
};

}  // namespace

MirrorLists ReadAwsLists(const Cursor& lists) { return SessionReader(kAws).ReadLists(lists); }
MirrorSpec ReadAwsSession(const Cursor& session) {
  return SessionReader(kAws).ReadSession(session);
}
MirrorSpec ReadAwsFilter(const Cursor& filter) { return SessionReader(kAws).ReadFilter(filter); }
MirrorSpec ReadAwsTarget(const Cursor& target) { return SessionReader(kAws).ReadTarget(target); }
RuleSpec ReadAwsRule(const Cursor& rule) { return ReadRule(rule, kAws.rule); }

std::vector<MirrorSpec> ReadAlibabaSessions(const Cursor& lists) {
  return SessionReader(kAlibaba).ReadLists(lists).mirrors;
}
std::vector<MirrorSpec> ReadHuaweiSessions(const Cursor& lists) {
  return SessionReader(kHuawei).ReadLists(lists).mirrors;
}
std::vector<MirrorSpec> ReadVolcengineSessions(const Cursor& lists) {
  return SessionReader(kVolcengine).ReadLists(lists).mirrors;
}
std::vector<MirrorSpec> ReadBaiduSessions(const Cursor& lists) {
  return SessionReader(kBaidu).ReadLists(lists).mirrors;
}

}  // namespace vpcmirror::sim
