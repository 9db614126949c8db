// What read_alibaba.cc and read_alibaba_mirrors.cc share.
#pragma once

#include "sim/import/cloud_api.h"

namespace vpcmirror::sim {

// Parts of mirrors, until all files are read.
void KeepAlibabaSession(const Value& session, const Value& answer, Gathered& into);
void KeepAlibabaFilter(const Value& filter, const Value& answer, Gathered& into);
void FinishAlibabaMirrors(Gathered& into);

}  // namespace vpcmirror::sim
