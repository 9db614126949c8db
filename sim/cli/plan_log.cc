#include "sim/cli/plan_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

#include "models/scenario/error.h"
#include "models/scenario/observed_flows.h"

namespace vpcmirror::sim {
namespace {

struct NamedShare {
  const char* name;
  double share;
};
constexpr std::array<NamedShare, 4> kComparedWith = {
    {{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}, {"max", 1}}};

void AtPeak(const LoggedTraffic& logged, std::vector<ObservedFlow>& flows) {
  for (ObservedFlow& flow : flows) {
    flow.bits_per_second *= logged.peak_to_mean;
    flow.frames_per_second *= logged.peak_to_mean;
  }
}

[[noreturn]] void RefuseEmpty(const LoggedTraffic& logged) {
  ScenarioError error;
  error.file = logged.files.front();
  error.message = fmt::format(
      "none of {} records tells of traffic at an ENI of the scenario, so that there is nothing to "
      "plan for",
      logged.tally.records);
  std::string unknown;
  for (const UnknownInterface& each : logged.unknown) {
    unknown += (unknown.empty() ? "" : ", ") + each.id;
  }
  error.accepted =
      unknown.empty()
          ? "records of interfaces, or between addresses, that the scenario has"
          : fmt::format("--map ID=HOST for an interface that is one of its ENIs: {}{}", unknown,
                        logged.unknown_interfaces > static_cast<std::int64_t>(logged.unknown.size())
                            ? ", ..."
                            : "");
  throw ScenarioException({error});
}

void RefuseTimeline(const ValidScenario& scenario) {
  if (scenario.timeline.empty()) return;
  ScenarioError error;
  error.file = scenario.file;
  error.path = "/timeline";
  error.message = "a window of a log is one state, and has no times for a timeline";
  error.accepted = "--set '/timeline=[]', to plan for the beginning";
  throw ScenarioException({error});
}

}  // namespace

PlanLog::PlanLog(const ValidScenario& base, const LogOptions& options) {
  RefuseTimeline(base);
  reading_ = ReadingOf(options);
  logged_ = ReadLoggedTraffic(base, reading_);
  if (logged_.windows.empty()) RefuseEmpty(logged_);
  for (const Eni& eni : base.deployment->enis) enis_.push_back(eni.id);
  for (const MappedInterface& each : logged_.mapped) {
    found_.push_back({each.id, enis_[each.eni], each.by_rule});
  }
  sizing_.ranked = WindowAt(options.size_at, ShareOf(options));
  std::vector<std::int64_t> starts = {sizing_.ranked.totals.start};
  for (const NamedShare& each : kComparedWith) {
    if (logged_.is_matrix) break;  // it is one window
    others_.push_back({WindowAt(each.name, each.share), {}});
    starts.push_back(others_.back().ranked.totals.start);
  }
  std::vector<WindowFlows> windows = ReadWindowFlows(base, reading_, logged_, starts);
  for (WindowFlows& window : windows) AtPeak(logged_, window.flows);
  sizing_.flows = std::move(windows.front().flows);
  for (std::size_t i = 0; i < others_.size(); ++i) {
    others_[i].flows = std::move(windows[i + 1].flows);
  }
}

RankedWindow PlanLog::WindowAt(const std::string& at, double share) const {
  return {.at = at,
          .rank = SizingRank(logged_.windows.size(), share),
          .totals = SizingWindow(logged_, share)};
}

void PlanLog::Put(const Window& window, ValidScenario& variant) const {
  RefuseTimeline(variant);
  std::unordered_map<std::string, std::size_t> numbers;
  const std::vector<Eni>& enis = variant.deployment->enis;
  for (std::size_t i = 0; i < enis.size(); ++i) numbers.emplace(enis[i].id, i);
  std::vector<std::optional<std::size_t>> numbers_here;  // by index in enis_
  for (const std::string& id : enis_) {
    const auto found = numbers.find(id);
    numbers_here.push_back(found == numbers.end() ? std::nullopt : std::optional(found->second));
  }
  std::vector<ObservedFlow> flows = window.flows;
  for (ObservedFlow& flow : flows) {
    const std::optional<std::size_t>& here = numbers_here[flow.eni];
    if (!here) {
      ScenarioError error;
      error.file = variant.file;
      error.message =
          fmt::format("{} is not there, and the log tells of traffic at it", enis_[flow.eni]);
      error.accepted = "changes that leave every ENI with traffic where it is";
      throw ScenarioException({error});
    }
    flow.eni = *here;
  }
  ReplaceWorkloads(Fewer(std::move(flows), variant), variant);
}

PlannedLog PlanLog::ToldOf(const ValidScenario& planned) const {
  return {.logged = logged_,
          .window = sizing_.ranked,
          .flows = sizing_.flows.size(),
          .reckoned = planned.workloads.front().observed.size(),
          .found = found_,
          .windows = {}};
}

WindowTrials PlanLog::OtherWindows(const ValidScenario& base) const {
  WindowTrials trials;
  for (const Window& each : others_) {
    trials.emplace_back(each.ranked, base);
    Put(each, trials.back().second);
  }
  return trials;
}

void PlanLog::TryEvery(const ValidScenario& base, const TryWindow& take) const {
  ReadEveryWindow(base, reading_, logged_, [&](WindowFlows flows) {
    const auto totals =
        std::ranges::lower_bound(logged_.windows, flows.start, {}, &WindowTotals::start);
    if (totals == logged_.windows.end() || totals->start != flows.start) return;
    AtPeak(logged_, flows.flows);
    const Window window{.ranked = {.totals = *totals}, .flows = std::move(flows.flows)};
    ValidScenario variant = base;
    Put(window, variant);
    take(*totals, variant);
  });
}

}  // namespace vpcmirror::sim
