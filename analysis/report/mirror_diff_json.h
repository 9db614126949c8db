// Which packets start or stop being mirrored, for machines: scenarios/schema/diff.schema.json.
#pragma once

#include <string>

#include "analysis/report/mirror_diff_entries.h"

namespace vpcmirror {

inline constexpr const char* kDiffSchema = "vpcmirror.diff/1";

std::string MirrorDiffJson(const DiffReport& report);

}  // namespace vpcmirror
