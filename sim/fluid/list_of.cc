#include "sim/fluid/list_of.h"

#include <cstddef>

namespace vpcmirror::sim {

std::string ListOf(const std::set<std::string>& names) {
  constexpr std::size_t kMost = 3;
  std::string list;
  std::size_t told = 0;
  for (const std::string& name : names) {
    if (told == kMost) break;
    list += (told++ > 0 ? ", " : "") + name;
  }
  if (names.size() > kMost) list += " and " + std::to_string(names.size() - kMost) + " more";
  return list;
}

}  // namespace vpcmirror::sim
