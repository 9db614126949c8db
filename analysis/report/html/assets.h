// Files that a page carries with it, as they were when the program was built.
#pragma once

#include <string_view>

namespace vpcmirror {

extern const std::string_view kReportStyle;   // report.css
extern const std::string_view kReportScript;  // report.js
extern const std::string_view kChartScript;   // Chart.js 3
extern const std::string_view kChartLicense;  // which has to go with it

}  // namespace vpcmirror
