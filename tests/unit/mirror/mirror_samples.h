// Rules and mirrors as several tests of this folder want them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "models/mirror/condition.h"
#include "models/mirror/filter.h"
#include "models/mirror/mirror.h"
#include "tests/support/addresses.h"

namespace vpcmirror {

inline const IpAddress kSourceEni = Address("10.0.0.5");
inline const IpAddress kReceiver = Address("10.0.9.9");

inline const Condition kTcp{.protocol = kProtocolTcp};
inline const Condition kUdp{.protocol = kProtocolUdp};

inline FilterRule Rule(std::int64_t priority, Action action, Condition condition) {
  return {.label = "rule " + std::to_string(priority),
          .priority = priority,
          .action = action,
          .condition = std::move(condition)};
}

// A mirror without conditions to kReceiver, in the words of Tencent's API.
inline MirrorSettings Settings() {
  return {.id = "imgf-1", .receivers = {{.address = kReceiver, .mtu = Bytes(8500)}}};
}

}  // namespace vpcmirror
