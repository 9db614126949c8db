#include "sim/cli/version.h"

namespace vpcmirror::sim {

const char kVersion[] = VPCMIRROR_VERSION;

}  // namespace vpcmirror::sim
