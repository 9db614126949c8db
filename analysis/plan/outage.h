// What becomes of mirroring when a receiver, or all that is in a zone, is lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/plan/outline.h"
#include "analysis/plan/trials.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

enum class OutageKind : std::uint8_t { kReceiver, kZone };
std::string_view ToString(OutageKind kind);  // "receiver", "zone"

struct Outage {
  OutageKind kind = OutageKind::kReceiver;
  std::string name;               // CVM, or zone
  std::size_t receivers = 0;      // CVMs that are lost
  std::size_t sources_lost = 0;   // ENIs of a zone that have copies made of their traffic
  std::vector<std::string> blind;  // ENIs that are still there and none of whose copies arrives
  std::size_t partly_blind = 0;   // ENIs some of whose copies do not
  // Of all copies of the sources that are still there, in bits: what arrives nowhere until the
  // mirrors are told otherwise. Load balancers pass by what they have found out.
  double share_unseen = 0;
  // Once mirrors send to the receivers that are left, each of its own, alone; empty: none is.
  std::optional<Outline> then;
  std::string tightest_receiver;          // of those that are left: its ENI
  std::optional<double> receiver_margin;  // of that; empty: nothing limits it
};

// Each receiver of a mirror alone, but of more than kMostOutages those that get most copies;
// then each zone, where there are several.
inline constexpr std::size_t kMostOutages = 20;
std::vector<Outage> OutagesOf(const ValidScenario& scenario, Trials& trials);

}  // namespace vpcmirror
