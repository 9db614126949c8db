#include "sim/input/window_flows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "models/scenario/error.h"
#include "models/wire/flow_key.h"

namespace vpcmirror::sim {
namespace {

struct FlowAtEni {
  std::size_t eni = 0;
  Direction direction = Direction::kIngress;
  FlowKey flow;

  friend bool operator==(const FlowAtEni&, const FlowAtEni&) = default;
};

struct FlowAtEniHash {
  std::size_t operator()(const FlowAtEni& key) const {
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;  // 2^64 over the golden ratio
    return FlowHash(key.flow, HashSymmetry::kDirectional) ^
           ((key.eni << 1 | (key.direction == Direction::kEgress ? 1 : 0)) * kOdd);
  }
};

using FlowAmounts = std::unordered_map<FlowAtEni, Flux, FlowAtEniHash>;

class FlowCollector {
 public:
  explicit FlowCollector(const LoggedTrafficOptions& options) : options_(options) {}

  void Take(std::int64_t start, const Passing& passing, const Flux& amount) {
    const auto [at, is_new] = by_window_[start].try_emplace(
        FlowAtEni{passing.eni, passing.direction, passing.frame.flow});
    at->second += amount;
    if (is_new && ++flows_ > kMostWindowFlows) Refuse();
  }

  void Forget(std::int64_t start) {
    const auto window = by_window_.find(start);
    if (window == by_window_.end()) return;
    flows_ -= window->second.size();
    by_window_.erase(window);
  }

  // Sorted, so that they hang on nobody's hashes.
  std::vector<ObservedFlow> RatesOf(std::int64_t start, std::int64_t seconds) const {
    const double factor = 1.0 / static_cast<double>(seconds);
    std::vector<ObservedFlow> flows;
    const auto window = by_window_.find(start);
    if (window == by_window_.end()) return flows;
    for (const auto& [key, amount] : window->second) {
      flows.push_back({.eni = key.eni,
                       .direction = key.direction,
                       .flow = key.flow,
                       .bits_per_second = amount.bits_per_second * factor,
                       .frames_per_second = amount.frames_per_second * factor});
    }
    std::sort(flows.begin(), flows.end(), [](const ObservedFlow& a, const ObservedFlow& b) {
      return std::tie(a.eni, a.direction, a.flow) < std::tie(b.eni, b.direction, b.flow);
    });
    return flows;
  }

 private:
  [[noreturn]] void Refuse() const {
    ScenarioError error;
    error.file = options_.files.front();
    error.message =
        fmt::format("the windows to plan for have more than {} flows at ENIs", kMostWindowFlows);
    error.accepted = "shorter windows, as --per says, or logs of fewer ENIs";
    throw ScenarioException({error});
  }

  const LoggedTrafficOptions& options_;
  std::map<std::int64_t, FlowAmounts> by_window_;
  std::size_t flows_ = 0;
};

// As the first reading read them.
LoggedTrafficOptions OnceMore(const LoggedTrafficOptions& options, const LoggedTraffic& logged) {
  LoggedTrafficOptions same = options;
  same.window_seconds = logged.window_seconds;
  same.order = OrderOf(logged);
  return same;
}

}  // namespace

std::vector<WindowFlows> ReadWindowFlows(const ValidScenario& scenario,
                                         const LoggedTrafficOptions& options,
                                         const LoggedTraffic& logged,
                                         const std::vector<std::int64_t>& starts) {
  const std::set<std::int64_t> wanted(starts.begin(), starts.end());
  FlowCollector collector(options);
  ReadLoggedTraffic(scenario, OnceMore(options, logged), {},
                    [&](std::int64_t start, const Passing& passing, const Flux& amount) {
                      if (wanted.contains(start)) collector.Take(start, passing, amount);
                    });
  std::vector<WindowFlows> windows;
  for (const std::int64_t start : starts) {
    windows.push_back({start, collector.RatesOf(start, logged.window_seconds)});
  }
  return windows;
}

void ReadEveryWindow(const ValidScenario& scenario, const LoggedTrafficOptions& options,
                     const LoggedTraffic& logged,
                     const std::function<void(WindowFlows window)>& take) {
  FlowCollector collector(options);
  ReadLoggedTraffic(
      scenario, OnceMore(options, logged),
      [&](const TrafficWindow& window) {
        take({window.start, collector.RatesOf(window.start, logged.window_seconds)});
        collector.Forget(window.start);
      },
      [&](std::int64_t start, const Passing& passing, const Flux& amount) {
        collector.Take(start, passing, amount);
      });
}

}  // namespace vpcmirror::sim
