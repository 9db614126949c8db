#include "sim/cli/sweep_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "analysis/words/counted.h"
#include "analysis/words/quantities.h"
#include "models/scenario/error.h"
#include "sim/cli/experiment.h"
#include "sim/cli/version.h"
#include "sim/input/data_folder.h"
#include "sim/input/json_document.h"
#include "sim/input/library.h"
#include "sim/input/sha256.h"

namespace vpcmirror::sim {
namespace {

constexpr std::size_t kMostErrors = 100;  // that anybody reads

[[noreturn]] void Refuse(std::string option, std::string message, std::string accepted) {
  ScenarioError error;
  error.file = std::move(option);
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  throw ScenarioException({error});
}

std::vector<Variation> ReadVariations(const std::vector<std::string>& texts) {
  std::vector<Variation> variations;
  std::vector<ScenarioError> errors;
  std::set<std::string> known;
  for (const std::string& text : texts) {
    try {
      variations.push_back(ParseVariation(text));
      if (known.insert(variations.back().path).second) continue;
      ScenarioError error;
      error.file = "--vary " + text;
      error.message = fmt::format("\"{}\" is varied twice", variations.back().path);
      error.accepted = "one --vary for each path, with all of its values";
      errors.push_back(std::move(error));
    } catch (const ScenarioException& exception) {
      errors.insert(errors.end(), exception.errors().begin(), exception.errors().end());
    }
  }
  if (!errors.empty()) throw ScenarioException(std::move(errors));
  return variations;
}

// Of a grid that may be beyond counting.
std::string PointsText(std::uint64_t points) {
  constexpr std::uint64_t kBeyondReading = 1'000'000'000'000'000;
  if (points > kBeyondReading) return "over 10^15 points";
  return CountedText(static_cast<std::int64_t>(points), "point");
}

std::vector<SweepPoint> Choose(const std::vector<SweepAxis>& axes, const SweepRequest& request) {
  const std::uint64_t grid = GridSize(axes);
  const std::uint64_t points = request.samples ? *request.samples : grid;
  if (points > grid) {
    Refuse("--sample", fmt::format("{} samples of a grid of {}", points, PointsText(grid)),
           fmt::format("at most {}; without --sample, all of the grid", grid));
  }
  if (points > kMaxSweepRuns / static_cast<std::uint64_t>(request.runs)) {
    Refuse(
        request.samples ? "--sample" : "--vary",
        fmt::format("{} of {} each are too many", PointsText(points), Counted(request.runs, "run")),
        fmt::format("at most {} runs: fewer values, or --sample latin:N",
                    CountText(std::int64_t{kMaxSweepRuns})));
  }
  if (!request.samples) return GridPoints(axes);
  return LatinPoints(axes, *request.samples, request.seed.value_or(1));
}

// Of the files that decide what a scenario means.
std::string DigestOfData(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (const char* part : {"schema", "profiles", "costs", "catalog"}) {
    std::error_code error;
    for (fs::directory_iterator at(fs::path(folder) / part, error), end; !error && at != end;
         at.increment(error)) {
      if (at->is_regular_file()) files.push_back(at->path());
    }
  }
  std::sort(files.begin(), files.end());
  std::string all;
  for (const fs::path& file : files) {
    all += fmt::format("{} {}\n", file.lexically_relative(folder).string(),
                       Sha256(ReadTextFile(file.string())));
  }
  return Sha256(all);
}

std::string JoinedBy(std::string_view separator, const std::vector<std::string>& texts) {
  return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, separator));
}

// Errors of many scenarios, each once, with the values that all points have that have it.
class ErrorsOnce {
 public:
  explicit ErrorsOnce(const std::vector<SweepAxis>& axes) : axes_(axes) {}

  void Add(const ScenarioException& exception, const SweepPoint& point) {
    for (const ScenarioError& error : exception.errors()) {
      const auto [at, is_new] =
          numbers_.try_emplace({error.file, error.path, error.message}, errors_.size());
      if (!is_new) {
        Narrow(at->second, point);
      } else if (errors_.size() < kMostErrors) {
        errors_.push_back(error);
        values_.emplace_back(point.begin(), point.end());
      }
    }
  }

  void ThrowIfAny() {
    if (errors_.empty()) return;
    for (std::size_t i = 0; i < errors_.size(); ++i) NameValues(i);
    if (numbers_.size() > errors_.size()) {
      ScenarioError error;
      const std::size_t more = numbers_.size() - errors_.size();
      error.message =
          more == 1 ? "there is 1 error more" : fmt::format("there are {} errors more", more);
      errors_.push_back(std::move(error));
    }
    throw ScenarioException(std::move(errors_));
  }

 private:
  void Narrow(std::size_t number, const SweepPoint& point) {
    if (number >= values_.size()) return;  // it is not told
    for (std::size_t axis = 0; axis < point.size(); ++axis) {
      if (values_[number][axis] != point[axis]) values_[number][axis].reset();
    }
  }

  // An error of the value itself has it for its place.
  void NameValues(std::size_t number) {
    ScenarioError& error = errors_[number];
    if (error.file.starts_with("--vary ")) return;
    std::string values;
    for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
      const std::optional<std::size_t> value = values_[number][axis];
      if (!value || axes_[axis].values.size() < 2) continue;
      values += fmt::format(", --vary {}={}", axes_[axis].key, axes_[axis].values[*value]);
    }
    if (!values.empty()) error.message += " (with " + values.substr(2) + ")";
  }

  const std::vector<SweepAxis>& axes_;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> numbers_;
  std::vector<ScenarioError> errors_;
  // Of each error, by axis: the value of all points that have it; empty: they differ.
  std::vector<std::vector<std::optional<std::size_t>>> values_;
};

}  // namespace

SweepPlan::SweepPlan(SweepRequest request)
    : request_(std::move(request)),
      text_(ReadTextFile(request_.file)),
      sha256_(Sha256(text_)),
      variations_(ReadVariations(request_.variations)) {
  read_.data_folder = FindDataFolder(request_.data);
  read_.capture_folder = std::filesystem::path(request_.file).parent_path().string();
  read_.assertions = request_.assertions;
  for (const std::string& set : request_.sets) read_.sets.push_back(ParseOverride(set));
  library_ = LoadLibrary(read_.data_folder);
  for (const Variation& variation : variations_) {
    if (request_.seed && variation.path == "/seed") {
      throw ScenarioException({{.path = "",
                                .message = "--seed gives all runs one seed, and --vary " +
                                           variation.path + " each its own",
                                .accepted = "one of the two"}});
    }
    axes_.push_back({variation.path, variation.values});
  }
  points_ = Choose(axes_, request_);
}

RunKey SweepPlan::KeyOf(std::size_t run) const {
  const auto runs = static_cast<std::size_t>(request_.runs);
  return {run / runs, static_cast<int>(run % runs) + 1};
}

std::size_t SweepPlan::NumberOf(const RunKey& key) const {
  return key.point * static_cast<std::size_t>(request_.runs) +
         static_cast<std::size_t>(key.replication - 1);
}

std::vector<std::string> SweepPlan::ValuesOf(std::size_t point) const {
  std::vector<std::string> values;
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    values.push_back(axes_[axis].values[points_[point][axis]]);
  }
  return values;
}

ValidScenario SweepPlan::Load(std::size_t point) const {
  ReadOptions read = read_;
  for (std::size_t axis = 0; axis < variations_.size(); ++axis) {
    read.sets.push_back(variations_[axis].At(points_[point][axis]));
  }
  return LoadScenarioText(text_, request_.file, library_, read);
}

std::uint64_t SweepPlan::SeedOf(const ValidScenario& scenario) const {
  return request_.seed.value_or(scenario.seed);
}

EngineKind SweepPlan::EngineOf(const ValidScenario& scenario) const {
  return ChooseEngine(request_.engine, scenario).kind;
}

std::vector<PointForecast> SweepPlan::Foresee(
    const std::function<void(std::size_t point)>& look) const {
  std::vector<PointForecast> forecasts;
  ErrorsOnce errors(axes_);
  for (std::size_t point = 0; point < points_.size(); ++point) {
    look(point);
    try {
      const ValidScenario scenario = Load(point);
      const EngineKind engine = EngineOf(scenario);
      forecasts.push_back({SeedOf(scenario), engine, EstimateExperiment(scenario, engine)});
      RefuseWhatItLacks(engine, scenario);
      RefuseIfTooLarge(scenario, forecasts.back().estimate, request_.limits);
    } catch (const ScenarioException& exception) {
      errors.Add(exception, points_[point]);
    }
  }
  errors.ThrowIfAny();
  return forecasts;
}

Identity SweepPlan::IdentityOfResults() const {
  std::vector<std::string> changes = request_.sets;
  for (const std::string& assertion : request_.assertions) changes.push_back("assert " + assertion);
  return {{"program", fmt::format("vpcmirror {}, build {}", kVersion, BuildId())},
          {"scenario", "SHA-256 " + sha256_},
          {"set of profiles and catalogues", "SHA-256 " + DigestOfData(read_.data_folder)},
          {"engine", request_.engine},
          {"variation", JoinedBy("; ", request_.variations)},
          {"choice of points",
           request_.samples ? fmt::format("latin:{}", *request_.samples) : std::string("grid")},
          {"seed", request_.seed ? std::to_string(*request_.seed) : "the scenario's"},
          {"change by --set or --assert", JoinedBy("; ", changes)},
          {"margin", fmt::format("{}", request_.margin_goal)}};
}

}  // namespace vpcmirror::sim
