#include "models/mirror/trail.h"

namespace vpcmirror {

std::string_view ToString(Stage stage) {
  switch (stage) {
    case Stage::kNeverMirrored:
      return "never_mirrored";
    case Stage::kMirrorTraffic:
      return "mirror_traffic";
    case Stage::kAdmission:
      return "admission";
    case Stage::kEarlierCopy:
      return "earlier_session";
    case Stage::kState:
      return "state";
    case Stage::kDirection:
      return "direction";
    case Stage::kNextHop:
      return "next_hop";
    case Stage::kRule:
      return "rule";
    case Stage::kNoRule:
      return "no_rule";
    case Stage::kSampling:
      return "sampling";
    case Stage::kCarried:
      return "carried";
    case Stage::kReceiver:
      return "receiver";
    case Stage::kPacketLength:
      return "packet_length";
    case Stage::kMtu:
      return "mtu";
  }
  return "unknown";
}

}  // namespace vpcmirror
