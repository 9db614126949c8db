// What of a mirror could be left out, and what that buys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "analysis/plan/outline.h"
#include "analysis/plan/trials.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

enum class LeverKind : std::uint8_t { kOutboundOnly, kInboundOnly, kPortOnly, kTruncated };
std::string_view ToString(LeverKind kind);  // "outbound_only", ...

// A truncation that keeps what most tools parse.
inline constexpr Bytes kShortCopy{128};

struct Lever {
  LeverKind kind = LeverKind::kOutboundOnly;
  std::size_t mirror = 0;
  std::string mirror_id;
  std::uint16_t port = 0;  // of kPortOnly
  std::function<ValidScenario()> make;
};

// Those that the cloud of each mirror has: no truncation where nobody can ask for one, no port
// where filters have none, and of ports the one that most of its sources' traffic goes to, where it is
// not all. `scenario` must outlive them.
std::vector<Lever> LeversOf(const ValidScenario& scenario);

struct Saving {
  Lever lever;
  Outline outline;
  BitsPerSecond saved{};  // of copies that sources would send
};

// Those that save something, the most first.
std::vector<Saving> SavingsOf(const Outline& now, const std::vector<Lever>& levers,
                              Trials& trials);

}  // namespace vpcmirror
