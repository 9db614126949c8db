// The commonest question without a file: so many machines of one type, each
// with so much traffic, all of it mirrored.
#pragma once

#include <string>

#include "models/scenario/error.h"

namespace vpcmirror::sim {

struct FlagScenario {
  std::string provider = "tencent";
  std::string type;  // of the sources
  int count = 1;
  std::string in;   // each; a bandwidth, or empty
  std::string out;  // each; a bandwidth, or empty
  std::string duration = "100 ms";
  int receivers = 1;
  std::string receiver_type;  // empty: machines that nothing limits
  std::string receiver = "generic";
};

// What errors call it, and what its result is named by.
inline constexpr char kFlagScenarioName[] = "command-line";

// The scenario as a file that runs.
std::string ScenarioText(const FlagScenario& flags);

// The same errors, about the options that the user typed and not about places
// in a text that nobody saw.
ScenarioException InTermsOfFlags(const ScenarioException& exception);

}  // namespace vpcmirror::sim
