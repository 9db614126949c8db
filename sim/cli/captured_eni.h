// Options of commands that ask about the frames of one ENI.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/scenario/valid_scenario.h"
#include "models/wire/address.h"

namespace vpcmirror::sim {

// Throws ScenarioException about an option.
[[noreturn]] void FailOption(const char* option, std::string message, std::string accepted);

// "--eni web[0]/eni0 (10.0.1.2), web[1]/eni0 (10.0.1.3) or 26 more".
std::string NamesOfEnis(const ValidScenario& scenario, const std::vector<std::size_t>& enis);

// Those that a --eni names; of an empty one all.
std::vector<std::size_t> CandidateEnis(const ValidScenario& scenario, const std::string& selector);

// The ENI that --eni names; of an empty one the only one that mirrors watch. Throws
// ScenarioException unless it is one.
std::size_t EniOfCapture(const ValidScenario& scenario, const std::string& selector);

// What --local says. Throws ScenarioException.
std::vector<IpPrefix> ReadLocal(const std::vector<std::string>& texts);

}  // namespace vpcmirror::sim
