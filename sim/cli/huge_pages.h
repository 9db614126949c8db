// Memory of large simulations.
#pragma once

namespace vpcmirror::sim {

// Has malloc ask the kernel for huge pages, for which the program starts itself
// once more, which takes some 15 ms: glibc (2.35 and later) reads the wish before
// main. Without effect where GLIBC_TUNABLES is set, by us or by the user, and
// where there is no glibc.
// 100,000 ENIs are then set up in two thirds of the CPU time (docs/performance.md).
void PreferHugePages(char** argv);

}  // namespace vpcmirror::sim
