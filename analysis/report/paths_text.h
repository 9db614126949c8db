// The ways of copies as a network engineer reads them on a terminal.
#pragma once

#include <string>

#include "analysis/report/paths.h"
#include "analysis/report/result_text.h"

namespace vpcmirror {

// Mirror by mirror, hop by hop; then what fails together, and the most that can arrive.
// Nothing is wider than the style. Ends in a newline.
std::string PathsText(const PathsReport& report, const TextStyle& style);

}  // namespace vpcmirror
