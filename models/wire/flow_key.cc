#include "models/wire/flow_key.h"

#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

#include "models/wire/byte_order.h"
#include "models/wire/hash.h"

namespace vpcmirror {

FlowKey Reversed(const FlowKey& key) {
  FlowKey reversed = key;
  std::swap(reversed.source, reversed.destination);
  std::swap(reversed.source_port, reversed.destination_port);
  return reversed;
}

std::uint64_t FlowHash(const FlowKey& key, HashSymmetry symmetry) noexcept {
  const bool swap =
      symmetry == HashSymmetry::kSymmetric &&
      std::tie(key.destination, key.destination_port) < std::tie(key.source, key.source_port);
  std::array<std::byte, 5> ports_and_protocol{};
  StoreBe16(&ports_and_protocol[0], swap ? key.destination_port : key.source_port);
  StoreBe16(&ports_and_protocol[2], swap ? key.source_port : key.destination_port);
  ports_and_protocol[4] = static_cast<std::byte>(key.protocol);

  Fnv1a64 hash;
  hash.Add((swap ? key.destination : key.source).octets());
  hash.Add((swap ? key.source : key.destination).octets());
  hash.Add(ports_and_protocol);
  return MixBits(hash.value());
}

}  // namespace vpcmirror
