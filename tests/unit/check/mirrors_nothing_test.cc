// What check says that a mirror never copies is never copied, whatever frame comes; and its
// witnesses are what explain says they are. By random filters, and frames at their corners.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "analysis/report/findings.h"
#include "models/scenario/find_enis.h"
#include "models/scenario/taps.h"
#include "sim/explain/explainer.h"
#include "sim/input/packet_text.h"
#include "tests/support/rule_corners.h"
#include "tests/unit/check/rule_cases.h"

namespace vpcmirror::sim {
namespace {

// Flows at the corners of one condition: the first and last value of each field, three out of
// four times all inside; else one field just outside.
class CornerFlows {
 public:
  explicit CornerFlows(Condition condition) : condition_(condition) {}

  FlowKey Draw(Dice& dice) const {
    const std::uint32_t outside = dice.OneIn(4) ? dice.Below(5) : 5;
    const bool is_v6 = IsV6(condition_.source) || IsV6(condition_.destination) ||
                       condition_.family == IpFamily::kV6;
    FlowKey flow;
    flow.source = Address(condition_.source, is_v6, outside == 0, dice);
    flow.destination = Address(condition_.destination, is_v6, outside == 1, dice);
    flow.protocol = condition_.protocol.value_or(dice.OneIn(2) ? kProtocolTcp : kProtocolUdp);
    if (outside == 2) flow.protocol = flow.protocol == kProtocolTcp ? kProtocolUdp : kProtocolTcp;
    if (!HasPorts(flow.protocol)) {
      flow.ports = Ports::kNotInProtocol;
      return flow;
    }
    flow.ports = Ports::kKnown;
    flow.source_port = Port(condition_.source_ports, outside == 3, dice);
    flow.destination_port = Port(condition_.destination_ports, outside == 4, dice);
    return flow;
  }

 private:
  static bool IsV6(const std::optional<IpPrefix>& prefix) {
    return prefix && !prefix->address().is_v4();
  }
  static IpAddress Address(const std::optional<IpPrefix>& prefix, bool is_v6, bool is_outside,
                           Dice& dice) {
    const IpFamily family = is_v6 ? IpFamily::kV6 : IpFamily::kV4;
    if (!prefix) return AddressOf(dice.OneIn(2) ? 0 : NumberOf(Address10()), family);
    const int host_bits = (is_v6 ? 128 : 32) - prefix->length();
    const AddressNumber first = NumberOf(prefix->address());
    const AddressNumber size = host_bits >= 128 ? 0 : AddressNumber{1} << host_bits;
    const AddressNumber last = first + size - 1;
    if (is_outside) return AddressOf(dice.OneIn(2) ? first - 1 : last + 1, family);
    return AddressOf(dice.OneIn(2) ? first : last, family);
  }
  static IpAddress Address10() { return IpAddress::V4(0x0a010203); }
  static std::uint16_t Port(const PortRange& range, bool is_outside, Dice& dice) {
    const int port =
        dice.OneIn(2) ? range.first - (is_outside ? 1 : 0) : range.last + (is_outside ? 1 : 0);
    return static_cast<std::uint16_t>(port);
  }

  Condition condition_;
};

bool Copies(const ValidScenario& scenario, const MirrorTap& tap, std::size_t mirror,
            const FlowKey& flow, Direction direction) {
  const FrameInfo frame = WitnessFrame(flow);
  const std::vector<std::size_t> watching = MirrorsByEni(scenario)[0];
  const Decision decision = tap.OnFrame({.info = frame, .direction = direction});
  return std::any_of(decision.outcomes().begin(), decision.outcomes().end(),
                     [&](const Outcome& outcome) {
                       return watching[tap.given_position(outcome.session)] == mirror &&
                              outcome.refusal == Refusal::kNone;
                     });
}

// Two mirrors of one ENI, of which a packet is copied once.
const Scenario& Written() {
  static const Scenario written = ReadScenarioText(
      AwsOf(Session(1, "web[0]", 1) + ", " + Session(2, "web[0]", 2), Accept(1), R"("count": 2)"),
      "test.json");
  return written;
}

class RandomFilters {
 public:
  explicit RandomFilters(std::uint32_t seed) : dice_(seed) {}

  // The scenario with other filters in its mirrors.
  ValidScenario Next() {
    static const ValidScenario base = Validate(Written(), RulesLibrary());
    ValidScenario scenario = base;
    conditions_.clear();
    for (PlacedMirror& placed : scenario.mirrors) {
      MirrorSettings settings = placed.mirror->settings();
      settings.filter = dice_.OneIn(3) ? Filter::AllOf(SomeConditions(2 + dice_.Below(2)))
                                       : Filter::FirstMatch(SomeRules(), SomeRules());
      placed.mirror = std::make_shared<Mirror>(settings);
    }
    return scenario;
  }
  FlowKey Draw() { return CornerFlows(dice_.Of<Condition>(conditions_)).Draw(dice_); }
  Direction Way() { return dice_.OneIn(2) ? Direction::kIngress : Direction::kEgress; }

 private:
  std::vector<Condition> SomeConditions(std::size_t count) {
    std::vector<Condition> conditions;
    for (std::size_t i = 0; i < count; ++i) conditions.push_back(RandomCondition(dice_));
    conditions_.insert(conditions_.end(), conditions.begin(), conditions.end());
    return conditions;
  }
  // Mostly ones that reject, and some that reject all before the rest.
  std::vector<FilterRule> SomeRules() {
    std::vector<FilterRule> rules;
    const bool rejects_all = dice_.OneIn(3);
    const std::size_t count = dice_.Below(4);
    std::vector<Condition> conditions = SomeConditions(count + 1);
    if (rejects_all) conditions[0] = {.source_ports = {0, 65535}, .destination_ports = {0, 65535}};
    for (std::size_t i = 0; i < conditions.size(); ++i) {
      const bool accepts = !(rejects_all && i == 0) && dice_.OneIn(3);
      rules.push_back({.label = "rule " + std::to_string(i),
                       .priority = static_cast<std::int64_t>(i),
                       .action = accepts ? Action::kAccept : Action::kReject,
                       .condition = conditions[i]});
    }
    return rules;
  }

  Dice dice_;
  std::vector<Condition> conditions_;  // of the last scenario
};

// At least half of what is drawn meets a condition that can be met.
TEST(CornerFlowsTest, MeetTheirConditionMoreOftenThanNot) {
  const Condition condition{.source = Prefix("10.1.0.0/16"),
                            .destination = Prefix("10.1.2.0/24"),
                            .protocol = kProtocolTcp,
                            .source_ports = {1024, 65535},
                            .destination_ports = {443, 8080}};
  const CornerFlows flows(condition);
  Dice dice(1);
  constexpr int kDraws = 10'000;
  int met = 0;
  for (int i = 0; i < kDraws; ++i) met += condition.Matches(flows.Draw(dice)) ? 1 : 0;
  EXPECT_GE(met, kDraws / 2);
  EXPECT_LT(met, kDraws);
}

// Contradictions, filters that copy nothing, sessions that get nothing.
TEST(MirrorsNothingTest, HoldsForEveryFrame) {
  const std::set<std::string> nothing = {"MIR-FLT-002", "MIR-FLT-005", "MIR-SES-005"};
  constexpr int kFrames = 100'000;
  constexpr int kOfEach = 150;
  constexpr int kFindings = 20;  // of each kind
  RandomFilters random(2026);
  std::map<std::string, int> found;
  int frames = 0;
  const auto has_all = [&] {
    return frames >= kFrames && std::all_of(nothing.begin(), nothing.end(), [&](const auto& code) {
             return found[code] >= kFindings;
           });
  };
  for (int round = 0; !has_all() && round < 20'000; ++round) {
    const ValidScenario scenario = random.Next();
    const MirrorTap tap = MakeTap(scenario, 0, MirrorsByEni(scenario)[0]);
    for (const Finding& finding : Check(Written(), scenario)) {
      if (nothing.count(finding.code) == 0) continue;
      const auto mirror = std::find_if(
          scenario.mirrors.begin(), scenario.mirrors.end(),
          [&](const auto& each) { return each.mirror->settings().id == finding.subject.id; });
      ASSERT_NE(mirror, scenario.mirrors.end());
      ++found[finding.code];
      const auto index = static_cast<std::size_t>(mirror - scenario.mirrors.begin());
      for (int i = 0; i < kOfEach; ++i, ++frames) {
        const FlowKey flow = random.Draw();
        ASSERT_FALSE(Copies(scenario, tap, index, flow, random.Way()))
            << finding.message << " in round " << round;
      }
    }
  }
  EXPECT_GE(frames, kFrames);
  for (const std::string& code : nothing) EXPECT_GE(found[code], kFindings) << code;
}

// Of every kind of finding that has witnesses.
TEST(WitnessTest, IsWhatExplainSays) {
  RandomFilters random(7);
  std::map<std::string, int> confirmed;
  for (int round = 0; round < 600; ++round) {
    const ValidScenario scenario = random.Next();
    Explainer explainer(scenario, 0);
    for (const Finding& finding : Check(Written(), scenario)) {
      for (const Witness& witness : finding.witnesses) {
        const PacketText packet = ParsePacketText(PacketWords(witness));
        const Explanation said =
            explainer.Explain(packet.frame.bytes, packet.frame.wire_length, packet.direction);
        const auto session = std::find_if(
            said.sessions.begin(), said.sessions.end(), [&](const ExplainedSession& each) {
              return scenario.mirrors[each.mirror].mirror->settings().id == finding.subject.id;
            });
        ASSERT_NE(session, said.sessions.end());
        ASSERT_EQ(session->ruling.copies(), witness.is_mirrored)
            << finding.code << ": " << PacketWords(witness) << " in round " << round;
        ++confirmed[finding.code];
      }
    }
  }
  for (const char* code : {"MIR-FLT-002", "MIR-FLT-005", "MIR-FLT-007", "MIR-FLT-013",
                           "MIR-FLT-014", "MIR-SES-003", "MIR-SES-005"}) {
    EXPECT_GE(confirmed[code], 20) << code;
  }
}

}  // namespace
}  // namespace vpcmirror::sim
