// What AWS's EC2 API answers, as its command line prints it (EC2 API of 2016-11-15). Its
// mirrors: read_aws_mirrors.cc.
#include "sim/import/read_aws.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "sim/import/read_rules.h"

namespace vpcmirror::sim {
namespace {

// "us-east-1a" and "us-west-2-lax-1a" are in what ends at the first number.
std::string AwsRegionOf(std::string_view zone) {
  const std::size_t digit = zone.find_first_of("0123456789");
  if (digit == std::string_view::npos) return {};
  const std::size_t end = std::min(zone.find_first_not_of("0123456789", digit), zone.size());
  return std::string(zone.substr(0, end));
}

std::string NameTag(const Value& at, std::string_view tags = "Tags") {
  return TagOf(at.ItemsOf(tags), "Name");
}

// The first that is there: what a VPC or subnet gave back stays in the list as "disassociated".
std::optional<FoundText> AwsIpv6Range(const Value& at) {
  for (const Value& each : at.ItemsOf("Ipv6CidrBlockAssociationSet")) {
    const auto state = each.Get("Ipv6CidrBlockState");
    const std::string_view word = state ? state->Text("State") : "associated";
    if (word.starts_with("associat")) return each.FoundText("Ipv6CidrBlock");
  }
  return std::nullopt;
}

void ReadAwsVpc(const Value& at, const Value&, Gathered& into) {
  FoundVpc vpc{.origin = at.origin(), .id = std::string(at.Text("VpcId"))};
  if (vpc.id.empty() || !into.IsNew("VPC", vpc.id, at)) return;
  vpc.name = NameTag(at);
  vpc.cidr = at.FoundText("CidrBlock");
  for (FoundText& each : TextsOf(at.ItemsOf("CidrBlockAssociationSet"), "CidrBlock")) {
    if (!vpc.cidr || each.value != vpc.cidr->value) vpc.more_cidrs.push_back(std::move(each));
  }
  vpc.ipv6_cidr = AwsIpv6Range(at);
  into.inventory.vpcs.push_back(std::move(vpc));
}

void ReadAwsSubnet(const Value& at, const Value&, Gathered& into) {
  FoundSubnet subnet{.origin = at.origin(), .id = std::string(at.Text("SubnetId"))};
  if (subnet.id.empty() || !into.IsNew("subnet", subnet.id, at)) return;
  subnet.name = NameTag(at);
  subnet.vpc = at.FoundText("VpcId");
  subnet.cidr = at.FoundText("CidrBlock");
  subnet.ipv6_cidr = AwsIpv6Range(at);
  subnet.zone = at.FoundText("AvailabilityZone");
  into.NoteRegion(at.Text("VpcId"), AwsRegionOf(at.Text("AvailabilityZone")), subnet.origin);
  into.inventory.subnets.push_back(std::move(subnet));
}

// The keys of which a route has one, and where it then leads. A gateway is "local", an
// Internet gateway "igw-...", a virtual private gateway "vgw-..." or an endpoint "vpce-...".
struct RouteKey {
  std::string_view key;
  RouteVia via;
};
constexpr std::array<RouteKey, 9> kRouteKeys = {{
    {"NatGatewayId", RouteVia::kNatGateway},
    {"VpcPeeringConnectionId", RouteVia::kPeering},
    {"TransitGatewayId", RouteVia::kCcn},
    {"CoreNetworkArn", RouteVia::kOutside},
    {"NetworkInterfaceId", RouteVia::kInstance},
    {"InstanceId", RouteVia::kInstance},
    {"EgressOnlyInternetGatewayId", RouteVia::kOutside},
    {"CarrierGatewayId", RouteVia::kOutside},
    {"GatewayId", RouteVia::kOutside},
}};

void ReadAwsRoute(const Value& at, FoundRouteTable& table) {
  const auto destination = at.FoundText("DestinationCidrBlock");
  if (!destination) return;  // IPv6, or a list of prefixes of AWS's own services
  FoundRoute route{.origin = at.origin(), .destination = *destination};
  const auto key = std::find_if(kRouteKeys.begin(), kRouteKeys.end(),
                                [&](const RouteKey& each) { return at.FoundText(each.key); });
  route.via = key == kRouteKeys.end() ? RouteVia::kOutside : key->via;
  if (key != kRouteKeys.end()) route.hop = at.FoundText(key->key);
  if (at.Text("GatewayId") == "local") route.via = RouteVia::kLocal;
  if (at.Text("State") == "blackhole") route.via = RouteVia::kBlackhole;
  table.routes.push_back(std::move(route));
}

void ReadAwsRouteTable(const Value& at, const Value&, Gathered& into) {
  FoundRouteTable table{.origin = at.origin(), .id = std::string(at.Text("RouteTableId"))};
  if (table.id.empty() || !into.IsNew("route table", table.id, at)) return;
  table.vpc = at.FoundText("VpcId");
  for (const Value& each : at.ItemsOf("Associations")) {
    if (each.Flag("Main")) table.is_main = true;
    if (auto subnet = each.FoundText("SubnetId")) table.subnets.push_back(std::move(*subnet));
  }
  for (const Value& each : at.ItemsOf("Routes")) ReadAwsRoute(each, table);
  into.inventory.route_tables.push_back(std::move(table));
}

// "80-90" of FromPort and ToPort; those of ICMP are a type and a code.
std::optional<FoundText> AwsPorts(const Value& at, const std::string& protocol) {
  const auto from = WholeOf(at.Number("FromPort"));
  const auto to = WholeOf(at.Number("ToPort"));
  if (!from || !to || (protocol != "tcp" && protocol != "udp")) return std::nullopt;
  return PortsOf({fmt::format("{}-{}", *from, *to), at.Get("FromPort")->origin()});
}

// One rule for each of the peers that a permission has.
void ReadPermission(const Value& at, Gathered& into, std::vector<FoundRule>& rules) {
  FoundRule rule{.origin = at.origin()};
  if (!TakeProtocol(at.FoundText("IpProtocol"), rule, into)) return;
  rule.ports = AwsPorts(at, rule.protocol);
  const auto add = [&](const std::optional<FoundText>& peer,
                       const std::optional<FoundText>& group) {
    rules.push_back(rule);
    rules.back().peer = peer;
    rules.back().peer_group = group;
  };
  for (const FoundText& each : TextsOf(at.ItemsOf("IpRanges"), "CidrIp")) add(each, {});
  for (const FoundText& each : TextsOf(at.ItemsOf("Ipv6Ranges"), "CidrIpv6")) add(each, {});
  for (const FoundText& each : TextsOf(at.ItemsOf("UserIdGroupPairs"), "GroupId")) add({}, each);
  for (const FoundText& each : TextsOf(at.ItemsOf("PrefixListIds"), "PrefixListId")) {
    into.AddGap(
        "prefix_list",
        fmt::format("The addresses of prefix list {} are in no file: rules that name it are "
                    "left out.",
                    each.value),
        "write its ranges into the scenario", each.origin);
  }
}

void ReadAwsGroup(const Value& at, const Value&, Gathered& into) {
  FoundRuleSet group{.origin = at.origin(), .id = std::string(at.Text("GroupId"))};
  if (group.id.empty() || !into.IsNew("security group", group.id, at)) return;
  group.vpc = at.FoundText("VpcId");
  for (const Value& each : at.ItemsOf("IpPermissions")) ReadPermission(each, into, group.ingress);
  for (const Value& each : at.ItemsOf("IpPermissionsEgress")) {
    ReadPermission(each, into, group.egress);
  }
  into.inventory.security_groups.push_back(std::move(group));
}

void ReadAwsEntry(const Value& at, Gathered& into, FoundRuleSet& acl) {
  FoundRule rule{.origin = at.origin()};
  const auto accept = AcceptOf(at.FoundText("RuleAction"), "allow", "deny", at, into);
  if (!accept || !TakeProtocol(at.FoundText("Protocol"), rule, into)) return;
  rule.accept = *accept;
  rule.peer = at.FoundText("CidrBlock");
  if (!rule.peer) rule.peer = at.FoundText("Ipv6CidrBlock");
  const auto ports = at.Get("PortRange");
  const auto from = ports ? WholeOf(ports->Number("From")) : std::nullopt;
  const auto to = ports ? WholeOf(ports->Number("To")) : std::nullopt;
  if (from && to) rule.ports = PortsOf({fmt::format("{}-{}", *from, *to), ports->origin()});
  (at.Flag("Egress") ? acl.egress : acl.ingress).push_back(std::move(rule));
}

void ReadAwsAcl(const Value& at, const Value&, Gathered& into) {
  FoundRuleSet acl{.origin = at.origin(), .id = std::string(at.Text("NetworkAclId"))};
  if (acl.id.empty() || !into.IsNew("network ACL", acl.id, at)) return;
  acl.vpc = at.FoundText("VpcId");
  acl.subnets = TextsOf(at.ItemsOf("Associations"), "SubnetId");
  std::vector<Value> entries = at.ItemsOf("Entries");
  std::stable_sort(entries.begin(), entries.end(), [](const Value& a, const Value& b) {
    return a.Number("RuleNumber").value_or(0) < b.Number("RuleNumber").value_or(0);
  });
  for (const Value& entry : entries) ReadAwsEntry(entry, into, acl);
  into.inventory.acls.push_back(std::move(acl));
}

// Kinds of ENIs that belong to no machine that sends of its own accord.
bool IsOfGateway(std::string_view type) {
  for (const std::string_view kind :
       {"nat_gateway", "natGateway", "network_load_balancer", "gateway_load_balancer",
        "gateway_load_balancer_endpoint", "load_balancer", "transit_gateway", "vpc_endpoint"}) {
    if (type == kind) return true;
  }
  return false;
}

FoundEni AwsEni(const Value& at) {
  FoundEni eni{.origin = at.origin(), .id = std::string(at.Text("NetworkInterfaceId"))};
  eni.name = NameTag(at, "TagSet");
  eni.vpc = at.FoundText("VpcId");
  eni.subnet = at.FoundText("SubnetId");
  eni.address = at.FoundText("PrivateIpAddress");
  for (FoundText& each : TextsOf(at.ItemsOf("PrivateIpAddresses"), "PrivateIpAddress")) {
    if (!eni.address || each.value != eni.address->value) {
      eni.more_addresses.push_back(std::move(each));
    }
  }
  for (FoundText& each : TextsOf(at.ItemsOf("Ipv6Addresses"), "Ipv6Address")) {
    eni.more_addresses.push_back(std::move(each));
  }
  eni.mac = at.FoundText("MacAddress");
  eni.security_groups = TextsOf(at.ItemsOf("Groups"), "GroupId");
  if (const auto attachment = at.Get("Attachment")) {
    eni.instance = attachment->FoundText("InstanceId");
    eni.index = WholeOf(attachment->Number("DeviceIndex"));
  }
  return eni;
}

void ReadAwsEni(const Value& at, const Value&, Gathered& into) {
  FoundEni eni = AwsEni(at);
  if (eni.id.empty() || !into.IsNew("ENI", eni.id, at)) return;
  const bool is_used = at.Text("Status") == "in-use";
  eni.is_no_host = IsOfGateway(at.Text("InterfaceType")) || (!eni.instance && !is_used);
  into.NoteRegion(at.Text("VpcId"), AwsRegionOf(at.Text("AvailabilityZone")), eni.origin);
  into.inventory.enis.push_back(std::move(eni));
}

void ReadAwsInstance(const Value& at, Gathered& into) {
  FoundInstance instance{.origin = at.origin(), .id = std::string(at.Text("InstanceId"))};
  if (instance.id.empty() || !into.IsNew("instance", instance.id, at)) return;
  if (at.At({"State"}) && at.At({"State"})->Text("Name") == "terminated") return;
  instance.name = NameTag(at);
  instance.type = at.FoundText("InstanceType");
  instance.vpc = at.FoundText("VpcId");
  instance.subnet = at.FoundText("SubnetId");
  if (auto address = at.FoundText("PrivateIpAddress")) instance.addresses.push_back(*address);
  instance.security_groups = TextsOf(at.ItemsOf("SecurityGroups"), "GroupId");
  for (const Value& each : at.ItemsOf("NetworkInterfaces")) {
    into.parts["NetworkInterfaces of instances"].push_back(each);
  }
  into.inventory.instances.push_back(std::move(instance));
}

void ReadReservation(const Value& at, const Value&, Gathered& into) {
  for (const Value& each : at.ItemsOf("Instances")) ReadAwsInstance(each, into);
}

// describe-instances tells of ENIs, too: of those that describe-network-interfaces did not.
void TakeEnisOfInstances(Gathered& into) {
  std::map<std::string, bool, std::less<>> known;
  for (const FoundEni& each : into.inventory.enis) known[each.id] = true;
  for (const Value& at : into.parts["NetworkInterfaces of instances"]) {
    FoundEni eni = AwsEni(at);
    if (eni.id.empty() || !known.emplace(eni.id, true).second) continue;
    // /Reservations/0/Instances/0/NetworkInterfaces/0: the instance is what the ENI is in.
    if (const auto instance = at.Parent().Parent().FoundText("InstanceId")) {
      eni.instance = instance;
    }
    into.inventory.enis.push_back(std::move(eni));
  }
}

// "Up to 10 Gigabit", "12.5 Gigabit" and "4x 100 Gigabit" in bits a second; 0: it has no number.
double Performance(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  std::size_t digit = text.find_first_of(kDigits);
  if (digit == std::string_view::npos || text.find("Gigabit") == std::string_view::npos) return 0;
  const char* const end = text.data() + text.size();
  double cards = 1;
  if (const std::size_t times = text.find("x "); times != std::string_view::npos && times > digit) {
    std::from_chars(text.data() + digit, end, cards);
    digit = text.find_first_of(kDigits, times);
    if (digit == std::string_view::npos) return 0;
  }
  double gigabits = 0;
  std::from_chars(text.data() + digit, end, gigabits);
  return cards * gigabits * 1e9;
}

std::optional<Found<std::int64_t>> AwsBandwidth(const Value& network) {
  double gigabits = 0;
  for (const Value& card : network.ItemsOf("NetworkCards")) {
    gigabits += card.Number("BaselineBandwidthInGbps").value_or(0);
  }
  constexpr double kGbps = 1e9;
  const auto text = network.FoundText("NetworkPerformance");
  const double bps = gigabits > 0 ? gigabits * kGbps : text ? Performance(text->value) : 0;
  if (bps <= 0) return std::nullopt;
  const auto whole = WholeOf(bps);
  return whole ? std::optional(Found<std::int64_t>{*whole, network.origin()}) : std::nullopt;
}

void ReadAwsType(const Value& at, const Value&, Gathered& into) {
  const auto name = at.FoundText("InstanceType");
  if (!name || HasType(name->value, into)) return;
  FoundType type{.origin = at.origin(), .type = name->value};
  if (const auto network = at.Get("NetworkInfo")) type.bandwidth_bps = AwsBandwidth(*network);
  if (const auto cpus = at.Get("VCpuInfo")) type.vcpus = ScaledOf(*cpus, "DefaultVCpus", 1);
  if (const auto memory = at.Get("MemoryInfo")) type.memory_mib = ScaledOf(*memory, "SizeInMiB", 1);
  into.inventory.types.push_back(std::move(type));
}

void ReadAwsPeering(const Value& at, const Value&, Gathered& into) {
  FoundGateway peering{.origin = at.origin(),
                       .kind = RouteVia::kPeering,
                       .id = std::string(at.Text("VpcPeeringConnectionId"))};
  if (peering.id.empty() || !into.IsNew("peering connection", peering.id, at)) return;
  peering.vpc = TextAt(at.Get("RequesterVpcInfo"), "VpcId");
  peering.peer_vpc = TextAt(at.Get("AccepterVpcInfo"), "VpcId");
  into.inventory.gateways.push_back(std::move(peering));
}

void ReadAwsBalancer(const Value& at, const Value&, Gathered& into) {
  if (at.Text("Type") != "network") return;
  FoundBalancer balancer{.origin = at.origin(), .id = std::string(at.Text("LoadBalancerName"))};
  if (balancer.id.empty() || !into.IsNew("load balancer", balancer.id, at)) return;
  balancer.kind = "nlb";
  balancer.vpc = at.FoundText("VpcId");
  balancer.subnets = TextsOf(at.ItemsOf("AvailabilityZones"), "SubnetId");
  into.inventory.load_balancers.push_back(std::move(balancer));
}

constexpr std::array<AnswerKind, 15> kAwsAnswers = {{
    {"describe-traffic-mirror-sessions", "TrafficMirrorSessions", "NetworkInterfaceId",
     "aws ec2 describe-traffic-mirror-sessions --region REGION --output json", "",
     "traffic-mirror-sessions.json", "ec2:DescribeTrafficMirrorSessions", "the sessions",
     &KeepAwsSession},
    {"describe-traffic-mirror-filters", "TrafficMirrorFilters", "IngressFilterRules",
     "aws ec2 describe-traffic-mirror-filters --region REGION --output json", "",
     "traffic-mirror-filters.json", "ec2:DescribeTrafficMirrorFilters", "filters and their rules",
     &KeepAwsFilter},
    {"describe-traffic-mirror-filter-rules", "TrafficMirrorFilterRules", "",
     "aws ec2 describe-traffic-mirror-filter-rules --region REGION --output json", "",
     "traffic-mirror-filter-rules.json", "ec2:DescribeTrafficMirrorFilterRules",
     "the same rules, in a list of their own", &KeepAwsRule},
    {"describe-traffic-mirror-targets", "TrafficMirrorTargets", "",
     "aws ec2 describe-traffic-mirror-targets --region REGION --output json", "",
     "traffic-mirror-targets.json", "ec2:DescribeTrafficMirrorTargets", "the targets",
     &KeepAwsTarget},
    {"describe-vpcs", "Vpcs", "VpcId", "aws ec2 describe-vpcs --region REGION --output json", "",
     "vpcs.json", "ec2:DescribeVpcs", "VPCs and their ranges", &ReadAwsVpc},
    {"describe-subnets", "Subnets", "SubnetId",
     "aws ec2 describe-subnets --region REGION --output json", "", "subnets.json",
     "ec2:DescribeSubnets", "subnets", &ReadAwsSubnet},
    {"describe-network-interfaces", "NetworkInterfaces", "NetworkInterfaceId",
     "aws ec2 describe-network-interfaces --region REGION --output json", "",
     "network-interfaces.json", "ec2:DescribeNetworkInterfaces", "ENIs and their addresses",
     &ReadAwsEni},
    {"describe-route-tables", "RouteTables", "RouteTableId",
     "aws ec2 describe-route-tables --region REGION --output json", "", "route-tables.json",
     "ec2:DescribeRouteTables", "routes", &ReadAwsRouteTable},
    {"describe-security-groups", "SecurityGroups", "GroupId",
     "aws ec2 describe-security-groups --region REGION --output json", "", "security-groups.json",
     "ec2:DescribeSecurityGroups", "security groups and their rules", &ReadAwsGroup},
    {"describe-network-acls", "NetworkAcls", "NetworkAclId",
     "aws ec2 describe-network-acls --region REGION --output json", "", "network-acls.json",
     "ec2:DescribeNetworkAcls", "network ACLs", &ReadAwsAcl},
    {"describe-vpc-peering-connections", "VpcPeeringConnections", "",
     "aws ec2 describe-vpc-peering-connections --region REGION --output json", "", "peerings.json",
     "ec2:DescribeVpcPeeringConnections", "which VPCs are connected", &ReadAwsPeering},
    {"describe-instances", "Reservations", "",
     "aws ec2 describe-instances --region REGION --output json", "", "instances.json",
     "ec2:DescribeInstances", "instances and their types", &ReadReservation},
    {"describe-instance-types", "InstanceTypes", "VCpuInfo",
     "aws ec2 describe-instance-types --region REGION --output json", "", "instance-types.json",
     "ec2:DescribeInstanceTypes", "what instance types are limited to", &ReadAwsType},
    {"describe-load-balancers", "LoadBalancers", "LoadBalancerArn",
     "aws elbv2 describe-load-balancers --region REGION --output json", "", "load-balancers.json",
     "elasticloadbalancing:DescribeLoadBalancers",
     "network load balancers, where a mirror has one as its target", &ReadAwsBalancer},
    {"create-traffic-mirror-session", "TrafficMirrorSession", "NetworkInterfaceId", "", "", "", "",
     "a session just made", &KeepAwsSession},
}};

std::string AwsErrorIn(const Value& answer) {
  const auto error = answer.Get("Error");
  if (!error || error->Text("Code").empty()) return {};
  return fmt::format("{}: {}", error->Text("Code"), error->Text("Message"));
}

void FinishAws(Gathered& into) {
  TakeEnisOfInstances(into);
  FinishAwsMirrors(into);
}

}  // namespace

const CloudApi& AwsApi() {
  static const CloudApi api = {
      .name = "aws",
      .title = "AWS",
      .permissions = "IAM actions",
      .paging =
          "the command line without --max-items and --no-paginate: it then asks for all pages",
      .answers = kAwsAnswers,
      .error_in = &AwsErrorIn,
      .finish = &FinishAws};
  return api;
}

}  // namespace vpcmirror::sim
