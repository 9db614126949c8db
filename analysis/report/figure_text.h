// A figure of result.json as people read it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "models/scenario/assertion.h"

namespace vpcmirror {

// "bps", as result.json writes it; empty where a figure has none.
std::string_view ToString(FigureUnit unit);
// ", bits/s" behind the name of a figure; empty where it has no unit.
std::string_view UnitSuffix(FigureUnit unit);

// Empty of words, flags and null.
std::optional<double> NumberOf(const Figure& figure);

// "2.81 Gbps", "12 %", "true"; with `more` digits than the usual four.
std::string FigureText(const Figure& figure, FigureUnit unit, int more = 0);

}  // namespace vpcmirror
