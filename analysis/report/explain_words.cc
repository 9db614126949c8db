#include "analysis/report/explain_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace vpcmirror {
namespace {

struct NamedProtocol {
  std::uint8_t protocol;
  std::string_view word;
};
// IANA protocol numbers.
constexpr NamedProtocol kProtocolWords[] = {{kProtocolIcmp, "icmp"},
                                            {kProtocolTcp, "tcp"},
                                            {kProtocolUdp, "udp"},
                                            {kProtocolGre, "gre"},
                                            {50, "esp"},
                                            {51, "ah"},
                                            {kProtocolIcmpV6, "icmpv6"},
                                            {kProtocolSctp, "sctp"}};

std::string FamilyWord(IpFamily family) { return family == IpFamily::kV4 ? "IPv4" : "IPv6"; }

std::string PortsWords(const PortRange& ports) {
  return ports.first == ports.last ? std::to_string(ports.first)
                                   : fmt::format("{}-{}", ports.first, ports.last);
}

std::string SideWords(const std::optional<IpPrefix>& prefix, const PortRange& ports) {
  std::string text = prefix ? ToString(*prefix) : "any";
  if (ports.IsAny()) return text;
  if (prefix && !prefix->address().is_v4()) text = "[" + text + "]";
  return text + ":" + PortsWords(ports);
}

std::string PortMismatch(std::string_view side, const PortRange& ports, const FlowKey& flow,
                         std::uint16_t port) {
  if (flow.ports == Ports::kKnown) {
    return fmt::format("{} port {} is not in {}-{}", side, port, ports.first, ports.last);
  }
  const std::string_view why = flow.ports == Ports::kLaterFragment ? "a later fragment has no ports"
                               : flow.ports == Ports::kNotCaptured ? "its ports were not captured"
                                                                   : "its protocol has no ports";
  return fmt::format("{} port {}-{} is asked for, and {}", side, ports.first, ports.last, why);
}

std::string NatGatewayWords(const ValidScenario& scenario, const Filter& filter) {
  return "NAT gateway " + scenario.deployment->nat_gateways[filter.nat_gateway().value_or(0)].id;
}

std::string ShareWords(const MirrorSettings& settings, std::uint32_t receiver) {
  if (settings.receivers.size() == 1) return "the only receiver";
  std::uint64_t total = 0;
  bool weighted = false;
  for (const ReceiverAddress& each : settings.receivers) {
    total += each.weight;
    weighted = weighted || each.weight != settings.receivers.front().weight;
  }
  const std::string_view by =
      settings.choice == ReceiverChoice::kByFlow ? "flow hash" : "source ENI";
  std::string text = fmt::format("one of {} receivers, by {}", settings.receivers.size(), by);
  if (weighted) {
    text += fmt::format(", with {} of {} shares", settings.receivers[receiver].weight, total);
  }
  return text;
}

std::string ReceiverWords(const ValidScenario& scenario, std::size_t mirror,
                          std::uint32_t receiver) {
  const PlacedMirror& placed = scenario.mirrors[mirror];
  const std::string address = ToString(placed.mirror->settings().receivers[receiver].address);
  if (receiver >= placed.receiver_enis.size()) return address;
  return fmt::format("{} ({})", scenario.deployment->enis[placed.receiver_enis[receiver]].id,
                     address);
}

std::string RuleSubject(const Filter& filter, Direction direction, std::uint32_t item) {
  const FilterRule& rule = filter.rules(direction)[item];
  return fmt::format("{}: {}", rule.label, ConditionWords(rule.condition));
}

StepWords RuleWords(const Filter& filter, const Explanation& explanation, const TrailStep& step) {
  const FilterRule& rule = filter.rules(explanation.direction)[step.item];
  StepWords words{RuleSubject(filter, explanation.direction, step.item), ""};
  if (!step.holds) {
    words.answer =
        "does not match: " + MismatchWords(rule.condition, step.mismatch, explanation.frame.flow);
  } else if (filter.all_must_hold()) {
    words.answer = "holds";
  } else {
    words.answer = fmt::format("matches: {}", rule.action == Action::kAccept ? "accept" : "reject");
  }
  return words;
}

std::string NoRuleAnswer(const Filter& filter, const Explanation& explanation,
                         const TrailStep& step) {
  if (step.holds) return "no filter: everything is copied";
  if (!explanation.frame.has_flow) return "no IP flow that a rule could match: not copied";
  if (filter.all_must_hold()) return "not all conditions hold: not copied";
  if (filter.rules(explanation.direction).empty()) {
    return fmt::format("no {} rules: not copied", ToString(explanation.direction));
  }
  return "no rule matches: not copied";
}

std::string MtuAnswer(const ExplainedSession& session, const TrailStep& step) {
  const CopyPlan& plan = session.plan;
  if (step.holds) {
    if (step.value >= kNoLimit.count()) return "nothing limits the copy's length";
    return fmt::format("{} bytes are carried, and {} would fit", plan.kept.count(), step.value);
  }
  return fmt::format("only {} bytes fit: {}", step.value, ActionWords(plan.mtu_action));
}

// Assumptions by the stage that looks at them. Those of kReceiver with several
// receivers, those of kMtu that name the policy only where the copy does not fit.
struct StageAssumption {
  Stage stage;
  std::string_view name;
};
constexpr StageAssumption kStageAssumptions[] = {
    {Stage::kNeverMirrored, "service_addresses"},
    {Stage::kNeverMirrored, "never_mirrored"},
    {Stage::kAdmission, "mirrors_what_security_drops"},
    {Stage::kAdmission, "outbound_security_drops"},
    {Stage::kAdmission, "security_groups"},
    {Stage::kEarlierCopy, "at_most_one_copy"},
    {Stage::kEarlierCopy, "reject_stops_later_sessions"},
    {Stage::kState, "mirror_state"},
    {Stage::kState, "range_overlap"},
    {Stage::kDirection, "mirror_direction"},
    {Stage::kNextHop, "route_table"},
    {Stage::kRule, "priority_order"},
    {Stage::kRule, "services_need_enabling"},
    {Stage::kNoRule, "default_action"},
    {Stage::kNoRule, "without_rules"},
    {Stage::kReceiver, "encapsulation"},
    {Stage::kReceiver, "vni"},
    {Stage::kReceiver, "outer_source_ports"},
    {Stage::kReceiver, "outer_port_hash_symmetric"},
    {Stage::kReceiver, "flow_hash_symmetric"},
    {Stage::kReceiver, "default_alg_hash"},
    {Stage::kReceiver, "receiver_choice"},
    {Stage::kMtu, "mtu"},
    {Stage::kMtu, "truncation_basis"},
    {Stage::kMtu, "counted_overhead"},
    {Stage::kMtu, "mtu_policy"},
};

bool NeedsSeveralReceivers(std::string_view name) {
  return name == "flow_hash_symmetric" || name == "default_alg_hash" || name == "receiver_choice";
}

void AddNames(const ValidScenario& scenario, const ExplainedSession* session,
              const std::vector<TrailStep>& steps, std::set<std::string_view>& names) {
  for (const TrailStep& step : steps) {
    for (const StageAssumption& each : kStageAssumptions) {
      if (each.stage != step.stage) continue;
      if (each.name == "mtu_policy" && step.holds) continue;
      if (session != nullptr && NeedsSeveralReceivers(each.name) &&
          scenario.mirrors[session->mirror].mirror->settings().receivers.size() == 1) {
        continue;
      }
      names.insert(each.name);
    }
  }
}

std::string CopyWords(const ValidScenario& scenario, const Explanation& explanation,
                      const ExplainedSession& session) {
  const Mirror& mirror = *scenario.mirrors[session.mirror].mirror;
  const std::string reason = ReasonWords(scenario, explanation.eni, session.ruling, &mirror);
  const std::string receiver = ReceiverWords(scenario, session.mirror, session.plan.receiver);
  const std::string& id = mirror.settings().id;
  if (session.ruling.dropped) {
    return fmt::format("{} would send a copy to {}, since {}, but {}", id, receiver, reason,
                       *session.ruling.dropped == DropReason::kMtu ? "it does not fit the MTU"
                       : *session.ruling.dropped == DropReason::kNoRoute
                           ? "no route leads there"
                           : "its outer length field cannot hold it");
  }
  if (session.copy && session.copy->path.stop != Stop::kNone) {
    return fmt::format("{} sends a copy to {}, since {}, but it does not arrive: {}", id, receiver,
                       reason, ToString(session.copy->path.stop));
  }
  if (session.copy && session.copy->balancing) {
    const ExplainedBalancing& balancing = *session.copy->balancing;
    return fmt::format("{} sends a copy to load balancer {}, since {}, which {} it {}", id,
                       receiver, reason, balancing.passes() ? "passes" : "drops",
                       BalancingWords(scenario, balancing));
  }
  return fmt::format("{} sends a copy to {}, since {}", id, receiver, reason);
}

// Which of the sessions before this one has decided, and how.
std::string EarlierWords(const ValidScenario& scenario, const Explanation& explanation,
                         const ExplainedSession& session) {
  for (const ExplainedSession& earlier : explanation.sessions) {
    if (&earlier == &session) break;
    const std::string& id = scenario.mirrors[earlier.mirror].mirror->settings().id;
    if (earlier.ruling.copies()) return id + " copies the frame, and it is copied once";
    if (earlier.ruling.refusal == Refusal::kRule) {
      return id + " rejects the frame by a rule, which ends it for later sessions too";
    }
  }
  return "one has decided about the frame";
}

// Of a condition that had to hold, also why it does not.
std::string RefusalWords(const ValidScenario& scenario, const Explanation& explanation,
                         const ExplainedSession& session) {
  const Mirror& mirror = *scenario.mirrors[session.mirror].mirror;
  const std::string reason = ReasonWords(scenario, explanation.eni, session.ruling, &mirror);
  for (const TrailStep& step : session.steps) {
    if (step.stage != Stage::kRule || step.holds || step.item != session.ruling.item) continue;
    const FilterRule& rule = mirror.settings().filter.rules(explanation.direction)[step.item];
    return reason + ": " + MismatchWords(rule.condition, step.mismatch, explanation.frame.flow);
  }
  return reason;
}

bool Leaves(const ExplainedSession& session) {
  return session.ruling.copies() && !session.ruling.dropped;
}
bool Arrives(const ExplainedSession& session) {
  return Leaves(session) && session.copy && session.copy->arrives();
}

}  // namespace

std::string BalancingWords(const ValidScenario& scenario, const ExplainedBalancing& balancing) {
  const Deployment& deployment = *scenario.deployment;
  const LoadBalancer& balancer = deployment.load_balancers[balancing.load_balancer];
  const std::string& zone = balancer.zones[balancing.zone];
  const std::string where =
      balancer.cross_zone || zone.empty() ? "" : fmt::format(" of zone {}", zone);
  if (!balancing.listens) {
    return fmt::format("for it listens on {}",
                       balancer.listener ? ToString(*balancer.listener) : std::string("nothing"));
  }
  if (!balancing.backend) return fmt::format("for want of a healthy backend{}", where);
  const Backend& backend = balancer.backends[*balancing.backend];
  return fmt::format("to {}, {}{}, by a hash of the copy's {}", deployment.enis[backend.eni].id,
                     balancing.eligible == 1
                         ? "the only healthy backend"
                         : fmt::format("one of {} healthy backends", balancing.eligible),
                     where, "outer addresses and ports");
}

std::string ProtocolWord(std::uint8_t protocol) {
  for (const NamedProtocol& each : kProtocolWords) {
    if (each.protocol == protocol) return std::string(each.word);
  }
  return fmt::format("protocol {}", protocol);
}

std::string EndWord(const IpAddress& address, std::uint16_t port, Ports ports) {
  if (ports != Ports::kKnown) return ToString(address);
  if (address.is_v4()) return fmt::format("{}:{}", ToString(address), port);
  return fmt::format("[{}]:{}", ToString(address), port);
}

std::string FlowWords(const FrameInfo& frame) {
  if (!frame.has_flow) {
    return frame.ether_type == kEtherTypeArp ? "arp"
                                             : fmt::format("EtherType 0x{:04x}", frame.ether_type);
  }
  const FlowKey& flow = frame.flow;
  std::string text = fmt::format("{} {} > {}", ProtocolWord(flow.protocol),
                                 EndWord(flow.source, flow.source_port, flow.ports),
                                 EndWord(flow.destination, flow.destination_port, flow.ports));
  if (frame.is_fragment) {
    text += flow.ports == Ports::kLaterFragment ? " later fragment" : " fragment";
  }
  return text;
}

std::string ConditionWords(const Condition& condition) {
  std::string text;
  if (condition.family) text += FamilyWord(*condition.family) + " ";
  if (condition.protocol) text += ProtocolWord(*condition.protocol) + " ";
  const std::string source = SideWords(condition.source, condition.source_ports);
  const std::string destination = SideWords(condition.destination, condition.destination_ports);
  if (source == "any" && destination == "any") return text + "any";
  return fmt::format("{}{} > {}", text, source, destination);
}

std::string MismatchWords(const Condition& condition, Mismatch mismatch, const FlowKey& flow) {
  switch (mismatch) {
    case Mismatch::kNone:
      return "it matches";
    case Mismatch::kFamily:
      return fmt::format("it is {}, not {}", FamilyWord(flow.source.family()),
                         FamilyWord(*condition.family));
    case Mismatch::kProtocol:
      return fmt::format("{} is not {}", ProtocolWord(flow.protocol),
                         ProtocolWord(*condition.protocol));
    case Mismatch::kSource:
      return fmt::format("source {} is not in {}", ToString(flow.source),
                         ToString(*condition.source));
    case Mismatch::kDestination:
      return fmt::format("destination {} is not in {}", ToString(flow.destination),
                         ToString(*condition.destination));
    case Mismatch::kSourcePort:
      return PortMismatch("source", condition.source_ports, flow, flow.source_port);
    case Mismatch::kDestinationPort:
      return PortMismatch("destination", condition.destination_ports, flow, flow.destination_port);
  }
  return "";
}

std::string NextHopWords(const ValidScenario& scenario, const NextHop& next_hop) {
  const Deployment& deployment = *scenario.deployment;
  switch (next_hop.kind) {
    case NextHop::Kind::kNatGateway:
      return "to NAT gateway " + deployment.nat_gateways[next_hop.gateway].id;
    case NextHop::Kind::kCvm:
      return "to CVM " + deployment.enis[next_hop.gateway].id;
    case NextHop::Kind::kPeering:
    case NextHop::Kind::kCcn:
      return fmt::format("to {} {}", ToString(next_hop.kind),
                         deployment.gateways[next_hop.gateway].id);
    case NextHop::Kind::kLocal:
      return "local";
    case NextHop::Kind::kOutside:
      return "to the outside";
    case NextHop::Kind::kBlackhole:
      return "a blackhole";
    case NextHop::Kind::kNoRoute:
    case NextHop::Kind::kNotLookedUp:
      break;
  }
  return std::string(ToString(next_hop.kind));
}

std::string ReasonWords(const ValidScenario& scenario, std::size_t eni, const Ruling& ruling,
                        const Mirror* mirror) {
  const ProviderProfile& provider = ProviderOf(scenario, eni);
  const Filter* filter = mirror == nullptr ? nullptr : &mirror->settings().filter;
  const auto rule = [&] { return std::string(filter->rules(ruling.direction)[ruling.item].label); };
  switch (ruling.refusal) {
    case Refusal::kNone:
      if (ruling.item != kNoCondition) return rule() + " accepts it";
      if (filter->nat_gateway()) return "its route leads to the mirror's NAT gateway";
      return filter->all_must_hold() ? "every condition holds" : "the mirror has no filter";
    case Refusal::kNeverMirrored:
      return fmt::format("it is {}, which {} never mirrors",
                         provider.never_mirrored[ruling.item].name,
                         provider.title.empty() ? provider.name : provider.title);
    case Refusal::kMirrorTraffic:
      return "it is mirror traffic itself: a copy, or addressed to a receiver's mirror port";
    case Refusal::kNotAdmitted:
      return "security drops it, and what is dropped is not mirrored";
    case Refusal::kStopped:
      return "the mirror is STOPPED";
    case Refusal::kEarlierSession:
      return "an earlier session has decided about it";
    case Refusal::kDirection:
      return fmt::format("the mirror collects {}, and this is {}",
                         ToString(mirror->settings().directions), ToString(ruling.direction));
    case Refusal::kNextHop:
      return fmt::format("its route does not lead to {}", NatGatewayWords(scenario, *filter));
    case Refusal::kFilter:
      if (ruling.item != kNoCondition) return rule() + " does not hold";
      return fmt::format("no {} rule matches", ToString(ruling.direction));
    case Refusal::kRule:
      return rule() + " rejects it";
    case Refusal::kNetworkService:
      return fmt::format("it is traffic of a {} that the filter does not name", rule());
    case Refusal::kSampled:
      return fmt::format("its flow is not among the {} of {} that are sampled",
                         mirror->settings().sampling.keep, mirror->settings().sampling.of);
    case Refusal::kNotIp:
      return fmt::format("it is no IP packet, and {} carries nothing else",
                         ToString(mirror->encapsulation().settings().kind));
  }
  return "";
}

std::string_view ActionWords(MtuAction action) {
  switch (action) {
    case MtuAction::kWhole:
      return "whole";
    case MtuAction::kTruncate:
      return "the end is cut off";
    case MtuAction::kRepair:
      return "the end is cut off, lengths and checksums say so";
    case MtuAction::kSegment:
      return "it becomes several packets";
    case MtuAction::kFragment:
      return "the outer packet is fragmented";
    case MtuAction::kDrop:
      return "the copy is dropped";
  }
  return "";
}

std::string_view ToString(MtuAction action) {
  switch (action) {
    case MtuAction::kWhole:
      return "whole";
    case MtuAction::kTruncate:
      return "truncate";
    case MtuAction::kRepair:
      return "repair";
    case MtuAction::kSegment:
      return "segment";
    case MtuAction::kFragment:
      return "fragment";
    case MtuAction::kDrop:
      return "drop";
  }
  return "";
}

StepWords WordsOf(const ValidScenario& scenario, const Explanation& explanation,
                  const ExplainedSession& session, const TrailStep& step) {
  const Mirror& mirror = *scenario.mirrors[session.mirror].mirror;
  const MirrorSettings& settings = mirror.settings();
  switch (step.stage) {
    case Stage::kEarlierCopy:
      return {"earlier session", step.holds ? EarlierWords(scenario, explanation, session)
                                            : "none has decided about the frame"};
    case Stage::kState:
      return {"state", step.holds ? "RUNNING" : "STOPPED"};
    case Stage::kDirection:
      return {"direction", fmt::format("collects {}, and this is {}", ToString(settings.directions),
                                       ToString(explanation.direction))};
    case Stage::kNextHop:
      return {"next hop", fmt::format("{}; the filter asks for {}",
                                      NextHopWords(scenario, explanation.route.next_hop),
                                      NatGatewayWords(scenario, settings.filter))};
    case Stage::kRule:
      return RuleWords(settings.filter, explanation, step);
    case Stage::kNoRule:
      return {"filter", NoRuleAnswer(settings.filter, explanation, step)};
    case Stage::kSampling:
      return {"sampling",
              fmt::format("{} of {} flows are kept, and this one is{}", settings.sampling.keep,
                          settings.sampling.of, step.holds ? "" : " not")};
    case Stage::kCarried:
      return {"encapsulation",
              fmt::format("{} carries IP packets, and this is {}", ToString(settings.tunnel.kind),
                          step.holds ? "one" : "none")};
    case Stage::kReceiver:
      return {"receiver", fmt::format("{}, {}", ReceiverWords(scenario, session.mirror, step.item),
                                      ShareWords(settings, step.item))};
    case Stage::kPacketLength:
      return {"packet length",
              step.holds ? fmt::format("cut to {} bytes", step.value) : "the frame is not longer"};
    case Stage::kMtu:
      return {"MTU", MtuAnswer(session, step)};
    case Stage::kNeverMirrored:
    case Stage::kMirrorTraffic:
    case Stage::kAdmission:
      break;
  }
  return {std::string(ToString(step.stage)), step.holds ? "yes" : "no"};
}

std::vector<StepWords> WordsForAll(const ValidScenario& scenario, const Explanation& explanation) {
  const auto& never = ProviderOf(scenario, explanation.eni).never_mirrored;
  std::vector<StepWords> words;
  std::string asked;
  for (const TrailStep& step : explanation.for_all) {
    if (step.stage == Stage::kNeverMirrored) {
      if (step.holds) {
        words.push_back({"never mirrored", "it is " + never[step.item].name});
        return words;
      }
      asked += (asked.empty() ? "" : ", ") + never[step.item].name;
    } else if (step.stage == Stage::kMirrorTraffic) {
      words.push_back(
          {"mirror traffic", step.holds ? "yes: a copy, or addressed to a mirror port"
                                        : "no: neither a copy nor addressed to a mirror port"});
    } else {
      words.push_back({"security", step.holds ? "lets it pass" : "drops it"});
    }
  }
  if (!asked.empty()) words.insert(words.begin(), {"never mirrored", "no: it is none of " + asked});
  return words;
}

std::string_view VerdictTitle(const Explanation& explanation) {
  const auto& sessions = explanation.sessions;
  if (std::any_of(sessions.begin(), sessions.end(), Arrives)) return "MIRRORED";
  const bool decided = std::any_of(sessions.begin(), sessions.end(),
                                   [](const auto& each) { return each.ruling.copies(); });
  return decided ? "MIRRORED AND LOST" : "NOT MIRRORED";
}

std::string VerdictWords(const ValidScenario& scenario, const Explanation& explanation) {
  const std::string& eni = scenario.deployment->enis[explanation.eni].id;
  if (explanation.sessions.empty()) return fmt::format("no mirror watches {}", eni);
  if (explanation.ruling_for_all) {
    return ReasonWords(scenario, explanation.eni, *explanation.ruling_for_all, nullptr);
  }
  std::string copies;
  std::string refusals;
  for (const ExplainedSession& session : explanation.sessions) {
    const Mirror& mirror = *scenario.mirrors[session.mirror].mirror;
    if (session.ruling.copies()) {
      copies += (copies.empty() ? "" : "; ") + CopyWords(scenario, explanation, session);
      continue;
    }
    const bool single = explanation.sessions.size() == 1;
    refusals += (refusals.empty() ? "" : "; ") + (single ? "" : mirror.settings().id + ": ") +
                RefusalWords(scenario, explanation, session);
  }
  return copies.empty() ? refusals : copies;
}

std::vector<Assumption> AssumptionsBehind(const ValidScenario& scenario,
                                          const Explanation& explanation) {
  std::set<std::string_view> names;
  AddNames(scenario, nullptr, explanation.for_all, names);
  for (const ExplainedSession& session : explanation.sessions) {
    AddNames(scenario, &session, session.steps, names);
  }
  std::vector<Assumption> behind;
  for (const Assumption& each : scenario.assumptions) {
    if (names.contains(each.name)) behind.push_back(each);
  }
  return behind;
}

const ProviderProfile& ProviderOf(const ValidScenario& scenario, std::size_t eni) {
  const Deployment& deployment = *scenario.deployment;
  return scenario
      .providers[deployment.vpcs[deployment.subnets[deployment.enis[eni].subnet].vpc].provider];
}

}  // namespace vpcmirror
