// Where frames come from: interfaces, or a capture file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/mirror/direction.h"
#include "models/units/quantity.h"

namespace vpcmirror::sim {

struct CapturedFrame {
  std::span<const std::byte> octets;  // Ethernet, as many as were captured
  Bytes wire_length{};                // without FCS; at least octets.size()
  std::int64_t time_ns = 0;           // since 1970-01-01 00:00 UTC
  // As the interface tells it; empty: only addresses can tell.
  std::optional<Direction> direction;
  std::uint32_t interface = 0;  // which of the source's, in the order in which they were named
};

// What a capture counts; from the beginning on.
struct CaptureCounters {
  std::int64_t frames = 0;          // given out by Next
  Bytes bytes{};                    // of them, on the wire
  std::int64_t cut_short = 0;       // of them, with fewer octets than they had on the wire
  std::int64_t kernel_dropped = 0;  // for want of room in the ring; no account has them
  std::int64_t unusable = 0;        // of no link type or length that an Ethernet frame has

  CaptureCounters& operator+=(const CaptureCounters& other);
};

class FrameSource {
 public:
  virtual ~FrameSource() = default;

  // The next frames, at once; what they point to holds until the next call. None: nothing has
  // come since, or, if ended(), nothing will. Throws std::runtime_error for what cannot be gone
  // on after.
  virtual std::span<const CapturedFrame> Next() = 0;
  virtual bool ended() const = 0;

  // What to poll(2) for input before the next call; none for a file.
  virtual std::vector<int> descriptors() const { return {}; }

  virtual CaptureCounters counters() const = 0;
};

// Until there may be frames of the source that the descriptors are of, at most so long. One that
// is closed meanwhile does no harm.
void WaitForFrames(std::span<const int> descriptors, int most_milliseconds);

}  // namespace vpcmirror::sim
