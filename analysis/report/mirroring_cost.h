// What copies add to what their sources send.
#pragma once

#include <cstddef>

#include "models/scenario/run_result.h"

namespace vpcmirror {

struct MirroringCost {
  std::size_t sources = 0;  // ENIs that copies left
  Load copies;              // that left them; rates alone
  Load production;          // that left them beside; rates alone
  BitsPerSecond offered{};  // of production, whether it left or not
  // TCP flows are among it: without copies they would take more.
  bool reacts = false;

  // Whether all of the production came out.
  bool is_whole() const {
    constexpr double kAlike = 0.999;  // what waits at the end is no loss
    return static_cast<double>(production.bandwidth.count()) >=
           kAlike * static_cast<double>(offered.count());
  }
};

inline MirroringCost MirroringCostOf(const RunResult& result) {
  MirroringCost cost;
  for (const EniResult& eni : result.enis) {
    const Load& mirrored = eni.mirror_out;
    if (mirrored.frames == 0 && mirrored.bandwidth == BitsPerSecond(0)) continue;
    ++cost.sources;
    cost.copies.bandwidth += mirrored.bandwidth;
    cost.copies.packet_rate += mirrored.packet_rate;
    cost.production.bandwidth += eni.out.bandwidth - mirrored.bandwidth;
    cost.production.packet_rate += eni.out.packet_rate - mirrored.packet_rate;
    cost.offered += eni.offered_out.bandwidth;
  }
  cost.reacts = !result.tcp.empty();
  return cost;
}

}  // namespace vpcmirror
