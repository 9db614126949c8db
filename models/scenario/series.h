// What a run measured from bin to bin.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/units/quantity.h"

namespace vpcmirror {

inline constexpr Picoseconds kDefaultSeriesBin{kPicosecondsPerSecond / 10};
// A run that has more is told in longer bins.
inline constexpr std::int64_t kMostSeriesBins = 1000;

// `wanted`, doubled until no more than kMostSeriesBins make up `duration`.
Picoseconds SeriesBin(Picoseconds wanted, Picoseconds duration);

enum class SeriesKind : std::uint8_t { kHost, kEni, kMirror, kReceiver };
std::string_view ToString(SeriesKind kind);  // "host", "eni", "mirror", "receiver"

inline constexpr std::string_view kCores = "cores";  // the one unit that is not whole

// What is a sum is of the bin, and all bins together are the figure of that
// name in the result; other figures are as its end found them, or a mean over the bin.
struct SeriesFigure {
  std::string_view name;  // "in_bytes"
  std::string_view unit;  // "bytes"
  bool is_sum = true;
};
const std::vector<SeriesFigure>& FiguresOf(SeriesKind kind);

// Of one host, ENI, mirror or receiver that took part. Bins before `first_bin` are zero.
struct SeriesObject {
  SeriesKind kind = SeriesKind::kEni;
  std::string id;
  std::int64_t first_bin = 0;
  std::vector<double> values;  // bin by bin, FiguresOf(kind) in each
  // Frames lost by reason, by bin from `first_bin` on, the reasons that occurred.
  std::map<std::string, std::vector<std::int64_t>> dropped;
};

// One figure of an object.
struct SeriesColumn {
  std::string_view name;
  std::string_view unit;
  std::vector<double> values;  // by bin, from first_bin on
};
// In the order of FiguresOf, without those that were always zero.
std::vector<SeriesColumn> ColumnsOf(const SeriesObject& object);

struct Series {
  Picoseconds bin{};
  std::int64_t bins = 0;  // the last may be shorter
  std::vector<SeriesObject> objects;
};

}  // namespace vpcmirror
