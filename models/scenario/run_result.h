// What running a scenario measured. Rates are means over `duration`, of
// Ethernet frames without FCS.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/cloud/limits.h"
#include "models/cloud/provider_profile.h"
#include "models/mirror/ledger.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// A flow of frames in one direction, and its mean rates.
struct Load {
  std::int64_t frames = 0;
  Bytes bytes{};
  BitsPerSecond bandwidth{};
  PacketsPerSecond packet_rate{};
};

using DropCounts = std::map<std::string, Count>;  // by reason; each reason always present

struct CpuUse {
  double cores_used = 0;              // by clone and encapsulate, receive, and production
  std::optional<double> cores_limit;  // vCPUs of the CVM
};

struct HostResult {
  std::string id;
  std::string type;
  LimitModel limit_model = LimitModel::kCombined;
  std::optional<BitsPerSecond> limit_bandwidth;
  std::optional<PacketsPerSecond> limit_packet_rate;
  Load used_in;   // what was offered to the budget, lost or not, from the network
  Load used_out;  // the same to the network, copies included
  Load copies_out;
  // Share of the tightest limit that offered load leaves: 1 - max(used / limit);
  // negative when more was offered than fits. Empty when nothing limits.
  std::optional<double> margin;
  std::string tightest;            // "bandwidth", "packet_rate", "bandwidth_in", ...
  std::optional<Bytes> crossover;  // mean frame below which packet rate binds before bandwidth
  CpuUse cpu;
  Bytes memory_peak{};  // held in the egress queue at the worst moment
};

struct EniResult {
  std::string id;
  std::string host;
  IpAddress address;
  Load in;          // that arrived and was not dropped
  Load out;         // all that left, copies included
  Load mirror_out;  // the copies among it
  Load offered_in;
  Load offered_out;    // production only
  DropCounts dropped;  // of production
};

struct MirrorResult {
  std::string id;
  std::vector<std::string> sources;
  std::vector<std::string> receivers;
  Ledger ledger;
  // Copies that left the source and did not reach their receiver's software.
  DropCounts lost_after_source;
};

struct ReceiverResult {
  std::string id;  // ENI
  std::string host;
  IpAddress address;
  std::string profile;  // "suricata"
  std::optional<BitsPerSecond> capacity_bandwidth;
  std::optional<PacketsPerSecond> capacity_packet_rate;
  Load in;                         // copies that arrived at the ENI, outer headers on
  Load digested;                   // that the software took
  std::int64_t queued_at_end = 0;  // frames in the ring
  std::int64_t duplicate_frames = 0;
  Bytes duplicate_bytes{};
  DropCounts dropped;
};

enum class Verdict : std::uint8_t { kFits, kAtRisk, kDoesNotFit };

struct AssertionResult {
  std::string text;
  double value = 0;
  bool held = false;
};

struct RunResult {
  std::string engine;  // "packet"
  std::string scenario_name;
  std::string scenario_description;
  std::string scenario_file;
  std::string scenario_sha256;
  std::uint64_t seed = 1;
  Picoseconds duration{};  // simulated; less than asked for when not complete
  bool complete = true;    // false when stopped
  std::int64_t events = 0;
  std::vector<HostResult> hosts;
  std::vector<EniResult> enis;
  std::vector<MirrorResult> mirrors;
  std::vector<ReceiverResult> receivers;
  std::vector<Assumption> assumptions;
  std::vector<AssertionResult> assertions;
  // Fractions of what was offered, in frames. Mirror loss counts copies that
  // were decided on and that no receiver's software took, queues left aside.
  double mirror_loss = 0;
  double production_loss = 0;
  std::optional<double> margin;  // of the tightest host or receiver
  std::string margin_of;         // its ID
  Verdict verdict = Verdict::kFits;
  std::string because;  // one sentence with the number that decided
};

}  // namespace vpcmirror
