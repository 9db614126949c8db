#include <string_view>

#include "sim/cli/huge_pages.h"
#include "sim/cli/vpcmirror.h"

namespace {

// Not --version, and not live mirroring, which is to begin soon and allocates little.
bool MayBeLarge(const char* command) {
  return command != nullptr && command[0] != '-' && std::string_view(command) != "live";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && MayBeLarge(argv[1])) vpcmirror::sim::PreferHugePages(argv);
  return vpcmirror::sim::Main(argc, argv);
}
