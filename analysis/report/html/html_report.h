// A report as one HTML file that needs nothing else: no network, no fonts, and without
// JavaScript still all tables.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "analysis/report/report.h"

namespace vpcmirror {

// Gives the page to `write` in parts. Every text of the report is shown as text.
void WriteHtmlReport(const Report& report, const std::function<void(std::string_view)>& write);

std::string HtmlReport(const Report& report);  // the same in one piece

}  // namespace vpcmirror
