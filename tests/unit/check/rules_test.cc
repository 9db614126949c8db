// For each rule a scenario that breaks it and one that just does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "analysis/check/check.h"
#include "analysis/check/rule.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {
namespace {

std::vector<Finding> FindingsOfText(const std::string& text) {
  const Scenario written = ReadScenarioText(text, "test.json");
  const Examination examination = Examine(written, LoadLibrary(FindDataFolder()));
  std::vector<Finding> findings = FindingsOf(examination.errors);
  if (!examination.sound) return findings;
  for (Finding& each : Check(written, *examination.sound)) findings.push_back(std::move(each));
  return findings;
}

const Finding* FindCode(const std::vector<Finding>& findings, const std::string& code) {
  const auto found = std::find_if(findings.begin(), findings.end(),
                                  [&](const Finding& each) { return each.code == code; });
  return found == findings.end() ? nullptr : &*found;
}

struct RuleCase {
  std::string code;
  std::string breaks;
  std::string keeps;
  std::string path;    // of the finding
  std::string number;  // one of its numbers; may be empty
  double value = 0;
};

void PrintTo(const RuleCase& c, std::ostream* os) { *os << c.code; }

class RuleTest : public testing::TestWithParam<RuleCase> {};

TEST_P(RuleTest, IsBrokenByOneAndKeptByTheOther) {
  const RuleCase& c = GetParam();
  ASSERT_NE(FindRule(c.code), nullptr);
  const std::vector<Finding> findings = FindingsOfText(c.breaks);
  const Finding* found = FindCode(findings, c.code);
  ASSERT_NE(found, nullptr) << "of " << findings.size() << " findings";
  EXPECT_EQ(found->severity, FindRule(c.code)->severity);
  EXPECT_EQ(found->path, c.path) << found->message;
  EXPECT_FALSE(found->message.empty());
  EXPECT_FALSE(found->fix.empty());
  if (!c.number.empty()) {
    const auto number =
        std::find_if(found->numbers.begin(), found->numbers.end(),
                     [&](const FindingNumber& each) { return each.name == c.number; });
    ASSERT_NE(number, found->numbers.end());
    EXPECT_NEAR(number->value, c.value, 1e-6 * std::max(1.0, c.value)) << found->message;
  }
  const std::vector<Finding> kept = FindingsOfText(c.keeps);
  const Finding* still = FindCode(kept, c.code);
  EXPECT_EQ(still, nullptr) << still->message;
}

// Two web servers, a database and an IDS of Tencent Cloud, which is `mirrors`' receiver.
std::string Tencent(const std::string& mirrors, const std::string& workloads = "",
                    const std::string& web = R"("limits": {"bandwidth": "3 Gbps"})",
                    const std::string& ids = R"("limits": {"bandwidth": "10 Gbps"})",
                    const std::string& more = "") {
  return R"({"hosts": {"web": {"count": 6, )" + web +
         R"(}, "db": {"limits": {"bandwidth": "3 Gbps"}}, "ids": {)" + ids +
         R"(}}, "workloads": {)" + workloads + R"(}, "mirrors": [)" + mirrors + "]" + more + "}";
}
std::string Mirror(const std::string& sources, const std::string& more = "") {
  return R"({"CollectorSrcs": [)" + sources + R"(], "CollectorTarget": {"TargetIps": ["ids"]})" +
         (more.empty() ? "" : ", ") + more + "}";
}
std::string Rules(const std::string& ingress, const std::string& egress) {
  return R"("Direction": "NO-DIRECTION", "IngressFilterRules": [)" + ingress +
         R"(], "EgressFilterRules": [)" + egress + "]";
}
std::string Conditions(const std::string& conditions) {
  return R"("CollectorNormalFilters": [)" + conditions + "]";
}
std::string Www(const std::string& rate, const std::string& more = R"("sizes": "1000 B")") {
  return R"("www": {"at": "web", "out": ")" + rate + "\"" + (more.empty() ? "" : ", ") + more + "}";
}
std::string Mirrors(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += (i == 0 ? "" : ", ") + Mirror("\"web[" + std::to_string(i) + "]\"");
  }
  return text;
}

constexpr const char* kAll = R"({"Priority": 1, "Action": "ACCEPT"})";
constexpr const char* kHttps = R"({"Priority": 2, "Action": "DROP", "Protocol": "TCP",
                                   "DstPort": "443"})";
constexpr const char* kHttpsFirst = R"({"Priority": 0, "Action": "DROP", "Protocol": "TCP",
                                        "DstPort": "443"})";

// A VPC whose groups are open or closed to copies.
std::string WithGroup(const std::string& rule) {
  return R"({"vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {"s": "10.0.0.0/24"},
      "security_groups": {"g": {"ingress": [)" +
         rule + R"(]}}}},
    "hosts": {"web": {"subnet": "s"}, "ids": {"subnet": "s", "security_groups": ["g"]}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})";
}

// Two sessions of AWS: of web[0] with VNI 7, and of `source` with `vni`.
std::string Aws(const std::string& source, const std::string& vni) {
  return R"({"provider": "aws", "hosts": {"web": {"count": 2}, "ids": {}},
    "mirrors": {
      "TrafficMirrorTargets": [{"TrafficMirrorTargetId": "tmt-1", "NetworkInterfaceId": "ids"}],
      "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "tmf-1",
        "IngressFilterRules": [{"RuleNumber": 1, "RuleAction": "accept",
          "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}],
        "EgressFilterRules": [{"RuleNumber": 1, "RuleAction": "accept",
          "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}]}],
      "TrafficMirrorSessions": [
        {"TrafficMirrorSessionId": "tms-1", "NetworkInterfaceId": "web[0]", "SessionNumber": 1,
         "VirtualNetworkId": 7, "TrafficMirrorTargetId": "tmt-1", "TrafficMirrorFilterId": "tmf-1"},
        {"TrafficMirrorSessionId": "tms-2", "NetworkInterfaceId": ")" +
         source + R"(", "SessionNumber": 2,
         "VirtualNetworkId": )" +
         vni + R"(, "TrafficMirrorTargetId": "tmt-1", "TrafficMirrorFilterId": "tmf-1"}]}})";
}

const std::string kWatched = Mirror("\"web\"");
constexpr const char* kStarted =
    R"(, "timeline": [{"at": "1 ms", "StopTrafficMirror": {"TrafficMirrorId": "mirror-1"}},
                      {"at": "2 ms", "DeleteTrafficMirror": {"TrafficMirrorId": "mirror-1"}})";

const RuleCase kCases[] = {
    {"MIR-STA-003", Tencent(Mirror("\"web\"", R"("State": "STOPED")")),
     Tencent(Mirror("\"web\"", R"("State": "RUNNING")")), "/mirrors/0/State"},
    {"MIR-SRC-001", Tencent(Mirror(R"("web", "ids")")), Tencent(kWatched),
     "/mirrors/0/CollectorSrcs/1"},
    {"MIR-SRC-002", Tencent(Mirror("\"subnet:default\"")), Tencent(kWatched), "/mirrors/0",
     "receivers", 1},
    {"MIR-SRC-003", Tencent(kWatched + ", " + Mirror("\"web[0]\"")),
     Tencent(kWatched + ", " + Mirror("\"db\"")), "/mirrors/1/CollectorSrcs/0"},
    {"MIR-QTA-001", Tencent(Mirrors(6)), Tencent(Mirrors(5)), "/mirrors/5", "most", 5},
    {"MIR-FLT-001",
     R"({"vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {"s": "10.0.0.0/24"},
                        "nat_gateways": {"nat-1": {}}}},
         "hosts": {"web": {"subnet": "s"}, "ids": {"subnet": "s"}}, "mirrors": [)" +
         Mirror("\"web\"", R"("NatId": "nat-1", "CollectorNormalFilters": [{"Protocol": "TCP"}])") +
         "]}",
     R"({"vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {"s": "10.0.0.0/24"},
                        "nat_gateways": {"nat-1": {}}}},
         "hosts": {"web": {"subnet": "s"}, "ids": {"subnet": "s"}}, "mirrors": [)" +
         Mirror("\"web\"", R"("NatId": "nat-1")") + "]}",
     "/mirrors/0/NatId"},
    {"MIR-FLT-002", Tencent(Mirror("\"web\"", Conditions(R"({"Protocol": "TCP", "DstPort": "80"},
                                             {"Protocol": "TCP", "DstPort": "443"})"))),
     Tencent(Mirror("\"web\"", Conditions(R"({"Protocol": "TCP", "DstPort": "1-443"},
                                             {"Protocol": "TCP", "DstPort": "443"})"))),
     "/mirrors/0/CollectorNormalFilters/1"},
    {"MIR-FLT-003",
     Tencent(Mirror("\"web\"", Conditions(R"({"Protocol": "TCP"}, {"DstNet": "10.0.0.0/8"})"))),
     Tencent(Mirror("\"web\"", Conditions(R"({"Protocol": "TCP"})"))),
     "/mirrors/0/CollectorNormalFilters/1", "conditions", 2},
    {"MIR-FLT-005", Tencent(Mirror("\"web\"", Rules("", ""))),
     Tencent(Mirror("\"web\"", Rules(kAll, kAll))), "/mirrors/0", "rules", 0},
    {"MIR-FLT-006", Tencent(Mirror("\"web\"", Rules(kAll, ""))),
     Tencent(Mirror("\"web\"", Rules(kAll, kAll))), "/mirrors/0"},
    {"MIR-FLT-007", Tencent(Mirror("\"web\"", Rules(std::string(kAll) + ", " + kHttps, kAll))),
     Tencent(Mirror("\"web\"", Rules(std::string(kAll) + ", " + kHttpsFirst, kAll))),
     "/mirrors/0/IngressFilterRules/1"},
    {"MIR-MTU-001", Tencent(kWatched, Www("10 Mbps", R"("sizes": "1500 B")")),
     Tencent(kWatched, Www("10 Mbps", R"("sizes": "1464 B")")), "/mirrors/0", "cut", 50},
    {"MIR-SEC-001", WithGroup(R"({"action": "accept", "protocol": "tcp"})"),
     WithGroup(R"({"action": "accept", "protocol": "udp", "ports": 4789})"), "/mirrors/0",
     "sources", 1},
    // 18 Gbps of sources: a ninth is 2.
    {"MIR-CAP-001",
     Tencent(kWatched, "", R"("limits": {"bandwidth": "3 Gbps"})",
             R"("limits": {"bandwidth": "1.5 Gbps"})"),
     Tencent(kWatched, "", R"("limits": {"bandwidth": "3 Gbps"})",
             R"("limits": {"bandwidth": "2 Gbps"})"),
     "/mirrors/0"},
    // Six times 1 Gbps, each 1,000 bytes with 50 more: 6.3 Gbps, of which 4.3 find no room.
    {"MIR-CAP-002",
     Tencent(kWatched, Www("1 Gbps"), R"("limits": {"bandwidth": "3 Gbps"})",
             R"("limits": {"bandwidth": "2 Gbps"})"),
     Tencent(kWatched, Www("300 Mbps"), R"("limits": {"bandwidth": "3 Gbps"})",
             R"("limits": {"bandwidth": "2 Gbps"})"),
     "/mirrors/0", "copies", 6.3e9},
    // 2 Gbps and 2.1 of copies, of 3; 1.2 and 1.26 of 3.
    {"MIR-CAP-003", Tencent(kWatched, Www("2 Gbps")), Tencent(kWatched, Www("1.2 Gbps")),
     "/hosts/web", "used", 4.1 / 3},
    {"MIR-CAP-004", Tencent(kWatched, Www("1.2 Gbps")), Tencent(kWatched, Www("1.1 Gbps")),
     "/hosts/web", "used", 2.46 / 3},
    {"MIR-CAP-005",
     Tencent(kWatched, Www("2.6 Gbps", R"("sizes": "1000 B", "flows": 1)"),
             R"("limits": {"bandwidth": "10 Gbps", "flow": "5 Gbps"})"),
     Tencent(kWatched, Www("2.6 Gbps", R"("sizes": "1000 B", "flows": 2)"),
             R"("limits": {"bandwidth": "10 Gbps", "flow": "5 Gbps"})"),
     "/hosts/web", "flow", 2.6e9},
    // 64 bytes and 50 more.
    {"MIR-CAP-006", Tencent(kWatched, Www("10 Mbps", R"("sizes": "64 B")")),
     Tencent(kWatched, Www("10 Mbps")), "/mirrors/0", "factor", 114.0 / 64},
    {"MIR-CAP-007",
     Tencent(Mirror(R"("web[0]", "db")"),
             R"("sql": {"from": "web[0]", "to": "db", "rate": "100 Mbps", "sizes": "1000 B"})"),
     Tencent(Mirror(R"("web[0]")"),
             R"("sql": {"from": "web[0]", "to": "db", "rate": "100 Mbps", "sizes": "1000 B"})"),
     "/hosts/ids", "share", 0.5},
    {"MIR-CAP-008", Tencent(kWatched, R"("up": {"from": "web[0]", "to": "db", "tcp": {}})"),
     Tencent(kWatched, Www("10 Mbps")), "/workloads/up"},
    {"MIR-SES-003", Aws("web[0]", "8"), Aws("web[1]", "8"), "/mirrors/TrafficMirrorSessions/1",
     "enis", 1},
    {"MIR-VNI-001", Aws("web[1]", "7"), Aws("web[1]", "8"), "/mirrors/TrafficMirrorSessions/1",
     "vni", 7},
    {"MIR-API-001",
     Tencent(kWatched, "", R"("limits": {"bandwidth": "3 Gbps"})",
             R"("limits": {"bandwidth": "10 Gbps"})",
             std::string(kStarted) +
                 R"(, {"at": "3 ms", "StartTrafficMirror": {"TrafficMirrorId": "mirror-1"}}])"),
     Tencent(kWatched, "", R"("limits": {"bandwidth": "3 Gbps"})",
             R"("limits": {"bandwidth": "10 Gbps"})", std::string(kStarted) + "]"),
     "/timeline/2"},
};

INSTANTIATE_TEST_SUITE_P(Rules, RuleTest, testing::ValuesIn(kCases), [](const auto& info) {
  std::string name = info.param.code;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(RulesTest, AreInTheOrderOfTheirCodesAndSayAllThatIsAsked) {
  std::set<std::string_view> words;
  std::string_view last;
  for (const Rule& rule : vpcmirror::Rules()) {
    EXPECT_LT(last, rule.code);
    last = rule.code;
    for (const std::string_view text : {rule.title, rule.why, rule.fix}) {
      EXPECT_FALSE(text.empty()) << rule.code;
    }
    if (!rule.word.empty()) {
      EXPECT_TRUE(words.insert(rule.word).second) << rule.word;
    }
    const bool is_told_elsewhere = rule.code == kInputRule || rule.code == kImportGapRule ||
                                   rule.code == kImportContradictionRule;
    EXPECT_TRUE(rule.find != nullptr || !rule.word.empty() || is_told_elsewhere) << rule.code;
  }
}

}  // namespace
}  // namespace vpcmirror::sim
