// Where the parts of a deployment are written.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/cloud/topology.h"
#include "models/scenario/scenario.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// JSON Pointers into the scenario that a deployment was made of. What nobody wrote, such as
// the route table of a VPC that has none, is where it would be written. The scenario must
// outlive it.
class WrittenPlaces {
 public:
  WrittenPlaces(const Scenario& written, const Deployment& deployment);

  // Of a route, a rule, or what holds it where no entry decides.
  std::string PathOf(const HopPlace& place) const;
  std::string HostPath(std::size_t cvm) const;
  std::string LoadBalancerPath(std::size_t load_balancer) const;

  // Null: nobody wrote it.
  const RouteTableSpec* TableSpec(std::size_t table) const { return tables_[table].spec; }
  const RuleSetSpec* GroupSpec(std::size_t group) const { return groups_[group]; }
  const RuleSetSpec* AclSpec(std::size_t acl) const { return acls_[acl]; }

 private:
  struct Table {
    const RouteTableSpec* spec = nullptr;
    std::string vpc;  // where its VPC is written
  };

  const Deployment& deployment_;
  std::vector<Table> tables_;
  std::vector<const RuleSetSpec*> groups_;
  std::vector<const RuleSetSpec*> acls_;
  std::map<std::string, std::string> hosts_;  // by name
  std::vector<std::string> load_balancers_;
};

}  // namespace vpcmirror
