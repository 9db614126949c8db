// Figures and words of result.json as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "models/scenario/assertion.h"

namespace vpcmirror {

nlohmann::ordered_json FigureJson(const Figure& figure);

// Null in place of words that are not there.
nlohmann::ordered_json TextOrNull(std::string_view text);

}  // namespace vpcmirror
