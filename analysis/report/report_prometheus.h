// A report for the text file collector of a Prometheus node exporter.
#pragma once

#include <functional>
#include <string_view>

#include "analysis/report/report.h"

namespace vpcmirror {

// Prometheus text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/):
// gauges vpcmirror_TABLE_FIGURE in base units, rows told apart by labels, all of them with
// scenario="...". Given to `write` in parts.
void WritePrometheusReport(const Report& report,
                           const std::function<void(std::string_view)>& write);

}  // namespace vpcmirror
