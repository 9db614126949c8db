// How much of a deployment's traffic its mirrors see.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vpcmirror {

// Why traffic at an ENI is mirrored by nobody.
enum class Unseen : std::uint8_t {
  kNoMirror,        // no mirror names the ENI
  kReceiver,        // the ENI receives copies, and no mirror names it
  kStopped,         // the mirrors that name it are stopped
  kNeverMirrored,   // the cloud's list
  kMirrorTraffic,   // copies, and traffic to a mirror port
  kDirection,       // only the other direction is collected
  kNextHop,         // the route does not lead to the mirror's NAT gateway
  kFilter,          // no rule matches
  kRule,            // a rule says reject
  kEarlierSession,  // a rule of a session says reject, and later ones are not asked
  kNetworkService,  // a cloud service that no filter names
  kSampled,         // not among the flows that are kept
  kNotIp,           // the encapsulation carries IP alone
  kTooLong,         // longer than the MTU leaves room for, and dropped
};
inline constexpr std::size_t kUnseenReasons = 14;

// "no_mirror", "filter", ...: the words of result.json.
std::string_view ToString(Unseen reason);

struct CoverageSummary {
  std::int64_t enis = 0;          // but for receivers of copies and load balancers
  std::int64_t covered_enis = 0;  // of them, some of whose traffic is mirrored
  // Of bytes that pass those ENIs, once at each; empty where none do.
  std::optional<double> seen;
  std::array<double, kUnseenReasons> unseen{};  // by Unseen; with `seen` they add up to 1

  // Empty where there are no ENIs.
  std::optional<double> covered() const {
    if (enis == 0) return std::nullopt;
    return static_cast<double>(covered_enis) / static_cast<double>(enis);
  }
};

}  // namespace vpcmirror
