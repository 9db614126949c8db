#include "sim/explain/explainer.h"

#include <algorithm>
#include <string>
#include <utility>

namespace vpcmirror::sim {
namespace {

bool IsAboutAll(Stage stage) {
  return stage == Stage::kNeverMirrored || stage == Stage::kMirrorTraffic ||
         stage == Stage::kAdmission;
}

std::uint32_t FirstItem(const std::vector<TrailStep>& steps, Stage stage, std::uint32_t session,
                        bool holds) {
  for (const TrailStep& step : steps) {
    if (step.stage == stage && step.session == session && step.holds == holds) return step.item;
  }
  return kNoCondition;
}

std::string Judgement(const std::vector<SecurityRule>& rules, const FlowKey& flow,
                      Direction direction) {
  const auto rule = DecidingRule(rules, flow, direction);
  const std::string way = direction == Direction::kIngress ? "ingress" : "egress";
  if (!rule) return "no " + way + " rule matches, which drops it";
  return way + " rule " + std::to_string(*rule + 1) + (rules[*rule].accept ? " accepts" : " drops");
}

// An outer packet as who passes it on sees it.
FrameInfo OuterFrame(const std::vector<std::byte>& outer, Bytes inner) {
  std::vector<std::byte> frame(kEthernetHeaderBytes);
  const bool is_v4 = (std::to_integer<int>(outer[0]) >> 4) == 4;
  StoreBe16(&frame[12], is_v4 ? kEtherTypeIpv4 : kEtherTypeIpv6);
  frame.insert(frame.end(), outer.begin(), outer.end());
  return ParseFrame(frame, Bytes(static_cast<std::int64_t>(frame.size())) + inner);
}

}  // namespace

Ruling Answer::RulingOf(const Outcome& outcome, const Mirror& mirror) const {
  Ruling ruling{.session = outcome.session, .direction = direction, .refusal = outcome.refusal};
  if (IsForAll(outcome.refusal)) ruling.session.reset();
  const bool all_must_hold = mirror.settings().filter.all_must_hold();
  if (outcome.refusal == Refusal::kNeverMirrored) {
    ruling.item = FirstItem(trail.steps, Stage::kNeverMirrored, 0, true);
  } else if (outcome.refusal == Refusal::kFilter && all_must_hold) {
    ruling.item = FirstItem(trail.steps, Stage::kRule, outcome.session, false);
  } else if (!all_must_hold &&
             (outcome.refusal == Refusal::kNone || outcome.refusal == Refusal::kRule ||
              outcome.refusal == Refusal::kNetworkService)) {
    ruling.item = FirstItem(trail.steps, Stage::kRule, outcome.session, true);
  }
  if (ruling.copies()) ruling.mtu_action = outcome.plan.mtu_action;
  return ruling;
}

Explainer::Explainer(const ValidScenario& scenario, std::size_t eni)
    : scenario_(scenario), eni_(eni), mirroring_(scenario, eni) {}

void Explainer::Ask(const FrameInfo& frame, Direction direction, Answer& answer) {
  answer.frame = frame;
  answer.direction = direction;
  answer.admission = mirroring_.Admit(frame, direction);
  answer.route = mirroring_.RouteOf(frame, direction);
  answer.trail.steps.clear();
  answer.trail.session = 0;
  answer.decision = tap().Explain({.info = answer.frame,
                                   .direction = direction,
                                   .admitted = answer.admission == Admission::kAdmitted,
                                   .next_hop = answer.route.next_hop},
                                  answer.trail);
}

std::vector<Hop> Explainer::SecurityOf(const FlowKey& flow, Direction direction) const {
  const Deployment& deployment = *scenario_.deployment;
  std::vector<Hop> hops;
  for (const std::size_t index : eni().security_groups) {
    const SecurityGroup& group = deployment.security_groups[index];
    const auto& rules = direction == Direction::kIngress ? group.ingress : group.egress;
    hops.push_back({group.id, Judgement(rules, flow, direction)});
  }
  const Subnet& subnet = deployment.subnets[eni().subnet];
  if (!subnet.acl) return hops;
  const NetworkAcl& acl = deployment.acls[*subnet.acl];
  const bool ingress = direction == Direction::kIngress;
  const bool stays = Holds(subnet, ingress ? flow.source : flow.destination);
  hops.push_back({acl.id, stays ? "not asked: the other end is inside the subnet"
                                : Judgement(ingress ? acl.ingress : acl.egress, flow, direction)});
  return hops;
}

Path Explainer::PathOf(const ExplainedCopy& copy, const MirrorSettings& settings,
                       std::uint32_t receiver) const {
  PathQuestion question;
  question.source_eni = eni_;
  question.source_security = false;
  question.target_security = settings.receiver_checks_copies;
  if (copy.packets.empty() || copy.packets.front().outer.empty()) {
    question.flow.destination = settings.receivers[receiver].address;
    question.flow.source = AddressTowards(eni().addresses, question.flow.destination);
    question.target_security = false;
  } else {
    const ExplainedPacket& first = copy.packets.front();
    question.flow = OuterFrame(first.outer, first.rewritten + first.payload).flow;
  }
  return scenario_.topology->Trace(question);
}

std::optional<ExplainedBalancing> Explainer::BalancingOf(const Answer& answer,
                                                         const PlacedMirror& placed,
                                                         const ExplainedCopy& copy) const {
  if (!placed.load_balancer || copy.packets.empty()) return std::nullopt;
  const Deployment& deployment = *scenario_.deployment;
  const LoadBalancer& balancer = deployment.load_balancers[*placed.load_balancer];
  const ExplainedPacket& first = copy.packets.front();
  const bool has_outer = !first.outer.empty();
  const FrameInfo frame =
      has_outer ? OuterFrame(first.outer, first.rewritten + first.payload) : answer.frame;
  const BackendChoice choice(balancer);
  ExplainedBalancing balancing{.load_balancer = *placed.load_balancer,
                               .zone = balancer.ZoneFor(deployment.subnets[eni().subnet].zone),
                               .listens = balancer.Listens(frame, has_outer)};
  balancing.eligible = choice.Eligible(balancing.zone).size();
  const HashSymmetry bare = placed.mirror->settings().hash_symmetry;
  balancing.backend = choice.Choose(balancing.zone, BalancingHash(frame, has_outer, bare));
  return balancing;
}

ExplainedSession Explainer::SessionOf(const Answer& answer, const Outcome& outcome,
                                      std::span<const std::byte> captured) {
  const Mirror& mirror = tap().session(outcome.session);
  ExplainedSession session;
  session.mirror = mirror_of(outcome.session);
  session.ruling = answer.RulingOf(outcome, mirror);
  for (const TrailStep& step : answer.trail.steps) {
    if (step.session == outcome.session && !IsAboutAll(step.stage)) session.steps.push_back(step);
  }
  if (outcome.refusal != Refusal::kNone) return session;
  session.plan = outcome.plan;
  ExplainedCopy copy;
  copy.receiver_eni = scenario_.mirrors[session.mirror].receiver_enis[outcome.plan.receiver];
  const auto sending = ForEachPiece(answer, outcome, captured, [&](const Piece& piece) {
    copy.packets.push_back(
        {.outer = {piece.outer.begin(),
                   piece.outer.begin() + static_cast<std::ptrdiff_t>(piece.outer_bytes)},
         .rewritten = Bytes(static_cast<std::int64_t>(piece.inner_bytes)),
         .payload_offset = piece.payload_offset,
         .payload = piece.payload,
         .wire = EniMirroring::WireLength(piece)});
  });
  session.ruling.dropped = sending.dropped;
  session.ruling.mtu_action = session.plan.mtu_action = sending.action;
  session.plan.kept = sending.kept;
  if (sending.dropped) copy.packets.clear();
  copy.balancing = BalancingOf(answer, scenario_.mirrors[session.mirror], copy);
  copy.path = PathOf(copy, mirror.settings(), outcome.plan.receiver);
  session.copy = std::move(copy);
  return session;
}

Explanation Explainer::Explain(std::span<const std::byte> captured, Bytes wire_length,
                               Direction direction) {
  Answer answer;
  Ask(ParseFrame(captured, wire_length), direction, answer);
  Explanation explanation{.eni = eni_,
                          .direction = direction,
                          .frame = answer.frame,
                          .route = answer.route,
                          .admission = answer.admission};
  if (answer.frame.has_flow) explanation.security = SecurityOf(answer.frame.flow, direction);
  for (const TrailStep& step : answer.trail.steps) {
    if (IsAboutAll(step.stage)) explanation.for_all.push_back(step);
  }
  for (const Outcome& outcome : answer.decision.outcomes()) {
    explanation.sessions.push_back(SessionOf(answer, outcome, captured));
    const Ruling& ruling = explanation.sessions.back().ruling;
    if (!ruling.session && !explanation.ruling_for_all) explanation.ruling_for_all = ruling;
  }
  return explanation;
}

}  // namespace vpcmirror::sim
