// What the kernel leaves out of a capture, because no mirror could copy it.
#pragma once

#include <linux/filter.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/mirror/copied_flows.h"
#include "models/mirror/mirror.h"
#include "models/mirror/mirror_tap.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror::sim {

// What watches one ENI. Pointers are used by Prefilter's constructor only.
struct EniMirrors {
  const TapRules* rules = nullptr;
  std::vector<const Mirror*> mirrors;
};
EniMirrors MirrorsOn(const ValidScenario& scenario, std::size_t eni);

// What a capture begins with.
enum class LinkKind : std::uint8_t {
  kEthernet,
  kBareIp,  // the IP packet
  kMixed,   // one or the other or anything else, as each packet's device tells
};

struct PrefilterSettings {
  // SO_MARK of the sockets by which copies are sent: what bears it is left out where it is sent.
  // 0: none.
  std::uint32_t copy_mark = 0;
  // Whether the interface is the ENI's own, so that it tells the direction of a frame.
  bool direction_told = true;
};

// Programmes for SO_ATTACH_FILTER. Each passes every frame that MirrorTap copies for some of the
// ENIs, and mostly no other: what no rule's family, protocol, prefixes, ports and direction take
// in, what the provider never mirrors, and copies on their way to a receiver's mirror port (the
// rest of what the receiver gets passes). Passed because telling more would cost too much: IPv4
// with options, IPv6 with extension headers, fragments, frames whose lengths contradict each
// other, and tags that are still in the frame. The rules of sampling, of next hops and of one copy
// a frame are not asked. Where the flows that are copied make too long a programme, ports and then
// addresses are left out of it, until it is short enough.
class Prefilter {
 public:
  // Of a programme. Leaving a frame out at once costs the kernel 270 ns less than capturing it, and
  // each instruction that is run before 0.65 ns, interpreted: that is 400 of them (measured on
  // Linux 6.18, 2026-11-30; bench_live_capture asks it again), and no frame runs through more than
  // those of its own direction and IP version.
  static constexpr std::size_t kMostInstructions = 512;
  // What they return of a frame that passes: how many octets are captured.
  static constexpr std::uint32_t kWholeFrame = 0xffffffff;

  Prefilter(std::span<const EniMirrors> enis, const PrefilterSettings& settings);

  const std::vector<sock_filter>& program(LinkKind link) const {
    return programs_[static_cast<std::size_t>(link)];
  }
  // False: no frame that the host sends is ever copied.
  bool wants_outgoing() const { return wants_outgoing_; }
  // Whether more passes than rules say, because they make too long a programme.
  bool is_widened() const { return is_widened_; }

 private:
  std::array<std::vector<sock_filter>, 3> programs_;  // by LinkKind
  bool wants_outgoing_ = true;
  bool is_widened_ = false;
};

}  // namespace vpcmirror::sim
