#include "sim/live/frame_source.h"

#include <poll.h>

namespace vpcmirror::sim {

CaptureCounters& CaptureCounters::operator+=(const CaptureCounters& other) {
  frames += other.frames;
  bytes += other.bytes;
  cut_short += other.cut_short;
  kernel_dropped += other.kernel_dropped;
  unusable += other.unusable;
  return *this;
}

void WaitForFrames(std::span<const int> descriptors, int most_milliseconds) {
  std::vector<pollfd> polled;
  for (const int descriptor : descriptors) {
    polled.push_back({.fd = descriptor, .events = POLLIN, .revents = 0});
  }
  ::poll(polled.data(), static_cast<nfds_t>(polled.size()), most_milliseconds);
}

}  // namespace vpcmirror::sim
