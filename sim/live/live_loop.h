// One worker of a live mirror: frames in, copies out, until there are no more.
#pragma once

#include <functional>
#include <stop_token>

#include "sim/live/copy_sink.h"
#include "sim/live/frame_source.h"
#include "sim/live/live_mirror.h"

namespace vpcmirror::sim {

struct LiveParts {
  FrameSource& source;
  LiveMirror& mirror;
  CopySink& sink;
};

// Until the source has ended or `stop` is requested; true for the former. `between_batches` is
// called after each batch is flushed, and at least ten times a second: there the mirror may be
// changed.
bool MirrorAll(const LiveParts& parts, const std::stop_token& stop,
               const std::function<void()>& between_batches = {});

}  // namespace vpcmirror::sim
