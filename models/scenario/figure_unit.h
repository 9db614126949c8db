// What a figure counts, by its key in result.json or its column in sweep.csv.
#pragma once

#include <optional>
#include <string_view>

#include "models/scenario/assertion.h"

namespace vpcmirror {

// Of "bps", "out_bps" and the like; empty where the end of the key is no unit.
inline std::optional<FigureUnit> UnitAtEndOf(std::string_view key) {
  struct NamedUnit {
    std::string_view name;
    FigureUnit unit;
  };
  constexpr NamedUnit kUnits[] = {{"bps", FigureUnit::kBitsPerSecond},
                                  {"pps", FigureUnit::kPacketsPerSecond},
                                  {"ns", FigureUnit::kNanoseconds},
                                  {"bytes", FigureUnit::kBytes}};
  const std::string_view end = key.substr(key.rfind('_') + 1);  // all of it where there is none
  for (const NamedUnit& each : kUnits) {
    if (end == each.name) return each.unit;
  }
  return std::nullopt;
}

}  // namespace vpcmirror
