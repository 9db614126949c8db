// A mirror and the ENIs it watches.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/mirror/mirror.h"

namespace vpcmirror {

struct PlacedMirror {
  std::string path;  // JSON Pointer of what it was made of
  std::shared_ptr<const Mirror> mirror;
  std::size_t vpc = 0;
  std::vector<std::size_t> sources;        // ENIs, ascending; none: it is not there
  std::vector<std::size_t> receiver_enis;  // in the order of the mirror's receivers
  // The single receiver is the ENI of this load balancer.
  std::optional<std::size_t> load_balancer;
};

}  // namespace vpcmirror
