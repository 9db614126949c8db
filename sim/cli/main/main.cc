#include "sim/cli/huge_pages.h"
#include "sim/cli/vpcmirror.h"

int main(int argc, char** argv) {
  vpcmirror::sim::PreferHugePages(argv);
  return vpcmirror::sim::Main(argc, argv);
}
