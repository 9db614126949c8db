// What came through, and how long it took.
#pragma once

#include <cstdint>
#include <limits>

#include "models/capacity/delay_histogram.h"
#include "models/mirror/ledger.h"
#include "models/ns3/passage.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// Of one kind of frames, all devices of a fabric together. A frame is delivered
// at a moment that may be ahead; beyond `end` it is not, and before `start` it does not count.
struct Deliveries {
  static constexpr Picoseconds kNoEnd{std::numeric_limits<std::int64_t>::max()};
  Picoseconds start{};
  Picoseconds end = kNoEnd;
  Count frames;
  DelayHistogram delays;

  void Add(Bytes frame, const Passage& passage, Picoseconds at) {
    if (at > end || at < start) return;
    frames.Add(frame);
    delays.Record(at - passage.offered);
  }
};

}  // namespace vpcmirror
