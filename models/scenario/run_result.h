// What running a scenario measured. Rates are means over `duration`, of
// Ethernet frames without FCS. An engine measures; what follows from that
// (margins, losses, verdict: "judged" below) is left to
// analysis/report/verdict.h, and zero until then.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/capacity/cpu_cost.h"
#include "models/cloud/limits.h"
#include "models/cloud/provider_profile.h"
#include "models/mirror/ledger.h"
#include "models/scenario/assertion.h"
#include "models/scenario/coverage_summary.h"
#include "models/scenario/series.h"
#include "models/scenario/timeline.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// A flow of frames in one direction, and its mean rates.
struct Load {
  std::int64_t frames = 0;
  Bytes bytes{};
  BitsPerSecond bandwidth{};
  PacketsPerSecond packet_rate{};
};

struct TimeSpan {
  Picoseconds start{};
  Picoseconds end{};

  friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

using DropCounts = std::map<std::string, Count>;  // by reason; each reason always present

inline std::int64_t TotalFrames(const DropCounts& counts) {
  std::int64_t total = 0;
  for (const auto& [reason, count] : counts) total += count.frames;
  return total;
}

// Whether production dropped for this reason is lost because the scenario says so: refused by
// security, or to or from an ENI that is not there.
constexpr bool IsAsScenarioSays(std::string_view drop_reason) {
  return drop_reason == "security_group" || drop_reason == "acl" || drop_reason == "detached";
}

// Frames lost, of how many whose fate is known.
struct Loss {
  std::int64_t lost = 0;
  std::int64_t of = 0;

  // Above zero as soon as one frame is lost; zero when there were none to lose.
  double fraction() const {
    return lost == 0 || of == 0 ? 0.0 : static_cast<double>(lost) / static_cast<double>(of);
  }

  friend bool operator==(const Loss&, const Loss&) = default;
};

struct OperationUse {
  double cores = 0;
  Payer payer = Payer::kGuest;
};

struct CpuUse {
  double cores_used = 0;                                  // that the CVM pays: of all operations
  std::optional<double> cores_limit;                      // vCPUs of the CVM
  std::string table;                                      // "kernel": of costs
  bool poll_mode = false;                                 // its cores look busy at any load
  std::array<OperationUse, kCpuOperations> operations{};  // by CpuOperation
};

// What one limit leaves, as HostResult::margin has it.
struct LimitMargin {
  std::string limit;  // "bandwidth", "packet_rate_out", "cpu"
  double margin = 0;

  friend bool operator==(const LimitMargin&, const LimitMargin&) = default;
};

struct HostResult {
  std::string id;
  std::string type;
  LimitModel limit_model = LimitModel::kCombined;
  std::optional<BitsPerSecond> limit_bandwidth;
  std::optional<PacketsPerSecond> limit_packet_rate;
  // What is wanted of the budget, lost or not: copies of frames that it lost on
  // their way in are among used_out, though they were never made.
  Load used_in;
  Load used_out;
  Load copies_in;   // the copies among used_in, outer headers on
  Load copies_out;  // the copies among used_out, outer headers on
  // Judged. Share of the tightest limit that offered load leaves: 1 - max(used / limit);
  // negative when more was offered than fits. Empty when nothing limits.
  std::optional<double> margin;
  std::string tightest;  // judged: "bandwidth", "packet_rate", "bandwidth_in", ..., "cpu"
  TimeSpan margin_span;  // judged: of the run, where margin is so small
  std::vector<LimitMargin> margins;  // judged: of every limit; no part of a stored result
  // Judged: mean frame below which packet rate binds before bandwidth.
  std::optional<Bytes> crossover;
  CpuUse cpu;
  Bytes memory_peak{};  // that waited for its limits at the worst moment
};

struct EniResult {
  std::string id;
  std::string host;
  IpAddress address;
  std::string vpc;  // names; of an older result empty
  std::string subnet;
  std::string zone;    // empty, too, of a subnet without one
  Load in;             // that arrived and was not dropped
  Load out;            // all that left, copies included
  Load mirror_out;     // the copies among it
  Load offered_in;     // copies for this ENI included
  Load copies_in;      // the copies among offered_in
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

// The workers of a receiver's software, and what was sent to them.
struct WorkersUse {
  int count = 1;
  Load busiest;  // the most that any of them was sent, of bits and of frames each on its own
  Load mean;
  Bytes ring_peak{};                // held in all rings, each at its fullest moment
  std::optional<Bytes> ring_limit;  // of all rings together
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
  // One software serves all ENIs of a host: its workers are in the result of each.
  // Empty where an engine does not know them: then all share the load alike.
  std::optional<WorkersUse> workers;
  // Judged, as HostResult's: of the busiest worker, of its share of the capacity.
  std::optional<double> margin;
  std::string tightest;              // judged: "bandwidth" or "packet_rate"
  TimeSpan margin_span;              // judged
  std::vector<LimitMargin> margins;  // judged, as HostResult's
};

// What came in at one zone of a load balancer.
struct LoadBalancerZoneResult {
  std::string zone;  // empty: subnets without a zone
  Load in;
};

struct BackendResult {
  std::string id;  // ENI
  std::string host;
  std::string zone;
  bool healthy = true;
  Load out;  // copies that were passed to it, as they arrive there
};

struct LoadBalancerResult {
  std::string id;
  std::string kind;
  std::string title;
  IpAddress address;
  std::optional<BitsPerSecond> limit_bandwidth;  // of each zone
  Load in;                                       // copies that arrived, outer headers on
  std::vector<LoadBalancerZoneResult> zones;
  std::vector<BackendResult> backends;
  std::int64_t queued_at_end = 0;  // frames
  // Copies that came so soon behind another of their outer flow that the two may
  // have changed places; they are counted, and not moved.
  std::int64_t may_be_reordered = 0;
  DropCounts dropped;
  std::optional<double> margin;      // judged, of the fullest zone
  std::string tightest;              // judged: "bandwidth"
  TimeSpan margin_span;              // judged
  std::vector<LimitMargin> margins;  // judged, as HostResult's
};

// A part of a run between two events of its timeline, of which margins are judged apart: a
// mean over all of it would hide the busiest.
struct SpanResult {
  TimeSpan span;
  std::vector<HostResult> hosts;  // these in the order of the whole run's
  std::vector<ReceiverResult> receivers;
  std::vector<LoadBalancerResult> load_balancers;
};

enum class Verdict : std::uint8_t { kFits, kAtRisk, kDoesNotFit };

// How long frames took that were delivered.
struct DelayResult {
  std::int64_t frames = 0;
  Picoseconds mean{};
  Picoseconds p50{};
  Picoseconds p99{};
  Picoseconds p999{};
  Picoseconds p9999{};
  Picoseconds largest{};

  friend bool operator==(const DelayResult&, const DelayResult&) = default;
};

// What the TCP flows of a workload did.
struct TcpResult {
  std::string id;  // workload
  std::string variant;
  std::int64_t flows = 0;         // that were to be open at once
  std::int64_t connections = 0;   // that were opened, one after the other
  std::int64_t failed = 0;        // not answered, or given up by TCP
  std::int64_t without_port = 0;  // times that no client port was free for one
  Bytes delivered{};              // data, without headers, to the applications of either end
  BitsPerSecond goodput{};        // the same, over the time until it stopped or its last data came
  std::int64_t segments = 0;      // with data, retransmitted ones included
  std::int64_t retransmitted = 0;
  DelayResult exchange;  // from asking to the last byte of the answer; frames: how many
};

// What a change-review asks of production, in one of two runs that differ in
// nothing but their mirrors.
struct ProductionResult {
  Loss loss;  // judged
  Load delivered;
  DelayResult delay;
};

// The same experiment without a mirror, on the same random streams.
struct BaselineResult {
  Count produced;
  ProductionResult production;
  std::vector<TcpResult> tcp;
};

// The same experiment under one congestion discipline.
struct DisciplineResult {
  std::string value;  // "fifo", as the assumption `congestion` is written
  Loss production;
  Loss copies;
  Verdict verdict = Verdict::kFits;
};

// What several replications say of an assertion.
enum class AssertionOutcome : std::uint8_t { kMet, kMissed, kUndecided };

struct ReplicatedAssertion {
  AssertionOutcome outcome = AssertionOutcome::kUndecided;
  int runs = 0;
  int held = 0;  // of them
  // Of the value; empty where it is no number, or there is none in some run.
  std::optional<double> mean;
  std::optional<double> half_width;  // of the interval around it; empty for one run
};

struct AssertionResult {
  std::string text;
  Figure value;  // of several, the one that holds least; in `unit`
  Comparison comparison = Comparison::kLess;
  Figure bound;
  FigureUnit unit = FigureUnit::kNumber;
  std::string of;  // whose value it is, where the path leads to several: "hosts[web[3]]"
  bool held = false;
  std::optional<ReplicatedAssertion> replicated;  // empty: there was one run
};

// Met or missed; where there were replications, what they say together.
inline AssertionOutcome OutcomeOf(const AssertionResult& assertion) {
  if (assertion.replicated) return assertion.replicated->outcome;
  return assertion.held ? AssertionOutcome::kMet : AssertionOutcome::kMissed;
}

// One number of result.json over several replications, that differed among them.
struct ReplicatedFigure {
  std::string path;
  double mean = 0;
  std::optional<double> half_width;  // of the interval around it; empty for one run
  double smallest = 0;
  double largest = 0;
};

struct Replications {
  int runs = 0;                     // that were finished
  double confidence = 0;            // of the intervals, in (0, 1)
  std::map<Verdict, int> verdicts;  // how many runs came to each; the worst last
  std::vector<ReplicatedFigure> figures;
};

struct RunResult {
  std::string version;  // of the program that ran it: "0.1.0"
  std::string engine;   // "packet"
  std::string scenario_name;
  std::string scenario_description;
  std::string scenario_file;
  std::string scenario_sha256;
  std::vector<std::string> scenario_changes;  // Scenario::changes
  std::uint64_t seed = 1;
  Picoseconds duration{};          // simulated; less than asked for when not complete
  Picoseconds planned_duration{};  // judged: what the scenario asked for
  Picoseconds warm_up{};           // at its beginning, of which no figure but the series tells
  bool complete = true;            // false when stopped
  // What cut it short, or a run that it was to be compared with: "a signal",
  // "--max-wall 600 s". Empty: nothing did.
  std::string stopped_by;
  std::int64_t events = 0;
  std::vector<HostResult> hosts;
  std::vector<EniResult> enis;
  std::vector<MirrorResult> mirrors;
  std::vector<ReceiverResult> receivers;
  std::vector<LoadBalancerResult> load_balancers;
  std::vector<TimelineAction> timeline;  // what came to pass, in order
  std::vector<SpanResult> spans;         // empty: the run is one part
  std::vector<TcpResult> tcp;
  std::vector<Assumption> assumptions;
  std::vector<std::string> notes;  // sentences that every output repeats
  // Production frames of the workloads, each once however many ENIs it passes.
  // Empty: what the ENIs were offered is added up, so that a frame between two
  // ENIs counts twice.
  std::optional<Count> produced;
  // Production that reached its destination's ENI or left for the outside: its
  // bandwidth is the goodput. Delay from the moment that a frame was offered at
  // its source, or came in from the outside.
  Load delivered;
  DelayResult production_delay;
  // Packets of copies, from their source to the receiver's software.
  DelayResult copy_delay;

  std::optional<Series> series;  // where it was asked for

  // Of the workloads' steady traffic by analysis/coverage, and not of what passed in the run.
  std::optional<CoverageSummary> coverage;

  // Of other runs of the same experiment, where there were any.
  std::optional<BaselineResult> baseline;
  std::optional<Replications> replications;

  // Filled in by analysis/report/assertions.h, last of all.
  std::vector<AssertionResult> assertions;

  // All that follows is judged.
  // Copies that were decided on and that no receiver's software took. Copies
  // that still waited or travelled when time ended are left aside.
  Loss copies;
  // Production frames that were dropped, but for those that a security group or
  // an ACL refused, or that an ENI which was not there lost: nobody expected them to pass.
  Loss production;
  double mirror_loss = 0;      // copies.fraction()
  double production_loss = 0;  // production.fraction()
  // Of the tightest host, receiver or load balancer; empty: nothing limits.
  std::optional<double> margin;
  std::string margin_of;   // its ID
  double margin_goal = 0;  // the margin at which a limit is at risk
  Verdict verdict = Verdict::kFits;
  std::string because;  // one sentence with the number that decided
  // The discipline that was run first, then every other that it might be
  // instead. Empty where none was tried.
  std::vector<DisciplineResult> disciplines;
  // "under all assumptions tried (congestion=shared_random, fifo)", or what it
  // flips with; empty where none was tried.
  std::string holds;
};

}  // namespace vpcmirror
