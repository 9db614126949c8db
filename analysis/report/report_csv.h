// A report as tidy data for a spreadsheet, R or pandas.
#pragma once

#include <functional>
#include <string_view>

#include "analysis/report/report.h"

namespace vpcmirror {

// "table,id,figure,value", then a line for each figure and each word of each row, in the order
// of the report; the headlines first, as table "headlines". IDs of several columns have ';'
// between them. Given to `write` in parts. What happened from bin to bin is in series.csv.
void WriteReportCsv(const Report& report, const std::function<void(std::string_view)>& write);

}  // namespace vpcmirror
