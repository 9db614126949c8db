#include "sim/cli/engines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/load_scenario.h"

namespace vpcmirror::sim {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// 10,000 frames a second of each host, an event each.
ValidScenario EventsOf(int hosts, int seconds, const std::string& more = "") {
  return Load(R"({"duration": ")" + std::to_string(seconds) +
              R"( s", "hosts": {"web": {"count": )" + std::to_string(hosts) +
              R"(}}, "workloads": {"www": {"at": "web", "out": "100 Mbps",
                  "sizes": "1250 B"}})" +
              more + "}");
}

TEST(ChooseEngineTest, TakesWhatWasAskedForAndSaysNothing) {
  const ValidScenario huge = EventsOf(1000, 1000);
  EXPECT_EQ(ChooseEngine("packet", huge).kind, EngineKind::kPacket);
  EXPECT_EQ(ChooseEngine("packet", huge).why, "");
  const ValidScenario small = EventsOf(1, 1);
  EXPECT_EQ(ChooseEngine("fluid", small).kind, EngineKind::kFluid);
  EXPECT_EQ(ChooseEngine("fluid", small).why, "");
}

TEST(ChooseEngineTest, AutoTakesPacketsWhereTheyAreFew) {
  const EngineChoice choice = ChooseEngine("auto", EventsOf(10, 10));
  EXPECT_EQ(choice.kind, EngineKind::kPacket);
  EXPECT_EQ(choice.why, "Packet engine: about 1e+06 events for packets.");
}

// 10^4 a second of 1,000 hosts for 100 s are 10^9, ten times what auto gives to packets.
TEST(ChooseEngineTest, AutoTakesFluidWhereTheyAreMany) {
  const EngineChoice choice = ChooseEngine("auto", EventsOf(1000, 100));
  EXPECT_EQ(choice.kind, EngineKind::kFluid);
  EXPECT_THAT(choice.why, AllOf(StartsWith("Fluid engine: about 1e+09 events for packets"),
                                HasSubstr("more than 1e+08"), HasSubstr("--engine packet")));
}

TEST(ChooseEngineTest, AutoTakesPacketsForCapturesHoweverMany) {
  const EngineChoice written =
      ChooseEngine("auto", EventsOf(1000, 100, R"(, "output": {"pcap": {"web[0]": "web.pcap"}})"));
  EXPECT_EQ(written.kind, EngineKind::kPacket);
  EXPECT_EQ(written.why, "Packet engine: it writes captures.");
  ValidScenario replayed = EventsOf(1000, 100);
  replayed.workloads.at(0).replays.emplace_back();
  EXPECT_EQ(ChooseEngine("auto", replayed).kind, EngineKind::kPacket);
  EXPECT_EQ(ChooseEngine("auto", replayed).why, "Packet engine: it replays a capture.");
}

TEST(EstimateRunTest, TheFluidEngineHasNoEvents) {
  const ValidScenario scenario = EventsOf(10, 10);
  EXPECT_EQ(EstimateRun(EngineKind::kFluid, scenario).events, 0);
  EXPECT_NEAR(EstimateRun(EngineKind::kPacket, scenario).events, 1e6, 1);
}

TEST(MakeEngineTest, EachSaysItsName) {
  const ValidScenario scenario = Load(R"({"duration": "1 ms", "hosts": {"web": {}}})");
  EXPECT_EQ(MakeEngine(EngineKind::kFluid)->Run(scenario, {}).engine, "fluid");
  EXPECT_EQ(MakeEngine(EngineKind::kPacket)->Run(scenario, {}).engine, "packet");
}

}  // namespace
}  // namespace vpcmirror::sim
