// What a mirror copies, by the filter model of its provider.
#include <algorithm>
#include <cctype>
#include <utility>

#include "models/scenario/expand_mirrors.h"
#include "models/scenario/nearest.h"

namespace vpcmirror {
namespace {

bool SameWord(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::string TextOf(const PortRange& ports) {
  return std::to_string(ports.first) + "-" + std::to_string(ports.last);
}

// Conditions and rules of one mirror to what the core asks.
class FilterBuilder {
 public:
  FilterBuilder(MirrorDraft& mirror, const FilterRules& rules) : mirror_(mirror), rules_(rules) {}

  Condition Build(const MatchSpec& match, const std::string& path) {
    CheckFamilies(match, path);
    if (match.protocol) CheckProtocol(*match.protocol);
    CheckPorts(match, match.source_ports);
    CheckPorts(match, match.destination_ports);
    Condition condition;
    if (match.family) condition.family = match.family->value;
    if (match.source) condition.source = match.source->value;
    if (match.destination) condition.destination = match.destination->value;
    if (match.protocol) condition.protocol = match.protocol->value.number;
    condition.source_ports = match.source_ports ? match.source_ports->value : rules_.port_limits;
    condition.destination_ports =
        match.destination_ports ? match.destination_ports->value : rules_.port_limits;
    return condition;
  }

  std::vector<FilterRule> BuildList(const std::vector<RuleSpec>& specs) {
    std::vector<FilterRule> rules;
    std::map<std::int64_t, std::string> taken;  // priority to rule
    for (std::size_t i = 0; i < specs.size(); ++i) {
      FilterRule rule = BuildRule(specs, i);
      const auto [other, fresh] = taken.emplace(rule.priority, rule.label);
      if (!fresh) NoteDuplicate(specs[i], other->second);
      if (rules_.largest_first) rule.priority = -rule.priority;
      if (fresh) rules.push_back(std::move(rule));
    }
    return rules;
  }

  void CheckProtocol(const At<ProtocolSpec>& protocol) {
    const auto& known = rules_.protocols;
    const auto is = [&](const std::string& word) { return SameWord(word, protocol.value.text); };
    if (known.empty() || std::any_of(known.begin(), known.end(), is)) return;
    // Google Cloud takes names and numbers alike.
    const bool is_number = std::isdigit(static_cast<unsigned char>(protocol.value.text[0])) != 0;
    if (is_number && rules_.model == FilterModel::kPeerAndProtocol) return;
    mirror_.Fail(protocol.path,
                 mirror_.profile().title + " has no protocol \"" + protocol.value.text + "\"",
                 AcceptedNames(protocol.value.text, known));
  }

  void CheckFamily(const At<IpPrefix>& prefix) {
    if (rules_.has_ipv6 || prefix.value.address().is_v4()) return;
    mirror_.Fail(prefix.path,
                 ToString(prefix.value) + " is IPv6, which filters of " + mirror_.profile().title +
                     " do not know",
                 "an IPv4 range");
  }

 private:
  const std::string& word() const { return mirror_.spec.words.priority; }

  void CheckFamilies(const MatchSpec& match, const std::string& path) {
    std::optional<IpFamily> family;
    if (match.family) family = match.family->value;
    for (const auto* range : {&match.source, &match.destination}) {
      if (!*range) continue;
      CheckFamily(**range);
      const IpFamily own = (*range)->value.address().family();
      if (family && *family != own) {
        mirror_.FailAs("mixed_families", path, "one rule for IPv4 and IPv6 at once",
                       "one family in a rule, and a rule for each");
        return;
      }
      family = own;
    }
    if (!match.family || rules_.has_ipv6 || match.family->value == IpFamily::kV4) return;
    mirror_.Fail(match.family->path, "filters of " + mirror_.profile().title + " do not know IPv6",
                 "IPv4");
  }

  void CheckPorts(const MatchSpec& match, const std::optional<At<PortRange>>& ports) {
    if (!ports) return;
    const PortRange& limits = rules_.port_limits;
    if (ports->value.first > ports->value.last) {
      mirror_.Fail(ports->path, "the port range " + TextOf(ports->value) + " runs backwards",
                   "the smaller port first");
    } else if (ports->value.first < limits.first || ports->value.last > limits.last) {
      mirror_.Fail(
          ports->path,
          "ports " + TextOf(ports->value) + " go beyond those of " + mirror_.profile().title,
          "ports from " + std::to_string(limits.first) + " to " + std::to_string(limits.last));
    }
    if (ports->value == limits) return;  // any port
    const auto number = match.protocol ? match.protocol->value.number : std::nullopt;
    const bool every = !number && !mirror_.spec.filter.ports_need_protocol;
    if (every || (number && HasPorts(*number))) return;
    const std::string which =
        number ? "protocol " + match.protocol->value.text : std::string("every protocol");
    mirror_.FailAs(
        "ports_without_protocol", ports->path,
        "ports " + TextOf(ports->value) + " beside " + which + (number ? ", which has none" : ""),
        "protocol TCP or UDP, or no ports");
  }

  FilterRule BuildRule(const std::vector<RuleSpec>& specs, std::size_t position) {
    const RuleSpec& spec = specs[position];
    FilterRule rule;
    rule.priority = PriorityOf(specs, position);
    rule.label = spec.id.empty() ? "rule " + std::to_string(rule.priority) : spec.id;
    if (spec.action) {
      rule.action = spec.action->value;
    } else {
      mirror_.draft.assumptions.Default("rule_action", rules_.accept,
                                        "A rule without an action copies what it matches.",
                                        kOurChoice);
    }
    rule.condition = Build(spec.match, spec.path);
    // Where filters know no IPv6, no rule is about it.
    if (!rules_.has_ipv6 && !rule.condition.family) rule.condition.family = IpFamily::kV4;
    return rule;
  }

  // In the order of the list where no rule has one.
  std::int64_t PriorityOf(const std::vector<RuleSpec>& specs, std::size_t position) {
    const RuleSpec& spec = specs[position];
    const NumberRange& range = rules_.priority;
    if (spec.priority) {
      const std::int64_t given = spec.priority->value;
      if (given < range.first || given > range.last) {
        mirror_.Fail(spec.priority->path, word() + " " + std::to_string(given) + " is out of range",
                     "from " + std::to_string(range.first) + " to " + std::to_string(range.last));
      }
      return given;
    }
    const auto has_one = [](const RuleSpec& each) { return each.priority.has_value(); };
    if (std::any_of(specs.begin(), specs.end(), has_one)) {
      mirror_.Fail(spec.path, "a rule without " + word() + " beside rules that have one",
                   word() + " for every rule of the list, or for none");
    } else {
      mirror_.draft.assumptions.Default(
          "rule_order", "as listed",
          "Rules without " + word() + " are asked in the order of their list.", kOurChoice);
    }
    const auto from = static_cast<std::int64_t>(position);
    return rules_.largest_first ? range.last - from : range.first + from;
  }

  void NoteDuplicate(const RuleSpec& spec, const std::string& other) {
    if (!spec.priority) return;
    mirror_.FailAs(
        "duplicate_priority", spec.priority->path,
        word() + " " + std::to_string(spec.priority->value) + " is that of " + other + " too",
        "a " + word() + " of its own in each direction");
  }

  MirrorDraft& mirror_;
  const FilterRules& rules_;
};

Filter NatFilter(MirrorDraft& mirror, const At<std::string>& name) {
  std::vector<std::string> known;
  for (const auto& [gateway, next_hop] : mirror.draft.names[*mirror.vpc].gateways) {
    if (next_hop.kind != NextHop::Kind::kNatGateway) continue;
    if (gateway == name.value) return Filter::NextHopIsNatGateway(next_hop.gateway);
    known.push_back(gateway);
  }
  mirror.Fail(name.path, "there is no NAT gateway \"" + name.value + "\" in the mirror's VPC",
              AcceptedNames(name.value, known));
  return {};
}

Filter ByConditions(MirrorDraft& mirror, const FilterRules& rules) {
  const FilterSpec& spec = mirror.spec.filter;
  if (spec.nat_id && !spec.conditions.empty()) {
    mirror.FailAs("nat_beside_conditions", spec.nat_id->path,
                  "NatId beside " + mirror.spec.words.filter, "one of the two",
                  {{spec.nat_id->path, ""}});
  }
  if (spec.nat_id) return NatFilter(mirror, *spec.nat_id);
  FilterBuilder builder(mirror, rules);
  std::vector<Condition> conditions;
  for (const ConditionSpec& each : spec.conditions) {
    conditions.push_back(builder.Build(each.match, each.path));
  }
  return Filter::AllOf(std::move(conditions));
}

void CheckNumberOfRules(MirrorDraft& mirror) {
  const FilterSpec& spec = mirror.spec.filter;
  const auto check = [&](const char* quota, std::size_t count, const char* where) {
    const auto most = QuotaOf(mirror.profile(), quota);
    if (!most || count <= static_cast<std::size_t>(*most)) return;
    mirror.FailAs("too_many_rules", spec.path, std::to_string(count) + " rules " + where,
                  "at most " + std::to_string(*most));
  };
  check("rules_per_filter", spec.ingress.size() + spec.egress.size(), "in one filter");
  check("rules_per_direction", spec.ingress.size(), "of ingress in one filter");
  check("rules_per_direction", spec.egress.size(), "of egress in one filter");
}

// Both ends, since a service asks as well as answers.
std::vector<Condition> TrafficOf(const ServiceTraffic& service, const IpPrefix& vpc) {
  std::vector<IpPrefix> addresses = service.addresses;
  if (service.vpc_offset && vpc.address().is_v4()) {
    constexpr int kHostBits = 32;
    addresses.emplace_back(IpAddress::V4(vpc.address().v4() + *service.vpc_offset), kHostBits);
  }
  std::vector<Condition> traffic;
  for (const IpPrefix& address : addresses) {
    for (const std::uint8_t protocol : service.protocols) {
      Condition to;
      to.protocol = protocol;
      Condition from = to;
      to.destination = address;
      from.source = address;
      to.source_ports = from.destination_ports = PortRange{0, 65535};
      to.destination_ports = from.source_ports = PortRange{service.port, service.port};
      traffic.push_back(to);
      traffic.push_back(from);
    }
  }
  return traffic;
}

// A service that need not be enabled and is not named is up to the rules.
void AddServices(MirrorDraft& mirror, const FilterRules& rules, Filter& filter) {
  const ProviderProfile& profile = mirror.profile();
  std::vector<std::string> known;
  for (const ServiceTraffic& each : profile.services) known.push_back(each.name);
  std::vector<std::string> enabled;
  for (const At<std::string>& name : mirror.spec.filter.services) {
    enabled.push_back(name.value);
    if (std::find(known.begin(), known.end(), name.value) != known.end()) continue;
    mirror.Fail(name.path, profile.title + " has no network service \"" + name.value + "\"",
                AcceptedNames(name.value, known));
  }
  const IpPrefix& vpc = mirror.deployment().vpcs[*mirror.vpc].cidr;
  std::vector<NetworkService> services;
  for (const ServiceTraffic& each : profile.services) {
    const bool named = std::find(enabled.begin(), enabled.end(), each.name) != enabled.end();
    if (named || rules.services_need_enabling) {
      services.push_back({each.name, TrafficOf(each, vpc)});
    }
  }
  if (!services.empty()) filter.SetServices(services, enabled);
}

Filter ByRules(MirrorDraft& mirror, const FilterRules& rules) {
  const FilterSpec& spec = mirror.spec.filter;
  CheckNumberOfRules(mirror);
  FilterBuilder builder(mirror, rules);
  std::vector<FilterRule> ingress = builder.BuildList(spec.ingress);
  std::vector<FilterRule> egress = builder.BuildList(spec.egress);
  const bool none = spec.ingress.empty() && spec.egress.empty();
  const bool copies_the_rest =
      rules.copies_all_without_match || (none && rules.copies_all_without_rules);
  Filter filter = Filter::FirstMatch(std::move(ingress), std::move(egress),
                                     copies_the_rest ? Action::kAccept : Action::kReject);
  AddServices(mirror, rules, filter);
  return filter;
}

Filter EverythingOfIpv4() {
  FilterRule all;
  all.label = "IPv4";
  all.condition.family = IpFamily::kV4;
  all.condition.source_ports = all.condition.destination_ports = PortRange{0, 65535};
  return Filter::FirstMatch({all}, {all});
}

Filter ByPeerAndProtocol(MirrorDraft& mirror, const FilterRules& rules) {
  const FilterSpec& spec = mirror.spec.filter;
  FilterBuilder builder(mirror, rules);
  std::vector<IpPrefix> peers;
  for (const At<IpPrefix>& peer : spec.peers) {
    builder.CheckFamily(peer);
    peers.push_back(peer.value);
  }
  std::vector<std::uint8_t> protocols;
  for (const At<ProtocolSpec>& protocol : spec.protocols) {
    builder.CheckProtocol(protocol);
    if (protocol.value.number) protocols.push_back(*protocol.value.number);
  }
  return Filter::PeerAndProtocol(std::move(peers), std::move(protocols));
}

}  // namespace

Filter BuildMirrorFilter(MirrorDraft& mirror) {
  const ProviderProfile& profile = mirror.profile();
  const FilterSpec& spec = mirror.spec.filter;
  if (!profile.api.empty() && profile.api != mirror.spec.api) return {};
  const bool second = spec.by_rules && profile.filter.model == FilterModel::kAllConditions;
  if (second && !profile.rule_mode) {
    mirror.Fail(spec.path, profile.title + " has no filters of rules by direction",
                mirror.spec.words.filter);
    return {};
  }
  const FilterRules& rules = second ? *profile.rule_mode : profile.filter;
  if (second && spec.nat_id) {
    mirror.FailAs("nat_beside_conditions", spec.nat_id->path, "NatId beside rules by direction",
                  "one of the two", {{spec.nat_id->path, ""}});
  }
  switch (rules.model) {
    case FilterModel::kAllConditions:
      return ByConditions(mirror, rules);
    case FilterModel::kFirstMatch:
      return ByRules(mirror, rules);
    case FilterModel::kPeerAndProtocol:
      return ByPeerAndProtocol(mirror, rules);
    case FilterModel::kEverything:
      return rules.has_ipv6 ? Filter() : EverythingOfIpv4();
  }
  return {};
}

}  // namespace vpcmirror
