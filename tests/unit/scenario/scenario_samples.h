// Raw scenarios for tests, as the reader would fill them in.
#pragma once

#include <algorithm>
#include <functional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario/error.h"
#include "models/scenario/scenario.h"
#include "models/scenario/valid_scenario.h"
#include "tests/support/addresses.h"

namespace vpcmirror::testing_samples {

template <class T>
At<T> Here(T value, std::string path = "/here") {
  return At<T>{std::move(value), std::move(path)};
}

inline At<std::string> Text(const char* value, std::string path = "/here") {
  return At<std::string>{value, std::move(path)};
}

inline BitsPerSecond Mbps(std::int64_t count) { return BitsPerSecond(count * 1'000'000); }

// The rows of tencent-cvm.csv that the tests use, and what a profile says.
inline Library SmallLibrary() {
  Library library;
  ProviderProfile tencent;
  tencent.name = "tencent";
  tencent.title = "Tencent Cloud";
  tencent.api = "tencent";
  tencent.filter.model = FilterModel::kAllConditions;
  tencent.filter.copies_all_without_rules = true;
  tencent.filter.has_ipv6 = true;
  tencent.rule_mode = FilterRules{.priority = {0, 1000}, .has_ipv6 = true};
  tencent.sessions.at_most_one_copy = false;
  tencent.sessions.object_in_one_mirror = true;
  tencent.sessions.reject_stops_later = false;
  tencent.lifecycle.by_default = "RUNNING";
  tencent.error_codes = {
      {"source_is_target", "UnsupportedOperation.TrafficMirrorNotSupportSameSrcTarget"},
      {"receiver_in_other_vpc", "UnsupportedOperation.VpcMismatch"},
      {"source_in_other_vpc", "InvalidParameterValue.ObjectVpcNotCurrentVpc"},
      {"object_in_use", "InvalidParameterValue.ObjectUseInTrafficMirror"},
      {"ipv6_receiver", "UnsupportedOperation.Ipv6NotSupport"},
      {"nat_beside_conditions", "InvalidParameter.Coexist"},
  };
  tencent.assumptions = {
      {"encapsulation", "vxlan", "Copies are wrapped in VXLAN.", "not documented", false},
      {"vni", "0", "The VXLAN network identifier is 0.", "not documented", false},
      {"flow_hash_symmetric", "true", "Both directions hash alike.", "not documented", false},
      {"mtu_policy", "truncate", "Copies are cut.", "not documented", false},
      {"congestion", "shared_random", "All lose in proportion.", "not documented", false},
      {"mirrors_what_security_drops", "false", "They are not copied.", "not documented", false},
  };
  library.providers["tencent"] = tencent;

  InstanceType web;
  web.name = "S5.2XLARGE32";
  web.limits.bandwidth = Mbps(3000);
  web.limits.packet_rate = PacketsPerSecond(600'000);
  web.limits.vcpus = 8;
  web.max_enis = 4;
  library.instance_types[web.name] = web;
  InstanceType old;
  old.name = "S3.6XLARGE48";
  old.limits.bandwidth = Mbps(3000);
  old.limits.vcpus = 24;
  library.instance_types[old.name] = old;
  InstanceType ids = web;
  ids.name = "S5.4XLARGE32";
  ids.limits.bandwidth = Mbps(6000);
  library.instance_types[ids.name] = ids;

  for (const char* name : {"kernel", "xdp"}) {
    CpuCostTable& table = library.costs[name];
    table.name = name;
    table.title = name;
    table.of(CpuOperation::kClone) = {
        .curve = CostCurve::Flat(Picoseconds(name[0] == 'k' ? 675'000 : 230'000), Picoseconds(75)),
        .source = "a test"};
  }
  for (const char* name : {"suricata", "zeek", "generic"}) {
    ReceiverProfile profile;
    profile.name = name;
    profile.source = "a test";
    library.receivers[name] = profile;
  }
  return library;
}

inline HostSpec Host(const char* name, int count = 0) {
  HostSpec host;
  host.name = name;
  host.path = std::string("/hosts/") + name;
  if (count != 0) host.count = Here(count, host.path + "/count");
  host.settings.type = Text("S5.2XLARGE32", host.path + "/type");
  return host;
}

inline WorkloadSpec AtWorkload(const char* name, const char* at) {
  WorkloadSpec workload;
  workload.name = name;
  workload.path = std::string("/workloads/") + name;
  workload.at = Text(at, workload.path + "/at");
  workload.in = Here(Mbps(500), workload.path + "/in");
  workload.out = Here(Mbps(500), workload.path + "/out");
  return workload;
}

inline MirrorSpec MirrorOf(const std::vector<const char*>& sources,
                           const std::vector<const char*>& receivers, int number = 0) {
  MirrorSpec mirror;
  mirror.path = "/mirrors/" + std::to_string(number);
  mirror.api = "tencent";
  mirror.spoken = "a CreateTrafficMirror body of Tencent Cloud";
  mirror.words = {.mirror = "mirror",
                  .sources = "CollectorSrcs",
                  .targets = "TargetIps",
                  .filter = "CollectorNormalFilters",
                  .state = "State",
                  .direction = "Direction",
                  .priority = "Priority"};
  mirror.filter.path = mirror.path;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    mirror.sources.push_back(Text(sources[i], mirror.path + "/CollectorSrcs/" + std::to_string(i)));
  }
  for (std::size_t i = 0; i < receivers.size(); ++i) {
    mirror.targets.push_back(
        Text(receivers[i], mirror.path + "/CollectorTarget/TargetIps/" + std::to_string(i)));
  }
  return mirror;
}

// The smallest scenario of the design: two web servers, one receiver.
inline Scenario Smallest() {
  Scenario scenario;
  scenario.name = "smallest";
  scenario.file = "smallest.json";
  scenario.hosts.push_back(Host("web", 2));
  HostSpec ids = Host("ids");
  ids.settings.type = Text("S5.4XLARGE32", "/hosts/ids/type");
  ids.settings.receiver = Text("suricata", "/hosts/ids/receiver");
  scenario.hosts.push_back(ids);
  scenario.workloads.push_back(AtWorkload("www", "web"));
  scenario.mirrors.push_back(MirrorOf({"web"}, {"ids"}));
  return scenario;
}

inline VpcSpec VpcOf(const char* name, const char* cidr) {
  VpcSpec vpc;
  vpc.name = name;
  vpc.path = std::string("/vpcs/") + name;
  vpc.cidr = Prefix(cidr);
  return vpc;
}

inline SubnetSpec SubnetOf(const VpcSpec& vpc, const char* name, const char* cidr) {
  SubnetSpec subnet;
  subnet.name = name;
  subnet.path = vpc.path + "/subnets/" + name;
  subnet.cidr = Prefix(cidr);
  return subnet;
}

// Two VPCs, `prod` with three subnets and `test` with one; web in prod/web, ids in prod/sec.
inline void Estate(Scenario& scenario) {
  VpcSpec prod = VpcOf("prod", "10.0.0.0/16");
  prod.subnets = {SubnetOf(prod, "web", "10.0.1.0/24"), SubnetOf(prod, "db", "10.0.2.0/24"),
                  SubnetOf(prod, "sec", "10.0.9.0/24")};
  VpcSpec test = VpcOf("test", "10.1.0.0/16");
  test.subnets = {SubnetOf(test, "lab", "10.1.1.0/24")};
  scenario.vpcs = {prod, test};
  scenario.hosts[0].settings.subnet = Text("web", "/hosts/web/subnet");
  scenario.hosts[1].settings.subnet = Text("sec", "/hosts/ids/subnet");
}

// Every complaint as "path: message | accepted".
inline std::vector<std::string> ErrorsOf(const Scenario& scenario,
                                         const Library& library = SmallLibrary()) {
  std::vector<std::string> lines;
  try {
    Validate(scenario, library);
  } catch (const ScenarioException& exception) {
    for (const ScenarioError& error : exception.errors()) {
      lines.push_back(error.path + ": " + error.message + " | " + error.accepted);
    }
  }
  return lines;
}

// A mistake put into a scenario that is fine without it, and what is said of it.
struct RefusalCase {
  const char* name;
  std::function<void(Scenario&)> spoil;
  const char* complaint;  // path: message | accepted
};

inline void PrintTo(const RefusalCase& c, std::ostream* os) { *os << c.name; }

// Null when the scenario assumes no such thing.
inline const Assumption* Find(const ValidScenario& scenario, const std::string& name) {
  const auto& all = scenario.assumptions;
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Assumption& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace vpcmirror::testing_samples
