// Provider profiles and catalogues, from the data folder.
#pragma once

#include <string>

#include "models/scenario/error.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror::sim {

// Reads profiles/*.json, costs/*.json, catalog/tencent-cvm.csv, catalog/aws-ec2.csv
// and catalog/receivers.csv. Throws ScenarioException with every error at once, each
// with file and line: a broken row is never skipped.
Library LoadLibrary(const std::string& data_folder);

}  // namespace vpcmirror::sim
