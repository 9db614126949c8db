#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/scenario/scenario_samples.h"

namespace vpcmirror {
namespace {

using namespace testing_samples;  // NOLINT: the world of these tests
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> EniIds(const ValidScenario& scenario) {
  std::vector<std::string> ids;
  for (const Eni& eni : scenario.deployment->enis) ids.push_back(eni.id);
  return ids;
}

std::vector<std::int64_t> QueueFrames(const ValidScenario& scenario) {
  std::vector<std::int64_t> frames;
  for (const Cvm& cvm : scenario.deployment->cvms) frames.push_back(cvm.queue.frames);
  return frames;
}

TEST(ValidateTest, ExpandsTheSmallestScenario) {
  const ValidScenario valid = Validate(Smallest(), SmallLibrary());

  EXPECT_THAT(EniIds(valid), ElementsAre("web[0]/eni0", "web[1]/eni0", "ids/eni0"));
  // .0 is the network and .1 the gateway of 10.0.0.0/16.
  EXPECT_EQ(ToString(valid.deployment->enis[0].addresses.front()), "10.0.0.2");
  EXPECT_EQ(ToString(valid.deployment->enis[2].addresses.front()), "10.0.0.4");
  EXPECT_EQ(ToString(valid.deployment->enis[2].mac), "02:00:0a:00:00:04");
  EXPECT_THAT(QueueFrames(valid), ElementsAre(1000, 1000, 1000));
  EXPECT_EQ(valid.deployment->cvms[2].receiver->name, "suricata");

  ASSERT_EQ(valid.mirrors.size(), 1u);
  const PlacedMirror& mirror = valid.mirrors.front();
  EXPECT_EQ(mirror.mirror->settings().id, "mirror-1");
  EXPECT_THAT(mirror.sources, ElementsAre(0u, 1u));
  EXPECT_THAT(mirror.receiver_enis, ElementsAre(2u));

  ASSERT_EQ(valid.tap_rules.size(), 1u);
  EXPECT_THAT(
      valid.tap_rules[0]->mirror_ports,
      ElementsAre(MirrorPort{Address("10.0.0.4"), kProtocolUdp, 4789}));  // RFC 7348: port 4789
  ASSERT_EQ(valid.workloads.size(), 1u);
  EXPECT_EQ(valid.workloads[0].streams.size(), 4u);  // two hosts, in and out each
}

TEST(ValidateTest, FillsInWhatIsLeftOut) {
  const ValidScenario valid = Validate(Smallest(), SmallLibrary());
  EXPECT_EQ(valid.duration, Picoseconds(kPicosecondsPerSecond));
  EXPECT_EQ(valid.seed, 1u);
  EXPECT_EQ(valid.fabric_delay, Picoseconds(50'000'000));  // 50 us
  EXPECT_EQ(valid.workloads[0].flows, 256);
  EXPECT_EQ(valid.workloads[0].server_port, 443);
  EXPECT_EQ(valid.workloads[0].client_ports, (PortRange{32768, 60999}));
  EXPECT_EQ(valid.workloads[0].sizes, (std::vector<FrameSize>{{Bytes(1500), 1.0}}));
  EXPECT_EQ(valid.workloads[0].stop, valid.duration);
}

class DefaultTest : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(DefaultTest, IsListedAsAssumption) {
  const ValidScenario valid = Validate(Smallest(), SmallLibrary());
  const Assumption* assumption = Find(valid, GetParam().first);
  ASSERT_NE(assumption, nullptr);
  EXPECT_EQ(assumption->value, GetParam().second);
  EXPECT_FALSE(assumption->text.empty());
  EXPECT_FALSE(assumption->source.empty());
  EXPECT_FALSE(assumption->overridden);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DefaultTest,
    testing::Values(std::pair{"vpc", "10.0.0.0/16"}, std::pair{"subnet", "10.0.0.0/16"},
                    std::pair{"route_table", "main"}, std::pair{"security_groups", "open"},
                    std::pair{"duration", "1 s"}, std::pair{"seed", "1"},
                    std::pair{"mtu", "1500 B"}, std::pair{"queue_frames", "1000"},
                    std::pair{"fabric_delay", "50 us"}, std::pair{"mirror_state", "RUNNING"},
                    std::pair{"mirror_direction", "ALL"}, std::pair{"default_alg_hash", "ENI"},
                    std::pair{"workload_protocol", "TCP"}, std::pair{"server_port", "443"},
                    std::pair{"client_ports", "32768-60999"}, std::pair{"flows", "256"},
                    std::pair{"sizes", "1500 B"}, std::pair{"arrivals", "constant"},
                    std::pair{"rate_scope", "host"}, std::pair{"peer", "198.18.0.0/15"},
                    std::pair{"costs", "kernel"}, std::pair{"workers", "one a vCPU"},
                    std::pair{"encapsulation", "vxlan"}, std::pair{"vni", "0"}),
    [](const auto& tested) { return std::string(tested.param.first); });

TEST(ValidateTest, ListsNoDefaultThatTheScenarioGives) {
  Scenario scenario = Smallest();
  scenario.duration = Here(Picoseconds(2 * kPicosecondsPerSecond));
  scenario.seed = Here(std::uint64_t{7});
  scenario.mirrors[0].state = Here(MirrorState::kStopped);
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(Find(valid, "duration"), nullptr);
  EXPECT_EQ(Find(valid, "seed"), nullptr);
  EXPECT_EQ(Find(valid, "mirror_state"), nullptr);
  EXPECT_EQ(valid.seed, 7u);
  EXPECT_EQ(valid.mirrors[0].mirror->settings().state, MirrorState::kStopped);
}

const CostCurve& CloneOf(const ValidScenario& valid, std::size_t cvm) {
  return valid.costs.at(cvm)->of(CpuOperation::kClone).curve;
}

TEST(ValidateTest, TakesTheCostOfACopyAsItIsGiven) {
  Scenario scenario = Smallest();
  scenario.costs.table = Text("kernel");
  OperationCostSpec& clone = scenario.costs.of(CpuOperation::kClone);
  clone.per_frame = Here(Picoseconds(300'000));
  ValidScenario valid = Validate(scenario, SmallLibrary());
  ASSERT_EQ(valid.costs.size(), valid.deployment->cvms.size());
  EXPECT_EQ(CloneOf(valid, 0), CostCurve::Flat(Picoseconds(300'000), Picoseconds(75)));
  EXPECT_EQ(Find(valid, "costs"), nullptr);
  clone.per_byte = Here(Picoseconds(50));
  valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(CloneOf(valid, 0), CostCurve::Flat(Picoseconds(300'000), Picoseconds(50)));
  clone.per_frame.reset();
  valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(CloneOf(valid, 0), CostCurve::Flat(Picoseconds(675'000), Picoseconds(50)));
}

// What was measured on the scenario's stack says nothing of a host with another.
TEST(ValidateTest, TableOfAHostReplacesAllThatTheScenarioSays) {
  Scenario scenario = Smallest();
  scenario.costs.of(CpuOperation::kClone).per_frame = Here(Picoseconds(300'000));
  scenario.hosts[0].settings.costs.emplace().table = Text("xdp");
  ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(CloneOf(valid, 0), CostCurve::Flat(Picoseconds(230'000), Picoseconds(75)));
  EXPECT_EQ(CloneOf(valid, 2), CostCurve::Flat(Picoseconds(300'000), Picoseconds(75)));
  EXPECT_EQ(valid.costs[0]->name, "xdp");

  scenario.hosts[0].settings.costs.emplace().of(CpuOperation::kClone).per_byte =
      Here(Picoseconds(10));
  valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(CloneOf(valid, 0), CostCurve::Flat(Picoseconds(300'000), Picoseconds(10)));
}

TEST(ValidateTest, ProviderSaysWhoPaysForCopies) {
  Scenario scenario = Smallest();
  Library library = SmallLibrary();
  const auto pays = [&] {
    return Validate(scenario, library).costs[0]->of(CpuOperation::kClone).payer;
  };
  EXPECT_EQ(pays(), Payer::kGuest);
  ProviderProfile& tencent = library.providers["tencent"];
  tencent.assumptions.push_back({.name = "who_pays", .value = "guest"});
  scenario.assumptions = {{"who_pays", Text("host")}};
  EXPECT_EQ(pays(), Payer::kHost);
  // A card that makes the copies is not the guest's, whatever the cloud says.
  scenario.assumptions.clear();
  library.costs["kernel"].of(CpuOperation::kClone).payer = Payer::kHost;
  EXPECT_EQ(pays(), Payer::kHost);
}

// 500 hosts have 1,000 streams of 100 flows; 10,000 hosts would have 5 each.
TEST(ValidateTest, ManyStreamsHaveFewerFlows) {
  for (const auto& [hosts, flows] : {std::pair{100, 256}, {500, 100}, {10'000, 16}}) {
    Scenario scenario = Smallest();
    scenario.hosts[0].count = Here(hosts);
    const ValidScenario valid = Validate(scenario, SmallLibrary());
    EXPECT_EQ(valid.workloads[0].flows, flows) << hosts;
    EXPECT_EQ(Find(valid, "flows")->value, std::to_string(flows));
  }
}

TEST(ValidateTest, ReceiverHasAWorkerForEachVcpuUnlessItSaysOtherwise) {
  Scenario scenario = Smallest();
  HostSettings& ids = scenario.hosts[1].settings;
  EXPECT_EQ(Validate(scenario, SmallLibrary()).deployment->cvms.back().workers, 8);
  ids.workers = Here(3);
  ids.ring_bytes = Here(Bytes(1 << 20));
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(valid.deployment->cvms.back().workers, 3);
  EXPECT_EQ(valid.deployment->cvms.back().ring_bytes, Bytes(1 << 20));
  EXPECT_EQ(Find(valid, "workers"), nullptr);
  ids.workers.reset();
  ids.type.reset();
  EXPECT_EQ(Find(Validate(scenario, SmallLibrary()), "workers")->value, "1");
}

TEST(ValidateTest, AppliesAssumptionsOfTheScenario) {
  Scenario scenario = Smallest();
  scenario.assumptions = {{"encapsulation", Text("none")},
                          {"flow_hash_symmetric", Text("false")},
                          {"mtu_policy", Text("drop")},
                          {"congestion", Text("fifo")},
                          {"mirrors_what_security_drops", Text("true")}};
  Library library = SmallLibrary();
  auto& listed = library.providers["tencent"].assumptions;
  listed.clear();
  for (const auto& [name, value] : scenario.assumptions) {
    listed.push_back({.name = name, .value = "as documents do not say"});
  }
  const ValidScenario valid = Validate(scenario, library);
  const MirrorSettings& settings = valid.mirrors[0].mirror->settings();
  EXPECT_EQ(settings.tunnel.kind, EncapsulationKind::kNone);
  EXPECT_EQ(settings.hash_symmetry, HashSymmetry::kDirectional);
  EXPECT_EQ(settings.receivers[0].mtu_policy, MtuPolicy::kDrop);
  EXPECT_EQ(valid.providers[0].congestion, Congestion::kFifo);
  EXPECT_TRUE(valid.tap_rules[0]->mirrors_what_security_drops);
  // Without a tunnel there is no port that copies arrive at.
  EXPECT_TRUE(valid.tap_rules[0]->mirror_ports.empty());
  for (const auto& [name, value] : scenario.assumptions) {
    const Assumption* assumption = Find(valid, name);
    ASSERT_NE(assumption, nullptr) << name;
    EXPECT_EQ(assumption->value, value.value);
    EXPECT_TRUE(assumption->overridden);
  }
}

NeverMirrored Kind(const char* name) { return {.name = name, .ether_type = kEtherTypeArp}; }

std::vector<std::string> NeverMirroredOf(const ValidScenario& valid) {
  std::vector<std::string> kinds;
  for (const NeverMirrored& kind : valid.tap_rules[0]->never_mirrored) {
    kinds.push_back(kind.name + (kind.service ? " at " + ToString(*kind.service) : ""));
  }
  return kinds;
}

TEST(ValidateTest, LeavesOutTheKindsOfTrafficThatTheScenarioSays) {
  Library library = SmallLibrary();
  ProviderProfile& tencent = library.providers["tencent"];
  tencent.never_mirrored = {Kind("arp")};
  tencent.may_be_never_mirrored = {Kind("dhcp")};
  tencent.assumptions = {{.name = "never_mirrored", .value = "arp"}};
  Scenario scenario = Smallest();
  EXPECT_THAT(NeverMirroredOf(Validate(scenario, library)), testing::ElementsAre("arp"));
  scenario.assumptions = {{"never_mirrored", Text("dhcp")}};
  EXPECT_THAT(NeverMirroredOf(Validate(scenario, library)), testing::ElementsAre("dhcp"));
  scenario.assumptions = {{"never_mirrored", Text("none")}};
  EXPECT_THAT(NeverMirroredOf(Validate(scenario, library)), testing::IsEmpty());
  scenario.assumptions = {{"never_mirrored", Text("arp/ntp", "/a")}};
  EXPECT_THAT(ErrorsOf(scenario, library),
              testing::ElementsAre(HasSubstr("/a: never_mirrored cannot be \"arp/ntp\"")));
}

TEST(ValidateTest, TellsServicesByTheAddressesThatTheScenarioSays) {
  Library library = SmallLibrary();
  ProviderProfile& tencent = library.providers["tencent"];
  NeverMirrored ntp = Kind("ntp");
  ntp.service = Prefix("169.254.0.0/16");
  NeverMirrored metadata = Kind("metadata");
  metadata.service = Prefix("169.254.0.23/32");
  tencent.never_mirrored = {metadata, ntp};
  tencent.kinds_at_service_addresses = {"ntp"};
  tencent.assumptions = {{.name = "service_addresses", .value = "169.254.0.0/16"}};
  Scenario scenario = Smallest();
  scenario.assumptions = {{"service_addresses", Text("10.1.0.0/16 10.2.0.0/16")}};
  EXPECT_THAT(NeverMirroredOf(Validate(scenario, library)),
              testing::ElementsAre("metadata at 169.254.0.23/32", "ntp at 10.1.0.0/16",
                                   "ntp at 10.2.0.0/16"));
  scenario.assumptions = {{"service_addresses", Text("any")}};
  EXPECT_THAT(NeverMirroredOf(Validate(scenario, library)),
              testing::ElementsAre("metadata at 169.254.0.23/32", "ntp"));
}

TEST(ValidateTest, AppliesSecurityAsTheScenarioSays) {
  Library library = SmallLibrary();
  library.providers["tencent"].assumptions = {{.name = "outbound_security_drops", .value = "false"},
                                              {.name = "security_of_copies", .value = "target"}};
  Scenario scenario = Smallest();
  ValidScenario valid = Validate(scenario, library);
  EXPECT_FALSE(valid.tap_rules[0]->mirrors_outbound_drops);
  EXPECT_TRUE(valid.mirrors[0].mirror->settings().receiver_checks_copies);
  scenario.assumptions = {{"outbound_security_drops", Text("true")},
                          {"security_of_copies", Text("nowhere")}};
  valid = Validate(scenario, library);
  EXPECT_TRUE(valid.tap_rules[0]->mirrors_outbound_drops);
  EXPECT_FALSE(valid.mirrors[0].mirror->settings().receiver_checks_copies);
}

TEST(ValidateTest, CountsLimitsByHandAsTheScenarioSays) {
  Library library = SmallLibrary();
  library.providers["tencent"].assumptions = {{.name = "limit_model",
                                               .value = "combined",
                                               .text = "Limits given by hand hold for in and out "
                                                       "together."}};
  Scenario scenario = Smallest();
  scenario.hosts[0].settings.type.reset();
  EXPECT_EQ(Validate(scenario, library).deployment->cvms[0].limits.model, LimitModel::kCombined);
  scenario.assumptions = {{"limit_model", Text("per_direction")}};
  const ValidScenario valid = Validate(scenario, library);
  EXPECT_EQ(valid.deployment->cvms[0].limits.model, LimitModel::kPerDirection);
  EXPECT_EQ(std::count_if(valid.assumptions.begin(), valid.assumptions.end(),
                          [](const Assumption& each) { return each.name == "limit_model"; }),
            1);
}

TEST(ValidateTest, SaysThatAProviderIsExperimental) {
  Library library = SmallLibrary();
  EXPECT_THAT(Validate(Smallest(), library).notes, testing::IsEmpty());
  library.providers["tencent"].experimental = true;
  EXPECT_THAT(Validate(Smallest(), library).notes,
              testing::ElementsAre(HasSubstr("Experimental: little of how Tencent Cloud")));
}

TEST(ValidateTest, SaysWhatAnOverriddenAssumptionMeans) {
  Scenario scenario = Smallest();
  scenario.assumptions = {{"encapsulation", Text("none")}};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_THAT(Find(valid, "encapsulation")->text, HasSubstr("no outer headers"));
  EXPECT_EQ(Find(valid, "vni"), nullptr);  // there is no tunnel to have one
}

TEST(ValidateTest, TakesTheNetworkIdentifierOfTheScenario) {
  Scenario scenario = Smallest();
  scenario.assumptions = {{"vni", Text("77")}};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(valid.mirrors[0].mirror->settings().tunnel.vni, 77u);
  EXPECT_EQ(Find(valid, "vni")->value, "77");
}

TEST(ValidateTest, ListsTypesWithoutPacketRate) {
  Scenario scenario = Smallest();
  scenario.hosts[0].settings.type = Text("S3.6XLARGE48");
  const Assumption* assumption = nullptr;
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  assumption = Find(valid, "packet_rate");
  ASSERT_NE(assumption, nullptr);
  EXPECT_THAT(assumption->text, HasSubstr("S3.6XLARGE48"));
  EXPECT_EQ(valid.deployment->cvms[0].limits.packet_rate, std::nullopt);
}

TEST(ValidateTest, ListsHostsWithoutLimits) {
  Scenario scenario = Smallest();
  scenario.hosts[0].settings.type.reset();
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  ASSERT_NE(Find(valid, "limits"), nullptr);
  EXPECT_EQ(valid.deployment->cvms[0].limits.bandwidth, std::nullopt);
}

TEST(ValidateTest, LetsLimitsByHandOverrideTheType) {
  Scenario scenario = Smallest();
  scenario.hosts[0].settings.bandwidth = Here(Mbps(100));
  scenario.hosts[0].settings.limit_model = Here(LimitModel::kPerDirection);
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  const Limits& limits = valid.deployment->cvms[0].limits;
  EXPECT_EQ(limits.bandwidth, Mbps(100));
  EXPECT_EQ(limits.model, LimitModel::kPerDirection);
  EXPECT_EQ(limits.packet_rate, PacketsPerSecond(600'000));  // the type's
}

TEST(ValidateTest, GivesAReceiverWithoutProfileTheGenericOne) {
  Scenario scenario = Smallest();
  scenario.hosts[1].settings.receiver.reset();
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  ASSERT_TRUE(valid.deployment->cvms[2].receiver.has_value());
  EXPECT_EQ(valid.deployment->cvms[2].receiver->name, "generic");
  ASSERT_NE(Find(valid, "receiver"), nullptr);
  EXPECT_THAT(Find(valid, "receiver")->text, HasSubstr("ids"));
}

TEST(ValidateTest, OverridesOneMemberOfAHost) {
  Scenario scenario = Smallest();
  HostSettings slow;
  slow.type = Text("S5.4XLARGE32");
  slow.queue_frames = Here(50);
  scenario.hosts[0].overrides[1] = Here(slow);
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(valid.deployment->cvms[0].limits.bandwidth, Mbps(3000));
  EXPECT_EQ(valid.deployment->cvms[1].limits.bandwidth, Mbps(6000));
  EXPECT_THAT(QueueFrames(valid), ElementsAre(1000, 50, 1000));
}

TEST(ValidateTest, SkipsAddressesGivenByHand) {
  Scenario scenario = Smallest();
  EniSpec eni;
  eni.path = "/hosts/ids/enis/0";
  eni.address = Here(Address("10.0.0.2"));
  eni.secondary_addresses = {Here(Address("10.0.0.4")), Here(Address("2001:db8::1"))};
  scenario.hosts[1].settings.enis = {eni};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(ToString(valid.deployment->enis[0].addresses.front()), "10.0.0.3");
  EXPECT_EQ(ToString(valid.deployment->enis[1].addresses.front()), "10.0.0.5");
  EXPECT_EQ(valid.deployment->enis[2].addresses.size(), 3u);
}

// The address is that of the first member; the others follow it.
TEST(ValidateTest, CountsUpTheAddressOfAHostWithMembers) {
  Scenario scenario = Smallest();
  EniSpec eni;
  eni.address = Here(Address("10.0.7.10"));
  scenario.hosts[0].settings.enis = {eni};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(ToString(valid.deployment->enis[0].addresses.front()), "10.0.7.10");
  EXPECT_EQ(ToString(valid.deployment->enis[1].addresses.front()), "10.0.7.11");
}

TEST(ValidateTest, FindsTheSubnetOfAnAddressByHand) {
  Scenario scenario = Smallest();
  VpcSpec vpc = VpcOf("prod", "10.0.0.0/16");
  vpc.subnets = {SubnetOf(vpc, "web", "10.0.1.0/24"), SubnetOf(vpc, "sec", "10.0.9.0/24")};
  scenario.vpcs = {vpc};
  scenario.hosts[0].settings.subnet = Text("web");
  EniSpec eni;
  eni.address = Here(Address("10.0.9.5"));
  scenario.hosts[1].settings.enis = {eni};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(valid.deployment->subnets[valid.deployment->enis[2].subnet].name, "sec");
}

TEST(ValidateTest, PutsTheVpcIntoMacs) {
  Scenario scenario = Smallest();
  scenario.vpcs = {VpcOf("one", "10.0.0.0/16"), VpcOf("two", "10.0.0.0/16")};
  for (HostSpec& host : scenario.hosts) host.settings.subnet = Text("one/default");
  HostSpec other = Host("other");
  other.settings.subnet = Text("two/default");
  scenario.hosts.push_back(other);
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  // The same address 10.0.0.2 in both VPCs.
  EXPECT_EQ(ToString(valid.deployment->enis[0].mac), "02:00:0a:00:00:02");
  EXPECT_EQ(ToString(valid.deployment->enis[3].mac), "02:01:0a:00:00:02");
}

TEST(ValidateTest, CarriesTheNameOfTheFileInEachError) {
  Scenario scenario = Smallest();
  scenario.provider = Text("tencnet", "/provider");
  scenario.hosts[1].settings.receiver = Text("suricatta", "/hosts/ids/receiver");
  try {
    Validate(scenario, SmallLibrary());
    FAIL() << "nothing was refused";
  } catch (const ScenarioException& exception) {
    ASSERT_EQ(exception.errors().size(), 2u);
    for (const ScenarioError& error : exception.errors()) EXPECT_EQ(error.file, "smallest.json");
  }
}

TEST(ValidateTest, RoutesThroughAHostAndToGateways) {
  Scenario scenario = Smallest();
  VpcSpec vpc = VpcOf("prod", "10.0.0.0/16");
  GatewaySpec nat;
  nat.name = "nat-1";
  vpc.gateways = {nat};
  RouteTableSpec table;
  table.name = "rt";
  table.routes = {{"/r/0", Prefix("0.0.0.0/0"), "nat-1"},
                  {"/r/1", Prefix("192.0.2.0/24"), "ids"},
                  {"/r/2", Prefix("198.51.100.0/24"), "outside"}};
  vpc.route_tables = {table};
  scenario.vpcs = {vpc};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  const Topology& topology = *valid.topology;
  EXPECT_EQ(topology.Lookup(0, Address("8.8.8.8")).next_hop.kind, NextHop::Kind::kNatGateway);
  EXPECT_EQ(topology.Lookup(0, Address("192.0.2.1")).destination, 2u);
  EXPECT_EQ(topology.Lookup(0, Address("198.51.100.1")).next_hop.kind, NextHop::Kind::kOutside);
  EXPECT_EQ(Find(valid, "route_table"), nullptr);
}

}  // namespace
}  // namespace vpcmirror
