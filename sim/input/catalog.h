// Instance types and receivers from their tables. Errors go to `errors`; rows
// without one are kept.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/cloud/limits.h"
#include "models/scenario/error.h"

namespace vpcmirror::sim {

using InstanceTypes = std::map<std::string, InstanceType>;

// catalog/tencent-cvm.csv: limits of in and out together.
void ReadTencentTypes(std::string_view text, const std::string& file, InstanceTypes& types,
                      std::vector<ScenarioError>& errors);
// catalog/aws-ec2.csv: baseline bandwidth, per direction.
void ReadAwsTypes(std::string_view text, const std::string& file, InstanceTypes& types,
                  std::vector<ScenarioError>& errors);
// catalog/receivers.csv.
void ReadReceivers(std::string_view text, const std::string& file,
                   std::map<std::string, ReceiverProfile>& receivers,
                   std::vector<ScenarioError>& errors);

}  // namespace vpcmirror::sim
