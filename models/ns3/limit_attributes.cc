#include "models/ns3/limit_attributes.h"

namespace vpcmirror {

RateSettings RatesOf(const ns3::DataRate& bandwidth, std::uint64_t packet_rate) {
  RateSettings settings;
  if (bandwidth.GetBitRate() > 0) {
    settings.bandwidth = BitsPerSecond(static_cast<std::int64_t>(bandwidth.GetBitRate()));
  }
  if (packet_rate > 0) {
    settings.packet_rate = PacketsPerSecond(static_cast<std::int64_t>(packet_rate));
  }
  return settings;
}

}  // namespace vpcmirror
