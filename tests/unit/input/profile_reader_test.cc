#include "sim/input/profile_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "models/cloud/provider_assumptions.h"
#include "models/wire/flow_key.h"
#include "sim/input/json_document.h"
#include "sim/input/library.h"
#include "tests/unit/input/errors.h"
#include "tests/unit/input/never_mirrored.h"
#include "tests/unit/input/shipped.h"

namespace vpcmirror::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::int64_t kInt64Max = 9'223'372'036'854'775'807;

const ProviderProfile& Cloud(const std::string& name) { return Shipped().providers.at(name); }

bool Assumes(const ProviderProfile& profile, std::string_view name) {
  for (const Assumption& each : profile.assumptions) {
    if (each.name == name) return true;
  }
  return false;
}

TEST(ShippedProfilesTest, AreEight) {
  std::vector<std::string> names;
  for (const auto& [name, profile] : Shipped().providers) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("alibaba", "aws", "azure", "baidu", "gcp", "huawei", "tencent",
                                 "volcengine"));
}

TEST(ShippedProfilesTest, CallWhatIsHardlyDocumentedExperimental) {
  std::vector<std::string> names;
  for (const auto& [name, profile] : Shipped().providers) {
    if (profile.experimental) names.push_back(name);
    EXPECT_EQ(profile.experimental, !ExperimentalNote(profile).empty()) << name;
  }
  EXPECT_THAT(names, UnorderedElementsAre("volcengine", "azure", "baidu"));
}

TEST(ShippedProfilesTest, SayWhatTheyRestOn) {
  for (const auto& [name, profile] : Shipped().providers) {
    EXPECT_FALSE(profile.sources.empty()) << name;
    for (const Quota& quota : profile.quotas) {
      EXPECT_EQ(quota.as_of.size(), 10u) << name << quota.name;
      EXPECT_FALSE(quota.source.empty()) << name << quota.name;
    }
    for (const Assumption& each : profile.assumptions) {
      EXPECT_FALSE(each.text.empty() || each.source.empty() || each.overridden)
          << name << each.name;
    }
  }
}

// Tencent's API has a code for it; other clouds limit the sessions of an ENI.
TEST(ShippedProfilesTest, SayWhetherAnObjectMayBeInTwoMirrors) {
  for (const auto& [name, profile] : Shipped().providers) {
    EXPECT_EQ(profile.sessions.object_in_one_mirror, name == "tencent") << name;
  }
}

// Tencent's overview and limits pages: mirroring takes CPU of the source CVM.
TEST(ShippedProfilesTest, SayWhoPaysForCopiesOrAssumeTheSource) {
  for (const auto& [name, profile] : Shipped().providers) {
    EXPECT_EQ(profile.who_pays, Payer::kGuest) << name;
    EXPECT_EQ(Assumes(profile, "who_pays"), name != "tencent") << name;
  }
}

// What a cloud documents is what runs, and nobody's assumption.
TEST(ShippedProfilesTest, AssumeTheirCongestionWhereItIsNotDocumented) {
  for (const auto& [name, profile] : Shipped().providers) {
    const bool favours = profile.documented_congestion == CongestionRule::kProductionFirst;
    EXPECT_EQ(Assumes(profile, "congestion"), !favours) << name;
    if (!favours) continue;
    EXPECT_EQ(profile.congestion, Congestion::kProductionFirst) << name;
  }
}

// Rows of the comparison of the clouds: the pages that each profile names.
struct Comparison {
  const char* cloud;
  FilterModel model;
  bool copies_all_without_rules;
  DirectionModel directions;
  std::int64_t first_priority;
  std::int64_t last_priority;  // 0 and 0: none
  bool has_ports;
  bool has_ipv6;
  bool has_next_hop;
  EncapsulationKind encapsulation;
  VniRule vni;
  MtuBasis basis;
  LoopRule loop;
  CongestionRule congestion;
  bool needs_same_vpc;
};

void PrintTo(const Comparison& row, std::ostream* os) { *os << row.cloud; }

using enum FilterModel;
using enum DirectionModel;
using enum EncapsulationKind;
using enum CongestionRule;
constexpr auto kExcluded = LoopRule::kReceiverExcluded;
constexpr auto kNotBoth = LoopRule::kEniNotBoth;

const Comparison kComparison[] = {
    {"tencent", kAllConditions, true, kPerMirror, 1, 0, true, true, true, kVxlan, VniRule::kNone,
     MtuBasis::kPath, kExcluded, kNotDocumented, true},
    {"aws", kFirstMatch, false, kPerRule, 1, 32766, true, true, false, kVxlan, VniRule::kRandom,
     MtuBasis::kReceiver, kNotBoth, kProductionFirst, false},
    {"alibaba", kFirstMatch, false, kPerRule, 1, 16777216, true, false, false, kVxlan,
     VniRule::kRandom, MtuBasis::kReceiver, kNotBoth, kProductionFirst, false},
    {"huawei", kFirstMatch, false, kPerRule, 1, 65535, true, true, false, kVxlan, VniRule::kFixed,
     MtuBasis::kSource, kNotBoth, kNotDocumented, false},
    {"volcengine", kFirstMatch, false, kPerRule, 1, 1000, true, false, false, kVxlan,
     VniRule::kRandom, MtuBasis::kReceiver, kNotBoth, kNotDocumented, false},
    {"gcp", kPeerAndProtocol, true, kPerMirror, 1, 0, false, true, false, kNone, VniRule::kNone,
     MtuBasis::kPath, kNotBoth, kNotDocumented, false},
    {"azure", kEverything, true, kBoth, 1, 0, false, false, false, kVxlan, VniRule::kNone,
     MtuBasis::kReceiver, kNotBoth, kNotDocumented, false},
    {"baidu", kFirstMatch, false, kPerRule, 1, 1000, true, false, false, kVxlan, VniRule::kFixed,
     MtuBasis::kReceiver, kNotBoth, kNotDocumented, false},
};

class ComparisonTest : public testing::TestWithParam<Comparison> {};

TEST_P(ComparisonTest, IsInTheProfile) {
  const Comparison& row = GetParam();
  const ProviderProfile& profile = Cloud(row.cloud);
  EXPECT_EQ(profile.api, row.cloud);
  EXPECT_EQ(profile.filter.model, row.model);
  EXPECT_EQ(profile.filter.copies_all_without_rules, row.copies_all_without_rules);
  EXPECT_FALSE(profile.filter.copies_all_without_match);
  EXPECT_EQ(profile.filter.directions, row.directions);
  EXPECT_EQ(profile.filter.priority.first, row.first_priority);
  EXPECT_EQ(profile.filter.priority.last, row.last_priority);
  EXPECT_EQ(profile.filter.has_ports, row.has_ports);
  EXPECT_EQ(profile.filter.has_ipv6, row.has_ipv6);
  EXPECT_EQ(profile.filter.has_next_hop, row.has_next_hop);
  EXPECT_EQ(profile.tunnel.kind, row.encapsulation);
  EXPECT_EQ(profile.vni, row.vni);
  EXPECT_EQ(profile.mtu.basis, row.basis);
  EXPECT_EQ(profile.loop, row.loop);
  EXPECT_EQ(profile.documented_congestion, row.congestion);
  EXPECT_EQ(profile.needs_same_vpc, row.needs_same_vpc);
}

INSTANTIATE_TEST_SUITE_P(Table, ComparisonTest, testing::ValuesIn(kComparison),
                         [](const auto& param) { return std::string(param.param.cloud); });

// TrafficMirrorFilter and Direction NO-DIRECTION of the API model of 2026.
TEST(TencentProfileTest, HasARuleModeBesideItsConditions) {
  const auto& rules = Cloud("tencent").rule_mode;
  ASSERT_TRUE(rules);
  EXPECT_EQ(rules->model, kFirstMatch);
  EXPECT_EQ(rules->accept, "ACCEPT");
  EXPECT_EQ(rules->reject, "DROP");
  EXPECT_EQ(rules->priority.last, kInt64Max);  // uint64 in the API; what 64 bits with sign hold
  for (const char* name : {"default_action", "without_rules", "priority_order", "priority_range"}) {
    EXPECT_TRUE(Assumes(Cloud("tencent"), name)) << name;
  }
}

// Limits page: targets have at least a ninth of the sources' bandwidth.
TEST(TencentProfileTest, KnowsTheNinthRule) {
  EXPECT_EQ(Cloud("tencent").source_to_receiver_bandwidth, 9);
}

// Packet formats, network limitations and quotas pages.
TEST(AwsProfileTest, CutsByItsOwnReckoning) {
  const ProviderProfile& aws = Cloud("aws");
  EXPECT_EQ(aws.mtu.counted_overhead_v4, Bytes(54));
  EXPECT_EQ(aws.mtu.counted_overhead_v6, Bytes(74));
  EXPECT_EQ(aws.packet_length.least, Bytes(35));
  EXPECT_EQ(aws.packet_length.least_v6, Bytes(55));
  EXPECT_EQ(aws.packet_length.by_default, std::nullopt);
  ASSERT_TRUE(aws.load_balancer_length);
  EXPECT_EQ(aws.load_balancer_length->by_default, Bytes(8500));
  EXPECT_EQ(aws.load_balancer_length->most, Bytes(8500));
  EXPECT_EQ(aws.port_hash_symmetry, HashSymmetry::kDirectional);
  EXPECT_EQ(aws.sessions.per_eni, 3);
  EXPECT_TRUE(aws.sessions.at_most_one_copy && aws.sessions.one_source);
  EXPECT_EQ(aws.sessions.number.last, 32766);
}

// Addresses of the EC2 user guide.
TEST(AwsProfileTest, LeavesOutItsServices) {
  EXPECT_EQ(NeverMirroredAs("aws", PacketTo("169.254.169.254", kProtocolTcp, 50000, 80)),
            "metadata");
  EXPECT_EQ(NeverMirroredAs("aws", PacketTo("fd00:ec2::254", kProtocolTcp, 50000, 80)), "metadata");
  EXPECT_EQ(NeverMirroredAs("aws", PacketTo("169.254.169.123", kProtocolUdp, 50000, 123)), "ntp");
  EXPECT_EQ(NeverMirroredAs("aws", PacketTo("fd00:ec2::123", kProtocolUdp, 50000, 123)), "ntp");
  EXPECT_EQ(NeverMirroredAs("aws", PacketTo("169.254.169.251", kProtocolTcp, 50000, 1688)),
            "windows-activation");
  EXPECT_EQ(NeverMirroredAs("aws", PacketTo("169.254.169.253", kProtocolUdp, 50000, 53)), "");
  EXPECT_EQ(NeverMirroredAs("aws", PacketTo("203.0.113.9", kProtocolUdp, 50000, 123)), "");
}

TEST(AwsProfileTest, KnowsItsResolver) {
  const auto& services = Cloud("aws").services;
  ASSERT_EQ(services.size(), 1u);
  EXPECT_EQ(services[0].name, "amazon-dns");
  EXPECT_EQ(services[0].vpc_offset, 2u);
  EXPECT_EQ(services[0].port, 53);
  EXPECT_THAT(services[0].addresses, ElementsAre(*ParseIpPrefix("169.254.169.253/32"),
                                                 *ParseIpPrefix("fd00:ec2::253/128")));
  EXPECT_THAT(services[0].protocols, ElementsAre(kProtocolUdp, kProtocolTcp));
}

// Session API: 96 bytes unless asked, 1 to 1460; VNI 1.
TEST(HuaweiProfileTest, CutsUnlessAsked) {
  EXPECT_EQ(Cloud("huawei").packet_length.by_default, Bytes(96));
  EXPECT_EQ(Cloud("huawei").packet_length.most, Bytes(1460));
  EXPECT_EQ(Cloud("huawei").tunnel.vni, 1u);
  EXPECT_FALSE(Cloud("huawei").lifecycle.runs_by_default);
}

// Overview: an overhead of 50 bytes; cut at the target's MTU or at 1500 by region.
TEST(AlibabaProfileTest, LeavesTheRegionToAnAssumption) {
  const ProviderProfile& alibaba = Cloud("alibaba");
  EXPECT_EQ(alibaba.mtu.counted_overhead_v4, Bytes(50));
  EXPECT_EQ(alibaba.mtu.fixed, Bytes(1500));
  EXPECT_TRUE(Assumes(alibaba, "truncation_basis"));
}

// What `change` makes of a shipped profile, then the errors of reading it.
std::vector<std::string> ErrorsAfter(const char* cloud, const char* pointer, const char* value) {
  const auto schema = Schema::Load(kDataFolder + "/schema/profile.schema.json");
  nlohmann::json root = ReadJsonFile(kDataFolder + "/profiles/" + cloud + ".json").root;
  root[nlohmann::json::json_pointer(pointer)] = nlohmann::json::parse(value);
  std::vector<std::string> errors;
  for (const std::string& error : ErrorsOf([&] { ReadProfile(root.dump(), "p.json", *schema); })) {
    errors.push_back(error.substr(error.find(' ') + 1));  // one line, so no use in its column
  }
  return errors;
}

struct ProfileError {
  const char* name;
  const char* cloud;
  const char* pointer;
  const char* value;
  const char* error;
};

void PrintTo(const ProfileError& each, std::ostream* os) { *os << each.name; }

const ProfileError kProfileErrors[] = {
    {"NoSuchModel", "aws", "/filter/model", "\"last_match\"",
     "/filter/model: found the string \"last_match\" | \"all_conditions\", \"first_match\", "
     "\"peer_and_protocol\" or \"everything\""},
    {"ActionThatIsNoWord", "aws", "/filter/reject", "null",
     "/filter/reject: found null | a word of the API, such as \"RUNNING\""},
    {"PriorityBackwards", "aws", "/filter/priority", "{\"first\": 9, \"last\": 1}",
     "/filter/priority: the range from 9 to 1 runs backwards | the smaller number first"},
    {"PriorityTooLarge", "aws", "/filter/priority/last", "9223372036854775808",
     "/filter/priority/last: found 9223372036854775808 | at most 9223372036854775807"},
    {"PortsBackwards", "aws", "/filter/ports", "\"65535-1\"",
     "/filter/ports: \"65535-1\" ends before it begins | did you mean \"1-65535\"?"},
    {"ActionsWithoutRules", "gcp", "/filter/accept", "\"yes\"",
     "/filter: peer_and_protocol has no rules that accept or reject | neither \"accept\" nor "
     "\"reject\""},
    {"RuleModeOfConditions", "tencent", "/rule_mode",
     "{\"model\": \"all_conditions\", \"copies_all_without_rules\": true, "
     "\"directions\": \"per_rule\"}",
     "/rule_mode: a rule mode that is not first_match | \"model\": \"first_match\""},
    {"TooManySessions", "aws", "/sessions/per_eni", "9",
     "/sessions/per_eni: found 9 | a number of mirrors from 1 to 8"},
    {"UniqueNumbersWithoutNumbers", "baidu", "/sessions/unique_within", "\"eni\"",
     "/sessions: numbers are unique, but sessions have none | \"number\" with its first and last, "
     "or \"unique_within\": \"none\""},
    {"SourcePortsFromZero", "aws", "/encapsulation/outer_source_ports", "\"0-5\"",
     "/encapsulation/outer_source_ports: outer source ports from 0 on | 1 or more: port 0 is "
     "reserved"},
    {"LengthsBackwards", "huawei", "/packet_length/least", "\"2000 B\"",
     "/packet_length: the least length is more than the most | the smaller as \"least\""},
    {"DefaultOutOfBounds", "huawei", "/packet_length/default", "\"1461 B\"",
     "/packet_length: the default length is none that may be asked for | a \"default\" from "
     "\"least\" to \"most\""},
    {"BoundsOfNothing", "tencent", "/packet_length/most", "\"100 B\"",
     "/packet_length: bounds of a length that nobody can ask for | \"least\" beside them"},
    {"OverheadOverIpv6Alone", "huawei", "/mtu/counted_overhead_ipv6", "\"74 B\"",
     "/mtu: an overhead over IPv6 and none over IPv4 | \"counted_overhead\" beside it"},
    {"BothPortsOfNone", "aws", "/never_mirrored/0/both_ports", "true",
     "/never_mirrored/0: both ends are among the ports, but there are no ports | \"ports\" beside "
     "it"},
    {"HostBitsOfAService", "aws", "/never_mirrored/2/service/0", "\"169.254.169.254/16\"",
     "/never_mirrored/2/service/0: \"169.254.169.254/16\" has bits set behind its 16 bits | did "
     "you mean \"169.254.0.0/16\"?"},
    {"UnknownState", "tencent", "/lifecycle/default", "\"STOPPED\"",
     "/lifecycle: the default \"STOPPED\" is none of the states | one of RUNNING, STOPED"},
    {"UnknownRefusal", "aws", "/error_codes/duplicate_prority", "\"X\"",
     "/error_codes/duplicate_prority: the key \"duplicate_prority\" is not known | did you mean "
     "\"duplicate_priority\"?"},
    {"AssumptionThatTheProfileBelies", "aws", "/sessions/reject_stops_later", "false",
     "/assumptions/2/value: reject_stops_later_sessions is assumed to be \"true\", but this "
     "profile sets \"false\" | \"false\", or another setting"},
    {"AssumptionThatNothingActsOn", "aws", "/assumptions/2/name",
     "\"reject_stops_latter_sessions\"",
     "/assumptions/2/name: the model acts on no assumption \"reject_stops_latter_sessions\" | "
     "\"reject_stops_later_sessions\" (nearest), or a sentence in \"not_modelled\""},
    {"AssumptionNamedTwice", "aws", "/assumptions/1/name", "\"outer_source_ports\"",
     "/assumptions/1/name: a second assumption of this name | each name once"},
    {"QuotaNamedTwice", "aws", "/quotas/1/name", "\"sessions_per_account\"",
     "/quotas/1/name: a second quota of this name | each name once"},
};

class ProfileErrorTest : public testing::TestWithParam<ProfileError> {};

TEST_P(ProfileErrorTest, NamesThePlaceAndWhatWouldDo) {
  const ProfileError& each = GetParam();
  EXPECT_THAT(ErrorsAfter(each.cloud, each.pointer, each.value), Contains(each.error));
}

INSTANTIATE_TEST_SUITE_P(Table, ProfileErrorTest, testing::ValuesIn(kProfileErrors),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(ProfileReaderTest, NamesEveryErrorWithItsLine) {
  const auto schema = Schema::Load(kDataFolder + "/schema/profile.schema.json");
  const auto errors = ErrorsOf(
      [&] { ReadProfile("{\"name\": \"Ten cent\",\n \"congestions\": 1}", "p.json", *schema); });
  EXPECT_THAT(errors, Contains("1:10 /name: found the string \"Ten cent\" | the name that "
                               "scenarios use, such as \"tencent\""));
  EXPECT_THAT(errors, Contains("2:2 /congestions: the key \"congestions\" is not known | "
                               "did you mean \"congestion\"?"));
}

// The table of what may be overridden and the schema of scenarios are one list.
TEST(AssumptionRulesTest, AreThoseOfTheScenarioSchema) {
  const auto schema = ReadJsonFile(kDataFolder + "/schema/scenario.schema.json").root;
  std::vector<std::string> in_schema;
  for (const auto& [name, unused] : schema["definitions"]["assumptions"]["properties"].items()) {
    if (name != "fabric_delay") in_schema.push_back(name);  // not a provider's
  }
  std::vector<std::string> in_table;
  for (const AssumptionRule& rule : AssumptionRules()) in_table.emplace_back(rule.name);
  EXPECT_THAT(in_table, testing::UnorderedElementsAreArray(in_schema));
}

TEST(AssumptionRulesTest, TakeTheExamplesOfTheScenarioSchema) {
  const auto schema = ReadJsonFile(kDataFolder + "/schema/scenario.schema.json").root;
  for (const AssumptionRule& rule : AssumptionRules()) {
    const auto& place = schema["definitions"]["assumptions"]["properties"][rule.name];
    for (const auto& example : place["examples"]) {
      const std::string value = example.is_string() ? example.get<std::string>() : example.dump();
      // Tencent has no Gateway Load Balancer.
      const bool of_gateways = std::string_view(rule.name) == "load_balancer_geneve_options";
      ProviderProfile profile = Cloud(of_gateways ? "alibaba" : "tencent");
      EXPECT_TRUE(rule.set(profile, value)) << rule.name << " " << value;
      EXPECT_EQ(rule.get(profile), value) << rule.name;
      EXPECT_NE(MeaningOf(rule, value), "") << rule.name << " " << value;
    }
  }
}

TEST(AssumptionRulesTest, RefuseWhatIsNoValue) {
  const std::map<std::string, std::vector<std::string>> kWrong = {
      {"encapsulation", {"gre", ""}},
      {"vni", {"16777216", "-1", "1x"}},
      {"outer_source_ports", {"49152", "0-1", "5-4", "1-65536"}},
      {"outer_port_hash_symmetric", {"yes"}},
      {"default_alg_hash", {"eni"}},
      {"mtu_policy", {"cut"}},
      {"truncation_basis", {"target"}},
      {"counted_overhead", {"54/", "256", "x"}},
      {"default_action", {"drop"}},
      {"priority_order", {"ascending"}},
      {"priority_range", {"5-4", "1", "-1-4", "1-9223372036854775808"}},
      {"protocols", {"", "TCP/", "TCP/XYZ"}},
      {"port_range", {"443", "1-65536"}},
      {"packet_length_least", {"0", "35/", "x"}},
      {"session_numbers", {"vpc"}},
      {"never_mirrored", {"", "arp/", "igmp", "arp/none"}},
      {"service_addresses", {"", "169.254.0.0", "any 10.0.0.0/8"}},
      {"outbound_security_drops", {"no"}},
      {"security_of_copies", {"source"}},
      {"loop_rule", {"none"}},
      {"cross_vpc", {"true"}},
      {"limit_model", {"both"}},
      {"congestion", {"production", "no_priority"}},
      {"copy_order", {"first"}},
      {"who_pays", {"cloud"}}};
  for (const auto& [name, values] : kWrong) {
    const AssumptionRule* rule = FindAssumptionRule(name);
    ASSERT_NE(rule, nullptr) << name;
    for (const std::string& value : values) {
      ProviderProfile profile = Cloud("tencent");
      const std::string before = rule->get(profile);
      EXPECT_FALSE(rule->set(profile, value)) << name << " " << value;
      EXPECT_EQ(rule->get(profile), before) << name << " " << value;
    }
  }
}

}  // namespace
}  // namespace vpcmirror::sim
