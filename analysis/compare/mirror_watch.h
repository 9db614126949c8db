// The sessions that watch an ENI in one scenario, as they are compared with another's.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/mirror/mirror_tap.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// What a session makes of a frame that its filter passes, in numbers that are equal
// where it is the same.
struct SessionEffect {
  int receivers = 0;  // where copies go
  int form = 0;       // what they look like
  int head = 0;       // of that, what hangs on no receiver
  int share = 0;      // of which flows there are any

  friend auto operator<=>(const SessionEffect&, const SessionEffect&) = default;
};

// A session that copies frames of one direction at all.
struct WatchedSession {
  std::size_t mirror = 0;  // index into ValidScenario::mirrors
  const Mirror* core = nullptr;
  int filter = 0;  // FilterSets::NumberOf
  SessionEffect effect;
  bool leaves_some = false;  // what its filter passes it may still not copy
  std::string nat_gateway;   // that a frame's route has to lead to; empty: any
};

// Sessions that copy a flow, as places in a list of sessions.
using Copiers = std::vector<std::size_t>;

// Of one scenario and one group of ENIs.
struct MirrorWatch {
  const ValidScenario* scenario = nullptr;
  std::optional<std::size_t> eni;  // the first of the group; empty: it is not there
  std::optional<MirrorTap> tap;    // of it
  std::shared_ptr<const TapRules> rules;
  std::vector<IpAddress> addresses;
  std::vector<WatchedSession> sessions;  // of the direction that is looked at

  bool is_ordered() const { return rules->at_most_one_copy; }
};
using BothWatches = std::array<MirrorWatch, 2>;  // before and after

// Pairs of sessions, in order, that are taken for one and the same: first those that do the
// same with what they copy, then those that ask the same, then those of one mirror. Where
// other sessions get what a session leaves, none that leaves other flows is a pair.
std::vector<std::pair<std::size_t, std::size_t>> PairedSessions(const BothWatches& watches);

}  // namespace vpcmirror
