// What ParseFrame says of a frame that was captured whole.
#pragma once

#include <cstddef>
#include <iterator>
#include <vector>

#include "models/wire/frame.h"
#include "tests/support/packet_builder.h"

namespace vpcmirror {

inline FrameInfo Parsed(const std::vector<std::byte>& frame) {
  return ParseFrame(frame, Bytes(std::ssize(frame)));
}
inline FrameInfo Parsed(const PacketBuilder& builder) { return Parsed(builder.Build()); }

}  // namespace vpcmirror
