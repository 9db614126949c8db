#include "sim/cli/sweep_output.h"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <variant>

#include "sim/cli/atomic_file.h"
#include "sim/cli/sweep_figures.h"
#include "sim/cli/version.h"
#include "sim/sweep/sweep_csv.h"

namespace vpcmirror::sim {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr int kFormatVersion = 1;  // of sweep.json

std::vector<Cell> Header(const SweepPlan& plan) {
  std::vector<Cell> header;
  for (const SweepAxis& axis : plan.axes()) header.emplace_back(axis.key);
  for (const char* own : {"replication", "seed", "engine", "status"})
    header.emplace_back(std::string(own));
  for (const std::string& name : SweepFigureNames()) header.emplace_back(name);
  header.emplace_back(std::string("error"));
  return header;
}

std::vector<Cell> RowOf(const StoredRun& run, const SweepPlan& plan,
                        const PointForecast& forecast) {
  std::vector<Cell> row;
  for (const std::string& value : plan.ValuesOf(run.key.point)) row.emplace_back(value);
  row.emplace_back(std::int64_t{run.key.replication});
  row.emplace_back(static_cast<std::int64_t>(forecast.seed));
  row.emplace_back(std::string(ToString(forecast.engine)));
  row.emplace_back(std::string(ToString(run.outcome.status)));
  for (std::size_t i = 0; i < SweepFigureNames().size(); ++i) {
    row.push_back(i < run.outcome.figures.size() ? run.outcome.figures[i] : Cell{});
  }
  row.emplace_back(run.outcome.error);
  return row;
}

OrderedJson JsonOf(const Cell& cell) {
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return *whole;
  if (const auto* real = std::get_if<double>(&cell)) return *real;
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return nullptr;
}

OrderedJson About(const SweepPlan& plan) {
  const SweepRequest& request = plan.request();
  OrderedJson about;
  about["format"] = kFormatVersion;
  about["program"] = fmt::format("vpcmirror {}", kVersion);
  about["scenario"] = {{"file", request.file}, {"sha256", plan.sha256()}};
  about["engine"] = request.engine;
  about["varied"] = OrderedJson::array();
  for (const SweepAxis& axis : plan.axes()) {
    about["varied"].push_back({{"path", axis.key}, {"values", axis.values}});
  }
  about["points"] = request.samples ? fmt::format("latin:{}", *request.samples) : "grid";
  about["replications"] = request.runs;
  return about;
}

std::string JsonRow(const StoredRun& run, const SweepPlan& plan, const PointForecast& forecast) {
  OrderedJson row;
  OrderedJson& values = row["values"] = OrderedJson::object();
  const std::vector<std::string> by_axis = plan.ValuesOf(run.key.point);
  for (std::size_t i = 0; i < by_axis.size(); ++i) values[plan.axes()[i].key] = by_axis[i];
  row["replication"] = run.key.replication;
  row["seed"] = forecast.seed;
  row["engine"] = ToString(forecast.engine);
  row["status"] = ToString(run.outcome.status);
  if (!run.outcome.error.empty()) row["error"] = run.outcome.error;
  const std::vector<std::string> names = SweepFigureNames();
  for (std::size_t i = 0; i < run.outcome.figures.size(); ++i) {
    row[names[i]] = JsonOf(run.outcome.figures[i]);
  }
  return row.dump();
}

void Count(const StoredRun& run, SweepTotals& totals) {
  switch (run.outcome.status) {
    case RunStatus::kDone:
      ++totals.done;
      ++totals.verdicts[ToText(run.outcome.figures.front())];
      return;
    case RunStatus::kFailed:
      ++totals.failed;
      return;
    case RunStatus::kLost:
      ++totals.lost;
      return;
  }
}

}  // namespace

SweepTotals WriteSweepTables(const std::string& folder, const SweepPlan& plan,
                             const std::vector<PointForecast>& forecasts, const SweepStore& store) {
  const auto for_each = [&](const auto& look) {
    store.ForEach([&](const StoredRun& run) { look(run, forecasts[run.key.point]); });
  };
  SweepTotals totals;
  PendingFile csv(folder + "/sweep.csv", [&](const auto& write) {
    write(CsvLine(Header(plan)));
    for_each([&](const StoredRun& run, const PointForecast& forecast) {
      Count(run, totals);
      write(CsvLine(RowOf(run, plan, forecast)));
    });
  });
  PendingFile json(folder + "/sweep.json", [&](const auto& write) {
    const std::string about = About(plan).dump(2);
    write(about.substr(0, about.size() - 2) + ",\n  \"runs\": [");  // without its "\n}"
    std::string_view before = "\n    ";
    for_each([&](const StoredRun& run, const PointForecast& forecast) {
      write(before);
      write(JsonRow(run, plan, forecast));
      before = ",\n    ";
    });
    write("\n  ]\n}\n");
  });
  csv.Commit();
  json.Commit();
  return totals;
}

std::string SweepSummary(const SweepTotals& totals, std::size_t runs) {
  const std::size_t known = totals.done + totals.failed + totals.lost;
  std::string summary =
      known == runs ? fmt::format("{} runs: ", runs) : fmt::format("{} of {} runs: ", known, runs);
  std::string_view before;
  for (const auto& [verdict, count] : totals.verdicts) {
    summary += fmt::format("{}{} {}", before, count, verdict);
    before = ", ";
  }
  if (totals.failed > 0) {
    summary += fmt::format("{}{} failed", before, totals.failed);
    before = ", ";
  }
  if (totals.lost > 0) {
    summary += fmt::format("{}{} lost with their process", before, totals.lost);
    before = ", ";
  }
  return before.empty() ? summary + "none is done" : summary;
}

}  // namespace vpcmirror::sim
