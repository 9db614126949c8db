// Internal to models/scenario: a scenario while Validate makes it valid. Each
// Expand function does its part and goes on after an error, so that all errors
// come at once.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/scenario/error.h"
#include "models/scenario/scenario.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

class ErrorList {
 public:
  // A complaint that is already there is not repeated.
  void Add(const std::string& path, const std::string& message, const std::string& accepted = "");
  void Add(const ScenarioError& error);

  const std::vector<ScenarioError>& all() const { return errors_; }
  bool empty() const { return errors_.empty(); }

 private:
  std::vector<ScenarioError> errors_;
  std::set<std::pair<std::string, std::string>> seen_;  // path and message
};

class AssumptionList {
 public:
  // An assumption that is already there is not repeated.
  void Add(const Assumption& assumption);
  // A default that the scenario left to us.
  void Default(const std::string& name, const std::string& value, const std::string& text,
               const std::string& source);

  const std::vector<Assumption>& all() const { return assumptions_; }

 private:
  std::vector<Assumption> assumptions_;
  std::set<std::pair<std::string, std::string>> seen_;  // name and text
};

// Names that mean something only inside one VPC.
struct VpcNames {
  std::map<std::string, std::size_t> subnets;  // by name and by id
  std::map<std::string, std::size_t> route_tables;
  std::map<std::string, std::size_t> security_groups;
  std::map<std::string, std::size_t> acls;
  std::map<std::string, NextHop> gateways;
};

struct HostMembers {
  std::size_t first_cvm = 0;
  int count = 0;
  bool failed = false;  // it has an error; what names it stays silent
};

// What a bare ID names.
struct NamedThing {
  enum class Kind : std::uint8_t { kVpc, kSubnet, kEni, kHost, kLoadBalancer };
  Kind kind = Kind::kHost;
  std::size_t index = 0;
  std::string path;
};

// Of an MTU, which counts IP packets. RFC 791: every module must forward datagrams of 68 octets.
inline constexpr std::int64_t kSmallestMtu = 68;
inline constexpr std::int64_t kLargestMtu = 65535;

// The source of a default that no document and no system gives.
inline constexpr const char* kOurChoice = "chosen for this model";

struct Draft {
  explicit Draft(const Scenario& raw, const Library& shipped)
      : scenario(raw), library(shipped), deployment(std::make_shared<Deployment>()) {}

  const Scenario& scenario;
  const Library& library;
  ErrorList errors;
  AssumptionList assumptions;

  std::shared_ptr<Deployment> deployment;
  std::vector<ProviderProfile> providers;
  std::vector<std::shared_ptr<const CpuCostTable>> costs;             // by CVM
  std::map<Payer, std::shared_ptr<const CpuCostTable>> shared_costs;  // of hosts without their own
  std::vector<bool> workers_given;           // by CVM: in the scenario, not by default
  std::shared_ptr<const Topology> topology;  // empty when the network has errors
  std::vector<PlacedMirror> mirrors;
  std::vector<Workload> workloads;
  std::vector<TimelineEvent> timeline;
  std::vector<std::size_t> detached;
  std::vector<PcapOutput> pcaps;
  std::vector<std::string> notes;  // sentences that every output repeats
  std::vector<ScenarioError> cautions;
  bool baseline = false;  // the run is compared with one without mirrors
  std::vector<Assertion> assertions;
  Picoseconds duration{kPicosecondsPerSecond};

  std::map<std::string, std::size_t> vpcs;  // by name and by id
  std::vector<VpcNames> names;              // by VPC
  std::map<std::string, HostMembers> hosts;
  std::map<std::string, NamedThing> ids;                    // what needs no prefix to be named
  std::vector<std::map<IpAddress, std::size_t>> addresses;  // by VPC, to the ENI that has it
  // By name and by ID; empty: it has an error, and what names it stays silent.
  std::map<std::string, std::optional<std::size_t>> load_balancers;
  // A route table that the subnets of a VPC use without naming one; by VPC.
  std::vector<std::optional<std::size_t>> main_tables;

  // Of something that no error stops: a caution and a note, once.
  void Warn(const ScenarioError& caution);

  std::size_t VpcOf(std::size_t eni) const {
    return deployment->subnets[deployment->enis[eni].subnet].vpc;
  }
};

// The CPU costs of a CVM of that provider: the host's where it names some, else the
// scenario's. Not null; without costs after an error.
std::shared_ptr<const CpuCostTable> SettleCosts(Draft& draft, const CostSpec* of_host,
                                                const ProviderProfile& provider);

// False, with an error, unless `id` matches [A-Za-z0-9._:/-]{1,64}.
bool CheckId(Draft& draft, const std::string& id, const std::string& path);
// Makes `id` nameable without a prefix; an error when it already names something.
void RegisterId(Draft& draft, const std::string& id, const NamedThing& thing);

template <class Map>
std::vector<std::string> NamesOf(const Map& map) {
  std::vector<std::string> names;
  for (const auto& entry : map) names.push_back(entry.first);
  return names;
}

// In the order in which they are called.
// Index in Draft::providers of a provider, with the scenario's assumptions applied.
std::size_t ProviderIndex(Draft& draft, const At<std::string>& name);
void CheckAssumptionNames(Draft& draft);
void ExpandNetwork(Draft& draft);
void ExpandHosts(Draft& draft);
// Behind the hosts, whose addresses and order they leave as they are.
void ExpandLoadBalancers(Draft& draft);
void ExpandRoutes(Draft& draft);
// Here ExpandMirrors, of expand_mirrors.h.
void ExpandWorkloads(Draft& draft);
void CheckTcpTogether(Draft& draft);
// Here ExpandTimeline, of expand_mirrors.h.
void ExpandOutputs(Draft& draft);
void ExpandAssertions(Draft& draft);

}  // namespace vpcmirror
