// What read_tencent.cc and read_tencent_mirrors.cc share.
#pragma once

#include "sim/import/cloud_api.h"

namespace vpcmirror::sim {

// A mirror, until all files are read.
void KeepTencentMirror(const Value& mirror, const Value& answer, Gathered& into);
void FinishTencentMirrors(Gathered& into);

}  // namespace vpcmirror::sim
