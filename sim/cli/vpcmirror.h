// The program, but for main().
#pragma once

namespace vpcmirror::sim {

// Runs the command line and returns the exit code: 0 fine, 1 findings, 2 bad
// input or usage, 3 an assertion missed, 70 our bug, 130 stopped by a signal.
int Main(int argc, char** argv);

}  // namespace vpcmirror::sim
