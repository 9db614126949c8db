// A result as a network engineer reads it on a terminal.
#pragma once

#include <string>

#include "models/scenario/run_result.h"

namespace vpcmirror {

struct TextStyle {
  int width = 80;      // sentences are wrapped here; tables take 80
  bool color = false;  // ANSI escapes
};

// The verdict first, then what mirroring costs, then hosts, ENIs, mirrors and
// receivers, alike ones together; assertions; assumptions last. ASCII, but for
// names that are not. Ends in a newline.
std::string ResultText(const RunResult& result, const TextStyle& style);

}  // namespace vpcmirror
