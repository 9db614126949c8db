#include "sim/live/frame_source.h"

namespace vpcmirror::sim {

CaptureCounters& CaptureCounters::operator+=(const CaptureCounters& other) {
  frames += other.frames;
  bytes += other.bytes;
  cut_short += other.cut_short;
  kernel_dropped += other.kernel_dropped;
  unusable += other.unusable;
  return *this;
}

}  // namespace vpcmirror::sim
