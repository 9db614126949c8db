#include "sim/live/live_loop.h"

#include <poll.h>

#include <vector>

namespace vpcmirror::sim {
namespace {

void WaitForFrames(const FrameSource& source) {
  constexpr int kMostMilliseconds = 100;
  std::vector<pollfd> polled;
  for (const int descriptor : source.descriptors()) {
    polled.push_back({.fd = descriptor, .events = POLLIN, .revents = 0});
  }
  ::poll(polled.data(), static_cast<nfds_t>(polled.size()), kMostMilliseconds);
}

}  // namespace

bool MirrorAll(const LiveParts& parts, const std::stop_token& stop,
               const std::function<void()>& between_batches) {
  while (!stop.stop_requested()) {
    const auto batch = parts.source.Next();
    if (!batch.empty()) {
      parts.mirror.Take(batch, parts.sink);
      parts.sink.Flush();
    } else if (parts.source.ended()) {
      return true;
    } else {
      WaitForFrames(parts.source);
    }
    if (between_batches) between_batches();
  }
  return false;
}

}  // namespace vpcmirror::sim
