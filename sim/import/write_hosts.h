// The machines of an inventory as a scenario's `hosts`.
#pragma once

#include <set>
#include <string>

#include "sim/import/inventory.h"
#include "sim/import/name_book.h"
#include "sim/import/write_network.h"

namespace vpcmirror::sim {

// An ENI without an instance is a host of its own. `inventory` is completed; gaps are added
// to it. Fills `called`: how each instance and ENI is called.
SourcedJson HostsOf(Inventory& inventory, const NameBook& names,
                    const std::set<std::string>& known_types, HostNames& called);

}  // namespace vpcmirror::sim
