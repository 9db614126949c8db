#include "analysis/report/usage.h"

#include <string_view>
#include <utility>

namespace vpcmirror {

std::string LimitName(const std::string& tightest) {
  if (tightest == "cpu") return "vCPUs";
  std::string name = tightest;
  for (const auto& [suffix, words] : {std::pair{"_in", " in"}, std::pair{"_out", " out"}}) {
    if (!name.ends_with(suffix)) continue;
    name.replace(name.size() - std::string_view(suffix).size(), std::string::npos, words);
  }
  const std::size_t rate = name.find("packet_rate");
  if (rate != std::string::npos) name.replace(rate, 11, "packet rate");
  return name;
}

}  // namespace vpcmirror
