// Alibaba Cloud's mirrors: sessions and filters, of which each answer has a list. A scenario
// takes both side by side.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "sim/import/read_alibaba.h"
#include "sim/import/session_parts.h"

namespace vpcmirror::sim {
namespace {

constexpr const char* kAlibabaSessions = "TrafficMirrorSessions";
constexpr const char* kAlibabaFilters = "TrafficMirrorFilters";

constexpr std::array<std::string_view, 9> kAlibabaSessionKeys = {
    "TrafficMirrorSessionId",  "TrafficMirrorSourceIds", "TrafficMirrorTargetId",
    "TrafficMirrorTargetType", "TrafficMirrorFilterId",  "Priority",
    "VirtualNetworkId",        "PacketLength",           "Enabled"};
constexpr std::array<std::string_view, 1> kAlibabaFilterKeys = {"TrafficMirrorFilterId"};
constexpr std::array<std::string_view, 9> kAlibabaRuleKeys = {"TrafficMirrorFilterRuleId",
                                                              "Priority",
                                                              "Action",
                                                              "Protocol",
                                                              "SourceCidrBlock",
                                                              "DestinationCidrBlock",
                                                              "SourcePortRange",
                                                              "DestinationPortRange",
                                                              "IpVersion"};

MirrorEnd TargetOf(const Value& session, const FoundText& id) {
  MirrorEnd end{.is_receiver = true, .id = id};
  const std::string_view type = session.Text("TrafficMirrorTargetType");
  if (type == "SLB") end.balancer_kind = "clb";
  if (type == "GatewayLoadBalancerEndpoint") end.balancer_kind = "gwlbe";
  if (!end.balancer_kind.empty()) end.what = MirrorEnd::What::kBalancer;
  return end;
}

void AddAlibabaSession(const Value& at, Gathered& into) {
  FoundMirrorPart part{.list = kAlibabaSessions,
                       .id = std::string(at.Text("TrafficMirrorSessionId")),
                       .body = CopyMembers(at, kAlibabaSessionKeys)};
  for (FoundText& source : TextsOf(at.Get("TrafficMirrorSourceIds"))) {
    part.ends.push_back({.id = std::move(source)});
  }
  if (const auto target = at.FoundText("TrafficMirrorTargetId")) {
    part.ends.push_back(TargetOf(at, *target));
  }
  into.inventory.mirrors.push_back(std::move(part));
}

void AddAlibabaFilter(const Value& at, Gathered& into) {
  FoundMirrorPart part{.list = kAlibabaFilters,
                       .id = std::string(at.Text("TrafficMirrorFilterId")),
                       .body = CopyMembers(at, kAlibabaFilterKeys)};
  for (const char* list : {"IngressRules", "EgressRules"}) {
    part.body.Set(list, RulesIn(at, list, kAlibabaRuleKeys));
  }
  into.inventory.mirrors.push_back(std::move(part));
}

void AssumeAlibabaFilter(const FoundText& id, Gathered& into) {
  into.AddGap(
      "filter_not_listed",
      fmt::format("Filter {} is in no file: it is assumed to copy all IPv4 packets.", id.value),
      "add what ListTrafficMirrorFilters answers", id.origin);
  FoundMirrorPart part{
      .list = kAlibabaFilters, .id = id.value, .body = SourcedJson::Object(id.origin)};
  part.body.Set("TrafficMirrorFilterId", SourcedJson::Text(id));
  for (const char* list : {"IngressRules", "EgressRules"}) {
    SourcedJson rule = SourcedJson::Object(id.origin);
    rule.Set("Priority", SourcedJson::Number(1));
    rule.Set("Action", SourcedJson::Text("accept"));
    part.body.Set(list, SourcedJson::List()).Add(std::move(rule));
  }
  into.inventory.mirrors.push_back(std::move(part));
}

}  // namespace

void KeepAlibabaSession(const Value& session, const Value&, Gathered& into) {
  if (into.IsNew("session", session.Text("TrafficMirrorSessionId"), session)) {
    into.parts[kAlibabaSessions].push_back(session);
  }
}

void KeepAlibabaFilter(const Value& filter, const Value&, Gathered& into) {
  if (into.IsNew("filter", filter.Text("TrafficMirrorFilterId"), filter)) {
    into.parts[kAlibabaFilters].push_back(filter);
  }
}

void FinishAlibabaMirrors(Gathered& into) {
  const std::vector<Value>& sessions = into.parts[kAlibabaSessions];
  const std::vector<Value>& filters = into.parts[kAlibabaFilters];
  if (sessions.empty() && filters.empty()) return;
  into.inventory.mirror_lists = {kAlibabaSessions, kAlibabaFilters};
  for (const Value& each : sessions) AddAlibabaSession(each, into);
  for (const Value& each : filters) AddAlibabaFilter(each, into);
  for (const FoundText& id : Missing(sessions, "TrafficMirrorFilterId", filters)) {
    AssumeAlibabaFilter(id, into);
  }
}

}  // namespace vpcmirror::sim
