// A figure of result.json as people read it.
#pragma once

#include <optional>
#include <string>

#include "models/scenario/assertion.h"

namespace vpcmirror {

// Empty of words, flags and null.
std::optional<double> NumberOf(const Figure& figure);

// "2.81 Gbps", "12 %", "true"; with `more` digits than the usual four.
std::string FigureText(const Figure& figure, FigureUnit unit, int more = 0);

}  // namespace vpcmirror
