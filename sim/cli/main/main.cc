#include "sim/cli/vpcmirror.h"

int main(int argc, char** argv) { return vpcmirror::sim::Main(argc, argv); }
