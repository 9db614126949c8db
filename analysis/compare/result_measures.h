// The figures of a result that are compared, part by part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/compare/result_diff.h"
#include "models/scenario/assertion.h"
#include "models/scenario/run_result.h"

namespace vpcmirror {

// What is noise of a figure: a share of the larger of two, of the limit or the whole that it is a
// share of, ... ; see DiffResults.
enum class FigureScale : std::uint8_t { kRelative, kDelay, kPoints, kLoss, kWord };

enum class WorseWhen : std::uint8_t { kMore, kLess, kNeither };

struct Measure {
  std::string_view figure;
  FigureUnit unit = FigureUnit::kNumber;
  FigureScale scale = FigureScale::kRelative;
  WorseWhen worse = WorseWhen::kNeither;
  bool is_kept = false;   // a change for the worse is a regression
  Figure value;           // the mean of replications; std::monostate where there is none
  double half_width = 0;  // of its interval
};

// Means and half-widths of a result's replications by path, which it refers to.
class IntervalTable {
 public:
  // Null: of a result that is to be taken as it is.
  explicit IntervalTable(const Replications* of);

  bool is_empty() const { return is_empty_; }
  // Null: all runs came to the same.
  const ReplicatedFigure* Find(const std::string& path) const;

 private:
  bool is_empty_;
  std::unordered_map<std::string_view, const ReplicatedFigure*> by_path_;
};

// The elements of a part, measured one at a time: an estate has many. Refers to the result and
// the table.
struct MeasuredPart {
  std::size_t size = 0;
  std::function<const std::string&(std::size_t)> id;
  // The same figures in the same order of every element in every result.
  std::function<std::vector<Measure>(std::size_t)> measures;
};
MeasuredPart MeasuredPartOf(ResultPart part, const RunResult& result, const IntervalTable& table);

}  // namespace vpcmirror
