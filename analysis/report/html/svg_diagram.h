// A diagram as an SVG element: boxes in columns, bands between them as wide as their rates.
#pragma once

#include <string>

#include "analysis/report/report.h"

namespace vpcmirror {

// Classes of the page's style sheet colour it; titles and hatching tell what colours do.
std::string SvgDiagram(const Diagram& diagram);

}  // namespace vpcmirror
