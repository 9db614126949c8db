// A result as a network engineer reads it on a terminal.
#pragma once

#include <string>

#include "models/scenario/run_result.h"

namespace vpcmirror {

struct TextStyle {
  int width = 80;       // sentences are wrapped here; tables take 80
  bool color = false;   // ANSI escapes
  bool sparks = false;  // curves of U+2581 to U+2588
};

// The verdict first, then what mirroring costs, assertions, hosts, ENIs, mirrors and
// receivers, alike ones together; assumptions last. ASCII, but for
// names that are not, and sparks. Ends in a newline.
std::string ResultText(const RunResult& result, const TextStyle& style);

}  // namespace vpcmirror
