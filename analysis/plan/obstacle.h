// What keeps a mirror from working whatever it is sent: no run shows it, and no load mends it.
#pragma once

#include <string>
#include <vector>

#include "models/scenario/run_result.h"

namespace vpcmirror {

// A finding of check, in the words of a plan.
struct Obstacle {
  std::string code;         // of its rule: "MIR-CAP-001"
  std::string subject;      // "mirror m", "eni ids/eni0"
  std::string message;      // a sentence or two
  bool is_refused = false;  // by the cloud's API; else copies do not arrive

  friend bool operator==(const Obstacle&, const Obstacle&) = default;
};

// "the cloud refuses it: MIR-CAP-001 (mirror m)"; empty where there are none.
std::string ObstacleWords(const std::vector<Obstacle>& obstacles);

// Of whatever has a verdict by its traffic alone: with an obstacle it DOES NOT FIT.
Verdict WithObstacles(Verdict by_traffic, const std::vector<Obstacle>& obstacles);

}  // namespace vpcmirror
