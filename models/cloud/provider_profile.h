// The rules of one cloud, as data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/capacity/egress.h"
#include "models/cloud/limits.h"
#include "models/mirror/mirror.h"
#include "models/mirror/mirror_tap.h"

namespace vpcmirror {

// A thing that no public document states: the model's default, which a scenario
// may override under its name.
struct Assumption {
  std::string name;         // "flow_hash_symmetric"
  std::string value;        // as written in a scenario
  std::string text;         // one sentence for the report
  std::string source;       // what it rests on
  bool overridden = false;  // the scenario says so
};

struct ProviderProfile {
  std::string name;  // "tencent"
  std::string title;
  std::string as_of;  // ISO date
  std::vector<std::string> sources;

  std::vector<NeverMirrored> never_mirrored;
  bool mirrors_what_security_drops = false;
  TunnelSettings tunnel;
  MtuPolicy mtu_policy = MtuPolicy::kTruncate;
  HashSymmetry hash_symmetry = HashSymmetry::kSymmetric;
  ReceiverChoice default_choice = ReceiverChoice::kBySourceEni;
  Congestion congestion = Congestion::kSharedRandom;
  // Those of the above that no document states, by name.
  std::vector<Assumption> assumptions;
};

}  // namespace vpcmirror
