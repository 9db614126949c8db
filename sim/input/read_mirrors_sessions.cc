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
  SessionReader(const Cursor& lists, const SessionShape& shape) : lists_(lists), shape_(shape) {
    ReadFilters();
    ReadFlatRules();
    ReadTargets();
  }

  // One that is written elsewhere, and names filters and targets of these lists.
  MirrorSpec ReadElsewhere(const Cursor& session) { return ReadOne(session); }

  std::vector<MirrorSpec> ReadAll() {
    std::vector<MirrorSpec> mirrors;
    const std::optional<Cursor> sessions = lists_.Get(shape_.session.list);
    if (!sessions) return mirrors;
    for (const Cursor& at : sessions->Items()) mirrors.push_back(ReadOne(at));
    return mirrors;
  }

 private:
  struct Target {
    std::optional<At<std::string>> name;  // of the receiver or the load balancer
    std::string balancer;                 // what the API calls such a target; empty: a receiver
  };

  FilterSpec NewFilter(const std::string& path) const {
    FilterSpec filter;
    filter.path = path;
    filter.by_rules = true;
    filter.ports_need_protocol = true;
    return filter;
  }

  void ReadFilters() {
    const std::optional<Cursor> list = lists_.Get(shape_.filter.list);
    if (shape_.filter.list.empty() || !list) return;
    for (const Cursor& at : list->Items()) {
      const auto id = ReadText(at, shape_.filter.id);
      if (!id || !IsFresh(*id, filters_)) continue;
      FilterSpec& filter = filters_[id->value] = NewFilter(at.path());
      filter.ingress = ReadRules(at, shape_.filter.ingress, shape_.rule);
      filter.egress = ReadRules(at, shape_.filter.egress, shape_.rule);
      CheckPlaces(at, shape_.filter.ingress, id->value, "ingress");
      CheckPlaces(at, shape_.filter.egress, id->value, "egress");
      filter.services = ReadTexts(at, shape_.filter.services);
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

  void ReadFlatRules() {
    const std::optional<Cursor> list = lists_.Get(shape_.filter.rules);
    if (shape_.filter.rules.empty() || !list) return;
    for (const Cursor& at : list->Items()) {
      const auto id = ReadText(at, shape_.filter.rule_filter);
      if (!id) continue;
      FilterSpec& filter = filters_.emplace(id->value, NewFilter(list->path())).first->second;
      const auto direction = ReadText(at, shape_.filter.direction);
      const bool egress = direction && direction->value == "egress";
      (egress ? filter.egress : filter.ingress).push_back(ReadRule(at, shape_.rule));
    }
  }

  void ReadTargets() {
    const std::optional<Cursor> list = lists_.Get(shape_.target.list);
    if (shape_.target.list.empty() || !list) return;
    for (const Cursor& at : list->Items()) {
      const auto id = ReadText(at, shape_.target.id);
      if (!id || !IsFresh(*id, targets_)) continue;
      targets_[id->value] = ReadTargetOf(at, shape_.target.receiver);
      CheckOneTarget(at);
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
    const SessionKeys& keys = shape_.session;
    MirrorSpec mirror;
    mirror.path = at.path();
    mirror.api = shape_.api;
    mirror.spoken = shape_.spoken;
    mirror.words = Words();
    mirror.missing = repeated_;
    mirror.id = ReadText(at, keys.id);
    // A name is free text; it serves where it could be an ID.
    const auto name = ReadText(at, keys.name);
    if (!mirror.id && name && CouldBeId(name->value)) mirror.id = name;
    mirror.sources = ReadTexts(at, keys.source);
    if (auto source = ReadText(at, keys.source)) mirror.sources.push_back(std::move(*source));
    mirror.number = ReadWhole(at, keys.number);
    mirror.vni = ReadWhole(at, keys.vni);
    mirror.packet_length = ReadWhole(at, keys.length);
    ReadState(at, mirror);
    ReadTarget(at, mirror);
    ReadFilter(at, mirror);
    ReadMirrorOptions(at, mirror);
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

  void ReadTarget(const Cursor& at, MirrorSpec& mirror) {
    mirror.one_target = shape_.behind_balancer.empty();
    if (!shape_.behind_balancer.empty()) {
      ReadCollectors(at, ReadText(at, shape_.session.target), shape_.behind_balancer, mirror);
      return;
    }
    const auto name = ReadText(at, shape_.session.target);
    if (!name) return;
    if (shape_.target.list.empty()) {
      Take(ReadTargetOf(at, shape_.session.target), mirror);
      return;
    }
    const auto target = targets_.find(name->value);
    if (target == targets_.end()) {
      Miss(*name, "target_missing", "target", targets_, mirror);
    } else {
      Take(target->second, mirror);
    }
  }

  void ReadFilter(const Cursor& at, MirrorSpec& mirror) {
    mirror.filter = NewFilter(at.path());
    // A session names its filter as the filter names itself, but where that is plain "id".
    const std::string_view key =
        shape_.filter.id == "id" ? "traffic_mirror_filter_id" : shape_.filter.id;
    const auto name = ReadText(at, key);
    if (!name) return;
    mirror.words.filter = std::string(key);
    const auto filter = filters_.find(name->value);
    if (filter != filters_.end()) {
      mirror.filter = filter->second;
    } else if (!shape_.filter.list.empty()) {
      Miss(*name, "filter_missing", "filter", filters_, mirror);
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

  const Cursor& lists_;
  const SessionShape& shape_;
  std::map<std::string, FilterSpec> filters_;  // by ID
  std::map<std::string, Target> targets_;      // by ID
  std::vector<MissingPart> repeated_;
};

}  // namespace

std::vector<MirrorSpec> ReadAwsSessions(const Cursor& lists) {
  return SessionReader(lists, kAws).ReadAll();
}

namespace {

struct SessionPart {
  std::string_view key;
  std::string_view removed_as;  // among RemoveFields; empty: it cannot be
  MirrorPart part;
};
constexpr SessionPart kAwsParts[] = {
    {"TrafficMirrorTargetId", "", MirrorPart::kTargets},
    {"TrafficMirrorFilterId", "", MirrorPart::kFilter},
    {"SessionNumber", "", MirrorPart::kNumber},
    {"VirtualNetworkId", "virtual-network-id", MirrorPart::kVni},
    {"PacketLength", "packet-length", MirrorPart::kLength},
};

constexpr std::string_view kCreateSession = "CreateTrafficMirrorSession";
constexpr std::string_view kModifySession = "ModifyTrafficMirrorSession";
constexpr std::string_view kDeleteSession = "DeleteTrafficMirrorSession";

// The object of `mirrors` that lists the filter and the target that a session names; any of
// them where none lists both.
std::optional<Cursor> ListsFor(const Cursor& session, const Cursor& mirrors) {
  const auto knows = [&](const Cursor& lists, std::string_view list, std::string_view id) {
    const auto wanted = ReadText(session, id);
    const auto all = lists.Get(list);
    if (!wanted) return true;
    if (!all) return false;
    const auto items = all->Items();
    return std::any_of(items.begin(), items.end(), [&](const Cursor& item) {
      const auto own = ReadText(item, id);
      return own && own->value == wanted->value;
    });
  };
  std::optional<Cursor> found;
  const std::vector<Cursor> all =
      mirrors.value().is_object() ? std::vector<Cursor>{mirrors} : mirrors.Items();
  for (const Cursor& lists : all) {
    if (!lists.Get(kAws.target.list)) continue;
    const bool has_both = knows(lists, kAws.filter.list, kAws.filter.id) &&
                          knows(lists, kAws.target.list, kAws.target.id);
    if (has_both) return lists;
    if (!found) found = lists;
  }
  return found;
}

// What a session names and no list has is an error, whenever it is named.
void ComplainOfMissing(const Cursor& body, MirrorSpec& given) {
  for (const MissingPart& part : given.missing) {
    for (const std::string_view key : {kAws.target.id, kAws.filter.id}) {
      const auto at = body.Get(key);
      if (at && at->path() == part.path) at->Complain({part.message, part.accepted});
    }
  }
  given.missing.clear();
}

void ReadPartsOf(const Cursor& body, MirrorActionSpec& action) {
  const std::vector<At<std::string>> removed = ReadTexts(body, "RemoveFields");
  for (const SessionPart& each : kAwsParts) {
    const bool is_removed =
        std::any_of(removed.begin(), removed.end(),
                    [&](const At<std::string>& field) { return field.value == each.removed_as; });
    if (is_removed || body.Get(each.key)) action.parts.insert(each.part);
  }
}

}  // namespace

std::vector<std::string_view> NamesOfAwsActions() {
  return {kCreateSession, kModifySession, kDeleteSession};
}

std::optional<MirrorActionSpec> ReadAwsAction(std::string_view name, const Cursor& body,
                                              const std::optional<Cursor>& mirrors) {
  using Kind = MirrorActionSpec::Kind;
  const auto id = ReadText(body, kAws.session.id);
  const std::optional<Cursor> lists = mirrors ? ListsFor(body, *mirrors) : std::nullopt;
  if (!id || !lists) {
    body.Complain(id ? Fault{"an action of AWS in a scenario without its lists of mirrors",
                             "TrafficMirrorSessions, TrafficMirrorFilters and "
                             "TrafficMirrorTargets in mirrors, be they empty"}
                     : Fault{"a session without an ID",
                             "a TrafficMirrorSessionId, by which other actions and the result "
                             "call it"});
    return std::nullopt;
  }
  MirrorActionSpec action;
  action.mirror = *id;
  action.given = SessionReader(*lists, kAws).ReadElsewhere(body);
  ComplainOfMissing(body, action.given);
  action.kind = name == kCreateSession   ? Kind::kCreate
                : name == kDeleteSession ? Kind::kDelete
                                         : Kind::kReplace;
  if (action.kind == Kind::kReplace) ReadPartsOf(body, action);
  return action;
}

std::vector<MirrorSpec> ReadAlibabaSessions(const Cursor& lists) {
  return SessionReader(lists, kAlibaba).ReadAll();
}
std::vector<MirrorSpec> ReadHuaweiSessions(const Cursor& lists) {
  return SessionReader(lists, kHuawei).ReadAll();
}
std::vector<MirrorSpec> ReadVolcengineSessions(const Cursor& lists) {
  return SessionReader(lists, kVolcengine).ReadAll();
}
std::vector<MirrorSpec> ReadBaiduSessions(const Cursor& lists) {
  return SessionReader(lists, kBaidu).ReadAll();
}

}  // namespace vpcmirror::sim
