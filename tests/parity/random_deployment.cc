#include "tests/parity/random_deployment.h"

#include <fmt/format.h>

#include <random>
#include <string_view>
#include <vector>

namespace vpcmirror::sim {
namespace {

class Drawer {
 public:
  explicit Drawer(std::uint64_t number) : engine_(number) {}

  int Below(int count) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(count)); }
  bool Chance(int percent) { return Below(100) < percent; }
  std::string OneOf(const std::vector<std::string>& all) {
    return all[static_cast<std::size_t>(Below(static_cast<int>(all.size())))];
  }

 private:
  std::mt19937_64 engine_;
};

std::string Joined(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& each : all) text += (text.empty() ? "" : ", ") + each;
  return text;
}

std::string List(const std::vector<std::string>& all) { return fmt::format("[{}]", Joined(all)); }

std::string Route(std::string_view to, std::string_view via) {
  return fmt::format(R"({{"to": "{}", "via": "{}"}})", to, via);
}

constexpr const char* kAll = R"([{"action": "accept"}])";

// Rules for which the port of copies, their protocol and their sources matter.
std::string Rules(Drawer& draw, int percent_open) {
  std::vector<std::string> rules;
  const int count = draw.Below(3);
  for (int i = 0; i < count; ++i) {
    std::string rule = fmt::format(R"({{"action": "{}")", draw.Chance(50) ? "accept" : "drop");
    const bool has_ports = draw.Chance(60);
    if (has_ports || draw.Chance(50)) {
      rule += fmt::format(R"(, "protocol": "{}")", draw.OneOf({"udp", "udp", "tcp"}));
    }
    if (has_ports) {
      rule += fmt::format(R"(, "ports": "{}")",
                          draw.OneOf({"4789", "4789", "4788", "4790-65535", "4000-5000", "443"}));
    }
    if (draw.Chance(60)) {
      rule += fmt::format(R"(, "peer": "{}")",
                          draw.OneOf({"10.0.1.2/32", "10.0.1.3/32", "10.0.1.0/24", "10.0.2.0/24",
                                      "10.0.0.0/16", "10.0.1.2/31", "192.0.2.0/24"}));
    }
    rules.push_back(rule + "}");
  }
  if (draw.Chance(percent_open)) rules.emplace_back(R"({"action": "accept"})");
  return List(rules);
}

std::string RuleSet(Drawer& draw, int percent_open) {
  return fmt::format(R"({{"ingress": {}, "egress": {}}})", Rules(draw, percent_open),
                     Rules(draw, percent_open));
}

// Routes of a subnet of VPC a: to receivers of the VPC itself, which are local unless a
// longer route says otherwise, and to those of others.
std::string RoutesOfA(Drawer& draw, bool has_others) {
  std::vector<std::string> routes;
  if (draw.Chance(40)) routes.push_back(Route("0.0.0.0/0", "outside"));
  if (draw.Chance(35)) {
    routes.push_back(Route(draw.OneOf({"10.0.9.0/24", "10.0.9.2/32", "10.0.9.3/32"}),
                           draw.OneOf({"blackhole", "outside", "fw1", "fw1", "s0", "s2"})));
  }
  if (!has_others) return List(routes);
  const int kind = draw.Below(100);
  if (kind < 60) {
    routes.push_back(Route("10.1.0.0/16", "ab"));
  } else if (kind < 75) {
    routes.push_back(Route("10.1.0.0/16", draw.OneOf({"blackhole", "outside", "fw1", "s1"})));
  } else if (kind < 85) {
    routes.push_back(Route("10.1.0.0/16", "ac"));
  }
  if (draw.Chance(60)) routes.push_back(Route("10.2.0.0/16", draw.OneOf({"ac", "ac", "ab"})));
  return List(routes);
}

std::string RoutesOfForwarder(Drawer& draw, std::string_view other, bool has_others) {
  std::vector<std::string> routes;
  for (const char* to : {"10.0.9.0/24", "10.1.0.0/16"}) {
    const bool is_here = std::string_view(to) == "10.0.9.0/24";
    if (!is_here && !has_others) break;
    const int kind = draw.Below(4);
    if (kind < 2) routes.push_back(Route(to, other));
    if (kind == 2) routes.push_back(Route(to, "blackhole"));
    if (kind == 3 && !is_here) routes.push_back(Route(to, "ab"));
  }
  return List(routes);
}

std::string RoutesBack(Drawer& draw, const char* gateway) {
  const int kind = draw.Below(100);
  if (kind < 65) return List({Route("10.0.0.0/16", gateway)});
  if (kind < 75) return List({Route(draw.OneOf({"10.0.1.2/32", "10.0.2.0/24"}), gateway)});
  if (kind < 85) return List({Route("0.0.0.0/0", "outside")});
  return "[]";
}

std::string VpcA(Drawer& draw, bool has_others, const std::string& balancer) {
  std::string acl_of_receivers;
  if (draw.Chance(45)) acl_of_receivers = R"(, "acl": "acl-sec")";
  std::string text = R"("a": {"cidr": "10.0.0.0/16", "subnets": {
      "app": {"cidr": "10.0.1.0/24", "az": "z1", "route_table": "rt-app", "acl": "acl-app"},
      "app2": {"cidr": "10.0.2.0/24", "az": "z2", "route_table": "rt-app2"},
      "fw1": {"cidr": "10.0.3.0/24", "route_table": "rt-fw1"},
      "fw2": {"cidr": "10.0.4.0/24", "route_table": "rt-fw2"},
      "sec": {"cidr": "10.0.9.0/24", "az": "z1", "route_table": "rt-sec")" +
                     acl_of_receivers + R"(}},
      "acls": {"acl-sec": )" +
                     RuleSet(draw, 55) + R"(,
               "acl-app": {"ingress": )" +
                     kAll + R"(, "egress": )" + Rules(draw, 40) + R"(}},
      "security_groups": {"sg-r": )" +
                     RuleSet(draw, 45) + R"(, "sg-r2": )" + RuleSet(draw, 30) + R"(, "sg-fw": )" +
                     RuleSet(draw, 60) + R"(,
               "sg-s": {"ingress": )" +
                     kAll + R"(, "egress": []}},
      "route_tables": {"rt-app": )" +
                     RoutesOfA(draw, has_others) + R"(,
               "rt-app2": )" +
                     RoutesOfA(draw, has_others) + R"(, "rt-sec": [],
               "rt-fw1": )" +
                     RoutesOfForwarder(draw, "fw2", has_others) + R"(,
               "rt-fw2": )" +
                     RoutesOfForwarder(draw, "fw1", has_others) + "}";
  if (has_others) {
    text += R"(, "peerings": {"ab": {"peer": "b"}}, "ccns": {"ac": {"peer": "c"}})";
  }
  return text + balancer + "}";
}

// The VPC c has the range of b, or one of its own.
std::string OtherVpc(Drawer& draw, const std::string& name, int second) {
  const std::string acl = draw.Chance(35) ? R"(, "acl": "acl-)" + name + "\"" : "";
  const std::string gateway = name + "a";
  return fmt::format(
      R"("{0}": {{"cidr": "10.{1}.0.0/16", "subnets": {{
          "rx-{0}": {{"cidr": "10.{1}.1.0/24", "route_table": "rt-{0}"{2}}}}},
          "acls": {{"acl-{0}": {3}}}, "security_groups": {{"sg-{0}": {4}}},
          "{5}": {{"{6}": {{"peer": "a"}}}},
          "route_tables": {{"rt-{0}": {7}}}}})",
      name, second, acl, RuleSet(draw, 55), RuleSet(draw, 55), name == "b" ? "peerings" : "ccns",
      gateway, RoutesBack(draw, gateway.c_str()));
}

std::string Groups(Drawer& draw, const std::vector<std::string>& names) {
  std::vector<std::string> chosen;
  for (const std::string& name : names) {
    if (draw.Chance(35)) chosen.push_back("\"" + name + "\"");
  }
  return List(chosen);
}

std::string Host(const std::string& name, const std::string& subnet, const std::string& groups,
                 const std::string& more = "") {
  return fmt::format(R"("{}": {{"subnet": "{}", "security_groups": {}{}}})", name, subnet, groups,
                     more);
}

std::string Sources() {
  return Joined({Host("s0", "app", R"(["sg-s"])"), Host("s1", "app", R"(["sg-s"])"),
                 Host("s2", "app2", R"(["sg-s"])")});
}

std::string Workloads() {
  std::vector<std::string> all;
  for (const char* source : {"s0", "s1", "s2"}) {
    all.push_back(fmt::format(
        R"("in-{0}": {{"at": "{0}", "in": "19.2 Mbps", "sizes": "60 B", "stop": "500 us"}})",
        source));
  }
  return Joined(all);
}

std::string Scenario(const std::string& provider, const std::string& vpcs, const std::string& hosts,
                     const std::string& mirrors, const std::string& assumptions) {
  return fmt::format(R"({{"provider": "{}", "duration": "1 ms", "vpcs": {{{}}}, "hosts": {{{}}},
      "workloads": {{{}}}, "mirrors": {}{}}})",
                     provider, vpcs, hosts, Workloads(), mirrors, assumptions);
}

// One VPC; copies that do not fit are dropped.
std::string OfTencent(Drawer& draw) {
  const auto receiver = [&](const std::string& name) {
    // A copy of 60 bytes in VXLAN is a packet of 96, in GRE with Ethernet one of 84.
    const std::string mtu = draw.OneOf({"1500", "1500", "1500", "95", "96", "83", "84"});
    return Host(name, draw.Chance(85) ? "sec" : "app", Groups(draw, {"sg-r", "sg-r2"}),
                fmt::format(R"(, "mtu": "{} B")", mtu));
  };
  const std::string hosts = Joined({Sources(), Host("fw1", "fw1", Groups(draw, {"sg-fw"})),
                                    Host("fw2", "fw2", "[]"), receiver("r0"), receiver("r1")});
  std::vector<std::string> mirrors;
  for (const char* source : {"s0", "s1", "s2"}) {
    mirrors.push_back(
        fmt::format(R"({{"CollectorSrcs": ["{}"], "CollectorTarget": {{"TargetIps": ["{}"]}}}})",
                    source, draw.OneOf({"r0", "r1"})));
  }
  return Scenario("tencent", VpcA(draw, false, ""), hosts, List(mirrors),
                  fmt::format(R"(, "assumptions": {{"mtu_policy": "drop", "encapsulation": "{}"}})",
                              draw.OneOf({"vxlan", "vxlan", "vxlan", "gre_ethernet", "none"})));
}

// Receivers in three VPCs, and a load balancer with backends of its own.
std::string OfAws(Drawer& draw) {
  const std::string balancer = fmt::format(
      R"(, "load_balancers": {{"nlb": {{"kind": "nlb", "subnets": ["{}"], "backends": ["k0", "k1"]{},
          "listener": {}, "cross_zone": {}}}}})",
      draw.OneOf({"sec", "app2"}), draw.Chance(60) ? R"(, "unhealthy": ["k0"])" : "",
      draw.OneOf({"\"udp:4789\"", "\"udp:4789\"", "\"udp:4789\"", "\"udp:4788\"", "false"}),
      draw.OneOf({"true", "false"}));
  const int second = draw.Chance(50) ? 1 : 2;
  const std::string vpcs =
      Joined({VpcA(draw, true, balancer), OtherVpc(draw, "b", 1), OtherVpc(draw, "c", second)});
  const std::string mtu = fmt::format(R"(, "mtu": "{} B")", draw.OneOf({"1500", "1500", "110"}));
  std::vector<std::string> hosts = {
      Sources(),
      Host("fw1", "fw1", Groups(draw, {"sg-fw"})),
      Host("fw2", "fw2", "[]"),
      Host("r0", "sec", Groups(draw, {"sg-r", "sg-r2"}), mtu),
      Host("r1", "rx-b", Groups(draw, {"sg-b"})),
      Host("r2", "rx-c", Groups(draw, {"sg-c"}),
           draw.Chance(50) ? R"(, "enis": [{"address": "10.X.1.77"}])" : ""),
      Host("k0", "sec", Groups(draw, {"sg-r"})),
      Host("k1", draw.OneOf({"sec", "app2"}), Groups(draw, {"sg-r2"}))};
  const std::string all = R"([{"RuleNumber": 1, "RuleAction": "accept",
      "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}])";
  std::vector<std::string> sessions;
  const bool is_balanced = draw.Chance(40);
  for (int i = 0; i < 3; ++i) {
    sessions.push_back(fmt::format(
        R"({{"TrafficMirrorSessionId": "tms-{0}", "NetworkInterfaceId": "s{0}",
            "SessionNumber": 1, "VirtualNetworkId": {0}, "TrafficMirrorTargetId": "tmt-{1}",
            "TrafficMirrorFilterId": "tmf-0"}})",
        i, i == 0 && is_balanced ? "9" : draw.OneOf({"0", "1", "1", "2"})));
  }
  std::vector<std::string> targets = {R"({"TrafficMirrorTargetId": "tmt-9",
      "Type": "network-load-balancer", "NetworkLoadBalancerArn": "nlb"})"};
  for (int i = 0; i < 3; ++i) {
    targets.push_back(
        fmt::format(R"({{"TrafficMirrorTargetId": "tmt-{0}", "NetworkInterfaceId": "r{0}"}})", i));
  }
  std::string text =
      Scenario("aws", vpcs, Joined(hosts),
               fmt::format(R"({{"TrafficMirrorTargets": [{}], "TrafficMirrorSessions": [{}],
          "TrafficMirrorFilters": [{{"TrafficMirrorFilterId": "tmf-0",
              "IngressFilterRules": {}, "EgressFilterRules": {}}}]}})",
                           Joined(targets), Joined(sessions), all, all),
               "");
  const std::size_t at = text.find("10.X.");
  if (at != std::string::npos) text.replace(at + 3, 1, std::to_string(second));
  return text;
}

}  // namespace

std::string RandomDeployment(std::uint64_t number) {
  Drawer draw(number);
  return draw.Chance(40) ? OfTencent(draw) : OfAws(draw);
}

}  // namespace vpcmirror::sim
