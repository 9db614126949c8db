// The networks of an inventory as a scenario's `vpcs`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/import/inventory.h"
#include "sim/import/name_book.h"

namespace vpcmirror::sim {

// How the scenario calls whoever a route or a load balancer may lead to, by what the cloud
// calls it: instances and ENIs.
using HostNames = std::map<std::string, std::string, std::less<>>;

// `inventory` is completed; gaps are added to it.
SourcedJson VpcsOf(Inventory& inventory, const NameBook& names, const HostNames& hosts);

}  // namespace vpcmirror::sim
