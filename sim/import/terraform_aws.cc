// Resources of Terraform's provider hashicorp/aws that are a network and what is in it.
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "sim/import/read_rules.h"
#include "sim/import/terraform_reader.h"

namespace vpcmirror::sim {
namespace {

using Block = TerraformBlock;

struct Hop {
  std::string_view attribute;
  RouteVia via;
};
constexpr std::array<Hop, 10> kHops = {{
    {"nat_gateway_id", RouteVia::kNatGateway},
    {"vpc_peering_connection_id", RouteVia::kPeering},
    {"transit_gateway_id", RouteVia::kCcn},
    {"network_interface_id", RouteVia::kInstance},
    {"instance_id", RouteVia::kInstance},
    {"gateway_id", RouteVia::kOutside},
    {"egress_only_gateway_id", RouteVia::kOutside},
    {"vpc_endpoint_id", RouteVia::kOutside},
    {"local_gateway_id", RouteVia::kOutside},
    {"core_network_arn", RouteVia::kOutside},
}};

// Protocol -1 is any, and rules of any protocol have port 0 at both ends.
std::optional<FoundText> RulePorts(const Block& at, const std::string& protocol) {
  if (protocol != "tcp" && protocol != "udp") return std::nullopt;
  const auto ports = PortsBetween(at, "from_port", "to_port", "-");
  return ports ? PortsOf(*ports) : std::nullopt;
}

class AwsNetwork {
 public:
  explicit AwsNetwork(TerraformReader& reader) : reader_(reader), all_(reader.inventory()) {}

  void Read() {
    for (const Block& each : reader_.Blocks({"aws_vpc", "aws_default_vpc"})) AddVpc(each);
    for (const Block& each : reader_.Blocks({"aws_subnet", "aws_default_subnet"})) AddSubnet(each);
    ReadRoutes();
    ReadGroups();
    ReadAcls();
    for (const Block& each : reader_.Blocks("aws_instance")) AddInstance(each);
    for (const Block& each : reader_.Blocks("aws_network_interface")) AddEni(each);
    for (const Block& each : reader_.Blocks("aws_network_interface_attachment")) Attach(each);
    ReadGateways();
    ReadBalancers();
  }

 private:
  void AddVpc(const Block& at) {
    FoundVpc vpc{.origin = at.resource().origin, .id = at.resource().id};
    vpc.name = TerraformReader::NameOf(at);
    vpc.cidr = reader_.Text(at, "cidr_block", "The ranges of VPCs (cidr_block)");
    vpc.ipv6_cidr = at.Text("ipv6_cidr_block");
    all_.vpcs.push_back(std::move(vpc));
  }

  void AddSubnet(const Block& at) {
    FoundSubnet subnet{.origin = at.resource().origin, .id = at.resource().id};
    subnet.name = TerraformReader::NameOf(at);
    subnet.vpc = reader_.Id(at, "vpc_id");
    subnet.cidr = reader_.Text(at, "cidr_block", "The ranges of subnets (cidr_block)");
    subnet.ipv6_cidr = at.Text("ipv6_cidr_block");
    subnet.zone = at.Text("availability_zone");
    all_.subnets.push_back(std::move(subnet));
  }

  FoundRouteTable* Table(const std::string& id) {
    const auto found = std::find_if(all_.route_tables.begin(), all_.route_tables.end(),
                                    [&](const FoundRouteTable& each) { return each.id == id; });
    return found == all_.route_tables.end() ? nullptr : &*found;
  }

  void AddRoute(const Block& at, const char* destination, FoundRouteTable& table) {
    const auto to = reader_.Text(at, destination, "The destinations of routes");
    if (!to) return;  // IPv6, or a list of prefixes of AWS's own services
    FoundRoute route{.origin = at.OriginOf(destination), .destination = *to};
    route.via = RouteVia::kOutside;
    for (const Hop& hop : kHops) {
      const bool is_there =
          at.Text(hop.attribute) ||
          (at.StateOf(hop.attribute) == Block::State::kUnknown && at.Expression(hop.attribute));
      if (!is_there) continue;
      route.via = hop.via;
      route.hop = reader_.Id(at, hop.attribute);
      break;
    }
    if (at.Text("gateway_id") && at.Text("gateway_id")->value == "local") {
      route.via = RouteVia::kLocal;
    }
    table.routes.push_back(std::move(route));
  }

  void ReadRoutes() {
    for (const Block& at : reader_.Blocks({"aws_route_table", "aws_default_route_table"})) {
      FoundRouteTable table{.origin = at.resource().origin, .id = at.resource().id};
      table.vpc = reader_.Id(at, "vpc_id");
      table.is_main = at.resource().type == "aws_default_route_table";
      for (const Block& route : at.Blocks("route")) AddRoute(route, "cidr_block", table);
      all_.route_tables.push_back(std::move(table));
    }
    for (const Block& at : reader_.Blocks("aws_route")) {
      const auto table = reader_.Id(at, "route_table_id");
      FoundRouteTable* found = table ? Table(table->value) : nullptr;
      if (found != nullptr) AddRoute(at, "destination_cidr_block", *found);
    }
    for (const Block& at : reader_.Blocks("aws_route_table_association")) {
      const auto table = reader_.Id(at, "route_table_id");
      FoundRouteTable* found = table ? Table(table->value) : nullptr;
      const auto subnet = reader_.Id(at, "subnet_id");
      if (found != nullptr && subnet) found->subnets.push_back(*subnet);
    }
    for (const Block& at : reader_.Blocks("aws_main_route_table_association")) {
      const auto table = reader_.Id(at, "route_table_id");
      if (table && Table(table->value) != nullptr) Table(table->value)->is_main = true;
    }
  }

  FoundRuleSet* Group(const std::string& id) {
    const auto found = std::find_if(all_.security_groups.begin(), all_.security_groups.end(),
                                    [&](const FoundRuleSet& each) { return each.id == id; });
    return found == all_.security_groups.end() ? nullptr : &*found;
  }

  // One rule for each of the peers that a block has.
  void AddRules(const Block& at, const char* protocol, const char* group_attribute,
                const FoundRuleSet& of, std::vector<FoundRule>& rules) {
    FoundRule rule{.origin = at.OriginOf(protocol)};
    if (!TakeProtocol(reader_.Text(at, protocol, "The protocols of rules"), rule, reader_.into())) {
      return;
    }
    rule.ports = RulePorts(at, rule.protocol);
    const auto add = [&](std::optional<FoundText> peer, std::optional<FoundText> group) {
      rules.push_back(rule);
      rules.back().peer = std::move(peer);
      rules.back().peer_group = std::move(group);
    };
    for (const char* list : {"cidr_blocks", "ipv6_cidr_blocks"}) {
      for (FoundText& each : at.Texts(list)) add(std::move(each), {});
    }
    for (const char* one : {"cidr_ipv4", "cidr_ipv6"}) {
      if (auto peer = at.Text(one)) add(std::move(peer), {});
    }
    const bool is_list = std::string_view(group_attribute) == "security_groups";
    std::vector<FoundText> groups;
    if (is_list) groups = reader_.Ids(at, group_attribute);
    if (!is_list) {
      if (auto one = reader_.Id(at, group_attribute)) groups.push_back(std::move(*one));
    }
    for (FoundText& each : groups) add({}, std::move(each));
    if (at.Flag("self")) add({}, FoundText{of.id, at.OriginOf("self")});
  }

  void ReadGroups() {
    for (const Block& at : reader_.Blocks({"aws_security_group", "aws_default_security_group"})) {
      FoundRuleSet group{.origin = at.resource().origin, .id = at.resource().id};
      group.vpc = reader_.Id(at, "vpc_id");
      for (const Block& each : at.Blocks("ingress")) {
        AddRules(each, "protocol", "security_groups", group, group.ingress);
      }
      for (const Block& each : at.Blocks("egress")) {
        AddRules(each, "protocol", "security_groups", group, group.egress);
      }
      group.has_rules = !at.resource().is_data;
      all_.security_groups.push_back(std::move(group));
    }
    for (const Block& at : reader_.Blocks("aws_security_group_rule")) {
      const auto id = reader_.Id(at, "security_group_id");
      FoundRuleSet* group = id ? Group(id->value) : nullptr;
      if (group == nullptr) continue;
      const auto type = at.Text("type");
      auto& rules = type && type->value == "egress" ? group->egress : group->ingress;
      AddRules(at, "protocol", "source_security_group_id", *group, rules);
    }
    for (const char* direction : {"ingress", "egress"}) {
      const std::string type = std::string("aws_vpc_security_group_") + direction + "_rule";
      for (const Block& at : reader_.Blocks(type)) {
        const auto id = reader_.Id(at, "security_group_id");
        FoundRuleSet* group = id ? Group(id->value) : nullptr;
        if (group == nullptr) continue;
        auto& rules = type == "aws_vpc_security_group_egress_rule" ? group->egress : group->ingress;
        AddRules(at, "ip_protocol", "referenced_security_group_id", *group, rules);
      }
    }
  }

  struct Entry {
    double number = 0;
    bool is_egress = false;
    FoundRule rule;
  };

  void TakeEntry(const Block& at, const char* number, const char* action, bool is_egress,
                 std::vector<Entry>& entries) {
    Entry entry{.number = at.Number(number).value_or(0), .is_egress = is_egress};
    entry.rule.origin = at.OriginOf(action);
    const auto word = at.Text(action);
    entry.rule.accept = word && (word->value == "allow" || word->value == "ALLOW");
    if (!TakeProtocol(at.Text("protocol"), entry.rule, reader_.into())) return;
    entry.rule.ports = RulePorts(at, entry.rule.protocol);
    entry.rule.peer = at.Text("cidr_block");
    if (!entry.rule.peer) entry.rule.peer = at.Text("ipv6_cidr_block");
    entries.push_back(std::move(entry));
  }

  void ReadAcls() {
    std::map<std::string, std::vector<Entry>> entries;
    const std::size_t first = all_.acls.size();
    for (const Block& at : reader_.Blocks({"aws_network_acl", "aws_default_network_acl"})) {
      FoundRuleSet acl{.origin = at.resource().origin, .id = at.resource().id};
      acl.vpc = reader_.Id(at, "vpc_id");
      acl.subnets = reader_.Ids(at, "subnet_ids");
      for (const Block& each : at.Blocks("ingress")) {
        TakeEntry(each, "rule_no", "action", false, entries[acl.id]);
      }
      for (const Block& each : at.Blocks("egress")) {
        TakeEntry(each, "rule_no", "action", true, entries[acl.id]);
      }
      all_.acls.push_back(std::move(acl));
    }
    for (const Block& at : reader_.Blocks("aws_network_acl_rule")) {
      const auto acl = reader_.Id(at, "network_acl_id");
      if (!acl) continue;
      TakeEntry(at, "rule_number", "rule_action", at.Flag("egress"), entries[acl->value]);
    }
    for (std::size_t i = first; i < all_.acls.size(); ++i) {
      FoundRuleSet& acl = all_.acls[i];
      auto& own = entries[acl.id];
      std::stable_sort(own.begin(), own.end(),
                       [](const Entry& a, const Entry& b) { return a.number < b.number; });
      for (Entry& each : own) {
        (each.is_egress ? acl.egress : acl.ingress).push_back(std::move(each.rule));
      }
    }
    for (const Block& at : reader_.Blocks("aws_network_acl_association")) {
      const auto acl = reader_.Id(at, "network_acl_id");
      const auto subnet = reader_.Id(at, "subnet_id");
      for (FoundRuleSet& each : all_.acls) {
        if (acl && subnet && each.id == acl->value) each.subnets.push_back(*subnet);
      }
    }
  }

  // An instance that names its ENIs has no other.
  void AddInstance(const Block& at) {
    const TerraformResource& resource = at.resource();
    FoundInstance instance{.origin = resource.origin, .id = resource.id};
    instance.name = TerraformReader::NameOf(at);
    instance.type = reader_.Text(at, "instance_type", "The types of instances");
    instance.subnet = reader_.Id(at, "subnet_id");
    instance.security_groups = reader_.Ids(at, "vpc_security_group_ids");
    bool has_own = false;
    for (const char* blocks : {"network_interface", "primary_network_interface"}) {
      for (const Block& each : at.Blocks(blocks)) {
        const auto eni = reader_.Id(each, "network_interface_id");
        if (!eni) continue;
        has_own = true;
        attached_[eni->value] = {FoundText{resource.id, eni->origin},
                                 WholeOf(each.Number("device_index")).value_or(0)};
      }
    }
    if (!has_own) AddPrimary(at, instance);
    all_.instances.push_back(std::move(instance));
  }

  void AddPrimary(const Block& at, const FoundInstance& instance) {
    FoundEni eni{.origin = instance.origin, .id = TerraformReader::PrimaryEni(at.resource())};
    eni.subnet = instance.subnet;
    eni.address = reader_.Text(at, "private_ip", kAddresses);
    eni.security_groups = instance.security_groups;
    eni.instance = FoundText{instance.id, instance.origin};
    eni.index = 0;
    all_.enis.push_back(std::move(eni));
  }

  void AddEni(const Block& at) {
    FoundEni eni{.origin = at.resource().origin, .id = at.resource().id};
    // In a state, an instance's own ENI may be read as data, too.
    const auto is_it = [&](const FoundEni& each) { return each.id == eni.id; };
    if (std::any_of(all_.enis.begin(), all_.enis.end(), is_it)) return;
    eni.name = TerraformReader::NameOf(at);
    eni.subnet = reader_.Id(at, "subnet_id");
    std::vector<FoundText> addresses = at.Texts("private_ips");
    eni.address = at.Text("private_ip");
    if (!eni.address && !addresses.empty()) eni.address = addresses.front();
    if (!eni.address) eni.address = reader_.Text(at, "private_ip", kAddresses);
    for (FoundText& each : addresses) {
      if (!eni.address || each.value != eni.address->value) {
        eni.more_addresses.push_back(std::move(each));
      }
    }
    eni.mac = at.Text("mac_address");
    eni.security_groups = reader_.Ids(at, "security_groups");
    for (const Block& each : at.Blocks("attachment")) {
      if (const auto instance = reader_.Id(each, "instance")) {
        eni.instance = instance;
        eni.index = WholeOf(each.Number("device_index"));
      }
    }
    const auto attached = attached_.find(eni.id);
    if (attached != attached_.end()) {
      eni.instance = attached->second.instance;
      eni.index = attached->second.index;
    }
    all_.enis.push_back(std::move(eni));
  }

  void Attach(const Block& at) {
    const auto eni = reader_.Id(at, "network_interface_id");
    const auto instance = reader_.Id(at, "instance_id");
    if (!eni || !instance) return;
    for (FoundEni& each : all_.enis) {
      if (each.id != eni->value) continue;
      each.instance = instance;
      each.index = WholeOf(at.Number("device_index"));
    }
  }

  void ReadGateways() {
    for (const Block& at : reader_.Blocks("aws_nat_gateway")) {
      FoundGateway gateway{.origin = at.resource().origin, .id = at.resource().id};
      const auto subnet = reader_.Id(at, "subnet_id");
      for (const FoundSubnet& each : all_.subnets) {
        if (subnet && each.id == subnet->value) gateway.vpc = each.vpc;
      }
      all_.gateways.push_back(std::move(gateway));
    }
    for (const Block& at : reader_.Blocks("aws_vpc_peering_connection")) {
      FoundGateway peering{
          .origin = at.resource().origin, .kind = RouteVia::kPeering, .id = at.resource().id};
      peering.vpc = reader_.Id(at, "vpc_id");
      peering.peer_vpc = reader_.Id(at, "peer_vpc_id");
      all_.gateways.push_back(std::move(peering));
    }
    for (const Block& at : reader_.Blocks("aws_ec2_transit_gateway_vpc_attachment")) {
      const auto transit = reader_.Id(at, "transit_gateway_id");
      if (!transit) continue;
      FoundGateway gateway{
          .origin = at.resource().origin, .kind = RouteVia::kCcn, .id = transit->value};
      gateway.vpc = reader_.Id(at, "vpc_id");
      all_.gateways.push_back(std::move(gateway));
    }
  }

  void ReadBalancers() {
    for (const Block& at : reader_.Blocks({"aws_lb", "aws_alb"})) {
      const auto type = at.Text("load_balancer_type");
      if (!type || type->value != "network") continue;
      FoundBalancer balancer{.origin = at.resource().origin, .id = at.resource().id, .kind = "nlb"};
      balancer.name = TerraformReader::NameOf(at);
      balancer.vpc = reader_.Id(at, "vpc_id");
      balancer.subnets = reader_.Ids(at, "subnets");
      for (const Block& each : at.Blocks("subnet_mapping")) {
        if (auto subnet = reader_.Id(each, "subnet_id")) balancer.subnets.push_back(*subnet);
        if (!balancer.address) balancer.address = each.Text("private_ipv4_address");
      }
      TakeListeners(balancer);
      all_.load_balancers.push_back(std::move(balancer));
    }
    for (const Block& at : reader_.Blocks("aws_vpc_endpoint")) {
      const auto type = at.Text("vpc_endpoint_type");
      if (!type || type->value != "GatewayLoadBalancer") continue;
      FoundBalancer endpoint{
          .origin = at.resource().origin, .id = at.resource().id, .kind = "gwlbe"};
      endpoint.vpc = reader_.Id(at, "vpc_id");
      endpoint.subnets = reader_.Ids(at, "subnet_ids");
      all_.load_balancers.push_back(std::move(endpoint));
    }
  }

  // That of the port of copies, UDP 4789, where there is one.
  void TakeListeners(FoundBalancer& balancer) {
    for (const Block& at : reader_.Blocks({"aws_lb_listener", "aws_alb_listener"})) {
      const auto of = reader_.Id(at, "load_balancer_arn");
      if (!of || of->value != balancer.id) continue;
      const auto protocol = at.Text("protocol");
      const auto port = WholeOf(at.Number("port"));
      constexpr std::int64_t kCopies = 4789;  // RFC 7348, the port of VXLAN
      if (!protocol || !port || (balancer.listener && *port != kCopies)) continue;
      if (protocol->value != "UDP" && protocol->value != "TCP_UDP") continue;
      balancer.listener = FoundText{"udp:" + std::to_string(*port), protocol->origin};
      balancer.backends.clear();
      for (const Block& action : at.Blocks("default_action")) {
        const auto group = reader_.Id(action, "target_group_arn");
        if (group) TakeBackends(group->value, balancer);
      }
    }
  }

  void TakeBackends(const std::string& group, FoundBalancer& balancer) {
    for (const Block& at :
         reader_.Blocks({"aws_lb_target_group_attachment", "aws_alb_target_group_attachment"})) {
      const auto of = reader_.Id(at, "target_group_arn");
      const auto target = reader_.Id(at, "target_id");
      if (of && target && of->value == group) balancer.backends.push_back(*target);
    }
  }

  struct Attachment {
    std::optional<FoundText> instance;
    std::int64_t index = 0;
  };
  static constexpr const char* kAddresses = "The addresses of ENIs";

  TerraformReader& reader_;
  Inventory& all_;
  std::map<std::string, Attachment> attached_;  // by ENI
};

}  // namespace

void ReadTerraformAws(TerraformReader& reader) {
  AwsNetwork(reader).Read();
  ReadTerraformAwsMirrors(reader);
}

}  // namespace vpcmirror::sim
