// AWS's mirrors: sessions, filters and targets, of which each answer has a list. A scenario
// takes all three side by side.
#include <fmt/format.h>

#include <array>
#include <map>
#include <set>
#include <utility>

#include "sim/import/read_aws.h"
#include "sim/import/session_parts.h"

namespace vpcmirror::sim {
namespace {

constexpr const char* kAwsSessions = "TrafficMirrorSessions";
constexpr const char* kAwsFilters = "TrafficMirrorFilters";
constexpr const char* kAwsRules = "TrafficMirrorFilterRules";
constexpr const char* kAwsTargets = "TrafficMirrorTargets";

constexpr std::array<std::string_view, 7> kAwsSessionKeys = {
    "TrafficMirrorSessionId", "TrafficMirrorTargetId", "TrafficMirrorFilterId",
    "NetworkInterfaceId",     "SessionNumber",         "PacketLength",
    "VirtualNetworkId"};
constexpr std::array<std::string_view, 2> kAwsFilterKeys = {"TrafficMirrorFilterId",
                                                            "NetworkServices"};
constexpr std::array<std::string_view, 8> kAwsRuleKeys = {
    "TrafficMirrorFilterRuleId", "RuleNumber",           "RuleAction",      "Protocol",
    "SourceCidrBlock",           "DestinationCidrBlock", "SourcePortRange", "DestinationPortRange"};
constexpr std::array<std::string_view, 5> kAwsTargetKeys = {
    "TrafficMirrorTargetId", "NetworkInterfaceId", "NetworkLoadBalancerArn",
    "GatewayLoadBalancerEndpointId", "Type"};

// "arn:...:loadbalancer/net/NAME/50dc6c495c0c9188" has the name before the last step.
std::string NameInArn(std::string_view arn) {
  const std::size_t last = arn.rfind('/');
  if (last == std::string_view::npos || last == 0) return std::string(arn);
  const std::size_t before = arn.rfind('/', last - 1);
  return before == std::string_view::npos ? std::string(arn.substr(last + 1))
                                          : std::string(arn.substr(before + 1, last - before - 1));
}

class AwsMirrors {
 public:
  explicit AwsMirrors(Gathered& into)
      : into_(into),
        vpcs_(into.inventory),
        sessions_(into.parts[kAwsSessions]),
        filters_(into.parts[kAwsFilters]),
        targets_(into.parts[kAwsTargets]) {}

  void Build() {
    if (sessions_.empty() && filters_.empty() && targets_.empty()) return;
    into_.inventory.mirror_lists = {kAwsSessions, kAwsFilters, kAwsTargets};
    for (const Value& each : sessions_) AddSession(each);
    for (const Value& each : filters_) AddFilter(each);
    AddRules();
    for (const Value& each : targets_) AddTarget(each);
    AssumeTargets();
    AssumeFilters();
  }

 private:
  FoundMirrorPart& Add(const char* list, std::string_view id, SourcedJson body) {
    FoundMirrorPart part{.list = list, .id = std::string(id), .body = std::move(body)};
    return into_.inventory.mirrors.emplace_back(std::move(part));
  }

  void AddSession(const Value& at) {
    FoundMirrorPart& part =
        Add(kAwsSessions, at.Text("TrafficMirrorSessionId"), CopyMembers(at, kAwsSessionKeys));
    const auto source = at.FoundText("NetworkInterfaceId");
    if (!source) return;
    part.ends.push_back({.id = *source});
    if (const auto vpc = vpcs_.Of(source->value)) {
      vpc_of_target_.emplace(at.Text("TrafficMirrorTargetId"), *vpc);
    }
  }

  void AddFilter(const Value& at) {
    SourcedJson body = CopyMembers(at, kAwsFilterKeys);
    for (const char* list : {"IngressFilterRules", "EgressFilterRules"}) {
      body.Set(list, RulesIn(at, list, kAwsRuleKeys));
      for (const Value& rule : at.ItemsOf(list)) {
        rules_.insert(std::string(rule.Text("TrafficMirrorFilterRuleId")));
      }
    }
    Add(kAwsFilters, at.Text("TrafficMirrorFilterId"), std::move(body));
  }

  SourcedJson* Filter(std::string_view id) {
    for (FoundMirrorPart& part : into_.inventory.mirrors) {
      if (part.list == kAwsFilters && part.id == id) return &part.body;
    }
    return nullptr;
  }

  // Of the list of rules on their own, those that stood in no filter.
  void AddRules() {
    for (const Value& rule : into_.parts[kAwsRules]) {
      const auto id = rule.FoundText("TrafficMirrorFilterId");
      const std::string own(rule.Text("TrafficMirrorFilterRuleId"));
      if (!id || (!own.empty() && !rules_.insert(own).second)) continue;
      SourcedJson* filter = Filter(id->value);
      if (filter == nullptr) filter = &EmptyFilter(*id);
      const bool is_egress = rule.Text("TrafficDirection") == "egress";
      filter->Get(is_egress ? "EgressFilterRules" : "IngressFilterRules")
          ->Add(CopyMembers(rule, kAwsRuleKeys));
    }
  }

  SourcedJson& EmptyFilter(const FoundText& id) {
    SourcedJson body = SourcedJson::Object(id.origin);
    body.Set("TrafficMirrorFilterId", SourcedJson::Text(id));
    body.Set("IngressFilterRules", SourcedJson::List());
    body.Set("EgressFilterRules", SourcedJson::List());
    return Add(kAwsFilters, id.value, std::move(body)).body;
  }

  void AddTarget(const Value& at) {
    FoundMirrorPart& part =
        Add(kAwsTargets, at.Text("TrafficMirrorTargetId"), CopyMembers(at, kAwsTargetKeys));
    const auto vpc = vpc_of_target_.find(at.Text("TrafficMirrorTargetId"));
    MirrorEnd end{.is_receiver = true};
    if (vpc != vpc_of_target_.end()) end.vpc = vpc->second;
    if (const auto eni = at.FoundText("NetworkInterfaceId")) {
      end.id = *eni;
    } else if (const auto arn = at.FoundText("NetworkLoadBalancerArn")) {
      end.what = MirrorEnd::What::kBalancer;
      end.id = {NameInArn(arn->value), arn->origin};
      end.balancer_kind = "nlb";
    } else if (const auto endpoint = at.FoundText("GatewayLoadBalancerEndpointId")) {
      end.what = MirrorEnd::What::kBalancer;
      end.id = *endpoint;
      end.balancer_kind = "gwlbe";
    } else {
      return;
    }
    part.ends.push_back(std::move(end));
  }

  // Such as those that another account shares.
  void AssumeTargets() {
    for (const FoundText& id : Missing(sessions_, "TrafficMirrorTargetId", targets_)) {
      into_.AddGap(
          "target_not_listed",
          fmt::format("Target {} is in no file: a receiver without limits is assumed.", id.value),
          "add what describe-traffic-mirror-targets prints for the account that owns it",
          id.origin);
      const std::string eni = "receiver-of-" + id.value;
      FoundEni receiver{.origin = id.origin, .id = eni};
      const auto vpc = vpc_of_target_.find(id.value);
      if (vpc != vpc_of_target_.end()) receiver.vpc = vpc->second;
      into_.inventory.enis.push_back(std::move(receiver));
      SourcedJson body = SourcedJson::Object(id.origin);
      body.Set("TrafficMirrorTargetId", SourcedJson::Text(id));
      body.Set("NetworkInterfaceId", SourcedJson::Text(eni, id.origin));
      Add(kAwsTargets, id.value, std::move(body));
    }
  }

  void AssumeFilters() {
    std::vector<FoundText> missing = Missing(sessions_, "TrafficMirrorFilterId", filters_);
    for (const FoundText& id : missing) {
      if (Filter(id.value) != nullptr) continue;
      into_.AddGap(
          "filter_not_listed",
          fmt::format("Filter {} is in no file: it is assumed to copy all IPv4 packets.", id.value),
          "add what describe-traffic-mirror-filters prints", id.origin);
      SourcedJson& filter = EmptyFilter(id);
      for (const char* list : {"IngressFilterRules", "EgressFilterRules"}) {
        SourcedJson rule = SourcedJson::Object(id.origin);
        rule.Set("RuleNumber", SourcedJson::Number(1));
        rule.Set("RuleAction", SourcedJson::Text("accept"));
        rule.Set("SourceCidrBlock", SourcedJson::Text("0.0.0.0/0"));
        rule.Set("DestinationCidrBlock", SourcedJson::Text("0.0.0.0/0"));
        filter.Get(list)->Add(std::move(rule));
      }
    }
  }

  Gathered& into_;
  EniVpcs vpcs_;
  const std::vector<Value>& sessions_;
  const std::vector<Value>& filters_;
  const std::vector<Value>& targets_;
  std::map<std::string, FoundText, std::less<>> vpc_of_target_;
  std::set<std::string> rules_;  // IDs of those in filters
};

}  // namespace

void KeepAwsSession(const Value& session, const Value&, Gathered& into) {
  if (into.IsNew("session", session.Text("TrafficMirrorSessionId"), session)) {
    into.parts[kAwsSessions].push_back(session);
  }
}
void KeepAwsFilter(const Value& filter, const Value&, Gathered& into) {
  if (into.IsNew("filter", filter.Text("TrafficMirrorFilterId"), filter)) {
    into.parts[kAwsFilters].push_back(filter);
  }
}
void KeepAwsRule(const Value& rule, const Value&, Gathered& into) {
  if (into.IsNew("filter rule", rule.Text("TrafficMirrorFilterRuleId"), rule)) {
    into.parts[kAwsRules].push_back(rule);
  }
}
void KeepAwsTarget(const Value& target, const Value&, Gathered& into) {
  if (into.IsNew("target", target.Text("TrafficMirrorTargetId"), target)) {
    into.parts[kAwsTargets].push_back(target);
  }
}

void FinishAwsMirrors(Gathered& into) { AwsMirrors(into).Build(); }

}  // namespace vpcmirror::sim
