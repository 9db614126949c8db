#include "sim/cli/huge_pages.h"

#include <unistd.h>

#include <cstdlib>

namespace vpcmirror::sim {

void PreferHugePages(char** argv) {
  constexpr const char* kTunables = "GLIBC_TUNABLES";
  if (std::getenv(kTunables) != nullptr) return;
  if (setenv(kTunables, "glibc.malloc.hugetlb=1", 1) != 0) return;
  execv("/proc/self/exe", argv);  // returns only where it failed: then without
}

}  // namespace vpcmirror::sim
