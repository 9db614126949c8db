// What every fuzz target asks of its answers.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace vpcmirror {

// Ends the program, as a sanitizer would, where an invariant does not hold.
inline void Require(bool holds, const char* invariant) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", invariant);
  std::abort();
}

}  // namespace vpcmirror
