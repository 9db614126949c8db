#include "analysis/plan/obstacle.h"

#include <map>

namespace vpcmirror {
namespace {

// "MIR-CAP-001 (mirror a, mirror b)", by code.
std::string CodesText(const std::vector<Obstacle>& obstacles, bool refused) {
  constexpr std::size_t kNamed = 3;  // subjects of one code
  std::map<std::string, std::vector<std::string>> subjects;
  for (const Obstacle& each : obstacles) {
    if (each.is_refused == refused) subjects[each.code].push_back(each.subject);
  }
  std::string text;
  for (const auto& [code, names] : subjects) {
    text += (text.empty() ? "" : ", ") + code + " (";
    for (std::size_t i = 0; i < names.size() && i < kNamed; ++i) {
      text += (i == 0 ? "" : ", ") + names[i];
    }
    if (names.size() > kNamed) text += " and " + std::to_string(names.size() - kNamed) + " more";
    text += ")";
  }
  return text;
}

}  // namespace

std::string ObstacleWords(const std::vector<Obstacle>& obstacles) {
  const std::string refused = CodesText(obstacles, true);
  const std::string undelivered = CodesText(obstacles, false);
  std::string words = refused.empty() ? "" : "the cloud refuses it: " + refused;
  if (undelivered.empty()) return words;
  return words + (words.empty() ? "" : "; and ") + "copies do not arrive: " + undelivered;
}

Verdict WithObstacles(Verdict by_traffic, const std::vector<Obstacle>& obstacles) {
  return obstacles.empty() ? by_traffic : Verdict::kDoesNotFit;
}

}  // namespace vpcmirror
