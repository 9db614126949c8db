#include "sim/cli/huge_pages.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace vpcmirror::sim {

void PreferHugePages(char** argv) {
  constexpr const char* kTunables = "GLIBC_TUNABLES";
  if (std::getenv(kTunables) != nullptr) return;
  // By its own path, so that the process keeps its name.
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error || setenv(kTunables, "glibc.malloc.hugetlb=1", 1) != 0) return;
  execv(program.c_str(), argv);  // returns only where it failed: then without
}

}  // namespace vpcmirror::sim
