// series.csv: a run from bin to bin, a value a line.
#pragma once

#include <functional>
#include <string_view>

#include "models/scenario/series.h"

namespace vpcmirror {

// Tidy data for a spreadsheet, R or pandas: "start_s,kind,id,figure,unit,value" and then
// a line for each bin of each figure that was not always zero, objects in the order of
// the result. Gives it to `write` in parts, since it may be too large to hold.
void WriteSeriesCsv(const Series& series, const std::function<void(std::string_view)>& write);

}  // namespace vpcmirror
