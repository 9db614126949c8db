// For each rule a scenario that breaks it and one that just does not.
#pragma once

#include <algorithm>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "analysis/check/check.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {

// A date on which no list of a provider is old.
inline constexpr const char* kToday = "2025-01-31";

inline const Library& RulesLibrary() {
  static const Library library = LoadLibrary(FindDataFolder());
  return library;
}

inline std::vector<Finding> ReadAndCheck(const std::string& text) {
  std::vector<Finding> findings;
  Scenario written;
  try {
    written = ReadScenarioText(text, "test.json");
  } catch (const ScenarioException& exception) {
    return FindingsOf(exception.errors());
  }
  const Examination examination = Examine(written, RulesLibrary());
  findings = FindingsOf(examination.errors);
  if (examination.sound) {
    for (Finding& each : Check(written, *examination.sound, {.today = kToday})) {
      findings.push_back(std::move(each));
    }
  }
  MarkAccepted(written, examination.errors.empty() ? Extent::kWhole : Extent::kPart, findings);
  return findings;
}

// Several tests ask of the same scenarios.
inline const std::vector<Finding>& FindingsOfText(const std::string& text) {
  static std::map<std::string, std::vector<Finding>> known;
  const auto at = known.find(text);
  return at != known.end() ? at->second : known.emplace(text, ReadAndCheck(text)).first->second;
}

inline const Finding* FindCode(const std::vector<Finding>& findings, const std::string& code) {
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
  bool has_edits = false;     // of the finding
  std::size_t witnesses = 0;  // the same
};

inline void PrintTo(const RuleCase& c, std::ostream* os) { *os << c.code; }

// Two web servers, a database and an IDS of Tencent Cloud, which is `mirrors`' receiver.
inline std::string Tencent(const std::string& mirrors, const std::string& workloads = "",
                           const std::string& web = R"("limits": {"bandwidth": "3 Gbps"})",
                           const std::string& ids = R"("limits": {"bandwidth": "10 Gbps"})",
                           const std::string& more = "") {
  return R"({"hosts": {"web": {"count": 6, )" + web +
         R"(}, "db": {"limits": {"bandwidth": "3 Gbps"}}, "ids": {)" + ids +
         R"(}}, "workloads": {)" + workloads + R"(}, "mirrors": [)" + mirrors + "]" + more + "}";
}
inline const std::string kPlain = R"("limits": {"bandwidth": "3 Gbps"})";
inline std::string Watch(const std::string& sources, const std::string& more = "") {
  return R"({"CollectorSrcs": [)" + sources + R"(], "CollectorTarget": {"TargetIps": ["ids"]})" +
         (more.empty() ? "" : ", ") + more + "}";
}
inline std::string Rules(const std::string& ingress, const std::string& egress) {
  return R"("Direction": "NO-DIRECTION", "IngressFilterRules": [)" + ingress +
         R"(], "EgressFilterRules": [)" + egress + "]";
}
inline std::string Conditions(const std::string& conditions) {
  return R"("CollectorNormalFilters": [)" + conditions + "]";
}
inline std::string Www(const std::string& rate, const std::string& more = R"("sizes": "1000 B")") {
  return R"("www": {"at": "web", "out": ")" + rate + "\"" + (more.empty() ? "" : ", ") + more + "}";
}
inline std::string Watches(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += (i == 0 ? "" : ", ") + Watch("\"web[" + std::to_string(i) + "]\"");
  }
  return text;
}

inline constexpr const char* kAll = R"({"Priority": 1, "Action": "ACCEPT"})";
inline constexpr const char* kHttps = R"({"Priority": 2, "Action": "DROP", "Protocol": "TCP",
                                   "DstPort": "443"})";
inline constexpr const char* kHttpsFirst = R"({"Priority": 0, "Action": "DROP", "Protocol": "TCP",
                                        "DstPort": "443"})";

// A VPC whose groups are open or closed to copies.
inline std::string WithGroup(const std::string& rule) {
  return R"({"vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {"s": "10.0.0.0/24"},
      "security_groups": {"g": {"ingress": [)" +
         rule + R"(]}}}},
    "hosts": {"web": {"subnet": "s"}, "ids": {"subnet": "s", "security_groups": ["g"]}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})";
}

// Two sessions of AWS: of web[0] with VNI 7, and of `source` with `vni`.
inline std::string Aws(const std::string& source, const std::string& vni) {
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

inline const std::string kWatched = Watch("\"web\"");
inline constexpr const char* kStarted =
    R"(, "timeline": [{"at": "1 ms", "StopTrafficMirror": {"TrafficMirrorId": "mirror-1"}},
                      {"at": "2 ms", "DeleteTrafficMirror": {"TrafficMirrorId": "mirror-1"}})";

inline RuleCase Edited(RuleCase c) {
  c.has_edits = true;
  return c;
}
inline RuleCase Shown(std::size_t witnesses, RuleCase c) {
  c.witnesses = witnesses;
  return c;
}

// Tencent Cloud with a CLB in front of two receivers, `balancer` its further settings.
inline std::string Clb(const std::string& balancer, const std::string& more = "",
                       const std::string& target = R"("TargetType": "CLB", "TargetIps": ["lb"])") {
  return R"({"vpcs": {"v": {"cidr": "10.0.0.0/16",
      "subnets": {"a": {"cidr": "10.0.1.0/24", "az": "a"}, "b": {"cidr": "10.0.2.0/24", "az": "b"}},
      "load_balancers": {"lb": {"kind": "clb", "subnets": ["a", "b"], "backends": ["ids"])" +
         balancer + R"(}}}},
    "hosts": {"web": {"subnet": "b"}, "ids": {"subnet": "a", "count": 2}},
    "mirrors": [{"State": "RUNNING", "CollectorSrcs": ["web"], "CollectorTarget": {)" +
         target + "}}]" + more + "}";
}
constexpr const char* kIdsTarget = R"("TargetIps": ["ids[0]"])";

// AWS: `sessions` with filters tmf-1, whose rules are given, and tmf-2 for TCP, and a target.
inline std::string AwsOf(const std::string& sessions, const std::string& ingress,
                         const std::string& web = R"("count": 14)",
                         const std::string& workloads = "") {
  return R"({"provider": "aws", "hosts": {"web": {)" + web + R"(}, "ids": {}},
    "workloads": {)" +
         workloads + R"(},
    "mirrors": {
      "TrafficMirrorTargets": [{"TrafficMirrorTargetId": "tmt-1", "NetworkInterfaceId": "ids"}],
      "TrafficMirrorFilters": [
        {"TrafficMirrorFilterId": "tmf-1", "IngressFilterRules": [)" +
         ingress + R"(],
         "EgressFilterRules": [{"RuleNumber": 1, "RuleAction": "accept",
           "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}]},
        {"TrafficMirrorFilterId": "tmf-2", "IngressFilterRules": [
          {"RuleNumber": 1, "RuleAction": "accept", "Protocol": 6,
           "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}],
         "EgressFilterRules": [
          {"RuleNumber": 1, "RuleAction": "accept", "Protocol": 6,
           "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}]}],
      "TrafficMirrorSessions": [)" +
         sessions + "]}}";
}
// The same with something said of its receiver.
inline std::string WithReceiver(std::string text, const std::string& ids) {
  const std::string nothing = R"("ids": {})";
  return text.replace(text.find(nothing), nothing.size(), R"("ids": {)" + ids + "}");
}
inline std::string Session(int number, const std::string& source, int filter = 1,
                           const std::string& more = "") {
  const std::string of = std::to_string(number);
  const std::string by = std::to_string(filter);
  return R"({"TrafficMirrorSessionId": "tms-)" + of + "-" + by + R"(", "NetworkInterfaceId": ")" +
         source + R"(", "SessionNumber": )" + of + R"(, "VirtualNetworkId": )" + of +
         R"(, "TrafficMirrorTargetId": "tmt-1", "TrafficMirrorFilterId": "tmf-)" + by + "\"" +
         more + "}";
}
inline std::string Accept(int number, const std::string& more = "",
                          const std::string& from = "0.0.0.0/0",
                          const std::string& to = "0.0.0.0/0") {
  return R"({"RuleNumber": )" + std::to_string(number) +
         R"(, "RuleAction": "accept", "SourceCidrBlock": ")" + from +
         R"(", "DestinationCidrBlock": ")" + to + "\"" + more + "}";
}
// Sessions of `count` web servers, or rules of that many numbers.
inline std::string Sessions(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += (i == 0 ? "" : ", ") + Session(i + 1, "web[" + std::to_string(i) + "]");
  }
  return text;
}
inline std::string SessionsOfOne(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) text += (i == 1 ? "" : ", ") + Session(i, "web[0]");
  return text;
}
inline std::string Accepts(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) {
    text +=
        (i == 1 ? "" : ", ") + Accept(i, "", "10." + std::to_string(i) + ".0.0/16", "0.0.0.0/0");
  }
  return text;
}
// Names of so many web servers, each in quotes.
inline std::string Webs(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += (i == 0 ? "\"web[" : ", \"web[") + std::to_string(i) + "]\"";
  }
  return text;
}

inline std::string ManyWebs(int named) {
  return R"({"hosts": {"web": {"count": 21}, "ids": {}}, "mirrors": [)" + Watch(Webs(named)) + "]}";
}

// Huawei Cloud, whose sessions copy 96 bytes unless they say more.
inline std::string Huawei(const std::string& more) {
  return R"({"provider": "huawei", "hosts": {"web": {}, "ids": {}}, "mirrors": {
    "traffic_mirror_sessions": [{"id": "s-1", "traffic_mirror_sources": ["web"],
      "traffic_mirror_target_id": "ids", "traffic_mirror_target_type": "eni",
      "traffic_mirror_filter_id": "f-1", "priority": 10, "enabled": true)" +
         more + R"(}],
    "traffic_mirror_filters": [{"id": "f-1", "ingress_rules": [
      {"priority": 1, "action": "accept", "protocol": "ALL", "ethertype": "IPv4"}],
      "egress_rules": [
      {"priority": 1, "action": "accept", "protocol": "ALL", "ethertype": "IPv4"}]}]}})";
}
// As many sessions to one load balancer, each of a source of its own.
inline std::string HuaweiToElb(int sessions) {
  std::string list;
  for (int i = 0; i < sessions; ++i) {
    const std::string number = std::to_string(i);
    list += (i == 0 ? "" : ", ") + (R"({"id": "s-)" + number) +
            R"(", "traffic_mirror_sources": ["web[)" + number +
            R"(]"], "traffic_mirror_target_id": "lb", "traffic_mirror_target_type": "elb",
               "traffic_mirror_filter_id": "f-1", "priority": )" +
            std::to_string(i + 1) + R"(, "enabled": true})";
  }
  return R"({"provider": "huawei", "vpcs": {"v": {"cidr": "10.0.0.0/16",
      "subnets": {"a": "10.0.0.0/20"}, "load_balancers": {"lb": {"kind": "elb", "subnets": ["a"],
      "backends": ["ids"]}}}}, "hosts": {"web": {"count": 201}, "ids": {}}, "mirrors": {
    "traffic_mirror_sessions": [)" +
         list + R"(],
    "traffic_mirror_filters": [{"id": "f-1", "ingress_rules": [
      {"priority": 1, "action": "accept", "protocol": "ALL", "ethertype": "IPv4"}],
      "egress_rules": []}]}})";
}
inline std::string AwsTo(const std::string& target) {
  return R"({"provider": "aws", "hosts": {"web": {"count": 3}}, "mirrors": {
      "TrafficMirrorTargets": [{"TrafficMirrorTargetId": "tmt-1", "NetworkInterfaceId": ")" +
         target + R"("}],
      "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "tmf-1",
        "IngressFilterRules": [)" +
         Accept(1) + R"(], "EgressFilterRules": [)" + Accept(1) + R"(]}],
      "TrafficMirrorSessions": [)" +
         Session(1, "web[0]") + "]}}";
}
// Alibaba Cloud, which cuts copies at 1500 bytes outside regions with jumbo frames.
inline std::string Alibaba(const std::string& basis) {
  return R"({"provider": "alibaba", "assumptions": {"truncation_basis": ")" + basis + R"("},
    "hosts": {"web": {}, "ids": {"mtu": "8500 B"}}, "mirrors": {
    "TrafficMirrorSessions": [{"TrafficMirrorSessionId": "tms-1", "TrafficMirrorSourceIds": ["web"],
      "TrafficMirrorTargetId": "ids", "TrafficMirrorTargetType": "NetworkInterface",
      "TrafficMirrorFilterId": "tmf-1", "Priority": 1, "VirtualNetworkId": 10, "Enabled": true}],
    "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "tmf-1", "IngressRules": [
      {"Priority": 1, "Action": "accept", "Protocol": "ALL", "SourceCidrBlock": "0.0.0.0/0",
       "DestinationCidrBlock": "0.0.0.0/0"}], "EgressRules": [
      {"Priority": 1, "Action": "accept", "Protocol": "ALL", "SourceCidrBlock": "0.0.0.0/0",
       "DestinationCidrBlock": "0.0.0.0/0"}]}]}})";
}

// Two VPCs, web in one, ids in the other.
inline std::string TwoVpcs(const std::string& source, const std::string& target,
                           const std::string& more = "") {
  return R"({"vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {"s": "10.0.0.0/24"}},
                      "w": {"cidr": "10.1.0.0/16", "subnets": {"t": "10.1.0.0/24"}}},
    "hosts": {"web": {"subnet": "s"}, "ids": {"subnet": "s"},
              "far": {"subnet": "t"}, "far-ids": {"subnet": "t"}},
    "mirrors": [{"State": "RUNNING", "CollectorSrcs": [")" +
         source + R"("], "CollectorTarget": {"TargetIps": [")" + target + R"("]})" + more + "}]}";
}
inline std::string WithAcl(const std::string& rule) {
  return R"({"vpcs": {"v": {"cidr": "10.0.0.0/16",
      "subnets": {"s": "10.0.0.0/24", "t": {"cidr": "10.0.1.0/24", "acl": "x"}},
      "acls": {"x": {"ingress": [)" +
         rule + R"(], "egress": [{"action": "accept"}]}}}},
    "hosts": {"web": {"subnet": "s"}, "ids": {"subnet": "t"}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})";
}
inline std::string Zones(const std::string& of_ids) {
  return R"({"vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {"a": {"cidr": "10.0.1.0/24",
      "az": "a"}, "b": {"cidr": "10.0.2.0/24", "az": "b"}}}},
    "hosts": {"web": {"subnet": "a"}, "ids": {"subnet": ")" +
         of_ids + R"("}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})";
}
inline std::string Spread(const std::string& hash, const std::string& assumptions = "") {
  return R"({"hosts": {"web": {}, "ids": {"count": 2}},
    "workloads": {"www": {"at": "web", "out": "100 Mbps", "flows": 5000}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids[*]"],
      "AlgHash": ")" +
         hash + R"("}}])" + assumptions + "}";
}

inline const std::vector<RuleCase> kRuleCases = {
    Edited(RuleCase{"MIR-STA-003", Tencent(Watch("\"web\"", R"("State": "STOPED")")),
                    Tencent(Watch("\"web\"", R"("State": "RUNNING")")), "/mirrors/0/State"}),
    Edited(RuleCase{"MIR-SRC-001", Tencent(Watch(R"("web", "ids")")), Tencent(kWatched),
                    "/mirrors/0/CollectorSrcs/1"}),
    {"MIR-SRC-002", Tencent(Watch("\"subnet:default\"")), Tencent(kWatched), "/mirrors/0",
     "receivers", 1},
    Edited(RuleCase{"MIR-SRC-003", Tencent(kWatched + ", " + Watch(R"("web[0]", "db")")),
                    Tencent(kWatched + ", " + Watch("\"db\"")), "/mirrors/1/CollectorSrcs/0"}),
    {"MIR-QTA-001", Tencent(Watches(6)), Tencent(Watches(5)), "/mirrors/5", "most", 5},
    Edited(
        RuleCase{"MIR-FLT-001",
                 R"({"vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {"s": "10.0.0.0/24"},
                        "nat_gateways": {"nat-1": {}}}},
         "hosts": {"web": {"subnet": "s"}, "ids": {"subnet": "s"}}, "mirrors": [)" +
                     Watch("\"web\"",
                           R"("NatId": "nat-1", "CollectorNormalFilters": [{"Protocol": "TCP"}])") +
                     "]}",
                 R"({"vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {"s": "10.0.0.0/24"},
                        "nat_gateways": {"nat-1": {}}}},
         "hosts": {"web": {"subnet": "s"}, "ids": {"subnet": "s"}}, "mirrors": [)" +
                     Watch("\"web\"", R"("NatId": "nat-1")") + "]}",
                 "/mirrors/0/NatId"}),
    Shown(1,
          RuleCase{"MIR-FLT-002",
                   Tencent(Watch("\"web\"", Conditions(R"({"Protocol": "TCP", "DstPort": "80"},
                                             {"Protocol": "TCP", "DstPort": "443"})"))),
                   Tencent(Watch("\"web\"", Conditions(R"({"Protocol": "TCP", "DstPort": "1-443"},
                                             {"Protocol": "TCP", "DstPort": "443"})"))),
                   "/mirrors/0/CollectorNormalFilters/1"}),
    {"MIR-FLT-003",
     Tencent(Watch("\"web\"", Conditions(R"({"Protocol": "TCP"}, {"DstNet": "10.0.0.0/8"})"))),
     Tencent(Watch("\"web\"", Conditions(R"({"Protocol": "TCP"})"))),
     "/mirrors/0/CollectorNormalFilters/1", "conditions", 2},
    Shown(1, RuleCase{"MIR-FLT-005", Tencent(Watch("\"web\"", Rules("", ""))),
                      Tencent(Watch("\"web\"", Rules(kAll, kAll))), "/mirrors/0", "rules", 0}),
    Shown(2, RuleCase{"MIR-FLT-006", Tencent(Watch("\"web\"", Rules(kAll, ""))),
                      Tencent(Watch("\"web\"", Rules(kAll, kAll))), "/mirrors/0"}),
    Edited(Shown(
        1, RuleCase{"MIR-FLT-007",
                    Tencent(Watch("\"web\"", Rules(std::string(kAll) + ", " + kHttps, kAll))),
                    Tencent(Watch("\"web\"", Rules(std::string(kAll) + ", " + kHttpsFirst, kAll))),
                    "/mirrors/0/IngressFilterRules/1"})),
    {"MIR-MTU-001", Tencent(kWatched, Www("10 Mbps", R"("sizes": "1500 B")")),
     Tencent(kWatched, Www("10 Mbps", R"("sizes": "1464 B")")), "/mirrors/0", "cut", 50},
    Edited(RuleCase{"MIR-SEC-001", WithGroup(R"({"action": "accept", "protocol": "tcp"})"),
                    WithGroup(R"({"action": "accept", "protocol": "udp", "ports": 4789})"),
                    "/vpcs/v/security_groups/g", "sources", 1}),
    // 18 Gbps of sources: a ninth is 2.
    Edited(RuleCase{"MIR-CAP-001",
                    Tencent(kWatched, "", R"("limits": {"bandwidth": "3 Gbps"})",
                            R"("limits": {"bandwidth": "1.5 Gbps"})"),
                    Tencent(kWatched, "", R"("limits": {"bandwidth": "3 Gbps"})",
                            R"("limits": {"bandwidth": "2 Gbps"})"),
                    "/mirrors/0"}),
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
     Tencent(Watch(R"("web[0]", "db")"),
             R"("sql": {"from": "web[0]", "to": "db", "rate": "100 Mbps", "sizes": "1000 B"})"),
     Tencent(Watch(R"("web[0]")"),
             R"("sql": {"from": "web[0]", "to": "db", "rate": "100 Mbps", "sizes": "1000 B"})"),
     "/hosts/ids", "share", 0.5},
    {"MIR-CAP-008", Tencent(kWatched, R"("up": {"from": "web[0]", "to": "db", "tcp": {}})"),
     Tencent(kWatched, Www("10 Mbps")), "/workloads/up"},
    // TCP, of which the later session would have a copy, too.
    Shown(1, RuleCase{"MIR-SES-003",
                      AwsOf(Session(1, "web[0]", 2) + ", " + Session(2, "web[0]", 1), Accept(1)),
                      AwsOf(Session(1, "web[0]", 2) + ", " + Session(2, "web[1]", 1), Accept(1)),
                      "/mirrors/TrafficMirrorSessions/1", "enis", 1}),
    Edited(RuleCase{"MIR-VNI-001", Aws("web[1]", "7"), Aws("web[1]", "8"),
                    "/mirrors/TrafficMirrorSessions/1", "vni", 7}),
    {"MIR-API-001",
     Tencent(kWatched, "", R"("limits": {"bandwidth": "3 Gbps"})",
             R"("limits": {"bandwidth": "10 Gbps"})",
             std::string(kStarted) +
                 R"(, {"at": "3 ms", "StartTrafficMirror": {"TrafficMirrorId": "mirror-1"}}])"),
     Tencent(kWatched, "", R"("limits": {"bandwidth": "3 Gbps"})",
             R"("limits": {"bandwidth": "10 Gbps"})", std::string(kStarted) + "]"),
     "/timeline/2"},
    Edited(RuleCase{"MIR-ACC-001",
                    Tencent(kWatched, "", kPlain, R"("limits": {"bandwidth": "10 Gbps"})",
                            R"(, "accept": [{"finding": "MIR-FLT-002", "because": "a test"}])"),
                    Tencent(kWatched, "", kPlain, R"("limits": {"bandwidth": "10 Gbps"})",
                            R"(, "accept": [{"finding": "MIR-STA-001", "because": "a test"}])"),
                    "/accept/0"}),
    // Of 0.357 Gbps a vCPU; six times 100 Mbps are 630 with 50 bytes more each 1,000.
    {"MIR-CAP-009",
     Tencent(kWatched, Www("100 Mbps"), R"("limits": {"bandwidth": "3 Gbps"})",
             R"("limits": {"bandwidth": "10 Gbps", "vcpus": 1}, "receiver": "suricata")"),
     Tencent(kWatched, Www("100 Mbps"), R"("limits": {"bandwidth": "3 Gbps"})",
             R"("limits": {"bandwidth": "10 Gbps", "vcpus": 4}, "receiver": "suricata")"),
     "/hosts/ids", "in", 630e6},
    // Two queues of 1,000 frames of 1,514 bytes, and a ring of 1,024.
    {"MIR-CAP-010", Tencent(kWatched, "", kPlain, R"("limits": {"memory": "1 MiB"})"),
     Tencent(kWatched, "", kPlain, R"("limits": {"memory": "1 GiB"})"), "/hosts/ids", "full",
     3024.0 * 1514},
    {"MIR-CAP-011", Spread("ENI"), Spread("FIVE_TUPLE_FLOW"), "/mirrors/0", "factor", 2},
    {"MIR-FLT-008",
     Tencent(Watch("\"web\"", Rules(std::string(kAll) + R"(, {"Priority": 1,
                            "Action": "DROP"})",
                                    kAll))),
     Tencent(Watch("\"web\"", Rules(std::string(kAll) + R"(, {"Priority": 2,
                            "Action": "DROP"})",
                                    kAll))),
     "/mirrors/0/IngressFilterRules/1/Priority"},
    Shown(1, RuleCase{"MIR-FLT-009",
                      AwsOf(Session(1, "web"), Accept(1),
                            R"("enis": [{"address": "10.0.0.7",
                                "secondary_addresses": ["2001:db8::7"]}])"),
                      AwsOf(Session(1, "web"), Accept(1), R"("enis": [{"address": "10.0.0.7"}])"),
                      "/mirrors/TrafficMirrorFilters/0", "enis", 1}),
    {"MIR-FLT-010", AwsOf(Session(1, "web[0]"), Accept(1, "", "0.0.0.0/0", "::/0")),
     AwsOf(Session(1, "web[0]"), Accept(1, "", "::/0", "::/0")),
     "/mirrors/TrafficMirrorFilters/0/IngressFilterRules/0"},
    {"MIR-FLT-011",
     AwsOf(Session(1, "web[0]"),
           Accept(1, R"(, "Protocol": 1, "DestinationPortRange": {"FromPort": 80, "ToPort": 80})")),
     AwsOf(Session(1, "web[0]"),
           Accept(1, R"(, "Protocol": 6, "DestinationPortRange": {"FromPort": 80, "ToPort": 80})")),
     "/mirrors/TrafficMirrorFilters/0/IngressFilterRules/0/DestinationPortRange"},
    {"MIR-FLT-012", AwsOf(Session(1, "web[0]"), Accepts(10)),
     AwsOf(Session(1, "web[0]"), Accepts(9)), "/mirrors/TrafficMirrorFilters/0"},
    Shown(2,
          RuleCase{
              "MIR-FLT-013",
              Tencent(Watch("\"web\"", Conditions(R"({"Protocol": "TCP", "DstPort": "443"})"))),
              Tencent(Watch("\"web\"", Conditions(R"({"Protocol": "TCP"})"))), "/mirrors/0"}),
    Shown(1, RuleCase{"MIR-FLT-014",
                      Tencent(Watch("\"web\"", Conditions(R"({"SrcNet": "192.168.0.0/16",
                                                               "DstNet": "192.168.0.0/16"})"))),
                      Tencent(Watch("\"web\"", Conditions(R"({"SrcNet": "10.0.0.0/16",
                                                               "DstNet": "10.0.0.0/16"})"))),
                      "/mirrors/0", "sources", 6}),
    // Of 6 x 10 Mbps that go out of clients' ports above 32767 and into port 443, or the reverse.
    {"MIR-FLT-015",
     Tencent(Watch("\"web\"", Rules("", R"({"Priority": 1, "Action": "ACCEPT", "Protocol": "TCP",
                                            "DstPort": "443"})")),
             Www("10 Mbps")),
     Tencent(Watch("\"web\"", Rules("", R"({"Priority": 1, "Action": "ACCEPT", "Protocol": "TCP",
                                            "SrcPort": "443"})")),
             Www("10 Mbps")),
     "/mirrors/0", "offered", 60e6},
    {"MIR-INP-001", Tencent(Watch("\"wbe\"")), Tencent(kWatched), "/mirrors/0/CollectorSrcs/0"},
    {"MIR-INT-001",
     Tencent(kWatched, R"("ntp": {"at": "web[0]", "in": "1 Mbps", "peer": "169.254.0.79",
                          "protocol": "udp", "ports": {"server": 123}, "sizes": "90 B"})"),
     Tencent(kWatched, R"("ntp": {"at": "web[0]", "in": "1 Mbps", "peer": "203.0.113.7",
                          "protocol": "udp", "ports": {"server": 123}, "sizes": "90 B"})"),
     "/workloads/ntp", "never_mirrored", 1e6},
    Edited(RuleCase{"MIR-LBR-001", Clb(R"(, "listener": false)"), Clb(""), "/mirrors/0"}),
    Edited(RuleCase{"MIR-LBR-002", Clb(R"(, "cross_zone": false)"), Clb(""), "/mirrors/0"}),
    {"MIR-LBR-003", Clb("", R"(, "assumptions": {"outer_port_hash_symmetric": "false"})"), Clb(""),
     "/mirrors/0"},
    {"MIR-LBR-004", Clb(""), Clb("", "", kIdsTarget), "/mirrors/0", "within", 100'000},
    Edited(RuleCase{"MIR-LEN-001", Huawei(""), Huawei(R"(, "packet_length": 1460)"),
                    "/mirrors/traffic_mirror_sessions/0", "packet_length", 96}),
    Edited(RuleCase{"MIR-LEN-002",
                    AwsOf(Session(1, "web[0]", 1, R"(, "PacketLength": 34)"), Accept(1)),
                    AwsOf(Session(1, "web[0]", 1, R"(, "PacketLength": 35)"), Accept(1)),
                    "/mirrors/TrafficMirrorSessions/0/PacketLength"}),
    Edited(RuleCase{"MIR-LEN-003",
                    AwsOf(Session(1, "web", 1, R"(, "PacketLength": 54)"), Accept(1),
                          R"("enis": [{"address": "10.0.0.7",
                              "secondary_addresses": ["2001:db8::7"]}])"),
                    AwsOf(Session(1, "web", 1, R"(, "PacketLength": 55)"), Accept(1),
                          R"("enis": [{"address": "10.0.0.7",
                              "secondary_addresses": ["2001:db8::7"]}])"),
                    "/mirrors/TrafficMirrorSessions/0/PacketLength"}),
    // All copies of frames of 1,000 bytes.
    {"MIR-LEN-004",
     AwsOf(Session(1, "web[0]", 1, R"(, "PacketLength": 100)"), Accept(1), R"("count": 2)",
           R"("www": {"at": "web[0]", "in": "1 Mbps", "sizes": "1000 B"})"),
     AwsOf(Session(1, "web[0]", 1, R"(, "PacketLength": 1000)"), Accept(1), R"("count": 2)",
           R"("www": {"at": "web[0]", "in": "1 Mbps", "sizes": "1000 B"})"),
     "/mirrors/TrafficMirrorSessions/0", "share", 1},
    {"MIR-MTU-002", Alibaba("fixed"), Alibaba("receiver"), "/mirrors/TrafficMirrorSessions/0",
     "cut_at", 1500},
    Edited(RuleCase{"MIR-PUB-001",
                    Tencent(Watch("\"web\"", R"("Type": "PUBLICIP", "Direction": "INGRESS")")),
                    Tencent(Watch("\"web\"", R"("Type": "PUBLICIP", "Direction": "ALL")")),
                    "/mirrors/0/Direction"}),
    {"MIR-QTA-002", ManyWebs(21), ManyWebs(20), "/mirrors/0/CollectorSrcs/0"},
    {"MIR-QTA-005", WithReceiver(AwsOf(Sessions(11), Accept(1)), R"("type": "m5.large")"),
     WithReceiver(AwsOf(Sessions(10), Accept(1)), R"("type": "m5.large")"),
     "/mirrors/TrafficMirrorSessions/10", "sources", 11},
    Edited(RuleCase{"MIR-SEC-002", WithAcl(R"({"action": "accept", "protocol": "tcp"})"),
                    WithAcl(R"({"action": "accept", "protocol": "udp", "ports": 4789})"),
                    "/vpcs/v/acls/x", "sources", 1}),
    {"MIR-SES-001",
     AwsOf(Session(1, "web[0]") + ", " + Session(1, "web[0]", 2, R"(, "Description": "two")"),
           Accept(1)),
     AwsOf(Session(1, "web[0]") + ", " + Session(2, "web[0]", 2), Accept(1)),
     "/mirrors/TrafficMirrorSessions/1/SessionNumber"},
    {"MIR-SES-002", AwsOf(SessionsOfOne(4), Accept(1)), AwsOf(SessionsOfOne(3), Accept(1)),
     "/mirrors/TrafficMirrorSessions/3/NetworkInterfaceId"},
    Edited(RuleCase{"MIR-SES-004", AwsOf(Session(0, "web[0]"), Accept(1)),
                    AwsOf(Session(1, "web[0]"), Accept(1)),
                    "/mirrors/TrafficMirrorSessions/0/SessionNumber"}),
    // The first takes all packets, TCP among them; or TCP, and leaves the rest.
    Shown(1, RuleCase{"MIR-SES-005",
                      AwsOf(Session(1, "web[0]", 1) + ", " + Session(2, "web[0]", 2), Accept(1)),
                      AwsOf(Session(1, "web[0]", 2) + ", " + Session(2, "web[0]", 1), Accept(1)),
                      "/mirrors/TrafficMirrorSessions/1", "enis", 1}),
    Edited(RuleCase{"MIR-STA-001", Tencent(kWatched),
                    Tencent(Watch("\"web\"", R"("State": "RUNNING")")), "/mirrors/0"}),
    Edited(RuleCase{"MIR-STA-002", Tencent(Watch("\"web\"", R"("State": "STOPPED")")),
                    Tencent(Watch("\"web\"", R"("State": "STOPED")")), "/mirrors/0/State"}),
    {"MIR-TGT-002", Clb(R"(, "public": true)"), Clb(""), "/mirrors/0/CollectorTarget/TargetIps/0"},
    // Of two alike receivers, half of the flows have both directions at one.
    {"MIR-TGT-005",
     Spread("FIVE_TUPLE_FLOW", R"(, "assumptions": {"flow_hash_symmetric": "false"})"),
     Spread("FIVE_TUPLE_FLOW"), "/mirrors/0", "parted", 0.5},
    {"MIR-TYP-001", Tencent(kWatched, "", R"("type": "S5.4XLARGE32")"),
     Tencent(kWatched, "", R"("type": "S3.4XLARGE32")"), "/hosts/web/type"},
    {"MIR-VNI-002", Aws("web[1]", "16777216"), Aws("web[1]", "16777215"),
     "/mirrors/TrafficMirrorSessions/1/VirtualNetworkId"},
    {"MIR-VPC-001", TwoVpcs("web", "far-ids"), TwoVpcs("web", "ids"),
     "/mirrors/0/CollectorTarget/TargetIps/0"},
    Edited(RuleCase{"MIR-VPC-002", TwoVpcs(R"(far", "web)", "ids", R"(, "VpcId": "v")"),
                    TwoVpcs("web", "ids", R"(, "VpcId": "v")"), "/mirrors/0/CollectorSrcs/0"}),
    {"MIR-TGT-001",
     R"({"hosts": {"web": {}, "ids": {"enis": [{"address": "10.0.0.9",
         "secondary_addresses": ["2001:db8::9"]}]}}, "mirrors": [{"CollectorSrcs": ["web"],
         "CollectorTarget": {"TargetIps": ["2001:db8::9"]}}]})",
     R"({"hosts": {"web": {}, "ids": {"enis": [{"address": "10.0.0.9",
         "secondary_addresses": ["2001:db8::9"]}]}}, "mirrors": [{"CollectorSrcs": ["web"],
         "CollectorTarget": {"TargetIps": ["10.0.0.9"]}}]})",
     "/mirrors/0/CollectorTarget/TargetIps/0"},
    {"MIR-TGT-003", AwsTo("web"), AwsTo("web[1]"),
     "/mirrors/TrafficMirrorTargets/0/NetworkInterfaceId"},
    {"MIR-TGT-004", R"({"hosts": {"web": {}}, "mirrors": [{"CollectorSrcs": ["web"],
         "CollectorTarget": {"TargetIps": []}}]})",
     Tencent(kWatched), "/mirrors/0"},
    {"MIR-QTA-003", HuaweiToElb(201), HuaweiToElb(200),
     "/mirrors/traffic_mirror_sessions/200/traffic_mirror_target_id"},
    {"MIR-ZON-001", Zones("b"), Zones("a"), "/mirrors/0", "sources", 1},
};

}  // namespace vpcmirror::sim
