#include "sim/cli/captured_eni.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/scenario/error.h"
#include "models/scenario/find_enis.h"
#include "models/scenario/taps.h"

namespace vpcmirror::sim {

void FailOption(const char* option, std::string message, std::string accepted) {
  ScenarioError error;
  error.file = option;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  throw ScenarioException({error});
}

std::string NamesOfEnis(const ValidScenario& scenario, const std::vector<std::size_t>& enis) {
  constexpr std::size_t kMostNames = 10;
  if (enis.empty()) return "a scenario with an ENI";
  std::string text = "--eni ";
  for (std::size_t i = 0; i < std::min(enis.size(), kMostNames); ++i) {
    const Eni& eni = scenario.deployment->enis[enis[i]];
    text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", eni.id, ToString(eni.addresses.front()));
  }
  if (enis.size() > kMostNames) text += fmt::format(" or {} more", enis.size() - kMostNames);
  return text;
}

std::vector<std::size_t> CandidateEnis(const ValidScenario& scenario, const std::string& selector) {
  if (!selector.empty()) return FindEnis(scenario, selector, "--eni");
  std::vector<std::size_t> all(scenario.deployment->enis.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

std::size_t EniOfCapture(const ValidScenario& scenario, const std::string& selector) {
  std::vector<std::size_t> candidates;
  if (selector.empty()) {
    const auto mirrors = MirrorsByEni(scenario);
    for (std::size_t i = 0; i < mirrors.size(); ++i) {
      if (!mirrors[i].empty()) candidates.push_back(i);
    }
    if (candidates.empty()) candidates = CandidateEnis(scenario, "");
  } else {
    candidates = FindEnis(scenario, selector, "--eni");
  }
  if (candidates.size() == 1) return candidates.front();
  FailOption("--eni",
             selector.empty()
                 ? fmt::format("{} ENIs could have seen the capture", candidates.size())
                 : fmt::format("\"{}\" names {} ENIs, and a capture is asked about at one",
                               selector, candidates.size()),
             NamesOfEnis(scenario, candidates));
}

std::vector<IpPrefix> ReadLocal(const std::vector<std::string>& texts) {
  std::vector<IpPrefix> prefixes;
  for (const std::string& text : texts) {
    if (const auto prefix = ParseIpPrefix(text)) {
      prefixes.push_back(*prefix);
    } else if (const auto address = ParseIpAddress(text)) {
      prefixes.emplace_back(*address, address->is_v4() ? 32 : 128);
    } else {
      FailOption("--local", fmt::format("\"{}\" is no address and no range of them", text),
                 "10.0.1.7 or 10.0.1.0/24, without bits behind the prefix");
    }
  }
  return prefixes;
}

}  // namespace vpcmirror::sim
