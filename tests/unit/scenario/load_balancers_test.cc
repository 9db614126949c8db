// Load balancers and the mirrors that name them. The cloud is made for these tests, after
// what AWS documents of its load balancers and Tencent Cloud of public CLBs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "models/scenario/taps.h"
#include "tests/unit/scenario/scenario_samples.h"

namespace vpcmirror {
namespace {

using namespace testing_samples;  // NOLINT: the world of these tests
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

Library BalancerLibrary() {
  Library library = SmallLibrary();
  ProviderProfile& cloud = library.providers["tencent"];
  cloud.load_balancing.kinds = {{.name = "nlb",
                                 .title = "Network Load Balancer",
                                 .target = "network-load-balancer",
                                 .internal_only = true,
                                 .has_own_length = true},
                                {.name = "gwlbe",
                                 .title = "endpoint",
                                 .target = "gateway",
                                 .needs_listener = false,
                                 .mtu = Bytes(8500),
                                 .zone_bandwidth = BitsPerSecond(10'000'000'000),
                                 .zone_bandwidth_most = BitsPerSecond(100'000'000'000),
                                 .geneve_options = Bytes(32)}};
  cloud.load_balancer_length = LengthRule{.by_default = Bytes(8500), .most = Bytes(8500)};
  cloud.error_codes["public_load_balancer"] = "PublicClbNotSupport";
  return library;
}

LoadBalancerSpec Balancer(const char* kind, std::vector<const char*> backends) {
  LoadBalancerSpec spec;
  spec.name = "copies";
  spec.path = "/lb";
  spec.kind = Text(kind, "/lb/kind");
  spec.subnets = {Text("web", "/lb/subnets/0"), Text("sec", "/lb/subnets/1")};
  for (const char* each : backends) spec.backends.push_back(Text(each, "/lb/backends"));
  return spec;
}

// web[0..1] in subnet web of zone a, ids in sec of zone b; a mirror of web to the balancer.
Scenario Behind(LoadBalancerSpec spec, const char* target = "network-load-balancer",
                const char* name = "copies") {
  Scenario scenario = Smallest();
  Estate(scenario);
  for (SubnetSpec& subnet : scenario.vpcs[0].subnets) {
    subnet.zone = subnet.name == "web" ? "a" : "b";
  }
  scenario.vpcs[0].load_balancers.push_back(std::move(spec));
  scenario.mirrors = {MirrorOf({"web"}, {})};
  scenario.mirrors[0].load_balancer = LoadBalancerTarget{Text(name, "/target"), target};
  return scenario;
}

std::vector<std::string> Complaints(const Scenario& scenario) {
  return ErrorsOf(scenario, BalancerLibrary());
}

TEST(LoadBalancersTest, HaveAnEniBehindThoseOfHosts) {
  const ValidScenario valid = Validate(Behind(Balancer("nlb", {"ids"})), BalancerLibrary());
  const Deployment& deployment = *valid.deployment;
  ASSERT_EQ(deployment.load_balancers.size(), 1u);
  const LoadBalancer& balancer = deployment.load_balancers[0];
  EXPECT_EQ(balancer.eni, deployment.enis.size() - 1);
  EXPECT_EQ(deployment.enis[balancer.eni].load_balancer, 0u);
  EXPECT_THAT(balancer.zones, ElementsAre("a", "b"));
  ASSERT_EQ(balancer.backends.size(), 1u);
  EXPECT_EQ(balancer.backends[0].zone, "b");
  EXPECT_EQ(valid.mirrors[0].load_balancer, 0u);
  EXPECT_THAT(valid.mirrors[0].receiver_enis, ElementsAre(balancer.eni));
}

// The backends get copies at their own address, which are no more to be copied than others.
TEST(LoadBalancersTest, MakeMirrorPortsOfTheirBackends) {
  const ValidScenario valid = Validate(Behind(Balancer("nlb", {"ids"})), BalancerLibrary());
  const Deployment& deployment = *valid.deployment;
  const IpAddress ids =
      deployment.enis[deployment.load_balancers[0].backends[0].eni].addresses.front();
  EXPECT_THAT(valid.tap_rules[0]->mirror_ports,
              Contains(MirrorPort{.receiver = ids, .port = 4789}));
}

TEST(LoadBalancersTest, TakeTheMtuOfTheirKindOrOfTheirBackends) {
  const ValidScenario nlb = Validate(Behind(Balancer("nlb", {"ids"})), BalancerLibrary());
  EXPECT_EQ(nlb.mirrors[0].mirror->settings().receivers[0].mtu, Bytes(1500));
  EXPECT_NE(Find(nlb, "load_balancer_mtu"), nullptr);
  const ValidScenario gateway =
      Validate(Behind(Balancer("gwlbe", {"ids"}), "gateway"), BalancerLibrary());
  EXPECT_EQ(gateway.mirrors[0].mirror->settings().receivers[0].mtu, Bytes(8500));
  EXPECT_EQ(gateway.deployment->load_balancers[0].zone_bandwidth, BitsPerSecond(10'000'000'000));
  ASSERT_NE(Find(gateway, "load_balancer_bandwidth"), nullptr);
  EXPECT_THAT(Find(gateway, "load_balancer_bandwidth")->text, HasSubstr("100 Gbps"));
}

TEST(LoadBalancersTest, HaveALengthOfTheirOwnWhereTheirKindSays) {
  Scenario scenario = Behind(Balancer("nlb", {"ids"}));
  scenario.mirrors[0].words.length = "PacketLength";
  const ValidScenario valid = Validate(scenario, BalancerLibrary());
  EXPECT_EQ(valid.mirrors[0].mirror->settings().packet_length[0], Bytes(8500));
  scenario.mirrors[0].packet_length = Here<std::int64_t>(8501, "/l");
  EXPECT_THAT(Complaints(scenario),
              ElementsAre("/l: PacketLength 8501 is out of range | from 1 to 8500 bytes"));
}

TEST(LoadBalancersTest, AreFoundInAnArnOrAUrl) {
  for (const char* name :
       {"arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/copies/50dc6c",
        "projects/p/regions/r/forwardingRules/copies", "copies"}) {
    EXPECT_THAT(Complaints(Behind(Balancer("nlb", {"ids"}), "network-load-balancer", name)),
                testing::IsEmpty())
        << name;
  }
}

TEST(LoadBalancersTest, WithoutAListenerAreNoted) {
  LoadBalancerSpec silent = Balancer("nlb", {"ids"});
  silent.listener = ListenerSpec{"/lb/listener", std::nullopt};
  const ValidScenario valid = Validate(Behind(silent), BalancerLibrary());
  EXPECT_THAT(valid.notes, Contains("No copy of mirror-1 gets through load balancer copies, which "
                                    "listens on nothing: it drops them, and no one is told."));
}

// ids is in zone b, both sources are in zone a.
TEST(LoadBalancersTest, WithAZoneWithoutBackendsAreNoted) {
  const std::string note =
      "Copies of mirror-1 that come in at load balancer copies in zone a are lost: no healthy "
      "backend is there, and it does not balance across zones.";
  LoadBalancerSpec spec = Balancer("nlb", {"ids"});
  EXPECT_THAT(Validate(Behind(spec), BalancerLibrary()).notes, Contains(note));
  spec.cross_zone = true;
  EXPECT_THAT(Validate(Behind(spec), BalancerLibrary()).notes, testing::Not(Contains(note)));
}

struct BrokenCase {
  const char* name;
  std::function<Scenario()> scenario;
  std::string want;
};
void PrintTo(const BrokenCase& c, std::ostream* os) { *os << c.name; }

class BrokenLoadBalancerTest : public testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenLoadBalancerTest, IsRefused) {
  EXPECT_THAT(Complaints(GetParam().scenario()), ElementsAre(GetParam().want));
}

template <class Change>
std::function<Scenario()> With(Change change) {
  return [change] {
    Scenario scenario = Behind(Balancer("nlb", {"ids"}));
    change(scenario, scenario.vpcs[0].load_balancers[0]);
    return scenario;
  };
}

const BrokenCase kBroken[] = {
    {"UnknownName",
     With([](Scenario& s, auto&) { s.mirrors[0].load_balancer->name.value = "copis"; }),
     "/target: there is no load balancer \"copis\" | \"copies\" (nearest)"},
    {"OtherKind", With([](Scenario& s, auto&) { s.mirrors[0].load_balancer->target = "gateway"; }),
     "/target: load balancer copies is a Network Load Balancer, which is a target of kind "
     "network-load-balancer, not gateway | a load balancer of that kind, or network-load-balancer "
     "as its kind"},
    {"PublicAddress",
     With([](Scenario&, LoadBalancerSpec& lb) { lb.is_public = Here(true, "/lb/public"); }),
     "/target: PublicClbNotSupport: load balancer copies has a public address | an internal one: "
     "\"public\": false"},
    {"TwoSubnetsOfAZone", With([](Scenario& s, auto&) {
       for (SubnetSpec& subnet : s.vpcs[0].subnets) subnet.zone = "a";
     }),
     "/lb/subnets/1: load balancer copies is in two subnets of zone \"a\" | one subnet of each "
     "zone"},
    {"BackendTwice",
     With([](Scenario&, LoadBalancerSpec& lb) { lb.backends.push_back(lb.backends[0]); }),
     "/lb/backends: ids/eni0 is named twice | each backend once"},
    {"UnhealthyStranger", With([](Scenario&, LoadBalancerSpec& lb) {
       lb.unhealthy = {Text("web[0]", "/lb/unhealthy")};
     }),
     "/lb/unhealthy: web[0]/eni0 is no backend of copies | what backends names"},
    {"ListenerOnPortZero", With([](Scenario&, LoadBalancerSpec& lb) {
       lb.listener = ListenerSpec{"/lb/listener", Listener{}};
     }),
     "/lb/listener: a listener on port 0 | a port from 1 to 65535"},
    {"NamedAsSource",
     With([](Scenario& s, auto&) { s.mirrors[0].sources = {Text("copies", "/source")}; }),
     "/source: \"copies\" is a load balancer | a host or an ENI; a mirror names a load balancer as "
     "a target of that kind"},
    {"TakesTheNameOfAHost", With([](Scenario& s, LoadBalancerSpec& lb) {
       lb.name = "ids";
       s.mirrors[0].load_balancer->name.value = "ids";
     }),
     "/lb: the ID \"ids\" is taken by /hosts/ids | an ID that nothing else has"},
};

INSTANTIATE_TEST_SUITE_P(Table, BrokenLoadBalancerTest, testing::ValuesIn(kBroken),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(LoadBalancersTest, KeepToTheQuotas) {
  Library library = BalancerLibrary();
  ProviderProfile& cloud = library.providers["tencent"];
  cloud.quotas = {{.name = "sources_per_load_balancer", .most = 1}};
  cloud.error_codes["too_many_sources"] = "SourcesPerTargetLimitExceeded";
  try {
    Validate(Behind(Balancer("nlb", {"ids"})), library);
    FAIL();
  } catch (const ScenarioException& refusal) {
    ASSERT_EQ(refusal.errors().size(), 1u);
    EXPECT_EQ(refusal.errors()[0].message,
              "SourcesPerTargetLimitExceeded: load balancer copies has 2 sources");
  }
}

}  // namespace
}  // namespace vpcmirror
