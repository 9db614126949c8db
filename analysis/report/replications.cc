#include "analysis/report/replications.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <vector>

#include "analysis/compare/mean_interval.h"

namespace vpcmirror {
namespace {

using Json = nlohmann::ordered_json;

// What is about the runs and not a figure of them, or has figures of its own.
constexpr std::string_view kNoFigures[] = {"seed", "series", "asserts", "replications"};

struct Samples {
  std::string path;
  std::vector<double> values;
};

// Numbers by path, in the order in which the first result has them.
class Table {
 public:
  void Add(const Json& result) {
    for (const auto& [key, value] : result.items()) {
      const bool is_figure =
          std::find(std::begin(kNoFigures), std::end(kNoFigures), key) == std::end(kNoFigures);
      if (is_figure) AddAll(key, value);
    }
  }
  const std::vector<Samples>& rows() const { return rows_; }

 private:
  void AddAll(const std::string& path, const Json& value) {
    if (value.is_number()) {
      const auto [place, is_new] = places_.try_emplace(path, rows_.size());
      if (is_new) rows_.push_back({path, {}});
      rows_[place->second].values.push_back(value.get<double>());
    } else if (value.is_object()) {
      for (const auto& [key, member] : value.items()) AddAll(path + "." + key, member);
    } else if (value.is_array()) {
      for (const Json& item : value) {
        const auto id = item.is_object() ? item.find("id") : item.end();
        if (item.is_object() && id != item.end()) {
          AddAll(fmt::format("{}[{}]", path, id->get<std::string>()), item);
        }
      }
    }
  }

  std::vector<Samples> rows_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace

Replications Replicate(std::span<const std::string> results, double confidence) {
  Table table;
  for (const std::string& result : results) table.Add(Json::parse(result));
  Replications replications{
      .runs = static_cast<int>(results.size()), .confidence = confidence, .figures = {}};
  for (const Samples& row : table.rows()) {
    if (row.values.size() != results.size()) continue;
    const auto [smallest, largest] = std::minmax_element(row.values.begin(), row.values.end());
    if (*smallest == *largest) continue;
    const MeanInterval interval = IntervalOf(row.values, confidence);
    replications.figures.push_back({.path = row.path,
                                    .mean = interval.mean,
                                    .half_width = interval.half_width,
                                    .smallest = *smallest,
                                    .largest = *largest});
  }
  return replications;
}

}  // namespace vpcmirror
