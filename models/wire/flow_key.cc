#include "models/wire/flow_key.h"

#include <utility>

namespace vpcmirror {

FlowKey Reversed(const FlowKey& key) {
  FlowKey reversed = key;
  std::swap(reversed.source, reversed.destination);
  std::swap(reversed.source_port, reversed.destination_port);
  return reversed;
}

}  // namespace vpcmirror
