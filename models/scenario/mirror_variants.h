// The same experiment with other mirrors or receivers, for results that compare.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "models/cloud/limits.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// All of a mirror at every time, its changes of the timeline included. Indices are those of
// ValidScenario::mirrors and of the deployment.

// Of what it collects, one direction alone. Requires that it collects that one.
ValidScenario WithDirection(const ValidScenario& scenario, std::size_t mirror, Direction only);

// Copies cut to `length` where they are not cut to less.
ValidScenario WithPacketLength(const ValidScenario& scenario, std::size_t mirror, Bytes length);

// Of what it collects, TCP, UDP and SCTP from and to that port; what has no ports as before.
// Empty where its filter is of conditions that must all hold, or names network services: to
// those no such rule can be added.
std::optional<ValidScenario> WithPortOnly(const ValidScenario& scenario, std::size_t mirror,
                                          std::uint16_t port);

// From these ENIs alone; of no other mirror.
ValidScenario WithSources(const ValidScenario& scenario, std::size_t mirror,
                          const std::set<std::size_t>& enis);

// No mirror sends to these ENIs any more, and no load balancer passes copies to them; what has
// no other receiver copies nothing.
ValidScenario WithoutReceivers(const ValidScenario& scenario, const std::set<std::size_t>& enis);

// ENIs that are not there from the beginning on: nobody talks to them, and copies to them are
// lost. Load balancers have found it out.
ValidScenario WithEnisLost(const ValidScenario& scenario, const std::set<std::size_t>& enis);

// Receivers of the profile of that name have `profile` in its place.
ValidScenario WithReceiverProfile(const ValidScenario& scenario, const std::string& name,
                                  const ReceiverProfile& profile);

}  // namespace vpcmirror
