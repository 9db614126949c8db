// Resources aws_ec2_traffic_mirror_* of Terraform's provider hashicorp/aws, made into the lists
// that AWS's command line prints of them.
#include <algorithm>
#include <utility>

#include "sim/import/read_rules.h"
#include "sim/import/terraform_reader.h"

namespace vpcmirror::sim {
namespace {

using Block = TerraformBlock;

SourcedJson IdText(const Block& at) {
  return SourcedJson::Text(at.resource().id, at.resource().origin);
}

class AwsMirrorResources {
 public:
  explicit AwsMirrorResources(TerraformReader& reader)
      : reader_(reader), all_(reader.inventory()) {}

  void Read() {
    for (const Block& each : reader_.Blocks("aws_ec2_traffic_mirror_session")) AddSession(each);
    for (const Block& each : reader_.Blocks("aws_ec2_traffic_mirror_filter")) AddFilter(each);
    for (const Block& each : reader_.Blocks("aws_ec2_traffic_mirror_filter_rule")) AddRule(each);
    for (const Block& each : reader_.Blocks("aws_ec2_traffic_mirror_target")) AddTarget(each);
    const std::size_t sessions = all_.mirrors.size();
    for (std::size_t i = 0; i < sessions; ++i) {
      if (all_.mirrors[i].list != "TrafficMirrorSessions") continue;
      const SourcedJson body = all_.mirrors[i].body;
      AssumeTarget(*body.Get("TrafficMirrorTargetId"));
      AssumeFilter(*body.Get("TrafficMirrorFilterId"));
    }
  }

 private:
  FoundMirrorPart& Add(const char* list, const Block& at) {
    FoundMirrorPart part{
        .list = list, .id = at.resource().id, .body = SourcedJson::Object(at.resource().origin)};
    all_.mirrors.push_back(std::move(part));
    return all_.mirrors.back();
  }

  void AddSession(const Block& at) {
    const auto source = reader_.Id(at, "network_interface_id");
    const auto filter = reader_.Id(at, "traffic_mirror_filter_id");
    const auto target = reader_.Id(at, "traffic_mirror_target_id");
    if (!source || !filter || !target) {
      reader_.into().AddGap("mirror_left_out",
                            "Session " + at.resource().address +
                                " is left out: its source, filter or target cannot be told.",
                            "the state after an apply, as `terraform show -json` prints it",
                            at.resource().origin);
      return;
    }
    FoundMirrorPart& part = Add("TrafficMirrorSessions", at);
    part.body.Set("TrafficMirrorSessionId", IdText(at));
    SetText(part.body, "NetworkInterfaceId", source);
    SetText(part.body, "TrafficMirrorTargetId", target);
    SetText(part.body, "TrafficMirrorFilterId", filter);
    SetWhole(part.body, "SessionNumber", at, "session_number");
    if (WholeOf(at.Number("packet_length")).value_or(0) > 0) {
      SetWhole(part.body, "PacketLength", at, "packet_length");
    }
    SetWhole(part.body, "VirtualNetworkId", at, "virtual_network_id");
    part.ends.push_back({.what = MirrorEnd::What::kEni, .id = *source});
  }

  void AddFilter(const Block& at) {
    FoundMirrorPart& part = Add("TrafficMirrorFilters", at);
    part.body.Set("TrafficMirrorFilterId", IdText(at));
    part.body.Set("IngressFilterRules", SourcedJson::List());
    part.body.Set("EgressFilterRules", SourcedJson::List());
    SourcedJson services = SourcedJson::List(at.OriginOf("network_services"));
    for (const FoundText& each : at.Texts("network_services")) {
      services.Add(SourcedJson::Text(each));
    }
    if (!services.is_empty()) part.body.Set("NetworkServices", std::move(services));
  }

  FoundMirrorPart* Filter(const std::string& id) { return Part("TrafficMirrorFilters", id); }

  FoundMirrorPart* Part(std::string_view list, const std::string& id) {
    const auto is_it = [&](const FoundMirrorPart& each) {
      return each.list == list && each.id == id;
    };
    const auto found = std::find_if(all_.mirrors.begin(), all_.mirrors.end(), is_it);
    return found == all_.mirrors.end() ? nullptr : &*found;
  }

  static void SetPorts(SourcedJson& rule, const char* key, const Block& at, const char* name) {
    for (const Block& range : at.Blocks(name)) {
      SourcedJson ports = SourcedJson::Object(range.OriginOf("from_port"));
      SetWhole(ports, "FromPort", range, "from_port");
      SetWhole(ports, "ToPort", range, "to_port");
      if (ports.members().size() == 2) rule.Set(key, std::move(ports));
      return;
    }
  }

  void AddRule(const Block& at) {
    const auto of = reader_.Id(at, "traffic_mirror_filter_id");
    FoundMirrorPart* filter = of ? Filter(of->value) : nullptr;
    const auto action = reader_.Text(at, "rule_action", kOfRules);
    const auto source = reader_.Text(at, "source_cidr_block", kOfRules);
    const auto destination = reader_.Text(at, "destination_cidr_block", kOfRules);
    if (filter == nullptr || !action || !source || !destination) {
      reader_.into().AddGap("rule_left_out",
                            "Rule " + at.resource().address +
                                " is left out: its filter, action or ranges cannot be told.",
                            "the state after an apply, as `terraform show -json` prints it",
                            at.resource().origin);
      return;
    }
    SourcedJson rule = SourcedJson::Object(at.resource().origin);
    rule.Set("TrafficMirrorFilterRuleId", IdText(at));
    SetWhole(rule, "RuleNumber", at, "rule_number");
    SetText(rule, "RuleAction", action);
    SetWhole(rule, "Protocol", at, "protocol");
    SetText(rule, "SourceCidrBlock", source);
    SetText(rule, "DestinationCidrBlock", destination);
    SetPorts(rule, "SourcePortRange", at, "source_port_range");
    SetPorts(rule, "DestinationPortRange", at, "destination_port_range");
    const auto direction = at.Text("traffic_direction");
    const bool is_egress = direction && direction->value == "egress";
    filter->body.Get(is_egress ? "EgressFilterRules" : "IngressFilterRules")->Add(std::move(rule));
  }

  void AddTarget(const Block& at) {
    struct Kind {
      const char* attribute;
      const char* key;
      const char* balancer;
    };
    constexpr Kind kKinds[] = {
        {"network_interface_id", "NetworkInterfaceId", ""},
        {"network_load_balancer_arn", "NetworkLoadBalancerArn", "nlb"},
        {"gateway_load_balancer_endpoint_id", "GatewayLoadBalancerEndpointId", "gwlbe"}};
    for (const Kind& kind : kKinds) {
      const auto id = reader_.Id(at, kind.attribute);
      if (!id) continue;
      FoundMirrorPart& part = Add("TrafficMirrorTargets", at);
      part.body.Set("TrafficMirrorTargetId", IdText(at));
      SetText(part.body, kind.key, id);
      MirrorEnd end{.is_receiver = true, .id = *id};
      if (*kind.balancer != '\0') {
        end.what = MirrorEnd::What::kBalancer;
        end.balancer_kind = kind.balancer;
      }
      part.ends.push_back(std::move(end));
      return;
    }
    reader_.into().AddGap(
        "target_left_out",
        "Target " + at.resource().address + " is left out: what it is cannot be told.",
        "the state after an apply, as `terraform show -json` prints it", at.resource().origin);
  }

  // Such as one that another configuration manages.
  void AssumeTarget(const SourcedJson& name) {
    const std::string& id = name.scalar();
    if (Part("TrafficMirrorTargets", id) != nullptr) return;
    reader_.into().AddGap("target_not_listed",
                          "Target " + id +
                              " is not of this configuration: a receiver without "
                              "limits is assumed.",
                          "the target as a resource or data source", name.origin());
    FoundMirrorPart part{
        .list = "TrafficMirrorTargets", .id = id, .body = SourcedJson::Object(name.origin())};
    const FoundText eni{"receiver-of-" + id, name.origin()};
    part.body.Set("TrafficMirrorTargetId", SourcedJson::Text(id, name.origin()));
    part.body.Set("NetworkInterfaceId", SourcedJson::Text(eni));
    part.ends.push_back({.is_receiver = true, .id = eni});
    all_.mirrors.push_back(std::move(part));
  }

  void AssumeFilter(const SourcedJson& name) {
    const std::string& id = name.scalar();
    if (Filter(id) != nullptr) return;
    reader_.into().AddGap("filter_not_listed",
                          "Filter " + id +
                              " is not of this configuration: it is assumed to copy "
                              "all IPv4 packets.",
                          "the filter and its rules as resources", name.origin());
    FoundMirrorPart part{
        .list = "TrafficMirrorFilters", .id = id, .body = SourcedJson::Object(name.origin())};
    part.body.Set("TrafficMirrorFilterId", SourcedJson::Text(id, name.origin()));
    for (const char* list : {"IngressFilterRules", "EgressFilterRules"}) {
      SourcedJson rule = SourcedJson::Object(name.origin());
      rule.Set("RuleNumber", SourcedJson::Number(1));
      rule.Set("RuleAction", SourcedJson::Text("accept"));
      rule.Set("SourceCidrBlock", SourcedJson::Text("0.0.0.0/0"));
      rule.Set("DestinationCidrBlock", SourcedJson::Text("0.0.0.0/0"));
      part.body.Set(list, SourcedJson::List()).Add(std::move(rule));
    }
    all_.mirrors.push_back(std::move(part));
  }

  static constexpr const char* kOfRules = "Actions and ranges of mirrors' rules";

  TerraformReader& reader_;
  Inventory& all_;
};

}  // namespace

void ReadTerraformAwsMirrors(TerraformReader& reader) { AwsMirrorResources(reader).Read(); }

}  // namespace vpcmirror::sim
