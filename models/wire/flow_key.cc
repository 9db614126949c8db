#include "models/wire/flow_key.h"

#include <cstring>
#include <utility>

namespace vpcmirror {

FlowKey Reversed(const FlowKey& key) {
  FlowKey reversed = key;
  std::swap(reversed.source, reversed.destination);
  std::swap(reversed.source_port, reversed.destination_port);
  return reversed;
}

WideFlowWords WideFlowWordsOf(const FlowKey& flow) noexcept {
  WideFlowWords words;
  const auto from = flow.source.octets();
  const auto to = flow.destination.octets();
  std::memcpy(&words.addresses[0], from.data(), from.size());
  std::memcpy(&words.addresses[2], to.data(), to.size());
  words.rest = PackPortsAndProtocol(flow) | (flow.source.is_v4() ? 1u : 0u) |
               (flow.destination.is_v4() ? 2u : 0u);
  return words;
}

}  // namespace vpcmirror
