// What read_aws.cc and read_aws_mirrors.cc share.
#pragma once

#include "sim/import/cloud_api.h"

namespace vpcmirror::sim {

// Parts of mirrors, until all files are read.
void KeepAwsSession(const Value& session, const Value& answer, Gathered& into);
void KeepAwsFilter(const Value& filter, const Value& answer, Gathered& into);
void KeepAwsRule(const Value& rule, const Value& answer, Gathered& into);
void KeepAwsTarget(const Value& target, const Value& answer, Gathered& into);
void FinishAwsMirrors(Gathered& into);

}  // namespace vpcmirror::sim
