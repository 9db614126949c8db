// Words of the Prometheus text format that several reports share.
#pragma once

#include <string>
#include <string_view>

namespace vpcmirror {

// A label's value: in quotes and in one line, backslash and quote escaped.
std::string QuotedLabel(std::string_view text);

}  // namespace vpcmirror
