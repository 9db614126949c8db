// The route tables and gateways of one VPC.
#pragma once

#include "sim/import/write_network.h"

namespace vpcmirror::sim {

// Sets route_tables, nat_gateways, peerings and ccns of `vpc`, as far as there are any.
void WriteRoutes(const FoundVpc& of, Inventory& inventory, const NameBook& names,
                 const HostNames& hosts, SourcedJson& vpc);

}  // namespace vpcmirror::sim
