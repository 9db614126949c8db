// Two peered VPCs for tests.
//
//   VPC a 10.0.0.0/16   web 10.0.1.0/24  web/eni0 10.0.1.2, web2/eni0 10.0.1.3
//                       db  10.0.2.0/24  db/eni0  10.0.2.2
//                       fw  10.0.3.0/24  fw/eni0  10.0.3.2, fw2/eni0 10.0.3.3
//   VPC b 10.1.0.0/16   b   10.1.1.0/24  b/eni0   10.1.1.2   has a route back to a
//                       c   10.1.2.0/24  c/eni0   10.1.2.2   has none
#pragma once

#include <string>
#include <vector>

#include "models/cloud/deployment.h"
#include "tests/support/addresses.h"

namespace vpcmirror::testing_clouds {

enum EniIndex : std::size_t { kWeb, kDb, kFw, kFw2, kB, kC, kWeb2 };
enum SubnetIndex : std::size_t { kWebNet, kDbNet, kFwNet, kBNet, kCNet };

inline FlowKey Tcp(const char* source, std::uint16_t source_port, const char* destination,
                   std::uint16_t destination_port) {
  return {Address(source),  Address(destination), source_port,
          destination_port, kProtocolTcp,         Ports::kKnown};
}

inline Route To(const char* prefix, NextHop::Kind kind, std::uint32_t gateway = 0) {
  return Route{Prefix(prefix), NextHop{kind, gateway}};
}

inline void AddEni(Deployment& deployment, const char* host, std::size_t subnet,
                   const char* address) {
  Eni eni;
  eni.id = std::string(host) + "/eni0";
  eni.cvm = deployment.cvms.size();
  eni.subnet = subnet;
  eni.addresses = {Address(address)};
  Cvm cvm;
  cvm.id = host;
  cvm.enis = {deployment.enis.size()};
  deployment.enis.push_back(eni);
  deployment.cvms.push_back(cvm);
}

inline void AddSubnet(Deployment& deployment, const char* name, std::size_t vpc, const char* cidr,
                      std::size_t table) {
  Subnet subnet;
  subnet.id = subnet.name = name;
  subnet.vpc = vpc;
  subnet.cidr = Prefix(cidr);
  subnet.route_table = table;
  deployment.subnets.push_back(subnet);
}

inline Deployment TwoVpcs() {
  using Kind = NextHop::Kind;
  Deployment deployment;
  deployment.providers = {"tencent"};
  deployment.vpcs = {{"a", "a", Prefix("10.0.0.0/16"), 0}, {"b", "b", Prefix("10.1.0.0/16"), 0}};
  deployment.nat_gateways = {{"nat-1", 0}};
  deployment.gateways = {{"pcx-ab", 0, Kind::kPeering, 1},
                         {"pcx-ba", 1, Kind::kPeering, 0},
                         {"ccn-1", 0, Kind::kCcn, std::nullopt}};
  deployment.route_tables = {
      {"rt-a",
       0,
       {To("0.0.0.0/0", Kind::kNatGateway), To("192.0.2.0/24", Kind::kOutside),
        To("192.0.2.128/25", Kind::kBlackhole), To("10.0.2.128/25", Kind::kBlackhole),
        To("10.0.0.0/16", Kind::kBlackhole), To("10.1.0.0/16", Kind::kPeering, 0),
        To("172.16.0.0/16", Kind::kPeering, 0), To("172.17.0.0/16", Kind::kCcn, 2),
        To("198.51.100.0/24", Kind::kCvm, kFw), To("203.0.113.0/24", Kind::kCvm, kFw)}},
      {"rt-fw", 0, {To("198.51.100.0/24", Kind::kOutside), To("203.0.113.0/24", Kind::kCvm, kFw2)}},
      {"rt-b", 1, {To("10.0.0.0/16", Kind::kPeering, 1)}},
      {"rt-c", 1, {}}};
  AddSubnet(deployment, "web", 0, "10.0.1.0/24", 0);
  AddSubnet(deployment, "db", 0, "10.0.2.0/24", 0);
  AddSubnet(deployment, "fw", 0, "10.0.3.0/24", 1);
  AddSubnet(deployment, "b", 1, "10.1.1.0/24", 2);
  AddSubnet(deployment, "c", 1, "10.1.2.0/24", 3);
  AddEni(deployment, "web", kWebNet, "10.0.1.2");
  AddEni(deployment, "db", kDbNet, "10.0.2.2");
  AddEni(deployment, "fw", kFwNet, "10.0.3.2");
  AddEni(deployment, "fw2", kFwNet, "10.0.3.3");
  AddEni(deployment, "b", kBNet, "10.1.1.2");
  AddEni(deployment, "c", kCNet, "10.1.2.2");
  AddEni(deployment, "web2", kWebNet, "10.0.1.3");
  return deployment;
}

inline SecurityRule Rule(bool accept, std::optional<std::uint8_t> protocol = std::nullopt,
                         PortRange ports = {0, 65535},
                         std::optional<IpPrefix> peer = std::nullopt) {
  return SecurityRule{accept, protocol, peer, ports};
}

}  // namespace vpcmirror::testing_clouds
