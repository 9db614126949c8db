// A result as a document for programs: scenarios/schema/result.schema.json.
#pragma once

#include <string>

#include "models/scenario/run_result.h"

namespace vpcmirror {

inline constexpr char kResultSchema[] = "vpcmirror.result/1";

// The bytes of result.json, newline at the end. They depend on the result alone:
// no clock, no folder, no order of a hash table.
std::string ResultJson(const RunResult& result);

}  // namespace vpcmirror
