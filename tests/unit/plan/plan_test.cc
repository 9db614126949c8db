#include "analysis/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>
#include <string>

#include "analysis/report/verdict.h"
#include "models/scenario/variants.h"
#include "sim/fluid/fluid_engine.h"
#include "tests/support/load_scenario.h"

namespace vpcmirror {
namespace {

using sim::Load;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr double kMarginGoal = 0.2;
constexpr double kSearched = 0.01;  // of a load that was searched for
constexpr double kFigure = 1e-4;    // of a share of a limit: rates are whole bits a second

// A web server of 6 Gbps in and out together, whose traffic goes to a sensor that nothing
// limits; frames of 1000 bytes.
std::string Web(const std::string& more) {
  return R"({"provider": "tencent",
    "hosts": {"web": {"limits": {"bandwidth": "6 Gbps"}}, "ids": {"receiver": "generic"}},
    "workloads": {"www": {"at": "web", "in": "1 Gbps", "out": "1 Gbps", "sizes": "1000 B"}},
    "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
                 "CollectorTarget": {"TargetIps": ["ids"]}}])" +
         more + "}";
}
const std::string kBare = R"(, "assumptions": {"encapsulation": "none"})";

// The fluid engine's runs, judged as `run` does.
class PlanTest : public testing::Test {
 protected:
  Plan PlanOf(const std::string& text, PlanSettings settings = {}) {
    const ValidScenario scenario = Load(text);
    if (!settings.remake) {
      settings.remake = [&](const std::vector<Edit>&) { return scenario; };
    }
    return MakePlan(scenario, trials_.Run(scenario), settings, trials_);
  }

  std::unique_ptr<Engine> engine_ = sim::MakeFluidEngine();
  Trials trials_{*engine_, RunControl{}, [](const ValidScenario& scenario, RunResult& result) {
                   Judge(scenario, kMarginGoal, result);
                 }};
};

// 1 Gbps in, 1 out, and a copy of each: 4 of 6 Gbps. 6 / 4 = 1.5; a fifth is no longer free
// at 0.8 x 6 / 4 = 1.2.
TEST_F(PlanTest, OneInAndThreeOutBreakAtOneAndAHalf) {
  const Plan plan = PlanOf(Web(kBare));
  EXPECT_EQ(plan.result.verdict, Verdict::kFits);
  ASSERT_THAT(plan.bottlenecks, testing::Not(IsEmpty()));
  const Bottleneck& web = plan.bottlenecks.front();
  EXPECT_EQ(web.part.name, "web");
  EXPECT_EQ(web.use.limit, "bandwidth");
  EXPECT_NEAR(web.use.capacity, 6e9, 1);
  EXPECT_NEAR(web.use.margin, 1.0 / 3, kFigure);
  ASSERT_TRUE(web.breaks && web.breaks->at());
  EXPECT_NEAR(*web.breaks->at(), 1.5, 1.5 * kSearched);
  ASSERT_TRUE(plan.headroom.without_loss.at());
  EXPECT_NEAR(*plan.headroom.without_loss.at(), 1.5, 1.5 * kSearched);
  ASSERT_TRUE(plan.headroom.fits.at());
  EXPECT_NEAR(*plan.headroom.fits.at(), 1.2, 1.2 * kSearched);
}

// Twice the traffic asks for 8 of 6 Gbps: 8 / 6 of the load fits, three quarters.
TEST_F(PlanTest, WhatDoesNotFitSaysDownToWhichLoad) {
  const Plan plan = PlanOf(Web(R"(, "assumptions": {"encapsulation": "none"}, "name": "x2")"),
                           {.what_ifs = {{"x2", WithLoad(Load(Web(kBare)), 2)}}});
  ASSERT_THAT(plan.what_ifs, SizeIs(1));
  const WhatIf& twice = plan.what_ifs.front();
  EXPECT_EQ(twice.outline.verdict, Verdict::kDoesNotFit);
  ASSERT_TRUE(twice.outline.margin);
  // What waits at the end, up to 1000 frames of 8000 bits, has no copies yet.
  constexpr double kWaiting = 8e6;
  EXPECT_NEAR(*twice.outline.margin, 1 - 8.0 / 6, kWaiting / 6e9);
  ASSERT_TRUE(twice.without_loss.at());
  EXPECT_NEAR(*twice.without_loss.at(), 0.75, 0.75 * kSearched);
  EXPECT_NEAR(static_cast<double>(twice.outline.copies_wanted.count()), 4e9, kWaiting);
}

// A receiver of 4 vCPUs whose software takes 220 Mbps of each takes 880 Mbps, and the copies
// are 2 Gbps.
TEST_F(PlanTest, ReceiversAreBottlenecksOfTheirOwn) {
  const Plan plan = PlanOf(R"({"provider": "tencent",
    "hosts": {"web": {"limits": {"bandwidth": "6 Gbps"}},
              "ids": {"receiver": "generic", "limits": {"vcpus": 4}}},
    "workloads": {"www": {"at": "web", "in": "1 Gbps", "out": "1 Gbps", "sizes": "1500 B"}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
    "assumptions": {"encapsulation": "none"}})");
  const Bottleneck& first = plan.bottlenecks.front();
  EXPECT_EQ(first.part, (PartName{PartKind::kReceiver, "ids"}));
  EXPECT_EQ(first.use.workers, 4);
  EXPECT_LE(first.use.margin, 1 - 2.0 / 0.88 + kFigure);  // of the busiest worker: no better
  ASSERT_TRUE(plan.first_losses);
  EXPECT_EQ(plan.first_losses->load, 1);
  ASSERT_THAT(plan.first_losses->places, SizeIs(1));
  EXPECT_EQ(plan.first_losses->places[0].what, LostWhat::kCopyBehindSource);
  EXPECT_EQ(plan.first_losses->places[0].reason, "receiver_ring");
  EXPECT_THAT(plan.first_losses->places[0].counters, IsEmpty());
}

// 2 Gbps of copies are twice what the sensor's ENI takes, whose row breaks at 0.5. Its three vCPUs
// digest 660 Mbps, which is a row of its own and breaks at a third or, by the busiest, before.
TEST_F(PlanTest, ARowBreaksWhereItsOwnLimitDoes) {
  const Plan plan = PlanOf(R"({"provider": "tencent",
    "hosts": {"web": {"limits": {"bandwidth": "6 Gbps"}},
              "ids": {"receiver": "generic", "limits": {"bandwidth": "1 Gbps", "vcpus": 3}}},
    "workloads": {"www": {"at": "web", "in": "1 Gbps", "out": "1 Gbps", "sizes": "1000 B"}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
    "assumptions": {"encapsulation": "none"}})");
  std::map<PartName, double> breaks;
  for (const Bottleneck& each : plan.bottlenecks) {
    ASSERT_TRUE(each.breaks && each.breaks->at());
    breaks[each.part] = *each.breaks->at();
    if (each.part.kind == PartKind::kHost && each.part.name == "ids") {
      EXPECT_EQ(each.use.limit, "bandwidth");
    }
  }
  EXPECT_NEAR((breaks.at({PartKind::kHost, "ids"})), 0.5, 0.5 * kSearched);
  EXPECT_LE((breaks.at({PartKind::kReceiver, "ids"})), 0.33 * (1 + kSearched));
}

// AWS: 2 Gbps each way; 0.5 Gbps out and copies of 1 Gbps in frames of 1000 + 50 bytes ask for
// 1.55 Gbps of it. Copies give way, by AWS's document, and its skip counters count them.
TEST_F(PlanTest, CopiesAreLostFirstOnAwsAndItsCountersSkip) {
  const Plan plan = PlanOf(R"({"provider": "aws",
    "hosts": {"web": {"limits": {"bandwidth": "2 Gbps"}}, "ids": {"receiver": "generic"}},
    "workloads": {"www": {"at": "web", "in": "500 Mbps", "out": "500 Mbps", "sizes": "1000 B"}},
    "mirrors": {
      "TrafficMirrorTargets": [{"TrafficMirrorTargetId": "tmt-1", "NetworkInterfaceId": "ids"}],
      "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "tmf-1",
        "IngressFilterRules": [
          {"RuleNumber": 1, "RuleAction": "accept", "TrafficDirection": "ingress",
           "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}],
        "EgressFilterRules": [
          {"RuleNumber": 1, "RuleAction": "accept", "TrafficDirection": "egress",
           "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}]}],
      "TrafficMirrorSessions": [{
        "TrafficMirrorSessionId": "tms-1", "TrafficMirrorTargetId": "tmt-1",
        "TrafficMirrorFilterId": "tmf-1", "NetworkInterfaceId": "web", "SessionNumber": 1}]}})");
  ASSERT_TRUE(plan.headroom.without_loss.at());
  EXPECT_NEAR(*plan.headroom.without_loss.at(), 2 / 1.55, 1.3 * kSearched);
  ASSERT_TRUE(plan.first_losses);
  EXPECT_EQ(plan.first_losses->production.lost, 0);
  EXPECT_GT(plan.first_losses->copies.lost, 0);
  EXPECT_EQ(plan.first_losses->congestion, "production_first");
  EXPECT_EQ(plan.first_losses->rests_on, "documented");
  ASSERT_THAT(plan.first_losses->places, SizeIs(1));
  const LossPlace& place = plan.first_losses->places.front();
  EXPECT_EQ(place.what, LostWhat::kCopyAtSource);
  EXPECT_EQ(place.reason, "egress_bandwidth");
  EXPECT_THAT(place.counters, ElementsAre("NetworkSkipMirrorIn", "NetworkPacketsSkipMirrorIn",
                                          "NetworkSkipMirrorOut", "NetworkPacketsSkipMirrorOut"));
  // At 1.05 x 2 Gbps, 100 Mbps are over the limit: 11,905 copies of 1050 bytes in the second that
  // is simulated, of which 1000 wait in the queue at its end. Told as frames of 1000 bytes.
  EXPECT_NEAR(plan.first_losses->load, 1.05 * 2 / 1.55, 0.001);
  EXPECT_NEAR(static_cast<double>(place.bandwidth.count()), (11'905 - 1000) * 8000, 0.5e6);
}

// Copies of 1050 bytes: 1 + 1 + 2 x 1.05 = 4.1 of 6 Gbps. A tenth more: 4.51 of 6.
TEST_F(PlanTest, TenPercentOfTrafficAreAmongTheSensitivities) {
  const Plan plan = PlanOf(Web(""));
  for (const Sensitivity& each : plan.sensitivity) {
    if (each.subject != "traffic" || each.value != "+10 %") continue;
    EXPECT_NEAR(*each.outline.margin, 1 - 4.51 / 6, kFigure);
    EXPECT_NEAR(each.effect, 0.41 / 6, 2 * kFigure);
    EXPECT_FALSE(each.flips);
    return;
  }
  FAIL() << "no trial of 10 % more traffic";
}

// An assumption that is tried otherwise is made by remaking the scenario; the scenario's own
// values are not tried.
TEST_F(PlanTest, TriesOtherValuesOfWhatIsAssumedAlone) {
  std::vector<std::string> tried;
  PlanSettings settings;
  settings.remake = [&](const std::vector<Edit>& edits) {
    tried.push_back(edits.front().path + "=" + edits.front().value);
    return Load(Web(""));
  };
  PlanOf(Web(""), settings);
  EXPECT_THAT(tried, testing::Contains(R"(/assumptions={"encapsulation": "none"})"));
  EXPECT_THAT(tried, testing::Not(testing::Contains(R"(/assumptions={"encapsulation": "vxlan"})")));
  EXPECT_THAT(tried, testing::Not(testing::Contains(testing::StartsWith("/assumptions/"))));
  tried.clear();
  PlanOf(Web(kBare), settings);
  EXPECT_THAT(tried, testing::Contains("/assumptions/mtu_policy=\"drop\""));
  EXPECT_THAT(tried, testing::Not(testing::Contains(testing::StartsWith("/assumptions/encaps"))));
}

// Copies of what comes in are 1.05 Gbps, and so are those of what goes out: without either,
// 3.05 of 6 Gbps are used.
TEST_F(PlanTest, OneDirectionSavesHalfTheCopies) {
  const Plan plan = PlanOf(Web(""));
  ASSERT_THAT(plan.savings, SizeIs(2));
  for (const Saving& each : plan.savings) {
    EXPECT_NEAR(static_cast<double>(each.saved.count()), 1.05e9, 1e4);
    EXPECT_NEAR(*each.outline.margin, 1 - 3.05 / 6, kFigure);
  }
}

// Web and database traffic of 1 Gbps and 0.25 Gbps out: without port 3306, its copies of
// 0.2625 Gbps are saved.
TEST_F(PlanTest, TheLargestPortAloneSavesTheOthers) {
  const Plan plan = PlanOf(R"({"provider": "tencent",
    "hosts": {"web": {"limits": {"bandwidth": "6 Gbps"}}, "ids": {"receiver": "generic"}},
    "workloads": {"www": {"at": "web", "out": "1 Gbps", "sizes": "1000 B"},
                  "sql": {"at": "web", "out": "250 Mbps", "sizes": "1000 B",
                          "ports": {"server": 3306}}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]},
                 "Direction": "EGRESS"}]})");
  ASSERT_THAT(plan.savings, SizeIs(1));
  EXPECT_EQ(plan.savings[0].lever.kind, LeverKind::kPortOnly);
  EXPECT_EQ(plan.savings[0].lever.port, 443);
  EXPECT_NEAR(static_cast<double>(plan.savings[0].saved.count()), 0.2625e9, 1e4);
}

TEST_F(PlanTest, WithoutItsOnlyReceiverTheSourceIsBlind) {
  const Plan plan = PlanOf(Web(kBare));
  ASSERT_THAT(plan.outages, SizeIs(1));
  const Outage& ids = plan.outages.front();
  EXPECT_EQ(ids.name, "ids");
  EXPECT_THAT(ids.blind, ElementsAre("web/eni0"));
  EXPECT_EQ(ids.share_unseen, 1);
  EXPECT_EQ(ids.then, std::nullopt);
}

// Two receivers of 8 Gbps share 2 Gbps of copies; one of them alone is a quarter full.
TEST_F(PlanTest, ReceiversThatAreLeftTakeWhatTheLostOneHad) {
  const Plan plan = PlanOf(R"({"provider": "tencent",
    "hosts": {"web": {"limits": {"bandwidth": "6 Gbps"}},
              "ids": {"count": 2, "receiver": "kata", "limits": {"bandwidth": "8 Gbps"}}},
    "workloads": {"www": {"at": "web", "in": "1 Gbps", "out": "1 Gbps", "sizes": "1000 B",
                          "flows": 64}},
    "mirrors": [{"CollectorSrcs": ["web"],
                 "CollectorTarget": {"TargetIps": ["ids[*]"], "AlgHash": "FIVE_TUPLE_FLOW"}}],
    "assumptions": {"encapsulation": "none"}})");
  ASSERT_THAT(plan.outages, SizeIs(2));
  double unseen = 0;
  for (const Outage& each : plan.outages) {
    EXPECT_THAT(each.blind, IsEmpty());
    EXPECT_EQ(each.partly_blind, 1u);
    unseen += each.share_unseen;
    ASSERT_TRUE(each.then);
    EXPECT_EQ(each.then->copies.lost, 0);
    ASSERT_TRUE(each.receiver_margin);
    EXPECT_NEAR(*each.receiver_margin, 1 - 2.0 / 10, kFigure);  // kata takes 10 Gbps
  }
  EXPECT_NEAR(unseen, 1, 1e-9);
}

// The source and one of the sensors are in one zone; without it nobody is left that is
// watched, and without the other zone all goes to the sensor in the first.
TEST_F(PlanTest, ZonesAreLostWithAllThatIsInThem) {
  const Plan plan = PlanOf(R"({"provider": "tencent",
    "vpcs": {"prod": {"cidr": "10.0.0.0/16", "subnets": {
      "a": {"cidr": "10.0.1.0/24", "az": "gz-3"}, "b": {"cidr": "10.0.2.0/24", "az": "gz-4"}}}},
    "hosts": {"web": {"subnet": "a"}, "near": {"subnet": "a", "receiver": "generic"},
              "far": {"subnet": "b", "receiver": "generic"}},
    "workloads": {"www": {"at": "web", "out": "1 Gbps", "flows": 64}},
    "mirrors": [{"CollectorSrcs": ["web"],
                 "CollectorTarget": {"TargetIps": ["near", "far"],
                                     "AlgHash": "FIVE_TUPLE_FLOW"}}]})");
  ASSERT_THAT(plan.outages, SizeIs(4));
  const Outage& first = plan.outages[2];
  EXPECT_EQ(first.name, "gz-3");
  EXPECT_EQ(first.sources_lost, 1u);
  EXPECT_EQ(first.receivers, 1u);
  EXPECT_EQ(first.share_unseen, 0);
  const Outage& second = plan.outages[3];
  EXPECT_EQ(second.name, "gz-4");
  EXPECT_EQ(second.sources_lost, 0u);
  EXPECT_EQ(second.partly_blind, 1u);
}

// Copies of 2.1 Gbps, in frames of 1000 bytes: 125,000 a second each way.
TEST_F(PlanTest, DemandOfReceiversIsThatOfAllCopies) {
  const Plan plan = PlanOf(Web(""));
  EXPECT_NEAR(static_cast<double>(plan.demand.bandwidth.count()), 2.1e9, 1e4);
  EXPECT_NEAR(static_cast<double>(plan.demand.packet_rate.count()), 250'000, 2);
  EXPECT_EQ(plan.demand.sources, 1);
  EXPECT_EQ(plan.demand.source_bandwidth, BitsPerSecond(6'000'000'000));
}

// 1 and 2 Gbps out of two sources: by ENI all 2 Gbps of one go to one receiver; by flow they
// spread. A CVM with two sources has its bandwidth once: 6 + 6 Gbps.
TEST_F(PlanTest, AllCopiesOfASourceGoToOneReceiverUnlessTheySpreadByFlow) {
  const auto demand_with = [&](const std::string& hash) {
    return PlanOf(R"({"provider": "tencent",
      "hosts": {"web": {"limits": {"bandwidth": "6 Gbps"}, "enis": [{}, {}]},
                "db": {"limits": {"bandwidth": "6 Gbps"}},
                "ids": {"count": 2, "receiver": "kata"}},
      "workloads": {"a": {"at": "web", "out": "1 Gbps", "sizes": "1000 B"},
                    "b": {"at": "db", "out": "2 Gbps", "sizes": "1000 B"}},
      "mirrors": [{"CollectorSrcs": ["web/eni0", "web/eni1", "db"], "CollectorTarget":
                   {"TargetIps": ["ids[*]"], "AlgHash": ")" + hash + R"("}}],
      "assumptions": {"encapsulation": "none"}})").demand;
  };
  const FleetDemand by_eni = demand_with("ENI");
  EXPECT_EQ(by_eni.sources, 3);
  EXPECT_EQ(by_eni.source_bandwidth, BitsPerSecond(12'000'000'000));
  EXPECT_NEAR(static_cast<double>(by_eni.largest_source.count()), 2e9, 1e4);
  EXPECT_NEAR(static_cast<double>(by_eni.largest_source_packets.count()), 250'000, 2);
  EXPECT_EQ(demand_with("FIVE_TUPLE_FLOW").largest_source, BitsPerSecond(0));
}

TEST(LargestOfTest, TakesTheLargestOfEveryFigure) {
  const FleetDemand wide{
      .bandwidth = BitsPerSecond(9), .packet_rate = PacketsPerSecond(1), .sources = 3};
  const FleetDemand fast{
      .bandwidth = BitsPerSecond(1), .packet_rate = PacketsPerSecond(9), .sources = 2};
  const FleetDemand both = LargestOf({wide, fast});
  EXPECT_EQ(both.bandwidth, BitsPerSecond(9));
  EXPECT_EQ(both.packet_rate, PacketsPerSecond(9));
  EXPECT_EQ(both.sources, 3);
}

// A host whose use grows with the square of the load: 0.25 at 1, so that it breaks at 2, where
// a linear guess says 4.
class SquareEngine : public Engine {
 public:
  RunResult Run(const ValidScenario& scenario, const RunControl&) override {
    ++runs;
    RunResult result;
    result.duration = scenario.duration;
    const auto bits = static_cast<double>(scenario.workloads[0].streams[0].rate.count()) / 1e9;
    HostResult host{.id = "web"};
    host.margin = 1 - 0.25 * bits * bits;
    host.tightest = "cpu";
    host.margins = {{"cpu", *host.margin}};
    result.hosts.push_back(host);
    result.margin = host.margin;
    result.verdict = *host.margin < 0 ? Verdict::kDoesNotFit : Verdict::kFits;
    return result;
  }
  int runs = 0;
};

TEST(LoadSearchTest, BisectsToOnePercentWhereTheGuessIsWrong) {
  SquareEngine engine;
  Trials trials(engine, RunControl{}, [](const ValidScenario&, RunResult&) {});
  const ValidScenario scenario = Load(Web(kBare));
  const RunResult now = trials.Run(scenario);
  LoadSearch search(scenario, now, trials);
  const auto breaks = [](const LoadOutline& at) { return at.verdict == Verdict::kDoesNotFit; };
  const LoadBracket bracket = search.Find(breaks, 4);
  EXPECT_LE(bracket.holds, 2);
  EXPECT_GT(bracket.breaks, 2);
  EXPECT_LE(bracket.breaks, 1.01 * bracket.holds);
  const int runs = engine.runs;
  EXPECT_LT(runs, 15);
  search.Find(breaks, std::nullopt);  // is known
  EXPECT_EQ(engine.runs, runs);
}

TEST(LoadSearchTest, SaysSoWhereNothingEverBreaks) {
  SquareEngine engine;
  Trials trials(engine, RunControl{}, [](const ValidScenario&, RunResult&) {});
  const ValidScenario scenario = Load(Web(kBare));
  LoadSearch search(scenario, trials.Run(scenario), trials);
  const LoadBracket never = search.Find([](const LoadOutline&) { return false; }, std::nullopt);
  EXPECT_EQ(never.holds, kMostLoad);
  EXPECT_FALSE(never.at());
  const LoadBracket always = search.Find([](const LoadOutline&) { return true; }, std::nullopt);
  EXPECT_EQ(always.breaks, kLeastLoad);
  EXPECT_EQ(always.holds, 0);
}

}  // namespace
}  // namespace vpcmirror
