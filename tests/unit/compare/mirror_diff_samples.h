// Scenarios made by hand, of a few ENIs and their mirrors.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario/valid_scenario.h"
#include "tests/support/addresses.h"

namespace vpcmirror {

inline constexpr std::size_t kSampleEnis = 3;  // "web[0]/eni0", ...: 10.0.0.5, 10.0.0.6, ...

struct SampleMirror {
  MirrorSettings settings;
  std::vector<std::size_t> sources{0};
};

inline MirrorSettings SampleSettings(const std::string& id, Filter filter = {}) {
  return {.id = id,
          .filter = std::move(filter),
          .receivers = {{.address = Address("10.0.9.9"), .mtu = Bytes(8500)}}};
}

inline ValidScenario SampleScenario(const std::vector<SampleMirror>& mirrors, TapRules rules = {},
                                    std::size_t enis = kSampleEnis) {
  auto deployment = std::make_shared<Deployment>();
  deployment->providers = {"tencent"};
  deployment->vpcs = {{.id = "vpc-1", .name = "prod", .cidr = Prefix("10.0.0.0/16")}};
  deployment->subnets = {{.id = "subnet-1", .name = "web", .cidr = Prefix("10.0.0.0/16")}};
  deployment->nat_gateways = {{.id = "nat-1"}};
  for (std::size_t i = 0; i < enis; ++i) {
    deployment->enis.push_back(
        {.id = "web[" + std::to_string(i) + "]/eni0",
         .addresses = {IpAddress::V4(Address("10.0.0.5").v4() + static_cast<std::uint32_t>(i))},
         .mtu = Bytes(8500)});
  }
  ValidScenario scenario{.name = "sample", .deployment = deployment};
  for (const SampleMirror& each : mirrors) {
    auto core = std::make_shared<const Mirror>(each.settings);
    for (const MirrorPort& port : core->MirrorPorts()) rules.mirror_ports.push_back(port);
    scenario.mirrors.push_back({.mirror = std::move(core), .sources = each.sources});
  }
  std::sort(rules.mirror_ports.begin(), rules.mirror_ports.end());
  scenario.tap_rules = {std::make_shared<const TapRules>(std::move(rules))};
  return scenario;
}

}  // namespace vpcmirror
