// A curve in one line of text.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace vpcmirror {

// Eight heights (U+2581 to U+2588) from the least value to the most; where all are alike, the
// lowest. At most `columns` of them, each the mean of as many values as share it; a blank of what
// is not a number. Empty of no values.
std::string Sparkline(const std::vector<double>& values, std::size_t columns);

}  // namespace vpcmirror
