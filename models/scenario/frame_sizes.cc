#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

double MeanFrameBytes(const std::vector<FrameSize>& sizes) {
  double bytes = 0;
  double weights = 0;
  for (const FrameSize& size : sizes) {
    bytes += static_cast<double>(size.frame.count()) * size.weight;
    weights += size.weight;
  }
  return bytes / weights;
}

}  // namespace vpcmirror
