#include "analysis/report/explain_json.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "analysis/report/assumption_json.h"
#include "analysis/report/explain_words.h"
#include "analysis/report/flow_json.h"
#include "analysis/report/outer_headers.h"

namespace vpcmirror {
namespace {

using Json = nlohmann::ordered_json;

std::string_view WayWord(Direction direction) {
  return direction == Direction::kIngress ? "in" : "out";
}

Json FrameJson(const FrameInfo& frame) {
  return {{"text", FlowWords(frame)},
          {"bytes", frame.wire_length.count()},
          {"ether_type", frame.ether_type},
          {"vlan", frame.vlan_tags > 0 ? Json(frame.vlan_id) : Json(nullptr)},
          {"fragment", frame.is_fragment},
          {"fault", frame.state == FrameState::kMalformed ? Json(ToString(frame.fault)) : nullptr},
          {"cut_short", frame.state == FrameState::kCutShort},
          {"flow", frame.has_flow ? FlowJson(frame.flow) : Json(nullptr)}};
}

// Schema, scenario and ENI: how both documents begin.
Json Head(const ValidScenario& scenario, const char* schema, std::size_t eni) {
  const ProviderProfile& provider = ProviderOf(scenario, eni);
  Json json;
  json["schema"] = schema;
  json["scenario"] = {{"name", scenario.name}, {"sha256", scenario.sha256}};
  json["provider"] = {
      {"name", provider.name}, {"as_of", provider.as_of}, {"experimental", provider.experimental}};
  json["eni"] = {{"id", scenario.deployment->enis[eni].id},
                 {"ip", ToString(scenario.deployment->enis[eni].addresses.front())}};
  return json;
}

Json RulingJson(const ValidScenario& scenario, std::size_t eni, const Ruling& ruling,
                const Mirror* mirror) {
  Json json;
  json["mirrored"] = ruling.copies() && !ruling.dropped;
  json["refusal"] = ruling.copies() ? Json(nullptr) : Json(ToString(ruling.refusal));
  json["dropped"] = ruling.dropped ? Json(ToString(*ruling.dropped)) : Json(nullptr);
  json["reason"] = ReasonWords(scenario, eni, ruling, mirror);
  const bool is_rule = mirror != nullptr && ruling.item != kNoCondition;
  json["rule"] = is_rule
                     ? Json(mirror->settings().filter.rules(ruling.direction)[ruling.item].label)
                     : Json(nullptr);
  json["length"] = ruling.copies() ? Json(ToString(ruling.mtu_action)) : Json(nullptr);
  return json;
}

Json StepJson(std::string_view stage, const TrailStep& step, const StepWords& words) {
  Json json{{"stage", stage}, {"holds", step.holds}};
  if (step.stage == Stage::kRule && !step.holds) json["mismatch"] = ToString(step.mismatch);
  json["subject"] = words.subject;
  json["answer"] = words.answer;
  return json;
}

// Every entry of the never-mirrored list by itself.
Json ForAllJson(const ValidScenario& scenario, const Explanation& explanation) {
  const auto& never = ProviderOf(scenario, explanation.eni).never_mirrored;
  Json steps = Json::array();
  for (const TrailStep& step : explanation.for_all) {
    Json json{{"stage", ToString(step.stage)}, {"holds", step.holds}};
    if (step.stage == Stage::kNeverMirrored) json["subject"] = never[step.item].name;
    steps.push_back(std::move(json));
  }
  return steps;
}

Json PacketJson(const ExplainedPacket& packet, const TunnelSettings& tunnel) {
  Json headers = Json::array();
  for (const OuterHeader& header : OuterHeaders(packet.outer, tunnel)) {
    Json fields{{"header", header.name}};
    for (const HeaderField& field : header.fields) {
      std::visit([&](const auto& value) { fields[std::string(field.name)] = value; }, field.value);
    }
    headers.push_back(std::move(fields));
  }
  return {{"outer_bytes", packet.outer.size()},
          {"outer", std::move(headers)},
          {"rewritten_bytes", packet.rewritten.count()},
          {"payload_offset_bytes", packet.payload_offset.count()},
          {"payload_bytes", packet.payload.count()},
          {"wire_bytes", packet.wire.count()}};
}

Json BalancingJson(const ValidScenario& scenario, const ExplainedBalancing& balancing) {
  const Deployment& deployment = *scenario.deployment;
  const LoadBalancer& balancer = deployment.load_balancers[balancing.load_balancer];
  Json backend;
  if (balancing.passes()) backend = deployment.enis[balancer.backends[*balancing.backend].eni].id;
  return {{"id", balancer.id},
          {"kind", balancer.kind.name},
          {"zone", balancer.zones[balancing.zone]},
          {"listens", balancing.listens},
          {"eligible_backends", balancing.eligible},
          {"backend", std::move(backend)}};
}

Json CopyJson(const ValidScenario& scenario, const ExplainedSession& session) {
  const MirrorSettings& settings = scenario.mirrors[session.mirror].mirror->settings();
  const ExplainedCopy& copy = *session.copy;
  Json packets = Json::array();
  std::int64_t wire = 0;
  for (const ExplainedPacket& packet : copy.packets) {
    wire += packet.wire.count();
    packets.push_back(PacketJson(packet, settings.tunnel));
  }
  return {
      {"receiver", scenario.deployment->enis[copy.receiver_eni].id},
      {"receiver_ip", ToString(settings.receivers[session.plan.receiver].address)},
      {"receivers", settings.receivers.size()},
      {"encapsulation", ToString(settings.tunnel.kind)},
      {"kept_bytes", session.plan.kept.count()},
      {"wire_bytes", wire},
      {"arrives", !session.ruling.dropped && copy.arrives()},
      {"load_balancer", copy.balancing ? BalancingJson(scenario, *copy.balancing) : Json(nullptr)},
      {"stopped_by",
       copy.path.stop == Stop::kNone ? Json(nullptr) : Json(ToString(copy.path.stop))},
      {"packets", std::move(packets)}};
}

Json SessionJson(const ValidScenario& scenario, const Explanation& explanation,
                 const ExplainedSession& session) {
  const Mirror& mirror = *scenario.mirrors[session.mirror].mirror;
  Json json{{"mirror", mirror.settings().id}, {"number", mirror.settings().number}};
  json.update(RulingJson(scenario, explanation.eni, session.ruling,
                         session.ruling.session ? &mirror : nullptr));
  Json steps = Json::array();
  for (const TrailStep& step : session.steps) {
    steps.push_back(
        StepJson(ToString(step.stage), step, WordsOf(scenario, explanation, session, step)));
  }
  json["steps"] = std::move(steps);
  json["copy"] = session.copy ? CopyJson(scenario, session) : Json(nullptr);
  return json;
}

Json CountJson(const Count& count) {
  return {{"frames", count.frames}, {"bytes", count.bytes.count()}};
}

// Null for a ruling for all sessions.
const Mirror* MirrorOf(const ValidScenario& scenario, const CaptureExplanation& capture,
                       const Ruling& ruling) {
  if (!ruling.session) return nullptr;
  return scenario.mirrors[capture.sessions[*ruling.session].mirror].mirror.get();
}

Json RulingCountJson(const ValidScenario& scenario, const CaptureExplanation& capture,
                     const RulingCount& count) {
  const Mirror* mirror = MirrorOf(scenario, capture, count.ruling);
  Json json;
  json["mirror"] = mirror == nullptr ? Json(nullptr) : Json(mirror->settings().id);
  json["direction"] = WayWord(count.ruling.direction);
  json.update(RulingJson(scenario, capture.eni, count.ruling, mirror));
  json.update(CountJson(count.frames));
  json["wire_packets"] = count.packets;
  json["wire_bytes"] = count.wire.count();
  json["example_frame"] = count.example;
  return json;
}

Json UseJson(const ValidScenario& scenario, const SessionUse& use) {
  const MirrorSettings& settings = scenario.mirrors[use.mirror].mirror->settings();
  Json rules = Json::array();
  for (const Direction direction : {Direction::kIngress, Direction::kEgress}) {
    const auto& counts = use.rules[static_cast<std::size_t>(direction)];
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const FilterRule& rule = settings.filter.rules(direction)[i];
      rules.push_back({{"direction", WayWord(direction)},
                       {"rule", rule.label},
                       {"condition", ConditionWords(rule.condition)},
                       {"asked_frames", counts[i].asked},
                       {"matched_frames", counts[i].matched}});
    }
  }
  Json receivers = Json::array();
  for (std::size_t i = 0; i < use.receivers.size(); ++i) {
    Json json{{"ip", ToString(settings.receivers[i].address)}};
    json.update(CountJson(use.receivers[i]));
    receivers.push_back(std::move(json));
  }
  return {{"mirror", settings.id}, {"rules", rules}, {"receivers", receivers}};
}

Json LineJson(const ValidScenario& scenario, const CaptureExplanation& capture,
              const FrameLine& line) {
  Json sessions = Json::array();
  for (const FrameLine::OfSession& each : line.sessions) {
    const Mirror* mirror = MirrorOf(scenario, capture, each.ruling);
    Json json;
    json["mirror"] = mirror == nullptr ? Json(nullptr) : Json(mirror->settings().id);
    json.update(RulingJson(scenario, capture.eni, each.ruling, mirror));
    json["receiver_ip"] = each.ruling.copies()
                              ? Json(ToString(mirror->settings().receivers[each.receiver].address))
                              : Json(nullptr);
    json["wire_bytes"] = each.wire.count();
    sessions.push_back(std::move(json));
  }
  return {{"frame", line.number},
          {"time_ns", line.time.count() / kPicosecondsPerNanosecond},
          {"direction", line.direction ? Json(WayWord(*line.direction)) : Json(nullptr)},
          {"packet", FrameJson(line.frame)},
          {"sessions", std::move(sessions)}};
}

// A name may hold bytes that are not UTF-8; the document must not.
std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string ExplanationJson(const ValidScenario& scenario, const Explanation& explanation) {
  Json json = Head(scenario, kExplanationSchema, explanation.eni);
  json["verdict"] = VerdictTitle(explanation);
  json["because"] = VerdictWords(scenario, explanation);
  json["direction"] = WayWord(explanation.direction);
  json["packet"] = FrameJson(explanation.frame);
  json["route"] = NextHopWords(scenario, explanation.route.next_hop);
  json["admitted"] = explanation.admission == Admission::kAdmitted;
  json["security"] = Json::array();
  for (const Hop& hop : explanation.security) {
    json["security"].push_back({{"id", hop.id}, {"says", hop.what}});
  }
  json["for_all"] = ForAllJson(scenario, explanation);
  json["sessions"] = Json::array();
  for (const ExplainedSession& session : explanation.sessions) {
    json["sessions"].push_back(SessionJson(scenario, explanation, session));
  }
  json["assumptions"] = Json::array();
  for (const Assumption& each : AssumptionsBehind(scenario, explanation)) {
    json["assumptions"].push_back(AssumptionJson(each));
  }
  return Dump(json);
}

std::string CaptureExplanationJson(const ValidScenario& scenario,
                                   const CaptureExplanation& capture) {
  Json json = Head(scenario, kCaptureExplanationSchema, capture.eni);
  json["file"] = capture.file.substr(capture.file.find_last_of('/') + 1);
  json["complete"] = capture.complete;
  json["frames"] = capture.frames;
  json["in"] = CountJson(capture.passed[static_cast<std::size_t>(Direction::kIngress)]);
  json["out"] = CountJson(capture.passed[static_cast<std::size_t>(Direction::kEgress)]);
  json["others"] = CountJson(capture.others);
  json["cut_short_frames"] = capture.cut_short;
  json["malformed_frames"] = capture.malformed;
  json["rulings"] = Json::array();
  for (const RulingCount& count : capture.rulings) {
    json["rulings"].push_back(RulingCountJson(scenario, capture, count));
  }
  json["sessions"] = Json::array();
  for (const SessionUse& use : capture.sessions) {
    json["sessions"].push_back(UseJson(scenario, use));
  }
  json["lines"] = Json::array();
  for (const FrameLine& line : capture.lines) {
    json["lines"].push_back(LineJson(scenario, capture, line));
  }
  return Dump(json);
}

}  // namespace vpcmirror
