// Resources of Terraform's provider tencentcloudstack/tencentcloud. Of mirrors it has the rules
// by direction alone (tencentcloud_vpc_traffic_mirror_filter_rules_v2): the mirror itself is made
// elsewhere, so that they are joined to one of that ID in other files, or left out and told.
#include <algorithm>
#include <utility>

#include "sim/import/read_rules.h"
#include "sim/import/terraform_reader.h"

namespace vpcmirror::sim {
namespace {

using Block = TerraformBlock;

constexpr RouteWord kNextTypes[] = {
    {"CVM", RouteVia::kInstance},   {"NORMAL_CVM", RouteVia::kInstance},
    {"EIP", RouteVia::kOutside},    {"VPN", RouteVia::kOutside},
    {"NAT", RouteVia::kNatGateway}, {"PEERCONNECTION", RouteVia::kPeering},
    {"CCN", RouteVia::kCcn},        {"DIRECTCONNECT", RouteVia::kOutside},
    {"HAVIP", RouteVia::kOutside},  {"LOCAL_GATEWAY", RouteVia::kOutside},
};

class TencentResources {
 public:
  explicit TencentResources(TerraformReader& reader) : reader_(reader), all_(reader.inventory()) {}

  void Read() {
    for (const Block& at : reader_.Blocks("tencentcloud_vpc")) {
      FoundVpc vpc{.origin = at.resource().origin, .id = at.resource().id};
      vpc.name = TerraformReader::NameOf(at);
      vpc.cidr = reader_.Text(at, "cidr_block", "The ranges of VPCs (cidr_block)");
      all_.vpcs.push_back(std::move(vpc));
    }
    for (const Block& at : reader_.Blocks("tencentcloud_subnet")) {
      FoundSubnet subnet{.origin = at.resource().origin, .id = at.resource().id};
      subnet.name = TerraformReader::NameOf(at);
      subnet.vpc = reader_.Id(at, "vpc_id");
      subnet.cidr = reader_.Text(at, "cidr_block", "The ranges of subnets (cidr_block)");
      subnet.zone = at.Text("availability_zone");
      subnet.route_table = reader_.Id(at, "route_table_id");
      all_.subnets.push_back(std::move(subnet));
    }
    ReadRoutes();
    ReadGroups();
    for (const Block& at : reader_.Blocks("tencentcloud_instance")) AddInstance(at);
    for (const Block& at : reader_.Blocks("tencentcloud_eni")) AddEni(at);
    for (const Block& at : reader_.Blocks("tencentcloud_eni_attachment")) {
      const auto eni = reader_.Id(at, "eni_id");
      const auto instance = reader_.Id(at, "instance_id");
      for (FoundEni& each : all_.enis) {
        if (!eni || !instance || each.id != eni->value) continue;
        each.instance = instance;
        each.index = 1;
      }
    }
    for (const Block& at : reader_.Blocks("tencentcloud_vpc_traffic_mirror_filter_rules_v2")) {
      TakeMirrorRules(at);
    }
  }

 private:
  void ReadRoutes() {
    for (const Block& at : reader_.Blocks("tencentcloud_route_table")) {
      FoundRouteTable table{.origin = at.resource().origin, .id = at.resource().id};
      table.vpc = reader_.Id(at, "vpc_id");
      all_.route_tables.push_back(std::move(table));
    }
    for (const Block& at : reader_.Blocks("tencentcloud_route_table_entry")) {
      const auto of = reader_.Id(at, "route_table_id");
      const auto destination = at.Text("destination_cidr_block");
      const auto type = at.Text("next_type");
      for (FoundRouteTable& table : all_.route_tables) {
        if (!of || !destination || !type || table.id != of->value) continue;
        FoundRoute route{.origin = at.resource().origin, .destination = *destination};
        route.via = ViaOf(*type, kNextTypes, reader_.into());
        route.hop = reader_.Id(at, "next_hub");
        table.routes.push_back(std::move(route));
      }
    }
    for (const Block& at : reader_.Blocks("tencentcloud_nat_gateway")) {
      FoundGateway gateway{.origin = at.resource().origin, .id = at.resource().id};
      gateway.vpc = reader_.Id(at, "vpc_id");
      all_.gateways.push_back(std::move(gateway));
    }
  }

  void TakeRule(const Block& at, std::vector<FoundRule>& rules) {
    FoundRule rule{.origin = at.OriginOf("action")};
    const auto action = at.Text("action");
    rule.accept = action && action->value == "ACCEPT";
    if (!TakeProtocol(at.Text("protocol"), rule, reader_.into())) return;
    rule.peer = at.Text("cidr_block");
    rule.peer_group = reader_.Id(at, "source_security_id");
    if (const auto ports = at.Text("port")) rule.ports = PortsOf(*ports);
    rules.push_back(std::move(rule));
  }

  void ReadGroups() {
    for (const Block& at : reader_.Blocks("tencentcloud_security_group")) {
      all_.security_groups.push_back(
          {.origin = at.resource().origin, .id = at.resource().id, .has_rules = false});
    }
    for (const Block& at : reader_.Blocks("tencentcloud_security_group_rule_set")) {
      const auto of = reader_.Id(at, "security_group_id");
      for (FoundRuleSet& group : all_.security_groups) {
        if (!of || group.id != of->value) continue;
        group.has_rules = true;
        for (const Block& each : at.Blocks("ingress")) TakeRule(each, group.ingress);
        for (const Block& each : at.Blocks("egress")) TakeRule(each, group.egress);
      }
    }
  }

  void AddInstance(const Block& at) {
    const TerraformResource& resource = at.resource();
    FoundInstance instance{.origin = resource.origin, .id = resource.id};
    instance.name = TerraformReader::NameOf(at, "instance_name");
    instance.type = reader_.Text(at, "instance_type", "The types of instances");
    instance.vpc = reader_.Id(at, "vpc_id");
    instance.subnet = reader_.Id(at, "subnet_id");
    for (const char* name : {"orderly_security_groups", "security_groups"}) {
      if (instance.security_groups.empty()) instance.security_groups = reader_.Ids(at, name);
    }
    FoundEni eni{.origin = resource.origin, .id = TerraformReader::PrimaryEni(resource)};
    eni.vpc = instance.vpc;
    eni.subnet = instance.subnet;
    eni.address = reader_.Text(at, "private_ip", "The addresses of ENIs");
    eni.security_groups = instance.security_groups;
    eni.instance = FoundText{resource.id, resource.origin};
    eni.index = 0;
    all_.instances.push_back(std::move(instance));
    all_.enis.push_back(std::move(eni));
  }

  void AddEni(const Block& at) {
    FoundEni eni{.origin = at.resource().origin, .id = at.resource().id};
    eni.name = TerraformReader::NameOf(at);
    eni.vpc = reader_.Id(at, "vpc_id");
    eni.subnet = reader_.Id(at, "subnet_id");
    eni.mac = at.Text("mac");
    eni.security_groups = reader_.Ids(at, "security_groups");
    for (const Block& each : at.Blocks("ipv4s")) {
      auto address = each.Text("ip");
      if (!address) continue;
      if (each.Flag("primary")) {
        eni.address = std::move(address);
      } else {
        eni.more_addresses.push_back(std::move(*address));
      }
    }
    all_.enis.push_back(std::move(eni));
  }

  static SourcedJson MirrorRule(const Block& at) {
    SourcedJson rule = SourcedJson::Object(at.OriginOf("priority"));
    SetWhole(rule, "Priority", at, "priority");
    for (const auto& [attribute, key] :
         {std::pair("action", "Action"), std::pair("src_net", "SrcNet"),
          std::pair("dst_net", "DstNet"), std::pair("protocol", "Protocol"),
          std::pair("src_port", "SrcPort"), std::pair("dst_port", "DstPort")}) {
      SetText(rule, key, at.Text(attribute));
    }
    return rule;
  }

  void TakeMirrorRules(const Block& at) {
    const auto of = reader_.Id(at, "traffic_mirror_id");
    for (FoundMirrorPart& part : all_.mirrors) {
      if (!of || part.id != of->value) continue;
      part.body.Remove("Direction");
      part.body.Set("Direction", SourcedJson::Text("NO-DIRECTION", at.resource().origin));
      for (const auto& [block, list] : {std::pair("ingress_filter_rules", "IngressFilterRules"),
                                        std::pair("egress_filter_rules", "EgressFilterRules")}) {
        part.body.Remove(list);
        SourcedJson& rules = part.body.Set(list, SourcedJson::List(at.OriginOf(block)));
        for (const Block& each : at.Blocks(block)) rules.Add(MirrorRule(each));
      }
      return;
    }
    reader_.into().AddContradiction(
        at.resource().address + " gives rules to mirror " + (of ? of->value : "of no known ID") +
            ", whose sources and receivers no resource of Terraform has: it is left out",
        "the answer of DescribeTrafficMirrors beside the plan", at.resource().origin);
  }

  TerraformReader& reader_;
  Inventory& all_;
};

}  // namespace

void ReadTerraformTencent(TerraformReader& reader) { TencentResources(reader).Read(); }

}  // namespace vpcmirror::sim
