// What filters copy and reject, as sets of flows, each found once.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/mirror/direction.h"
#include "models/mirror/filter.h"
#include "models/mirror/flow_set.h"

namespace vpcmirror {

// Filters that say the same of every flow because their rules are the same have one
// number, so that what each copies is found once.
class FilterSets {
 public:
  int NumberOf(const Filter& filter);

  struct Sets {
    FlowSet copied;
    FlowSet rejected;
  };
  // Of the filter of that number. Valid as long as the object is.
  const Sets& Of(int number, Direction direction);

 private:
  std::vector<Filter> filters_;
  std::unordered_map<std::uint64_t, std::vector<int>> by_hash_;
  std::map<std::pair<int, Direction>, Sets> sets_;
};

}  // namespace vpcmirror
