// A count and what it counts, in the singular or the plural.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/words/quantities.h"

namespace vpcmirror {

// "1 host", "2000 hosts"; `one` takes an "s".
inline std::string Counted(std::int64_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

// "1 record", "2,000 records".
inline std::string CountedText(std::int64_t count, std::string_view one) {
  return fmt::format("{} {}{}", CountText(count), one, count == 1 ? "" : "s");
}

}  // namespace vpcmirror
