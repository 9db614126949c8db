#include "analysis/report/profile_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/report/text_layout.h"
#include "analysis/words/quantities.h"
#include "models/cloud/provider_assumptions.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kLabelColumn = 24;  // where values begin

const char* YesNo(bool yes) { return yes ? "yes" : "no"; }

std::string FilterWords(FilterModel model) {
  switch (model) {
    case FilterModel::kAllConditions:
      return "all conditions must hold";
    case FilterModel::kFirstMatch:
      return "first rule that matches";
    case FilterModel::kPeerAndProtocol:
      return "peer CIDR and protocol";
    case FilterModel::kEverything:
      return "no filter";
  }
  return "";
}

const char* DirectionWords(DirectionModel directions) {
  switch (directions) {
    case DirectionModel::kPerMirror:
      return "one field of the mirror: in, out or both";
    case DirectionModel::kPerRule:
      return "each rule is for one direction";
    case DirectionModel::kBoth:
      return "always both";
  }
  return "";
}

std::string PriorityWords(const FilterRules& rules) {
  if (rules.priority.last < rules.priority.first) return "none";
  return fmt::format("{} to {}, the {} first, each once in a direction", rules.priority.first,
                     rules.priority.last, rules.largest_first ? "largest" : "smallest");
}

std::string BalancerWords(const LoadBalancerKind& kind) {
  std::string words =
      fmt::format("{}, target {}; {}; {}", kind.title, kind.target,
                  kind.needs_listener ? "drops what no listener waits for" : "needs no listener",
                  kind.cross_zone ? "to all zones unless it says otherwise"
                                  : "to the zone of arrival unless it says "
                                    "otherwise");
  if (kind.internal_only) words += "; internal only";
  if (kind.mtu) words += fmt::format("; MTU {} bytes", kind.mtu->count());
  if (kind.zone_bandwidth) {
    words += fmt::format("; {} a zone", BitRateText(*kind.zone_bandwidth));
    if (kind.zone_bandwidth_most) {
      words += fmt::format(", growing to {}", BitRateText(*kind.zone_bandwidth_most));
    }
  }
  if (kind.geneve_options) {
    words += fmt::format("; puts Geneve with {} bytes of options around a copy",
                         kind.geneve_options->count());
  }
  if (kind.unhealthy_after) {
    words += fmt::format("; health checks find a dead backend after {}",
                         TimeText(*kind.unhealthy_after));
    if (kind.healthy_after) {
      words += fmt::format(" and its return after {}", TimeText(*kind.healthy_after));
    }
  }
  return words;
}

std::string ScopeWords(NumberScope scope) {
  switch (scope) {
    case NumberScope::kNone:
      return "";
    case NumberScope::kEni:
      return ", unique for an ENI";
    case NumberScope::kAccount:
      return ", unique in the account and region";
  }
  return "";
}

std::string VniWords(const ProviderProfile& profile) {
  switch (profile.vni) {
    case VniRule::kNone:
      return fmt::format("{}; nobody can give another", profile.tunnel.vni);
    case VniRule::kFixed:
      return fmt::format("{} unless a session gives one", profile.tunnel.vni);
    case VniRule::kRandom:
      return "drawn for each session that gives none";
  }
  return "";
}

std::string OuterPortWords(const ProviderProfile& profile) {
  const TunnelSettings& tunnel = profile.tunnel;
  const int first = tunnel.first_source_port;
  const bool symmetric = profile.port_hash_symmetry == HashSymmetry::kSymmetric;
  return fmt::format(
      "{} to {}, by a hash of the inner addresses, protocol and ports, {} for both directions",
      first, first + tunnel.source_ports - 1, symmetric ? "the same" : "not the same");
}

std::string LengthWords(const LengthRule& rule) {
  std::string words = rule.by_default ? fmt::format("{} bytes", rule.by_default->count())
                                      : std::string("the whole frame");
  if (!rule.least) return words + "; nobody can ask for less";
  words += fmt::format(" unless a session asks for {}", rule.least->count());
  if (rule.least_v6) words += fmt::format(" (IPv6: {})", rule.least_v6->count());
  words += rule.most ? fmt::format(" to {} bytes", rule.most->count()) : " bytes or more";
  if (rule.zero_is_whole) words += "; 0 asks for the whole frame";
  return words;
}

const char* PolicyWords(MtuPolicy policy) {
  switch (policy) {
    case MtuPolicy::kTruncate:
      return "its end is cut off";
    case MtuPolicy::kTruncateRepaired:
      return "its end is cut off, lengths and checksums are mended";
    case MtuPolicy::kSegment:
      return "it becomes segments that fit";
    case MtuPolicy::kFragment:
      return "its outer packet is fragmented";
    case MtuPolicy::kDrop:
      return "it is dropped";
  }
  return "";
}

std::string BasisWords(const MtuRule& rule) {
  switch (rule.basis) {
    case MtuBasis::kPath:
      return "the smaller of the source's and the receiver's";
    case MtuBasis::kReceiver:
      return "the receiver's";
    case MtuBasis::kSource:
      return "the source's";
    case MtuBasis::kFixed:
      return fmt::format("{} bytes, whatever they have", rule.fixed.count());
  }
  return "";
}

std::string OverheadWords(const MtuRule& rule) {
  if (!rule.counted_overhead_v4) return "what the outer headers really add";
  const auto v4 = rule.counted_overhead_v4->count();
  const auto v6 = rule.counted_overhead_v6.value_or(*rule.counted_overhead_v4).count();
  return v4 == v6 ? fmt::format("{} bytes", v4)
                  : fmt::format("{} bytes over IPv4, {} over IPv6", v4, v6);
}

const char* ProtocolWord(std::uint8_t protocol) {
  return protocol == kProtocolTcp ? "TCP" : protocol == kProtocolUdp ? "UDP" : "ICMP";
}

std::string TrafficWords(const NeverMirrored& rule) {
  std::vector<std::string> words;
  if (rule.ether_type != 0) words.push_back(fmt::format("EtherType 0x{:04x}", rule.ether_type));
  if (rule.protocol) words.emplace_back(ProtocolWord(*rule.protocol));
  if (!rule.ports.empty()) {
    words.push_back(fmt::format("{} {}", rule.both_ports ? "both ports among" : "port",
                                fmt::join(rule.ports, ", ")));
  }
  if (rule.service) words.push_back("of " + ToString(*rule.service));
  return fmt::format("{}", fmt::join(words, " "));
}

std::string ServiceWords(const ServiceTraffic& service) {
  std::vector<std::string> addresses;
  for (const IpPrefix& each : service.addresses) addresses.push_back(ToString(each));
  if (service.vpc_offset) {
    addresses.push_back(fmt::format("the VPC's base plus {}", *service.vpc_offset));
  }
  std::vector<std::string> protocols;
  for (const std::uint8_t each : service.protocols) protocols.emplace_back(ProtocolWord(each));
  return fmt::format("{} port {} of {}", fmt::join(protocols, " and "), service.port,
                     fmt::join(addresses, ", "));
}

const char* CongestionWords(CongestionRule rule) {
  switch (rule) {
    case CongestionRule::kNotDocumented:
      return "not documented";
    case CongestionRule::kProductionFirst:
      return "copies are dropped before production";
    case CongestionRule::kNoPriority:
      return "production and copies alike";
  }
  return "";
}

class ProfileReport {
 public:
  ProfileReport(const ProviderProfile& profile, const TextStyle& style)
      : profile_(profile), style_(style) {}

  std::string Write() {
    Sentence(fmt::format("{} ({}), as of {}", profile_.title, profile_.name, profile_.as_of));
    if (profile_.experimental) Sentence(ExperimentalNote(profile_));
    Sentence("A star marks what no document states: see Assumptions.");
    WriteFilter("Filter", profile_.filter, !profile_.rule_mode);
    if (profile_.rule_mode) WriteFilter("Filter, rule mode", *profile_.rule_mode, true);
    WriteSessions();
    WriteEncapsulation();
    WriteSize();
    WriteNeverMirrored();
    WriteEnds();
    WriteLoadBalancers();
    WriteLimits();
    WriteNames();
    WriteAssumptions();
    WriteSources();
    return std::move(out_);
  }

 private:
  void Sentence(const std::string& text) {
    out_ += Wrapped(Printable(text), style_.width, 0) + "\n";
  }
  void Title(std::string_view title) {
    out_ += "\n" + Painted(title, Ink::kBold, style_.color) + "\n";
  }
  // `text` in lines behind `lead`, which is shorter than `indent`.
  void Block(std::string_view lead, std::string_view text, std::size_t indent) {
    const std::string margin(indent, ' ');
    std::string line = std::string(lead) + margin.substr(lead.size());
    for (const char c : Wrapped(text, style_.width - static_cast<int>(indent), 0)) {
      line += c;
      if (c == '\n') line += margin;
    }
    out_ += line + "\n";
  }
  // A row of a section; starred when the profile lists `assumption`.
  void Row(std::string_view label, std::string_view value, std::string_view assumption = "") {
    const char mark = IsAssumed(assumption) ? '*' : ' ';
    Block(fmt::format("{} {}", mark, label), Printable(std::string(value)), kLabelColumn);
  }
  void Item(std::string_view text) { Block("", Printable(std::string(text)), 2); }
  bool IsAssumed(std::string_view name) const {
    const auto& listed = profile_.assumptions;
    return std::any_of(listed.begin(), listed.end(),
                       [&](const Assumption& each) { return each.name == name; });
  }

  bool IsAtAssumedAddresses(const NeverMirrored& rule) const {
    const auto& names = profile_.kinds_at_service_addresses;
    return std::find(names.begin(), names.end(), rule.name) != names.end();
  }

  void WriteFilter(std::string_view title, const FilterRules& rules, bool is_assumed_of);
  void WriteSessions();
  void WriteEncapsulation();
  void WriteSize();
  void WriteNeverMirrored();
  void WriteEnds();
  void WriteLoadBalancers();
  void WriteLimits();
  void WriteNames();
  void WriteAssumptions();
  void WriteSources();

  const ProviderProfile& profile_;
  TextStyle style_;
  std::string out_;
};

// Assumptions about ordered rules are of the rule mode, where there is one.
void ProfileReport::WriteFilter(std::string_view title, const FilterRules& rules,
                                bool is_assumed_of) {
  const auto of = [&](std::string_view name) { return is_assumed_of ? name : ""; };
  Title(title);
  Row("decides", FilterWords(rules.model));
  if (!rules.accept.empty()) {
    Row("actions", fmt::format("{} and {}", rules.accept, rules.reject));
  } else {
    Row("actions", "none: what is named is copied");
  }
  const bool by_peer = rules.model == FilterModel::kPeerAndProtocol;
  const char* all = by_peer ? "all IPv4 is copied" : "all is copied";
  Row("without rules", rules.copies_all_without_rules ? all : "nothing is copied",
      of("without_rules"));
  if (rules.model == FilterModel::kFirstMatch) {
    Row("without a match",
        rules.copies_all_without_match ? "the frame is copied" : "the frame is not copied",
        of("default_action"));
  }
  Row("priorities", PriorityWords(rules),
      IsAssumed("priority_order") ? of("priority_order") : of("priority_range"));
  Row("direction", DirectionWords(rules.directions));
  if (rules.model == FilterModel::kEverything) return;
  Row("protocols",
      rules.protocols.empty() ? std::string("IANA numbers")
                              : fmt::format("{}", fmt::join(rules.protocols, ", ")),
      "protocols");
  Row("ports",
      rules.has_ports ? fmt::format("{} to {}", rules.port_limits.first, rules.port_limits.last)
                      : std::string("none"),
      "port_range");
  Row("IPv6", YesNo(rules.has_ipv6), "filter_ipv6");
  Row("next hop", rules.has_next_hop ? "a NAT gateway may be asked for" : "no");
}

void ProfileReport::WriteSessions() {
  const SessionRules& rules = profile_.sessions;
  Title("Several mirrors on one ENI");
  const bool numbered = rules.number.first <= rules.number.last;
  Row("order",
      numbered ? fmt::format("numbers {} to {}, the smallest first{}", rules.number.first,
                             rules.number.last, ScopeWords(rules.unique_within))
               : std::string("as given"),
      "session_numbers");
  if (rules.per_eni) Row("at most", fmt::format("{}", *rules.per_eni));
  Row("copies", rules.at_most_one_copy ? "at most one of a frame" : "one for each mirror",
      "at_most_one_copy");
  Row("a rule's reject",
      rules.reject_stops_later ? "ends it for later mirrors too" : "ends it for that mirror only",
      "reject_stops_later_sessions");
  Row("sources of a mirror", rules.one_source ? "one" : "several");
  if (rules.object_in_one_mirror) Row("one object", "in one mirror only");
}

void ProfileReport::WriteEncapsulation() {
  Title("Encapsulation");
  Row("format", ToString(profile_.tunnel.kind), "encapsulation");
  if (profile_.tunnel.kind == EncapsulationKind::kNone) return;
  Row("network identifier", VniWords(profile_), "vni");
  const Encapsulation encapsulation(profile_.tunnel);
  const auto port = encapsulation.destination_port();
  if (!port) return;
  Row("UDP port", fmt::format("{}", *port));
  Row("outer source port", OuterPortWords(profile_),
      IsAssumed("outer_source_ports") ? "outer_source_ports" : "outer_port_hash_symmetric");
}

void ProfileReport::WriteSize() {
  Title("Size of a copy");
  Row("packet length", LengthWords(profile_.packet_length), "packet_length_least");
  if (profile_.load_balancer_length) {
    Row("to load balancers", LengthWords(*profile_.load_balancer_length), "packet_length_least");
  }
  Row("over the MTU", PolicyWords(profile_.mtu_policy), "mtu_policy");
  Row("whose MTU", BasisWords(profile_.mtu), "truncation_basis");
  Row("overhead counted", OverheadWords(profile_.mtu), "counted_overhead");
  if (profile_.largest_mtu) {
    Row("largest MTU", fmt::format("{} bytes", profile_.largest_mtu->count()));
  }
  if (!profile_.mtu_advice.empty()) Row("advice", profile_.mtu_advice);
}

void ProfileReport::WriteNeverMirrored() {
  Title("Never mirrored");
  if (profile_.never_mirrored.empty()) Row("-", "nothing", "never_mirrored");
  for (const NeverMirrored& rule : profile_.never_mirrored) {
    Row(rule.name, TrafficWords(rule),
        IsAtAssumedAddresses(rule) ? "service_addresses" : "never_mirrored");
  }
  for (const NeverMirrored& rule : profile_.may_be_never_mirrored) {
    Row(rule.name, TrafficWords(rule) + "; mirrored unless a scenario says otherwise",
        "never_mirrored");
  }
  if (profile_.services.empty()) return;
  Title("Network services, copied where a filter names them");
  for (const ServiceTraffic& service : profile_.services) Row(service.name, ServiceWords(service));
  Row("not named",
      profile_.filter.services_need_enabling ? "not copied; a later mirror may name it"
                                             : "up to the rules",
      "services_need_enabling");
}

void ProfileReport::WriteEnds() {
  const SecurityRules& security = profile_.security;
  Title("Security groups and ACLs");
  Row("dropped at the source",
      security.mirrors_what_source_drops ? "copied all the same"
      : security.mirrors_outbound_drops  ? "copied where the source sends it"
                                         : "not copied",
      IsAssumed("mirrors_what_security_drops") ? "mirrors_what_security_drops"
                                               : "outbound_security_drops");
  Row("copies, at the source", security.copies_pass_source ? "exempt" : "checked",
      "security_of_copies");
  Row("copies, at the target", security.target_filters_copies ? "checked" : "exempt",
      "security_of_copies");
  Title("Receivers");
  Row("kinds", fmt::format("{}", fmt::join(profile_.target_kinds, ", ")));
  const bool by_flow = profile_.default_choice == ReceiverChoice::kByFlow;
  Row("one of several", by_flow ? "by flow" : "by source ENI, unless a mirror says by flow",
      IsAssumed("default_alg_hash") ? "default_alg_hash" : "receiver_choice");
  const bool symmetric = profile_.hash_symmetry == HashSymmetry::kSymmetric;
  Row("spread by flow",
      symmetric ? "both directions of a flow to one" : "each direction of a flow by itself",
      "flow_hash_symmetric");
  Row("loops",
      profile_.loop == LoopRule::kReceiverExcluded
          ? "a receiver is left out of a range that holds it, and refused as a named source"
          : "an ENI is source or target, never both",
      "loop_rule");
  Row("another VPC", YesNo(!profile_.needs_same_vpc), "cross_vpc");
  Row("IPv6", YesNo(profile_.receiver_ipv6), "receiver_ipv6");
  if (profile_.source_to_receiver_bandwidth) {
    Row("bandwidth", fmt::format("at least 1/{} of that of all sources",
                                 *profile_.source_to_receiver_bandwidth));
  }
}

void ProfileReport::WriteLoadBalancers() {
  const LoadBalancing& balancing = profile_.load_balancing;
  if (balancing.kinds.empty()) return;
  Title("Load balancers as targets");
  for (const LoadBalancerKind& kind : balancing.kinds) {
    Row(kind.name, BalancerWords(kind),
        IsAssumed("load_balancer_needs_listener") ? "load_balancer_needs_listener"
                                                  : "load_balancer_cross_zone");
  }
  Row("order",
      balancing.reorders_within ? fmt::format("copies of a flow within {} may change places",
                                              TimeText(*balancing.reorders_within))
                                : std::string("copies of a flow stay in order"),
      "load_balancer_reorders");
}

void ProfileReport::WriteLimits() {
  Title("Over a limit of the source");
  Row("documented", CongestionWords(profile_.documented_congestion));
  Row("simulated", ToString(profile_.congestion), "congestion");
  if (profile_.congestion == Congestion::kFifo) {
    Row("copy", fmt::format("queued {} its original", ToString(profile_.copy_order)), "copy_order");
  }
  if (profile_.flow_bandwidth) {
    Row("one flow",
        fmt::format("at most {}, its copies included", BitRateText(*profile_.flow_bandwidth)));
  }
  Row("CPU of copies", profile_.who_pays == Payer::kGuest ? "the source CVM's" : "the cloud's",
      "who_pays");
  Row("bandwidth counts",
      profile_.limit_model == LimitModel::kCombined ? "in and out together" : "each direction",
      "limit_model");
  Title("States");
  const Lifecycle& lifecycle = profile_.lifecycle;
  Row("states", lifecycle.states.empty() ? std::string("none: a mirror exists or not")
                                         : fmt::format("{}", fmt::join(lifecycle.states, ", ")));
  if (!lifecycle.by_default.empty()) Row("not given", lifecycle.by_default);
  if (lifecycle.is_required) Row("not given", "refused by the API");
  Row("runs by default", YesNo(lifecycle.runs_by_default));
}

void ProfileReport::WriteNames() {
  const SourceTypes& types = profile_.source_types;
  if (!types.as_of.empty()) {
    Title("Source instance types");
    Item(fmt::format("{}: {}. As of {}, {}", types.families.empty() ? "all but" : "only",
                     fmt::join(types.families.empty() ? types.excluded : types.families, ", "),
                     types.as_of, types.source));
  }
  if (!profile_.quotas.empty()) Title("Quotas");
  for (const Quota& quota : profile_.quotas) {
    Item(fmt::format("{} {}: {} As of {}, {}", quota.name,
                     quota.most ? fmt::format("{}", *quota.most) : "unlimited", quota.text,
                     quota.as_of, quota.source));
    if (!quota.most_of_listed || quota.listed_types.empty()) continue;
    Item(fmt::format("{} {} of {}", quota.name, *quota.most_of_listed,
                     fmt::join(quota.listed_types, ", ")));
  }
  if (!profile_.metrics.empty()) Title("Metrics");
  for (const std::string& metric : profile_.metrics) Item(metric);
  if (!profile_.loss_counters.empty()) Title("Counters of losses");
  for (const LossCounter& each : profile_.loss_counters) {
    Item(fmt::format("{}: {}. {}", each.lost, fmt::join(each.names, ", "), each.source));
  }
  if (!profile_.error_codes.empty()) Title("Error codes");
  for (const auto& [refusal, code] : profile_.error_codes) {
    Item(fmt::format("{}: {}", refusal, code));
  }
  if (!profile_.not_modelled.empty()) Title("Documented, but not modelled");
  for (const std::string& rule : profile_.not_modelled) Item(rule);
}

void ProfileReport::WriteAssumptions() {
  if (profile_.assumptions.empty()) return;
  Title("Assumptions (a scenario may set another value)");
  for (const Assumption& each : profile_.assumptions) {
    Item(fmt::format("{}={}: {} ({})", each.name, each.value, each.text, each.source));
  }
}

void ProfileReport::WriteSources() {
  Title("Sources");
  for (const DocumentSource& each : profile_.sources) {
    Item(fmt::format("{}: {}", fmt::join(each.sections, ", "), each.where));
  }
}

}  // namespace

std::string ProfileText(const ProviderProfile& profile, const TextStyle& style) {
  return ProfileReport(profile, style).Write();
}

std::string ProfileListText(const ProviderProfiles& profiles, const TextStyle& style) {
  std::string out = Painted(
      fmt::format("{:11}{:20}{:12}{:26}{:11}", "Name", "Cloud", "As of", "Filter", "Copies in"),
      Ink::kBold, style.color);
  while (!style.color && out.back() == ' ') out.pop_back();
  out += '\n';
  bool some_experimental = false;
  for (const auto& [name, profile] : profiles) {
    some_experimental = some_experimental || profile.experimental;
    out += fmt::format("{:11}{:20}{:12}{:26}{}{}\n", name, Printable(profile.title), profile.as_of,
                       FilterWords(profile.filter.model), ToString(profile.tunnel.kind),
                       profile.experimental ? " (1)" : "");
  }
  if (some_experimental) {
    out += "\n" +
           Wrapped("(1) experimental: little is documented, so that most of it is assumed.",
                   style.width, 4) +
           "\n";
  }
  return out;
}

}  // namespace vpcmirror
