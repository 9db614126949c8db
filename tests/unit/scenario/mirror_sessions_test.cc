// Mirrors of a cloud with sessions, filters of ordered rules and targets. Its
// profile is made for these tests, after AWS's and Huawei Cloud's documented rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "tests/unit/scenario/scenario_samples.h"

namespace vpcmirror {
namespace {

using namespace testing_samples;  // NOLINT: the world of these tests
using testing::ElementsAre;
using testing::IsEmpty;

ProviderProfile SessionCloud() {
  ProviderProfile cloud;
  cloud.name = "sessions";
  cloud.title = "Session Cloud";
  cloud.api = "sessions";
  cloud.filter.priority = {1, 100};
  cloud.filter.accept = "accept";
  cloud.filter.port_limits = {0, 65535};
  cloud.filter.has_ipv6 = true;
  cloud.sessions.number = {1, 32766};
  cloud.sessions.unique_within = NumberScope::kEni;
  cloud.sessions.per_eni = 2;
  cloud.vni = VniRule::kRandom;
  cloud.packet_length = {.least = Bytes(35), .most = Bytes(8500)};
  cloud.mtu.basis = MtuBasis::kReceiver;
  cloud.port_hash_symmetry = HashSymmetry::kDirectional;
  cloud.loop = LoopRule::kEniNotBoth;
  cloud.needs_same_vpc = false;
  cloud.quotas = {{.name = "rules_per_filter", .most = 3},
                  {.name = "sources_per_session", .most = 2}};
  cloud.error_codes = {{"duplicate_priority", "RuleAlreadyExists"},
                       {"filter_missing", "FilterId.NotFound"},
                       {"too_many_rules", "RuleLimitExceeded"}};
  cloud.services = {{.name = "amazon-dns",
                     .addresses = {Prefix("169.254.169.253/32")},
                     .vpc_offset = 2,
                     .protocols = {kProtocolUdp},
                     .port = 53}};
  return cloud;
}

Library CloudLibrary(const std::function<void(ProviderProfile&)>& change = {}) {
  Library library = SmallLibrary();
  library.providers["sessions"] = SessionCloud();
  if (change) change(library.providers["sessions"]);
  return library;
}

RuleSpec Rule(std::int64_t priority, Action action, const char* path = "/rule") {
  RuleSpec rule;
  rule.path = path;
  rule.priority = Here(priority, std::string(path) + "/RuleNumber");
  rule.action = Here(action);
  return rule;
}

MirrorSpec Session(const char* id, const char* source, std::int64_t number) {
  MirrorSpec session = MirrorOf({}, {});
  session.path = std::string("/sessions/") + id;
  session.api = "sessions";
  session.spoken = "a session of Session Cloud";
  session.words = {.mirror = "TrafficMirrorSession",
                   .sources = "NetworkInterfaceId",
                   .targets = "NetworkInterfaceId",
                   .filter = "TrafficMirrorFilterId",
                   .number = "SessionNumber",
                   .vni = "VirtualNetworkId",
                   .length = "PacketLength",
                   .priority = "RuleNumber"};
  session.id = Text(id, session.path + "/id");
  session.sources = {Text(source, session.path + "/source")};
  session.targets = {Text("ids", session.path + "/target")};
  session.one_target = true;
  session.number = Here(number, session.path + "/number");
  session.filter.path = session.path + "/filter";
  session.filter.by_rules = true;
  session.filter.ports_need_protocol = true;
  session.filter.ingress = {Rule(10, Action::kAccept)};
  return session;
}

// web[0..1] in prod/web, ids in prod/sec, lab in the VPC test; one session on web[0].
Scenario OneSession() {
  Scenario scenario = Smallest();
  Estate(scenario);
  HostSpec lab = Host("lab");
  lab.settings.subnet = Text("lab");
  scenario.hosts.push_back(lab);
  scenario.provider = Text("sessions", "/provider");
  scenario.mirrors = {Session("tms-a", "web[0]", 1)};
  return scenario;
}

const MirrorSettings& SettingsOf(const ValidScenario& valid, std::size_t index = 0) {
  return valid.mirrors.at(index).mirror->settings();
}

bool Lists(const ValidScenario& valid, const std::string& assumption) {
  return std::any_of(valid.assumptions.begin(), valid.assumptions.end(),
                     [&](const Assumption& each) { return each.name == assumption; });
}

TEST(MirrorSessionsTest, TakeTheirSettingsFromSpecAndProfile) {
  Scenario scenario = OneSession();
  MirrorSpec& session = scenario.mirrors[0];
  session.vni = Here<std::int64_t>(4711);
  session.packet_length = Here<std::int64_t>(100);
  session.sampling = Here(Sampling{1, 10});
  const ValidScenario valid = Validate(scenario, CloudLibrary());
  const MirrorSettings& settings = SettingsOf(valid);
  EXPECT_EQ(settings.id, "tms-a");
  EXPECT_EQ(settings.number, 1);
  EXPECT_EQ(settings.tunnel.vni, 4711u);
  EXPECT_THAT(settings.packet_length, ElementsAre(Bytes(100), Bytes(100)));
  EXPECT_EQ(settings.sampling, (Sampling{1, 10}));
  EXPECT_EQ(settings.mtu.basis, MtuBasis::kReceiver);
  EXPECT_EQ(settings.port_hash_symmetry, HashSymmetry::kDirectional);
  EXPECT_FALSE(Lists(valid, "random_vni"));
  // The API has neither state nor direction, so there is nothing to assume of them.
  EXPECT_FALSE(Lists(valid, "mirror_state") || Lists(valid, "mirror_direction"));
}

TEST(MirrorSessionsTest, DrawANetworkIdentifierThatNoOtherHas) {
  Scenario scenario = OneSession();
  scenario.mirrors.push_back(Session("tms-b", "web[1]", 1));
  const ValidScenario valid = Validate(scenario, CloudLibrary());
  const std::uint32_t a = SettingsOf(valid, 0).tunnel.vni;
  const std::uint32_t b = SettingsOf(valid, 1).tunnel.vni;
  EXPECT_NE(a, b);
  EXPECT_TRUE(Lists(valid, "random_vni"));
  // The same again, and another with another seed or where the first is taken.
  EXPECT_EQ(SettingsOf(Validate(scenario, CloudLibrary())).tunnel.vni, a);
  scenario.mirrors[1].vni = Here<std::int64_t>(a);
  EXPECT_NE(SettingsOf(Validate(scenario, CloudLibrary())).tunnel.vni, a);
  scenario.seed = Here<std::uint64_t>(2);
  EXPECT_THAT(SettingsOf(Validate(scenario, CloudLibrary())).tunnel.vni,
              testing::AllOf(testing::Ne(a), testing::Ne(b)));
}

TEST(MirrorSessionsTest, TakeTheDefaultLengthAsAnAssumption) {
  const Library library =
      CloudLibrary([](ProviderProfile& cloud) { cloud.packet_length.by_default = Bytes(96); });
  Scenario scenario = OneSession();
  scenario.mirrors[0].length_by_direction[1] = Here(Bytes(200));
  const ValidScenario valid = Validate(scenario, library);
  EXPECT_THAT(SettingsOf(valid).packet_length, ElementsAre(Bytes(96), Bytes(200)));
  EXPECT_TRUE(Lists(valid, "packet_length"));
}

TEST(MirrorSessionsTest, AreStoppedByDefaultWhereTheApiSaysSo) {
  const Library library =
      CloudLibrary([](ProviderProfile& cloud) { cloud.lifecycle.runs_by_default = false; });
  Scenario scenario = OneSession();
  scenario.mirrors[0].words.state = "enabled";
  const ValidScenario valid = Validate(scenario, library);
  EXPECT_EQ(SettingsOf(valid).state, MirrorState::kStopped);
  EXPECT_TRUE(Lists(valid, "mirror_state"));
}

TEST(MirrorSessionsTest, MaySendToAnotherVpcThatIsRouted) {
  Scenario scenario = OneSession();
  const char* const others[] = {"test", "prod"};
  const char* const ranges[] = {"10.1.0.0/16", "10.0.0.0/16"};
  for (std::size_t i = 0; i < 2; ++i) {
    GatewaySpec peering;
    peering.name = "peering";
    peering.kind = NextHop::Kind::kPeering;
    peering.peer_vpc = others[i];
    scenario.vpcs[i].gateways = {peering};
    RouteTableSpec table;
    table.name = "main";
    table.routes = {{"/r/0", Prefix("0.0.0.0/0"), "outside"},
                    {"/r/1", Prefix(ranges[i]), "peering"}};
    scenario.vpcs[i].route_tables = {table};
  }
  scenario.mirrors[0].targets[0].value = "lab";
  EXPECT_THAT(ErrorsOf(scenario, CloudLibrary()), IsEmpty());
}

TEST(MirrorFiltersTest, AskRulesByPriority) {
  Scenario scenario = OneSession();
  RuleSpec ssh = Rule(20, Action::kReject);
  ssh.id = "tmfr-1";
  ssh.match.protocol = Here(ProtocolSpec{"6", kProtocolTcp});
  ssh.match.destination_ports = Here(PortRange{22, 22});
  scenario.mirrors[0].filter.ingress = {Rule(30, Action::kAccept), ssh};
  const ValidScenario valid = Validate(scenario, CloudLibrary());
  const auto rules = SettingsOf(valid).filter.rules(Direction::kIngress);
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(rules[0].label, "tmfr-1");
  EXPECT_EQ(rules[0].action, Action::kReject);
  EXPECT_EQ(rules[0].condition.destination_ports, (PortRange{22, 22}));
  EXPECT_EQ(rules[0].condition.source_ports, (PortRange{0, 65535}));
  EXPECT_EQ(rules[1].label, "rule 30");
  EXPECT_THAT(SettingsOf(valid).filter.rules(Direction::kEgress), IsEmpty());
}

TEST(MirrorFiltersTest, AskTheLargestPriorityFirstWhereTheProfileSaysSo) {
  Scenario scenario = OneSession();
  scenario.mirrors[0].filter.ingress = {Rule(1, Action::kAccept), Rule(2, Action::kReject)};
  const ValidScenario valid = Validate(
      scenario, CloudLibrary([](ProviderProfile& cloud) { cloud.filter.largest_first = true; }));
  EXPECT_EQ(SettingsOf(valid).filter.rules(Direction::kIngress)[0].action, Action::kReject);
}

TEST(MirrorFiltersTest, KeepTheOrderOfRulesWithoutPriority) {
  Scenario scenario = OneSession();
  RuleSpec first = Rule(0, Action::kReject);
  first.priority.reset();
  RuleSpec second = Rule(0, Action::kAccept);
  second.priority.reset();
  scenario.mirrors[0].filter.ingress = {first, second};
  const ValidScenario valid = Validate(scenario, CloudLibrary());
  EXPECT_EQ(SettingsOf(valid).filter.rules(Direction::kIngress)[0].action, Action::kReject);
  EXPECT_TRUE(Lists(valid, "rule_order"));
}

TEST(MirrorFiltersTest, AcceptTheRestWhereTheProfileSaysSo) {
  const Library library =
      CloudLibrary([](ProviderProfile& cloud) { cloud.filter.copies_all_without_match = true; });
  const ValidScenario valid = Validate(OneSession(), library);
  EXPECT_TRUE(SettingsOf(valid).filter.copies_what_no_rule_matches());
}

// 10.0.0.2 is the VPC's base plus two; each of two addresses as source and as destination.
TEST(MirrorFiltersTest, KnowTheTrafficOfNetworkServices) {
  Scenario scenario = OneSession();
  scenario.mirrors[0].filter.services = {Text("amazon-dns")};
  const ValidScenario valid = Validate(scenario, CloudLibrary());
  const auto rules = SettingsOf(valid).filter.rules(Direction::kEgress);
  ASSERT_EQ(rules.size(), 4u);
  EXPECT_EQ(ToString(*rules[2].condition.destination), "10.0.0.2/32");
  EXPECT_EQ(rules[2].condition.destination_ports, (PortRange{53, 53}));
  EXPECT_EQ(ToString(*rules[3].condition.source), "10.0.0.2/32");
  for (const FilterRule& rule : rules) EXPECT_EQ(rule.action, Action::kAccept);
}

TEST(MirrorOptionsTest, GiveReceiversWeightsAndPoliciesOfTheirOwn) {
  Scenario scenario = Smallest();
  scenario.hosts[1].count = Here(2);
  MirrorSpec& mirror = scenario.mirrors[0];
  mirror.weights = {{"ids[1]", Here<std::uint32_t>(3)}};
  mirror.mtu_policy = {{"ids[0]", Here(MtuPolicy::kSegment)}};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  const auto& receivers = SettingsOf(valid).receivers;
  ASSERT_EQ(receivers.size(), 2u);
  EXPECT_EQ(receivers[0].weight, 1u);
  EXPECT_EQ(receivers[1].weight, 3u);
  EXPECT_EQ(receivers[0].mtu_policy, MtuPolicy::kSegment);
  EXPECT_EQ(receivers[1].mtu_policy, MtuPolicy::kTruncate);
}

TEST(MirrorOptionsTest, ChangeTheEncapsulationAndItsPortWithIt) {
  Library library = SmallLibrary();
  library.providers["tencent"].tunnel.destination_port = 4789;
  Scenario scenario = Smallest();
  TunnelSpec tunnel;
  tunnel.path = "/t";
  tunnel.kind = EncapsulationKind::kGeneve;
  tunnel.vni = Here<std::uint32_t>(5);
  scenario.mirrors[0].tunnel = tunnel;
  const ValidScenario valid = Validate(scenario, library);
  const Mirror& mirror = *valid.mirrors[0].mirror;
  EXPECT_EQ(mirror.settings().tunnel.kind, EncapsulationKind::kGeneve);
  EXPECT_EQ(mirror.settings().tunnel.vni, 5u);
  EXPECT_EQ(mirror.encapsulation().destination_port(), kGenevePort);
}

// An assumption that decides which scenarios are accepted: each `spoil` makes a
// scenario that one of two values refuses.
struct LimitCase {
  const char* assumption;
  std::string refuses;
  std::string accepts;
  std::function<void(Scenario&)> spoil;
  const char* complaint;  // the beginning of it
};

void PrintTo(const LimitCase& c, std::ostream* os) { *os << c.assumption; }

class AssumedLimitTest : public testing::TestWithParam<LimitCase> {};

TEST_P(AssumedLimitTest, IsWhatTheScenarioSays) {
  const LimitCase& c = GetParam();
  const Library library = CloudLibrary([&](ProviderProfile& cloud) {
    cloud.filter.protocols = {"1", "6", "all"};
    cloud.assumptions = {{.name = c.assumption, .value = "whatever"}};
  });
  Scenario scenario = OneSession();
  c.spoil(scenario);
  scenario.assumptions = {{c.assumption, Text(c.refuses.c_str())}};
  EXPECT_THAT(ErrorsOf(scenario, library), ElementsAre(testing::StartsWith(c.complaint)));
  scenario.assumptions = {{c.assumption, Text(c.accepts.c_str())}};
  EXPECT_THAT(ErrorsOf(scenario, library), IsEmpty());
}

void AskForPorts(Scenario& s, PortRange ports) {
  MatchSpec& match = s.mirrors[0].filter.ingress[0].match;
  match.protocol = Here(ProtocolSpec{"6", kProtocolTcp});
  match.destination_ports = Here(ports, "/ports");
}

const LimitCase kLimitCases[] = {
    {"priority_range", "1-100", "1-500",
     [](Scenario& s) { s.mirrors[0].filter.ingress = {Rule(500, Action::kAccept)}; },
     "/rule/RuleNumber: RuleNumber 500 is out of range | from 1 to 100"},
    {"protocols", "TCP/ALL", "TCP/GRE/ALL",
     [](Scenario& s) {
       s.mirrors[0].filter.ingress[0].match.protocol =
           Here(ProtocolSpec{"GRE", kProtocolGre}, "/protocol");
     },
     "/protocol: Session Cloud has no protocol \"GRE\" | "},
    {"packet_length_least", "35/55", "30",
     [](Scenario& s) { s.mirrors[0].packet_length = Here<std::int64_t>(34, "/l"); },
     "/l: PacketLength 34 is out of range | from 35 to 8500 bytes"},
    {"session_numbers", "eni", "none",
     [](Scenario& s) { s.mirrors.push_back(Session("tms-b", "web[0]", 1)); },
     "/sessions/tms-b/number: SessionNumber 1 is that of tms-a"},
    {"loop_rule", "eni_not_both", "receiver_excluded",
     [](Scenario& s) {
       s.mirrors.push_back(Session("tms-b", "ids", 2));
       s.mirrors[1].targets[0].value = "web[1]";
     },
     "/sessions/tms-a/target: ids/eni0 receives copies of tms-a"},
};

INSTANTIATE_TEST_SUITE_P(Table, AssumedLimitTest, testing::ValuesIn(kLimitCases),
                         [](const auto& param) { return param.param.assumption; });

TEST(AssumedPortRangeTest, IsWhatTheScenarioSays) {
  const Library library = CloudLibrary([](ProviderProfile& cloud) {
    cloud.assumptions = {{.name = "port_range", .value = "0-65535"}};
  });
  Scenario scenario = OneSession();
  AskForPorts(scenario, {0, 80});
  EXPECT_THAT(ErrorsOf(scenario, library), IsEmpty());
  scenario.assumptions = {{"port_range", Text("1-65535")}};
  EXPECT_THAT(ErrorsOf(scenario, library),
              ElementsAre("/ports: ports 0-80 go beyond those of Session Cloud | ports from 1 to "
                          "65535"));
}

// The peering that MaySendToAnotherVpcThatIsRouted has is not there: only the VPC is asked.
TEST(AssumedCrossVpcTest, IsRefusedWhereTheScenarioSaysSo) {
  const Library library = CloudLibrary([](ProviderProfile& cloud) {
    cloud.assumptions = {{.name = "cross_vpc", .value = "allowed"}};
  });
  Scenario scenario = OneSession();
  scenario.mirrors[0].targets[0].value = "lab";
  scenario.assumptions = {{"cross_vpc", Text("refused")}};
  EXPECT_THAT(ErrorsOf(scenario, library),
              ElementsAre(testing::HasSubstr("the receiver lab/eni0 is in VPC test")));
}

// AWS asks for 55 bytes of IPv6 frames.
TEST(AssumedLengthTest, OfIpv6IsNotedWhereSourcesHaveIt) {
  const Library library =
      CloudLibrary([](ProviderProfile& cloud) { cloud.packet_length.least_v6 = Bytes(55); });
  Scenario scenario = OneSession();
  scenario.mirrors[0].packet_length = Here<std::int64_t>(54);
  EXPECT_THAT(Validate(scenario, library).notes, IsEmpty());
  scenario.hosts[0].settings.enis.resize(1);
  scenario.hosts[0].settings.enis[0].secondary_addresses = {Here(Address("2001:db8::7"))};
  scenario.hosts[0].count.reset();
  scenario.mirrors[0].sources[0].value = "web";
  EXPECT_THAT(Validate(scenario, library).notes,
              ElementsAre("PacketLength 54 of tms-a is below the 55 bytes that Session Cloud asks "
                          "for of IPv6 frames, which its sources have."));
}

struct TunnelCase {
  const char* name;
  EncapsulationKind kind;
  std::function<void(TunnelSpec&)> set;
  std::vector<std::string> want;
};

void PrintTo(const TunnelCase& c, std::ostream* os) { *os << c.name; }

class TunnelOptionsTest : public testing::TestWithParam<TunnelCase> {};

TEST_P(TunnelOptionsTest, AreThoseOfTheEncapsulation) {
  Scenario scenario = Smallest();
  TunnelSpec tunnel;
  tunnel.path = "/t";
  tunnel.kind = GetParam().kind;
  GetParam().set(tunnel);
  scenario.mirrors[0].tunnel = tunnel;
  EXPECT_EQ(ErrorsOf(scenario, SmallLibrary()), GetParam().want);
}

// Which format has what: RFC 7348, 8926, 7637, 2890 and draft-foschiano-erspan-03.
const TunnelCase kTunnelCases[] = {
    {"VniOfGre",
     EncapsulationKind::kGreIp,
     [](TunnelSpec& t) { t.vni = Here<std::uint32_t>(5, "/t/vni"); },
     {"/t/vni: vni beside encapsulation gre_ip, which has none | kind \"vxlan\", \"geneve\", "
      "\"nvgre\", or no vni"}},
    {"VniOfNvgre",
     EncapsulationKind::kNvgre,
     [](TunnelSpec& t) { t.vni = Here<std::uint32_t>(5, "/t/vni"); },
     {}},
    {"GeneveOptionsOfVxlan",
     EncapsulationKind::kVxlan,
     [](TunnelSpec& t) {
       t.geneve_options = std::vector<std::byte>(4);
       t.geneve_carries_ip = true;
     },
     {"/t/geneve_options: geneve_options beside encapsulation vxlan, which has none | kind "
      "\"geneve\", or no geneve_options",
      "/t/geneve_carries_ip: geneve_carries_ip beside encapsulation vxlan, which has none | kind "
      "\"geneve\", or no geneve_carries_ip"}},
    {"PortsOfErspan",
     EncapsulationKind::kErspan2,
     [](TunnelSpec& t) {
       t.destination_port = 4789;
       t.first_source_port = 1000;
       t.source_ports = 16;
     },
     {"/t/destination_port: destination_port beside encapsulation erspan2, which has none | kind "
      "\"vxlan\", \"geneve\", or no destination_port",
      "/t/first_source_port: first_source_port beside encapsulation erspan2, which has none | kind "
      "\"vxlan\", \"geneve\", or no first_source_port",
      "/t/source_ports: source_ports beside encapsulation erspan2, which has none | kind "
      "\"vxlan\", \"geneve\", or no source_ports"}},
    {"GreSettingsOfVxlan",
     EncapsulationKind::kVxlan,
     [](TunnelSpec& t) {
       t.gre_key = 1;
       t.sequence_numbers = true;
     },
     {"/t/gre_key: gre_key beside encapsulation vxlan, which has none | kind \"gre_ip\", "
      "\"gre_ethernet\", or no gre_key",
      "/t/sequence_numbers: sequence_numbers beside encapsulation vxlan, which has none | kind "
      "\"gre_ip\", \"gre_ethernet\", or no sequence_numbers"}},
    {"GreSettingsOfGre",
     EncapsulationKind::kGreEthernet,
     [](TunnelSpec& t) {
       t.gre_key = 1;
       t.sequence_numbers = true;
     },
     {}},
    {"SubheaderOfErspanTwo",
     EncapsulationKind::kErspan2,
     [](TunnelSpec& t) {
       t.erspan_session = 1;
       t.erspan_platform_subheader = true;
     },
     {"/t/erspan_platform_subheader: erspan_platform_subheader beside encapsulation erspan2, which "
      "has none | kind \"erspan3\", or no erspan_platform_subheader"}},
    {"SessionOfErspanOne",
     EncapsulationKind::kErspan1,
     [](TunnelSpec& t) { t.erspan_session = 1; },
     {"/t/erspan_session: erspan_session beside encapsulation erspan1, which has none | kind "
      "\"erspan2\", \"erspan3\", or no erspan_session"}},
    {"NothingAskedFor",
     EncapsulationKind::kNone,
     [](TunnelSpec& t) {
       t.sequence_numbers = false;
       t.geneve_carries_ip = false;
     },
     {}},
};

INSTANTIATE_TEST_SUITE_P(Table, TunnelOptionsTest, testing::ValuesIn(kTunnelCases),
                         [](const auto& param) { return param.param.name; });

TEST(TencentRulesTest, MakeAFilterOfRulesByDirection) {
  Scenario scenario = Smallest();
  FilterSpec& filter = scenario.mirrors[0].filter;
  filter.by_rules = true;
  filter.ingress = {Rule(1, Action::kAccept)};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_FALSE(SettingsOf(valid).filter.copies_everything());
  EXPECT_EQ(SettingsOf(valid).filter.rules(Direction::kIngress).size(), 1u);
  EXPECT_THAT(SettingsOf(valid).filter.rules(Direction::kEgress), IsEmpty());
}

class SessionRefusalTest : public testing::TestWithParam<RefusalCase> {};

TEST_P(SessionRefusalTest, IsTheOnlyComplaint) {
  Scenario scenario = OneSession();
  GetParam().spoil(scenario);
  EXPECT_THAT(ErrorsOf(scenario, CloudLibrary()), ElementsAre(GetParam().complaint));
}

MatchSpec& FirstMatch(Scenario& s) { return s.mirrors[0].filter.ingress[0].match; }

const RefusalCase kSessionRefusals[] = {
    {"ShapeOfAnotherCloud",
     [](Scenario& s) {
       s.mirrors[0].api = "tencent";
       s.mirrors[0].spoken = "a CreateTrafficMirror body of Tencent Cloud";
     },
     "/sessions/tms-a: a CreateTrafficMirror body of Tencent Cloud cannot mirror VPC prod, which "
     "is of Session Cloud | a mirror as the API of Session Cloud writes it, or \"provider\": "
     "\"tencent\""},
    {"NumberOutOfRange", [](Scenario& s) { s.mirrors[0].number->value = 0; },
     "/sessions/tms-a/number: SessionNumber 0 is out of range | from 1 to 32766"},
    {"NumberOfAnotherSession",
     [](Scenario& s) { s.mirrors.push_back(Session("tms-b", "web[0]", 1)); },
     "/sessions/tms-b/number: SessionNumber 1 is that of tms-a on web[0]/eni0 too | a "
     "SessionNumber that no other session of the ENI has"},
    {"TooManySessions",
     [](Scenario& s) {
       s.mirrors.push_back(Session("tms-b", "web[0]", 2));
       s.mirrors.push_back(Session("tms-c", "web[0]", 3));
     },
     "/sessions/tms-c/source: web[0]/eni0 is the source of 3 mirrors | at most 2"},
    {"TooManySources",
     [](Scenario& s) {
       s.mirrors[0].sources = {Text("web", "/source"), Text("lab", "/lab")};
     },
     "/source: 3 sources of one TrafficMirrorSession | at most 2"},
    {"LengthTooShort",
     [](Scenario& s) { s.mirrors[0].packet_length = Here<std::int64_t>(34, "/l"); },
     "/l: PacketLength 34 is out of range | from 35 to 8500 bytes"},
    {"LengthTooLong",
     [](Scenario& s) { s.mirrors[0].packet_length = Here<std::int64_t>(8501, "/l"); },
     "/l: PacketLength 8501 is out of range | from 35 to 8500 bytes"},
    {"VniTooLarge", [](Scenario& s) { s.mirrors[0].vni = Here<std::int64_t>(1 << 24, "/v"); },
     "/v: VirtualNetworkId 16777216 is out of range | from 0 to 16777215"},
    {"TargetThatIsASource",
     [](Scenario& s) {
       s.mirrors.push_back(Session("tms-b", "ids", 2));
       s.mirrors[1].targets[0].value = "web[1]";
     },
     "/sessions/tms-a/target: ids/eni0 receives copies of tms-a and is a source of tms-b | a "
     "receiver that nothing mirrors"},
    {"SeveralEnisAsTarget",
     [](Scenario& s) {
       s.mirrors[0].sources[0].value = "ids";
       s.mirrors[0].targets[0].value = "web";
     },
     "/sessions/tms-a/target: \"web\" is 2 ENIs, and a target is one | one host or ENI, or a "
     "load balancer with several behind it"},
    {"MissingFilter",
     [](Scenario& s) {
       s.mirrors[0].missing = {
           {"filter_missing", "/f", "there is no filter \"tmf-1\"", "\"tmf-2\""}};
     },
     "/f: FilterId.NotFound: there is no filter \"tmf-1\" | \"tmf-2\""},
    {"PriorityGivenTwice",
     [](Scenario& s) { s.mirrors[0].filter.ingress.push_back(Rule(10, Action::kReject, "/r")); },
     "/r/RuleNumber: RuleAlreadyExists: RuleNumber 10 is that of rule 10 too | a RuleNumber of its "
     "own in each direction"},
    {"PriorityOutOfRange",
     [](Scenario& s) { s.mirrors[0].filter.ingress = {Rule(101, Action::kReject, "/r")}; },
     "/r/RuleNumber: RuleNumber 101 is out of range | from 1 to 100"},
    {"PriorityOfSomeRules",
     [](Scenario& s) {
       s.mirrors[0].filter.ingress.push_back(Rule(1, Action::kReject, "/r"));
       s.mirrors[0].filter.ingress.back().priority.reset();
     },
     "/r: a rule without RuleNumber beside rules that have one | RuleNumber for every rule of the "
     "list, or for none"},
    {"TooManyRules",
     [](Scenario& s) {
       for (const int number : {1, 2, 3}) {
         s.mirrors[0].filter.egress.push_back(Rule(number, Action::kAccept));
       }
     },
     "/sessions/tms-a/filter: RuleLimitExceeded: 4 rules in one filter | at most 3"},
    {"MixedFamilies",
     [](Scenario& s) {
       FirstMatch(s).source = Here(Prefix("10.0.0.0/8"));
       FirstMatch(s).destination = Here(Prefix("2001:db8::/32"));
     },
     "/rule: one rule for IPv4 and IPv6 at once | one family in a rule, and a rule for each"},
    {"PortsOfIcmp",
     [](Scenario& s) {
       FirstMatch(s).protocol = Here(ProtocolSpec{"1", kProtocolIcmp});
       FirstMatch(s).destination_ports = Here(PortRange{1, 2}, "/ports");
     },
     "/ports: ports 1-2 beside protocol 1, which has none | protocol TCP or UDP, or no ports"},
    {"PortsOfEveryProtocol",
     [](Scenario& s) {
       FirstMatch(s).destination_ports = Here(PortRange{1, 2}, "/ports");
     },
     "/ports: ports 1-2 beside every protocol | protocol TCP or UDP, or no ports"},
    {"UnknownService",
     [](Scenario& s) { s.mirrors[0].filter.services = {Text("amazon-dsn", "/service")}; },
     "/service: Session Cloud has no network service \"amazon-dsn\" | \"amazon-dns\" (nearest)"},
    {"WeightsThatDoNotCount",
     [](Scenario& s) {
       s.mirrors[0].weights = {{std::nullopt, Here<std::uint32_t>(1, "/w/0")},
                               {std::nullopt, Here<std::uint32_t>(1, "/w/1")}};
     },
     "/w/0: 2 weights for 1 receivers | a weight for each, or weights by name"},
    {"WeightOfAStranger",
     [](Scenario& s) {
       s.mirrors[0].weights = {{"lab", Here<std::uint32_t>(1, "/w")}};
     },
     "/w: lab/eni0 is no receiver of tms-a | what NetworkInterfaceId names"},
    {"EncapsulationThatCannotBe",
     [](Scenario& s) {
       TunnelSpec tunnel;
       tunnel.path = "/tunnel";
       tunnel.first_source_port = 65535;
       tunnel.source_ports = 2;
       s.mirrors[0].tunnel = tunnel;
     },
     "/tunnel: this mirror cannot be: 2 source ports from 65535 run over 65535: start lower or "
     "take fewer | other settings for mirror tms-a"},
};

INSTANTIATE_TEST_SUITE_P(Table, SessionRefusalTest, testing::ValuesIn(kSessionRefusals),
                         [](const auto& tested) { return tested.param.name; });

// Without IPv6 in its filters a cloud has no IPv6 ranges either.
TEST(MirrorFiltersTest, RefuseIpvSixWhereTheCloudHasNone) {
  Scenario scenario = OneSession();
  FirstMatch(scenario).source = Here(Prefix("2001:db8::/32"), "/net");
  const Library library =
      CloudLibrary([](ProviderProfile& cloud) { cloud.filter.has_ipv6 = false; });
  EXPECT_THAT(ErrorsOf(scenario, library),
              ElementsAre("/net: 2001:db8::/32 is IPv6, which filters of Session Cloud do not know "
                          "| an IPv4 range"));
}

TEST(MirrorFiltersTest, RefuseProtocolsThatTheCloudDoesNotKnow) {
  Scenario scenario = OneSession();
  FirstMatch(scenario).protocol = Here(ProtocolSpec{"ICMPV6", kProtocolIcmpV6}, "/protocol");
  const Library library = CloudLibrary([](ProviderProfile& cloud) {
    cloud.filter.protocols = {"ICMP", "TCP"};
  });
  EXPECT_THAT(ErrorsOf(scenario, library),
              ElementsAre("/protocol: Session Cloud has no protocol \"ICMPV6\" | \"ICMP\" "
                          "(nearest), or \"TCP\""));
}

TEST(MirrorSessionsTest, HaveNumbersOfTheirOwnInAnAccount) {
  Scenario scenario = OneSession();
  scenario.mirrors.push_back(Session("tms-b", "web[1]", 1));
  EXPECT_THAT(ErrorsOf(scenario, CloudLibrary()), IsEmpty());
  const Library library = CloudLibrary(
      [](ProviderProfile& cloud) { cloud.sessions.unique_within = NumberScope::kAccount; });
  EXPECT_THAT(ErrorsOf(scenario, library),
              ElementsAre("/sessions/tms-b/number: SessionNumber 1 is that of tms-a too | a "
                          "SessionNumber that no other session has"));
}

TEST(MirrorSessionsTest, OfOneSourceMayStandForOneOfEachEni) {
  Scenario scenario = OneSession();
  scenario.mirrors[0].sources[0].value = "web";
  const ValidScenario valid = Validate(
      scenario, CloudLibrary([](ProviderProfile& cloud) { cloud.sessions.one_source = true; }));
  EXPECT_THAT(valid.mirrors[0].sources, ElementsAre(0u, 1u));
  EXPECT_TRUE(Lists(valid, "session_sources"));
}

}  // namespace
}  // namespace vpcmirror
