// Resources of Terraform's provider aliyun/alicloud: networks, machines and mirrors.
#include <algorithm>
#include <map>
#include <utility>

#include "sim/import/read_rules.h"
#include "sim/import/terraform_reader.h"

namespace vpcmirror::sim {
namespace {

using Block = TerraformBlock;

// The first of several names that the provider has had for an attribute.
std::optional<FoundText> TextOfAny(const Block& at, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (auto text = at.Text(name)) return text;
  }
  return std::nullopt;
}

class AlibabaNetwork {
 public:
  explicit AlibabaNetwork(TerraformReader& reader) : reader_(reader), all_(reader.inventory()) {}

  void Read() {
    for (const Block& at : reader_.Blocks("alicloud_vpc")) {
      FoundVpc vpc{.origin = at.resource().origin, .id = at.resource().id};
      vpc.name = TerraformReader::NameOf(at, "vpc_name");
      vpc.cidr = reader_.Text(at, "cidr_block", "The ranges of VPCs (cidr_block)");
      vpc.ipv6_cidr = at.Text("ipv6_cidr_block");
      all_.vpcs.push_back(std::move(vpc));
    }
    for (const Block& at : reader_.Blocks({"alicloud_vswitch", "alicloud_subnet"})) {
      FoundSubnet subnet{.origin = at.resource().origin, .id = at.resource().id};
      subnet.name = TerraformReader::NameOf(at, "vswitch_name");
      subnet.vpc = reader_.Id(at, "vpc_id");
      subnet.cidr = reader_.Text(at, "cidr_block", "The ranges of vSwitches (cidr_block)");
      subnet.zone = TextOfAny(at, {"zone_id", "availability_zone"});
      all_.subnets.push_back(std::move(subnet));
    }
    ReadGroups();
    for (const Block& at : reader_.Blocks("alicloud_instance")) AddInstance(at);
    for (const Block& at :
         reader_.Blocks({"alicloud_network_interface", "alicloud_ecs_network_interface"})) {
      AddEni(at);
    }
    for (const Block& at : reader_.Blocks({"alicloud_network_interface_attachment",
                                           "alicloud_ecs_network_interface_attachment"})) {
      Attach(at);
    }
    for (const Block& at : reader_.Blocks({"alicloud_slb_load_balancer", "alicloud_slb"})) {
      AddBalancer(at);
    }
  }

 private:
  struct Entry {
    double priority = 1;
    bool is_egress = false;
    FoundRule rule;
  };

  void ReadGroups() {
    std::map<std::string, std::vector<Entry>> entries;
    for (const Block& at : reader_.Blocks("alicloud_security_group_rule")) {
      const auto group = reader_.Id(at, "security_group_id");
      if (!group) continue;
      Entry entry{.priority = at.Number("priority").value_or(1)};
      const auto type = at.Text("type");
      entry.is_egress = type && type->value == "egress";
      entry.rule.origin = at.resource().origin;
      const auto policy = at.Text("policy");
      entry.rule.accept = !policy || policy->value == "accept";
      if (!TakeProtocol(at.Text("ip_protocol"), entry.rule, reader_.into())) continue;
      entry.rule.peer = at.Text("cidr_ip");
      entry.rule.peer_group = reader_.Id(at, "source_security_group_id");
      if (const auto ports = at.Text("port_range")) entry.rule.ports = PortsOf(*ports);
      entries[group->value].push_back(std::move(entry));
    }
    for (const Block& at : reader_.Blocks("alicloud_security_group")) {
      FoundRuleSet group{.origin = at.resource().origin, .id = at.resource().id};
      group.vpc = reader_.Id(at, "vpc_id");
      auto& own = entries[group.id];
      // By priority, and of equal ones those that drop first.
      std::stable_sort(own.begin(), own.end(), [](const Entry& a, const Entry& b) {
        return std::pair(a.priority, a.rule.accept) < std::pair(b.priority, b.rule.accept);
      });
      for (Entry& each : own) {
        (each.is_egress ? group.egress : group.ingress).push_back(std::move(each.rule));
      }
      // A basic security group lets out what no rule is about.
      group.egress.push_back({.origin = group.origin});
      all_.security_groups.push_back(std::move(group));
    }
  }

  void AddInstance(const Block& at) {
    const TerraformResource& resource = at.resource();
    FoundInstance instance{.origin = resource.origin, .id = resource.id};
    instance.name = TerraformReader::NameOf(at, "instance_name");
    instance.type = reader_.Text(at, "instance_type", "The types of instances");
    instance.subnet = reader_.Id(at, "vswitch_id");
    instance.security_groups = reader_.Ids(at, "security_groups");
    FoundEni eni{.origin = resource.origin, .id = TerraformReader::PrimaryEni(resource)};
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
    const auto is_it = [&](const FoundEni& each) { return each.id == eni.id; };
    if (std::any_of(all_.enis.begin(), all_.enis.end(), is_it)) return;
    eni.name = TerraformReader::NameOf(at, "network_interface_name");
    eni.subnet = reader_.Id(at, "vswitch_id");
    eni.address = TextOfAny(at, {"primary_ip_address", "private_ip"});
    if (!eni.address) eni.address = reader_.Text(at, "primary_ip_address", "The addresses of ENIs");
    eni.mac = at.Text("mac");
    for (const char* name : {"security_group_ids", "security_groups"}) {
      if (eni.security_groups.empty()) eni.security_groups = reader_.Ids(at, name);
    }
    all_.enis.push_back(std::move(eni));
  }

  void Attach(const Block& at) {
    const auto eni = reader_.Id(at, "network_interface_id");
    const auto instance = reader_.Id(at, "instance_id");
    for (FoundEni& each : all_.enis) {
      if (!eni || !instance || each.id != eni->value) continue;
      each.instance = instance;
      each.index = 1;
    }
  }

  void AddBalancer(const Block& at) {
    FoundBalancer balancer{.origin = at.resource().origin, .id = at.resource().id, .kind = "clb"};
    balancer.name = TerraformReader::NameOf(at, "load_balancer_name");
    if (auto subnet = reader_.Id(at, "vswitch_id")) balancer.subnets.push_back(*subnet);
    balancer.address = at.Text("address");
    for (const Block& each : reader_.Blocks("alicloud_slb_listener")) {
      const auto of = reader_.Id(each, "load_balancer_id");
      const auto protocol = each.Text("protocol");
      const auto port = WholeOf(each.Number("frontend_port"));
      if (of && port && of->value == balancer.id && protocol && protocol->value == "udp") {
        balancer.listener = FoundText{"udp:" + std::to_string(*port), protocol->origin};
      }
    }
    for (const Block& each : reader_.Blocks("alicloud_slb_attachment")) {
      const auto of = reader_.Id(each, "load_balancer_id");
      if (of && of->value == balancer.id) balancer.backends = reader_.Ids(each, "instance_ids");
    }
    for (const Block& each : reader_.Blocks("alicloud_slb_backend_server")) {
      const auto of = reader_.Id(each, "load_balancer_id");
      if (!of || of->value != balancer.id) continue;
      for (const Block& server : each.Blocks("backend_servers")) {
        if (auto id = reader_.Id(server, "server_id")) balancer.backends.push_back(*id);
      }
    }
    all_.load_balancers.push_back(std::move(balancer));
  }

  TerraformReader& reader_;
  Inventory& all_;
};

class AlibabaMirrorResources {
 public:
  explicit AlibabaMirrorResources(TerraformReader& reader)
      : reader_(reader), all_(reader.inventory()) {}

  void Read() {
    for (const Block& at : reader_.Blocks("alicloud_vpc_traffic_mirror_session")) AddSession(at);
    for (const Block& at : reader_.Blocks("alicloud_vpc_traffic_mirror_filter")) AddFilter(at);
    for (const char* direction : {"ingress", "egress"}) {
      const std::string type =
          std::string("alicloud_vpc_traffic_mirror_filter_") + direction + "_rule";
      const bool is_egress = std::string_view(direction) == "egress";
      for (const Block& at : reader_.Blocks(type)) {
        const auto of = reader_.Id(at, "traffic_mirror_filter_id");
        FoundMirrorPart* filter = of ? Filter(of->value) : nullptr;
        if (filter == nullptr) {
          Lose("Rule", at, "its filter cannot be told");
          continue;
        }
        filter->body.Get(is_egress ? "EgressRules" : "IngressRules")->Add(Rule(at));
      }
    }
  }

 private:
  void Lose(const char* what, const Block& at, const char* why) {
    reader_.into().AddGap(
        "mirror_left_out",
        std::string(what) + " " + at.resource().address + " is left out: " + why + ".",
        "the state after an apply, as `terraform show -json` prints it", at.resource().origin);
  }

  void AddSession(const Block& at) {
    const std::vector<FoundText> sources = reader_.Ids(at, "traffic_mirror_source_ids");
    const auto target = reader_.Id(at, "traffic_mirror_target_id");
    const auto filter = reader_.Id(at, "traffic_mirror_filter_id");
    if (sources.empty() || !target || !filter) {
      Lose("Session", at, "its sources, filter or target cannot be told");
      return;
    }
    const TerraformResource& resource = at.resource();
    FoundMirrorPart part{.list = "TrafficMirrorSessions",
                         .id = resource.id,
                         .body = SourcedJson::Object(resource.origin)};
    part.body.Set("TrafficMirrorSessionId", SourcedJson::Text(resource.id, resource.origin));
    SourcedJson list = SourcedJson::List(at.OriginOf("traffic_mirror_source_ids"));
    for (const FoundText& each : sources) {
      list.Add(SourcedJson::Text(each));
      part.ends.push_back({.what = MirrorEnd::What::kEni, .id = each});
    }
    part.body.Set("TrafficMirrorSourceIds", std::move(list));
    SetText(part.body, "TrafficMirrorTargetId", target);
    const auto type = at.Text("traffic_mirror_target_type");
    SetText(part.body, "TrafficMirrorTargetType", type);
    SetText(part.body, "TrafficMirrorFilterId", filter);
    SetWhole(part.body, "Priority", at, "priority");
    SetWhole(part.body, "VirtualNetworkId", at, "virtual_network_id");
    SetWhole(part.body, "PacketLength", at, "packet_length");
    part.body.Set("Enabled", SourcedJson::Flag(at.Flag("enabled"), at.OriginOf("enabled")));
    MirrorEnd end{.is_receiver = true, .id = *target};
    if (type && type->value == "SLB") end.balancer_kind = "clb";
    if (type && type->value == "GatewayLoadBalancerEndpoint") end.balancer_kind = "gwlbe";
    if (!end.balancer_kind.empty()) end.what = MirrorEnd::What::kBalancer;
    part.ends.push_back(std::move(end));
    all_.mirrors.push_back(std::move(part));
  }

  void AddFilter(const Block& at) {
    const TerraformResource& resource = at.resource();
    FoundMirrorPart part{.list = "TrafficMirrorFilters",
                         .id = resource.id,
                         .body = SourcedJson::Object(resource.origin)};
    part.body.Set("TrafficMirrorFilterId", SourcedJson::Text(resource.id, resource.origin));
    for (const auto& [block, list] :
         {std::pair("ingress_rules", "IngressRules"), std::pair("egress_rules", "EgressRules")}) {
      SourcedJson& rules = part.body.Set(list, SourcedJson::List(at.OriginOf(block)));
      for (const Block& rule : at.Blocks(block)) rules.Add(Rule(rule));
    }
    all_.mirrors.push_back(std::move(part));
  }

  SourcedJson Rule(const Block& at) {
    SourcedJson rule = SourcedJson::Object(at.OriginOf("priority"));
    SetWhole(rule, "Priority", at, "priority");
    // The attribute's name was rule_action before it was action.
    auto action = at.Text("action");
    if (!action) action = at.Text("rule_action");
    SetText(rule, "Action", action);
    SetText(rule, "Protocol", at.Text("protocol"));
    SetText(rule, "SourceCidrBlock", at.Text("source_cidr_block"));
    SetText(rule, "DestinationCidrBlock", at.Text("destination_cidr_block"));
    SetText(rule, "SourcePortRange", at.Text("source_port_range"));
    SetText(rule, "DestinationPortRange", at.Text("destination_port_range"));
    return rule;
  }

  FoundMirrorPart* Filter(const std::string& id) {
    const auto is_it = [&](const FoundMirrorPart& each) {
      return each.list == "TrafficMirrorFilters" && each.id == id;
    };
    const auto found = std::find_if(all_.mirrors.begin(), all_.mirrors.end(), is_it);
    return found == all_.mirrors.end() ? nullptr : &*found;
  }

  TerraformReader& reader_;
  Inventory& all_;
};

}  // namespace

void ReadTerraformAlibaba(TerraformReader& reader) {
  AlibabaNetwork(reader).Read();
  ReadTerraformAlibabaMirrors(reader);
}

void ReadTerraformAlibabaMirrors(TerraformReader& reader) { AlibabaMirrorResources(reader).Read(); }

}  // namespace vpcmirror::sim
