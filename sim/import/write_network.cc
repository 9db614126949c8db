#include "sim/import/write_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "sim/import/ranges.h"
#include "sim/import/write_routes.h"

namespace vpcmirror::sim {
namespace {

constexpr const char* kAssumedTable = "assumed";

class NetworkWriter {
 public:
  NetworkWriter(Inventory& inventory, const NameBook& names, const HostNames& hosts)
      : all_(inventory), names_(names), hosts_(hosts) {
    for (const FoundRouteTable& table : all_.route_tables) {
      for (const FoundText& subnet : table.subnets) {
        tables_.emplace(subnet.value, FoundText{table.id, subnet.origin});
      }
    }
    for (const FoundRuleSet& acl : all_.acls) {
      for (const FoundText& subnet : acl.subnets) {
        acls_.emplace(subnet.value, FoundText{acl.id, subnet.origin});
      }
    }
    for (const FoundEni& eni : all_.enis) NoteGroups(eni);
  }

  SourcedJson Write() {
    SourcedJson vpcs = SourcedJson::Object();
    for (const FoundVpc& each : all_.vpcs) vpcs.Set(names_.Of(each), Vpc(each));
    return vpcs;
  }

 private:
  using Members = std::vector<const FoundEni*>;

  void AddGap(const char* name, std::string message, const char* fix, const Origin& origin) {
    all_.gaps.push_back({name, std::move(message), fix, origin});
  }

  void NoteGroups(const FoundEni& eni) {
    if (!eni.vpc) return;
    for (const FoundText& group : eni.security_groups) {
      members_[group.value].push_back(&eni);
      if (!eni.is_no_host) used_[eni.vpc->value].push_back(&group);
    }
  }

  SourcedJson Vpc(const FoundVpc& vpc) {
    SourcedJson written = SourcedJson::Object(vpc.origin);
    written.Set("id", SourcedJson::Text(vpc.id, vpc.origin));
    written.Set("cidr", SourcedJson::Text(*vpc.cidr));
    const auto ipv6 = Ipv6PrefixOf(vpc.ipv6_cidr);
    if (ipv6) written.Set("ipv6_cidr", SourcedJson::Text(*vpc.ipv6_cidr));
    if (!vpc.provider.empty() && vpc.provider != all_.provider) {
      written.Set("provider", SourcedJson::Text(vpc.provider, vpc.origin));
    }
    bool assumes_table = false;
    SourcedJson subnets = SourcedJson::Object();
    for (const FoundSubnet& each : all_.subnets) {
      if (each.vpc->value == vpc.id)
        subnets.Set(names_.Of(each), Subnet(each, ipv6, assumes_table));
    }
    if (!subnets.is_empty()) written.Set("subnets", std::move(subnets));
    WriteRoutes(vpc, all_, names_, hosts_, written);
    if (assumes_table) AssumeTable(written);
    if (!HasTable(vpc.id)) NoteNoTable(vpc);
    WriteGroups(vpc, written);
    WriteAcls(vpc, written);
    WriteBalancers(vpc, written);
    return written;
  }

  bool HasTable(const std::string& vpc) const {
    return std::any_of(all_.route_tables.begin(), all_.route_tables.end(),
                       [&](const FoundRouteTable& t) { return t.vpc && t.vpc->value == vpc; });
  }

  void NoteNoTable(const FoundVpc& vpc) {
    AddGap("no_route_table",
           fmt::format("The route tables of VPC {} are in no file: its own range is assumed to be "
                       "local, all else to be outside.",
                       vpc.id),
           "add what describes the route tables to the files", vpc.origin);
  }

  // Empty where its VPC has no tables at all, and the scenario's default will do.
  std::optional<FoundText> TableOf(const FoundSubnet& subnet, bool& assumes_table) {
    const auto is_there = [&](const std::string& id) {
      return std::any_of(all_.route_tables.begin(), all_.route_tables.end(),
                         [&](const FoundRouteTable& each) {
                           return each.id == id && each.vpc && each.vpc->value == subnet.vpc->value;
                         });
    };
    const auto said = tables_.find(subnet.id);
    if (said != tables_.end() && is_there(said->second.value)) return said->second;
    if (subnet.route_table && is_there(subnet.route_table->value)) return subnet.route_table;
    for (const FoundRouteTable& each : all_.route_tables) {
      if (each.is_main && each.vpc && each.vpc->value == subnet.vpc->value) {
        return FoundText{each.id, subnet.origin};
      }
    }
    if (!HasTable(subnet.vpc->value)) return std::nullopt;
    assumes_table = true;
    AddGap("no_route_table",
           fmt::format("The route table of subnet {} is in no file: its VPC's own range is assumed "
                       "to be local, all else to be outside.",
                       subnet.id),
           "add what describes the route tables to the files", subnet.origin);
    return FoundText{kAssumedTable, subnet.origin};
  }

  static void AssumeTable(SourcedJson& vpc) {
    SourcedJson route = SourcedJson::Object();
    route.Set("to", SourcedJson::Text("0.0.0.0/0"));
    route.Set("via", SourcedJson::Text("outside"));
    SourcedJson table = SourcedJson::List();
    table.Add(std::move(route));
    vpc.Get("route_tables")->Set(kAssumedTable, std::move(table));
  }

  SourcedJson Subnet(const FoundSubnet& subnet, const std::optional<IpPrefix>& vpc_ipv6,
                     bool& assumes_table) {
    SourcedJson written = SourcedJson::Object(subnet.origin);
    written.Set("id", SourcedJson::Text(subnet.id, subnet.origin));
    written.Set("cidr", SourcedJson::Text(*subnet.cidr));
    // Of several IPv6 ranges of a VPC one is known, and what lies in another is left out.
    const auto ipv6 = Ipv6PrefixOf(subnet.ipv6_cidr);
    if (ipv6 && vpc_ipv6 && vpc_ipv6->Contains(*ipv6)) {
      written.Set("ipv6_cidr", SourcedJson::Text(*subnet.ipv6_cidr));
    }
    if (subnet.zone) written.Set("az", SourcedJson::Text(*subnet.zone));
    if (const auto table = TableOf(subnet, assumes_table)) {
      written.Set("route_table", SourcedJson::Text(*table));
    }
    if (const auto acl = AclOf(subnet)) written.Set("acl", SourcedJson::Text(*acl));
    return written;
  }

  const FoundRuleSet* Acl(const std::string& id) const {
    const auto found = std::find_if(all_.acls.begin(), all_.acls.end(),
                                    [&](const FoundRuleSet& each) { return each.id == id; });
    return found == all_.acls.end() ? nullptr : &*found;
  }

  std::optional<FoundText> AclOf(const FoundSubnet& subnet) {
    const auto said = acls_.find(subnet.id);
    const auto id = said == acls_.end() ? subnet.acl : std::optional(said->second);
    if (!id || Acl(id->value) != nullptr) return id;
    AddGap("acl_not_listed",
           fmt::format("Network ACL {} is in no file: it is assumed to admit all.", id->value),
           "add what describes the network ACLs to the files", id->origin);
    return std::nullopt;
  }

  void WriteAcls(const FoundVpc& vpc, SourcedJson& written) {
    SourcedJson acls = SourcedJson::Object();
    for (const FoundSubnet& subnet : all_.subnets) {
      if (subnet.vpc->value != vpc.id) continue;
      const auto said = acls_.find(subnet.id);
      const auto id = said == acls_.end() ? subnet.acl : std::optional(said->second);
      const FoundRuleSet* acl = id ? Acl(id->value) : nullptr;
      if (acl != nullptr && acls.Get(acl->id) == nullptr) acls.Set(acl->id, RuleSet(*acl, vpc));
    }
    if (!acls.is_empty()) written.Set("acls", std::move(acls));
  }

  // Only those that a host of the VPC has; some clouds' groups are of no VPC.
  void WriteGroups(const FoundVpc& vpc, SourcedJson& written) {
    SourcedJson groups = SourcedJson::Object();
    std::set<std::string> done;
    for (const FoundText* group : used_[vpc.id]) {
      if (done.insert(group->value).second) groups.Set(group->value, Group(*group, vpc));
    }
    if (!groups.is_empty()) written.Set("security_groups", std::move(groups));
  }

  SourcedJson Group(const FoundText& id, const FoundVpc& vpc) {
    for (const FoundRuleSet& each : all_.security_groups) {
      if (each.id == id.value && each.has_rules) return RuleSet(each, vpc);
    }
    AddGap("group_without_rules",
           fmt::format("The rules of security group {} are in no file: it is assumed to admit all.",
                       id.value),
           "add what describes the security group's rules to the files", id.origin);
    SourcedJson open = SourcedJson::Object(id.origin);
    for (const char* direction : {"ingress", "egress"}) {
      SourcedJson rule = SourcedJson::Object(id.origin);
      rule.Set("action", SourcedJson::Text("accept"));
      SourcedJson rules = SourcedJson::List();
      rules.Add(std::move(rule));
      open.Set(direction, std::move(rules));
    }
    return open;
  }

  SourcedJson RuleSet(const FoundRuleSet& set, const FoundVpc& vpc) {
    SourcedJson written = SourcedJson::Object(set.origin);
    written.Set("ingress", Rules(set.ingress, vpc));
    written.Set("egress", Rules(set.egress, vpc));
    return written;
  }

  SourcedJson Rules(const std::vector<FoundRule>& rules, const FoundVpc& vpc) {
    SourcedJson written = SourcedJson::List();
    for (const FoundRule& rule : rules) {
      if (!rule.peer_group || rule.peer) {
        written.Add(Rule(rule, rule.peer));
        continue;
      }
      for (const FoundText& peer : PeersIn(*rule.peer_group, vpc)) written.Add(Rule(rule, peer));
    }
    return written;
  }

  // The addresses of who has a security group; of many, their subnets.
  std::vector<FoundText> PeersIn(const FoundText& group, const FoundVpc& vpc) {
    const Members& members = members_[group.value];
    std::vector<FoundText> peers;
    constexpr std::size_t kMostAddresses = 64;  // beyond it a rule for each would say little more
    if (members.size() > kMostAddresses) {
      AddGap("group_as_subnets",
             fmt::format("Rules for the {} ENIs with security group {} are assumed to hold for all "
                         "of their subnets.",
                         members.size(), group.value),
             "nothing to do where others in these subnets need not be told apart", group.origin);
      return SubnetsOf(members, group);
    }
    for (const FoundEni* eni : members) {
      if (eni->address) peers.push_back({eni->address->value, group.origin});
      for (const FoundText& more : eni->more_addresses) peers.push_back({more.value, group.origin});
    }
    if (peers.empty()) {
      AddGap(
          "group_without_members",
          fmt::format("No ENI in any file has security group {}, which rules of VPC {} name: these "
                      "rules are assumed to match nobody.",
                      group.value, vpc.id),
          "add what describes the network interfaces to the files", group.origin);
    }
    return peers;
  }

  std::vector<FoundText> SubnetsOf(const Members& members, const FoundText& group) const {
    std::set<std::string> ids;
    for (const FoundEni* eni : members) {
      if (eni->subnet) ids.insert(eni->subnet->value);
    }
    std::vector<FoundText> ranges;
    for (const FoundSubnet& each : all_.subnets) {
      if (ids.contains(each.id)) ranges.push_back({each.cidr->value, group.origin});
    }
    return ranges;
  }

  static SourcedJson Rule(const FoundRule& rule, const std::optional<FoundText>& peer) {
    SourcedJson written = SourcedJson::Object(rule.origin);
    written.Set("action", SourcedJson::Text(rule.accept ? "accept" : "drop", rule.origin));
    if (rule.protocol != "all") {
      written.Set("protocol", SourcedJson::Text(rule.protocol, rule.origin));
    }
    if (peer) written.Set("peer", SourcedJson::Text(*peer));
    if (rule.ports) written.Set("ports", SourcedJson::Text(*rule.ports));
    return written;
  }

  void WriteBalancers(const FoundVpc& vpc, SourcedJson& written) {
    SourcedJson balancers = SourcedJson::Object();
    for (const FoundBalancer& each : all_.load_balancers) {
      if (each.vpc->value == vpc.id) balancers.Set(names_.Of(each), Balancer(each));
    }
    if (!balancers.is_empty()) written.Set("load_balancers", std::move(balancers));
  }

  SourcedJson Balancer(const FoundBalancer& balancer) {
    SourcedJson written = SourcedJson::Object(balancer.origin);
    written.Set("kind", SourcedJson::Text(balancer.kind, balancer.origin));
    if (names_.Of(balancer) != balancer.id) {
      written.Set("id", SourcedJson::Text(balancer.id, balancer.origin));
    }
    SourcedJson subnets = SourcedJson::List();
    for (const FoundText& id : balancer.subnets) {
      for (const FoundSubnet& each : all_.subnets) {
        if (each.id == id.value) subnets.Add(SourcedJson::Text(names_.Of(each), id.origin));
      }
    }
    written.Set("subnets", std::move(subnets));
    if (balancer.address) written.Set("address", SourcedJson::Text(*balancer.address));
    SourcedJson backends = SourcedJson::List();
    for (const FoundText& each : balancer.backends) {
      const auto host = hosts_.find(each.value);
      backends.Add(
          SourcedJson::Text(host == hosts_.end() ? each.value : host->second, each.origin));
    }
    written.Set("backends", std::move(backends));
    if (balancer.listener) written.Set("listener", SourcedJson::Text(*balancer.listener));
    return written;
  }

  Inventory& all_;
  const NameBook& names_;
  const HostNames& hosts_;
  std::unordered_map<std::string, FoundText> tables_;  // by subnet
  std::unordered_map<std::string, FoundText> acls_;
  std::unordered_map<std::string, Members> members_;                     // by security group
  std::unordered_map<std::string, std::vector<const FoundText*>> used_;  // groups, by VPC
};

}  // namespace

SourcedJson VpcsOf(Inventory& inventory, const NameBook& names, const HostNames& hosts) {
  return NetworkWriter(inventory, names, hosts).Write();
}

}  // namespace vpcmirror::sim
