#include "models/scenario/coverage_summary.h"

namespace vpcmirror {

std::string_view ToString(Unseen reason) {
  constexpr std::array<std::string_view, kUnseenReasons> kWords = {
      "no_mirror",       "receiver", "stopped", "never_mirrored", "mirror_traffic",
      "direction",       "next_hop", "filter",  "rule",           "earlier_session",
      "network_service", "sampled",  "not_ip",  "too_long"};
  return kWords[static_cast<std::size_t>(reason)];
}

}  // namespace vpcmirror
