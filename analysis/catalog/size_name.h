// What the name of an instance type says of it.
#pragma once

#include <optional>
#include <string_view>

namespace vpcmirror {

// Of a name as Tencent Cloud writes it: "S5.4XLARGE32" is size "4XLARGE", 16 vCPUs, 32 GiB.
struct NamedSize {
  std::string_view size;
  int vcpus = 0;       // SMALL 1, MEDIUM 2, LARGE and XLARGE 4, each times the number before it
  int memory_gib = 0;  // the number behind it
};

// Empty for names of any other form, such as "c5.4xlarge". The view is into `name`.
std::optional<NamedSize> SizeInName(std::string_view name);

}  // namespace vpcmirror
