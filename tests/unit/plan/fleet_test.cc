#include "analysis/plan/fleet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/input/data_folder.h"
#include "sim/input/library.h"

namespace vpcmirror {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kMega = 1'000'000;
constexpr std::int64_t kGiga = 1'000'000'000;

InstanceType TypeOf(const char* name, int vcpus, std::int64_t gbps,
                    std::optional<std::int64_t> mpps = std::nullopt) {
  InstanceType type;
  type.name = name;
  type.limits.vcpus = vcpus;
  type.limits.bandwidth = BitsPerSecond(gbps * kGiga);
  if (mpps) type.limits.packet_rate = PacketsPerSecond(*mpps * kMega);
  return type;
}

ReceiverPace PaceOf(const char* name, std::optional<std::int64_t> mbps,
                    std::optional<std::int64_t> pps = std::nullopt) {
  ReceiverPace pace{.name = name};
  pace.profile.name = name;
  if (mbps) pace.profile.bandwidth_per_vcpu = BitsPerSecond(*mbps * kMega);
  if (pps) pace.profile.packets_per_vcpu = PacketsPerSecond(*pps);
  return pace;
}

FleetDemand DemandOf(std::int64_t mbps, std::int64_t kpps) {
  FleetDemand demand;
  demand.bandwidth = BitsPerSecond(mbps * kMega);
  demand.packet_rate = PacketsPerSecond(kpps * 1000);
  return demand;
}

const std::vector<InstanceType> kSizes = {TypeOf("m.large", 4, 2), TypeOf("m.xlarge", 8, 4),
                                          TypeOf("m.4xlarge", 32, 16)};

FleetPlan PlanOf(const FleetDemand& demand, const std::vector<ReceiverPace>& paces,
                 const FleetRules& rules = {}, bool spare = false,
                 const std::map<std::string, UnitPrice>& prices = {}) {
  return PlanFleet(demand, kSizes, paces, rules, prices, {.most_used = 0.8, .spare = spare});
}

// Of at most 22 receivers that take 0.8, 1.6 and 6.4 Gbps for 0.1, 0.9 and 4: by trying all.
double LeastCostOf64Gbps() {
  double least = 1e9;
  for (int large = 0; large <= 22; ++large) {
    for (int xlarge = 0; large + xlarge <= 22; ++xlarge) {
      for (int of_32 = 0; large + xlarge + of_32 <= 22; ++of_32) {
        if (8 * large + 16 * xlarge + 64 * of_32 < 641) continue;  // tenths of a Gbps, of 640.64
        least = std::min(least, 0.1 * large + 0.9 * xlarge + 4 * of_32);
      }
    }
  }
  return least;
}

// 10 Gbps. Software of 250 Mbps a vCPU takes at 80 %: 0.8 Gbps of 4 vCPUs, 1.6 of 8, 6.4 of
// 32: 12.5, 6.25 and 1.56 receivers. An ENI at 80 % takes 1.6, 3.2 and 12.8 Gbps, which is more.
TEST(FleetTest, CountsReceiversBySize) {
  const FleetPlan plan = PlanOf(DemandOf(10'000, 1000), {PaceOf("fast", 250)});
  ASSERT_EQ(plan.sizes.size(), 3u);
  EXPECT_EQ(plan.sizes[0].needs[0].receivers, 13);
  EXPECT_EQ(plan.sizes[1].needs[0].receivers, 7);
  EXPECT_EQ(plan.sizes[2].needs[0].receivers, 2);
  EXPECT_EQ(plan.sizes[2].needs[0].limit, FleetLimit::kSoftwareBandwidth);
}

// Twice as fast, the ENI counts: 10 / 1.6 = 6.25 against 10 / 1.6 of the software of 4 vCPUs.
// Ten times as slow, 10 / 0.08 = 125. With no figure, the ENI alone counts.
TEST(FleetTest, GivesARangeOverReceivers) {
  const FleetPlan plan = PlanOf(DemandOf(10'000, 1000), {PaceOf("slow", 25), PaceOf("fast", 1000),
                                                         PaceOf("unknown", std::nullopt)});
  const FleetSize& large = plan.sizes[0];
  EXPECT_EQ(large.needs[0].receivers, 125);
  EXPECT_EQ(large.needs[1].receivers, 7);
  EXPECT_EQ(large.needs[1].limit, FleetLimit::kEniBandwidth);
  EXPECT_EQ(large.needs[2].receivers, 7);
  EXPECT_EQ(large.fewest, 7);
  EXPECT_EQ(large.most, 125);
}

// 1 Gbps in 2 Mpps; 50,000 frames a vCPU and second at 80 %: 160,000 of 4 vCPUs, 12.5 receivers.
// An ENI of 1 Mpps at 80 % takes 0.8: 2.5 receivers.
TEST(FleetTest, CountsFramesBesideBits) {
  const FleetPlan by_software = PlanOf(DemandOf(1000, 2000), {PaceOf("frames", 1000, 50'000)});
  EXPECT_EQ(by_software.sizes[0].needs[0].receivers, 13);
  EXPECT_EQ(by_software.sizes[0].needs[0].limit, FleetLimit::kSoftwarePackets);
  const FleetPlan by_eni = PlanFleet(DemandOf(1000, 2000), {TypeOf("p.large", 4, 2, 1)},
                                     {PaceOf("unknown", std::nullopt)}, {}, {}, {.spare = false});
  EXPECT_EQ(by_eni.sizes[0].needs[0].receivers, 3);
  EXPECT_EQ(by_eni.sizes[0].needs[0].limit, FleetLimit::kEniPacketRate);
}

// 215/44475: six sources of 3 Gbps are 18 Gbps, a ninth of which is 2 Gbps: one ENI of 2 Gbps.
// 54 sources are 162 Gbps, a ninth is 18: nine of 2 Gbps, five of 4.
TEST(FleetTest, KeepsToTheNinthOfTencent) {
  FleetDemand demand = DemandOf(100, 10);
  demand.sources = 6;
  demand.source_bandwidth = BitsPerSecond(18 * kGiga);
  const FleetRules rules{.source_to_receiver_bandwidth = 9};
  EXPECT_EQ(PlanOf(demand, {PaceOf("fast", 250)}, rules).sizes[0].needs[0].receivers, 1);
  demand.source_bandwidth = BitsPerSecond(162 * kGiga);
  const FleetPlan plan = PlanOf(demand, {PaceOf("fast", 250)}, rules);
  EXPECT_EQ(plan.sizes[0].needs[0].receivers, 9);
  EXPECT_EQ(plan.sizes[0].needs[0].limit, FleetLimit::kSourceShare);
  EXPECT_EQ(plan.sizes[1].needs[0].receivers, 5);
}

// 95 sources, 10 at most to one ENI: 10 receivers, whatever their size.
TEST(FleetTest, KeepsToTheSourcesOfATarget) {
  FleetDemand demand = DemandOf(100, 10);
  demand.sources = 95;
  const FleetPlan plan = PlanOf(demand, {PaceOf("fast", 250)}, {.sources_per_receiver = 10});
  for (const FleetSize& size : plan.sizes) {
    EXPECT_EQ(size.needs[0].receivers, 10);
    EXPECT_EQ(size.needs[0].limit, FleetLimit::kSources);
  }
  EXPECT_THAT(plan.cheapest[0].parts, ElementsAre(FleetPart{"m.large", 10}));
}

TEST(FleetTest, TakesTheRulesFromTheProfile) {
  ProviderProfile profile;
  profile.source_to_receiver_bandwidth = 9;
  profile.quotas = {{.name = "sources_per_eni_target", .most = 20},
                    {.name = "sessions_per_eni_target", .most = 10}};
  EXPECT_EQ(FleetRulesOf(profile, FleetTarget::kEnis).sources_per_receiver, 10);
  EXPECT_EQ(FleetRulesOf(profile, FleetTarget::kEnis).source_to_receiver_bandwidth, 9);
  EXPECT_EQ(FleetRulesOf(profile, FleetTarget::kLoadBalancer).sources_per_receiver, std::nullopt);
}

// 95 sources: of m.4xlarge, which is listed, one ENI takes 100; of others 10.
TEST(FleetTest, KeepsToTheSourcesOfListedTypes) {
  FleetDemand demand = DemandOf(100, 10);
  demand.sources = 95;
  const FleetPlan plan = PlanOf(demand, {PaceOf("fast", 250)},
                                {.sources_per_receiver = 10,
                                 .sources_per_listed_receiver = 100,
                                 .listed_types = {"m.4xlarge"}});
  EXPECT_EQ(plan.sizes[0].needs[0].receivers, 10);
  EXPECT_EQ(plan.sizes[2].needs[0].receivers, 1);
  EXPECT_THAT(plan.cheapest[0].parts, ElementsAre(FleetPart{"m.4xlarge", 1}));  // 32 of 40 vCPUs
}

// 91 sources on m.large, which takes 10, and m.xlarge, which takes 100. One of each (12 vCPUs) has
// room for 110, and without the larger for 10. Two of the larger (16) do without either.
TEST(FleetTest, KeepsToTheRulesWhenAReceiverIsLost) {
  FleetDemand demand = DemandOf(100, 10);
  demand.sources = 91;
  const FleetRules rules{.sources_per_receiver = 10,
                         .sources_per_listed_receiver = 100,
                         .listed_types = {"m.xlarge"}};
  const FleetPlan plan = PlanOf(demand, {PaceOf("fast", 250)}, rules, true);
  EXPECT_THAT(plan.cheapest[0].parts, ElementsAre(FleetPart{"m.xlarge", 2}));
  // A ninth of 90 Gbps is 10: five of 2 Gbps, and six with a spare; fewer of more would not do
  // with less than 6 x 4 vCPUs: three of 4 and one of 2 Gbps (28) leave 10.
  FleetDemand wide = DemandOf(100, 10);
  wide.source_bandwidth = BitsPerSecond(90 * kGiga);
  const FleetPlan ninth =
      PlanOf(wide, {PaceOf("fast", 250)}, {.source_to_receiver_bandwidth = 9}, true);
  EXPECT_THAT(ninth.cheapest[0].parts, ElementsAre(FleetPart{"m.large", 6}));
}

// 10 Gbps in all; 1 Gbps of one source goes to one receiver, and m.large takes 0.8.
TEST(FleetTest, TakesAllOfTheLargestSource) {
  FleetDemand demand = DemandOf(10'000, 1000);
  demand.largest_source = BitsPerSecond(kGiga);
  const FleetPlan plan = PlanOf(demand, {PaceOf("fast", 250)});
  EXPECT_EQ(plan.sizes[0].needs[0].receivers, std::nullopt);
  EXPECT_EQ(plan.sizes[0].needs[0].limit, FleetLimit::kOneSource);
  EXPECT_EQ(plan.sizes[1].needs[0].receivers, 7);
  // 6.4 Gbps is what the largest takes.
  demand.largest_source = BitsPerSecond(7 * kGiga);
  EXPECT_THAT(PlanOf(demand, {PaceOf("fast", 250)}).cheapest[0].why_not,
              testing::AllOf(HasSubstr("7 Gbps"), HasSubstr("spread them by flow")));
}

// 64 Gbps at 0.2 a vCPU are 320 vCPUs, in any of the sizes: 10 of 32 are the fewest, so that at
// most 20 are allowed. With a thousandth more, 80 of 4 are one too few; of at most 22 receivers
// (11 of 32 are the fewest), ten of 32 and one of 4 cost as much as 81 of 4.
TEST(FleetTest, NobodyLooksAfterAHundredReceivers) {
  const FleetPlan plan = PlanOf(DemandOf(64'064, 100), {PaceOf("fast", 250)});
  EXPECT_THAT(plan.cheapest[0].parts,
              ElementsAre(FleetPart{"m.large", 1}, FleetPart{"m.4xlarge", 10}));
  EXPECT_EQ(plan.cheapest[0].cost, 324);
  EXPECT_THAT(plan.fewest[0].parts, ElementsAre(FleetPart{"m.4xlarge", 11}));
  EXPECT_EQ(plan.fewest[0].cost, 352);
  // By price, those of 4 are far cheaper, and of them no more than 22 are taken.
  const std::map<std::string, UnitPrice> prices = {
      {"m.large", {.amount = 0.1, .currency = "USD"}},
      {"m.xlarge", {.amount = 0.9, .currency = "USD"}},
      {"m.4xlarge", {.amount = 4, .currency = "USD"}}};
  const FleetPlan dear =
      PlanOf(DemandOf(64'064, 100), {PaceOf("fast", 250)}, {}, false, prices);
  EXPECT_LE(dear.cheapest[0].receivers, 22);
  EXPECT_EQ(dear.cheapest[0].most_receivers, 22);
  EXPECT_NEAR(dear.cheapest[0].cost, LeastCostOf64Gbps(), 1e-9);
}

// A worker of 250 Mbps at 80 % takes a flow of 200 Mbps, and none of 201.
TEST(FleetTest, SaysThatNoNumberTakesOneLargeFlow) {
  FleetDemand demand = DemandOf(10'000, 1000);
  demand.largest_flow = BitsPerSecond(200 * kMega);
  EXPECT_EQ(PlanOf(demand, {PaceOf("fast", 250)}).cheapest[0].why_not, "");
  demand.largest_flow = BitsPerSecond(201 * kMega);
  const FleetPlan plan = PlanOf(demand, {PaceOf("fast", 250), PaceOf("faster", 500)});
  EXPECT_EQ(plan.sizes[0].needs[0].receivers, std::nullopt);
  EXPECT_EQ(plan.sizes[0].needs[0].limit, FleetLimit::kOneFlow);
  EXPECT_EQ(plan.sizes[0].fewest, plan.sizes[0].needs[1].receivers);
  EXPECT_THAT(plan.cheapest[0].why_not,
              testing::AllOf(HasSubstr("201 Mbps"), HasSubstr("200 Mbps"), HasSubstr("truncate")));
  EXPECT_THAT(plan.cheapest[0].parts, IsEmpty());
}

// 9 Gbps by vCPUs: 9 / 0.2 = 45 vCPUs: one of 32 (6.4 Gbps), one of 8 (1.6) and two of 4
// (0.8 each) are 48; one of 32 and two of 8 (9.6 Gbps) are 48 as well, in fewer receivers.
TEST(FleetTest, FindsTheFleetOfFewestVcpus) {
  const FleetPlan plan = PlanOf(DemandOf(9000, 100), {PaceOf("fast", 250)});
  EXPECT_EQ(plan.currency, "");
  EXPECT_THAT(plan.notes, ElementsAre(HasSubstr("fewest vCPUs")));
  EXPECT_THAT(plan.cheapest[0].parts,
              ElementsAre(FleetPart{"m.xlarge", 2}, FleetPart{"m.4xlarge", 1}));
  EXPECT_EQ(plan.cheapest[0].cost, 48);
}

// With a spare: without any one, 45 vCPUs are left. Of fours it takes 12 + 1 = 52 vCPUs; with an
// eight the rest must be 45 vCPUs, so 48 and 8; 52 is least.
TEST(FleetTest, KeepsASpareReceiver) {
  const FleetPlan plan = PlanOf(DemandOf(9000, 100), {PaceOf("fast", 250)}, {}, true);
  EXPECT_THAT(plan.cheapest[0].parts, ElementsAre(FleetPart{"m.large", 13}));
  EXPECT_EQ(plan.cheapest[0].cost, 52);
}

// 9 Gbps again; a 32 for 1.0 USD takes 6.4 Gbps, an 8 for 0.2 USD 1.6: six of 8 (9.6 Gbps) cost
// 1.2, one of 32 and two of 8 cost 1.4. The 4 has no price.
TEST(FleetTest, GoesByPriceWhereThereIsOne) {
  const std::map<std::string, UnitPrice> prices = {
      {"m.xlarge", {.amount = 0.2, .currency = "USD"}},
      {"m.4xlarge", {.amount = 1.0, .currency = "USD"}}};
  const FleetPlan plan = PlanOf(DemandOf(9000, 100), {PaceOf("fast", 250)}, {}, false, prices);
  EXPECT_EQ(plan.currency, "USD");
  EXPECT_THAT(plan.cheapest[0].parts, ElementsAre(FleetPart{"m.xlarge", 6}));
  EXPECT_NEAR(plan.cheapest[0].cost, 1.2, 1e-9);
  EXPECT_THAT(plan.notes, ElementsAre(HasSubstr("1 of 3 types have no price in USD")));
}

// 0.2 to 0.3125 Gbps a vCPU about 0.25; frames in proportion: 25,000 x 0.8 and x 1.25.
TEST(FleetTest, MakesPacesOfAMakersTable) {
  ReceiverProfile vectra;
  vectra.name = "vectra";
  vectra.bandwidth_per_vcpu = BitsPerSecond(250 * kMega);
  vectra.bandwidth_low = BitsPerSecond(200 * kMega);
  vectra.bandwidth_high = BitsPerSecond(312'500'000);
  vectra.packets_per_vcpu = PacketsPerSecond(25'000);
  const auto paces = PacesOf({vectra});
  ASSERT_EQ(paces.size(), 3u);
  EXPECT_EQ(paces[0].name, "vectra (least)");
  EXPECT_EQ(paces[0].profile.packets_per_vcpu, PacketsPerSecond(20'000));
  EXPECT_EQ(paces[1].name, "vectra");
  EXPECT_EQ(paces[2].profile.packets_per_vcpu, PacketsPerSecond(31'250));
}

// 100 Gbps on all sizes of Tencent Cloud under all software that is known: no dearer than any
// fleet of one size with a spare, and no cheaper than the vCPUs that the software asks for.
TEST(FleetTest, IsNeverDearerThanOneSize) {
  const Library library = sim::LoadLibrary(sim::FindDataFolder());
  std::vector<InstanceType> types;
  for (const auto& [name, type] : library.instance_types) {
    if (type.limits.model == LimitModel::kCombined) types.push_back(type);
  }
  std::vector<ReceiverProfile> profiles;
  for (const auto& [name, profile] : library.receivers) profiles.push_back(profile);
  const std::vector<ReceiverPace> paces = PacesOf(profiles);
  const FleetDemand demand = DemandOf(100'000, 10'000);
  const FleetPlan plan = PlanFleet(demand, types, paces, {}, {}, {});
  ASSERT_EQ(plan.cheapest.size(), paces.size());
  for (std::size_t pace = 0; pace < paces.size(); ++pace) {
    const CheapestFleet& fleet = plan.cheapest[pace];
    SCOPED_TRACE(fleet.pace);
    EXPECT_TRUE(fleet.is_exact || fleet.most_receivers > 0);
    EXPECT_GT(fleet.receivers, 1);
    for (const FleetSize& size : plan.sizes) {
      const std::int64_t receivers = *size.needs[pace].receivers + 1;
      if (fleet.most_receivers > 0 && receivers > fleet.most_receivers) continue;
      EXPECT_LE(fleet.cost, static_cast<double>(receivers * size.vcpus));
    }
    const ReceiverProfile& profile = paces[pace].profile;
    if (!profile.bandwidth_per_vcpu) continue;
    const double of_vcpu =
        static_cast<double>(profile.bandwidth_per_vcpu->count()) * profile.scaling_efficiency * 0.8;
    EXPECT_GE(fleet.cost, 100e9 / of_vcpu);
  }
}

TEST(FleetTest, SaysThatNothingIsKnown) {
  InstanceType type;
  type.name = "x.large";
  const FleetPlan plan = PlanFleet(DemandOf(1000, 100), {type}, {PaceOf("fast", 250)}, {}, {}, {});
  EXPECT_EQ(plan.sizes[0].needs[0].receivers, std::nullopt);
  EXPECT_EQ(plan.sizes[0].needs[0].limit, FleetLimit::kNothingKnown);
  EXPECT_THAT(plan.cheapest[0].why_not, HasSubstr("nothing is known"));
}

}  // namespace
}  // namespace vpcmirror
