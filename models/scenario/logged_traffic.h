// Traffic that was logged and not imagined: window by window as planners reckon with it, and
// in sum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/scenario/steady_traffic.h"

namespace vpcmirror {

// Mean rates over one window of time. What happened inside is not known.
struct TrafficWindow {
  std::int64_t start = 0;   // seconds since 1970; 0: of a traffic matrix, which has no times
  std::int64_t length = 1;  // seconds
  SteadyTraffic traffic;    // its workloads are none, since a log knows of none
};
// In order of time, or newest first where the logs are. The window may be looked at until it
// returns.
using OnWindow = std::function<void(const TrafficWindow&)>;

// Records of some kind, and what they say passed.
struct LoggedVolume {
  std::int64_t records = 0;
  double bytes = 0;  // of IP packets

  void Add(double more) {
    ++records;
    bytes += more;
  }
};

// What became of the records of logs. Each record that could be read is in one of `counted`,
// `rejected`, `no_data`, `skipped`, `elsewhere`, `unknown`, `undecided`, `untimed`, `late` and
// `ahead`.
struct LogTally {
  std::int64_t records = 0;
  LoggedVolume counted;   // of traffic at ENIs of the scenario
  LoggedVolume rejected;  // by a security group or ACL: not mirrored
  std::int64_t no_data = 0;
  std::int64_t skipped = 0;  // the cloud recorded nothing, though something passed
  LoggedVolume elsewhere;    // neither end has the ENI's address, and no direction is said
  LoggedVolume unknown;      // of what the scenario does not have
  LoggedVolume undecided;    // of an interface that either end may be
  LoggedVolume untimed;      // without a start or an end
  LoggedVolume late;         // the window that it ended in was closed
  LoggedVolume ahead;        // far after all around it: its clock is not theirs
  // Of those that are counted:
  double late_bytes = 0;             // of earlier windows than are open, left out
  std::int64_t backwards = 0;        // that end before they start; taken to pass at the start
  std::int64_t without_packets = 0;  // packets of kAssumedPacket are assumed
  std::int64_t bad_lines = 0;
  std::vector<std::string> told_lines;  // "flow.log:7: \"x\" is no number of bytes"; the first
};

// What is assumed of packets whose number a log does not say, in bytes.
inline constexpr std::int64_t kAssumedPacket = 500;

// An interface, or an address that is no interface's, of which the scenario knows nothing.
struct UnknownInterface {
  std::string id;
  LoggedVolume volume;
};

// An interface that was found by something other than its ID.
struct MappedInterface {
  std::string id;
  std::size_t eni = 0;
  bool by_rule = false;  // the user's; else by an address
};

// Of what passes one thing, over all windows.
struct LoggedRate {
  double bytes = 0;  // of Ethernet frames without FCS
  double frames = 0;
  Flux peak;                    // of the window with the most bits
  std::int64_t peak_start = 0;  // of that window, the first of them
};
struct LoggedEni {
  LoggedRate in;   // production
  LoggedRate out;  // the same
  LoggedRate copies_out;
  LoggedRate copies_in;
};
struct LoggedMirror {
  LoggedRate offered;
  LoggedRate mirrored;
  LoggedRate wire;
};

struct WindowTotals {
  std::int64_t start = 0;
  Flux in;   // production at all ENIs
  Flux out;  // the same
  Flux copies;
};

struct LoggedTraffic {
  std::vector<std::string> files;
  bool is_matrix = false;  // one window, of no time
  bool is_newest_first = false;
  std::int64_t window_seconds = 60;
  bool is_window_given = false;   // else it is the logs' own interval
  std::int64_t open_seconds = 0;  // how long a window waits for late records
  // Peak over mean rate inside a window: an assumption, which is in no figure here.
  double peak_to_mean = 1;
  LogTally tally;
  std::vector<UnknownInterface> unknown;  // by bytes, the most first
  std::int64_t unknown_interfaces = 0;    // all of them; not over kMostKnownUnknown
  std::vector<MappedInterface> mapped;
  std::vector<std::string> unused_rules;  // interfaces that the user maps and no record is of
  std::vector<WindowTotals> windows;      // in order; such as nothing was logged in are not there
  std::vector<LoggedEni> enis;            // by ENI
  std::vector<LoggedMirror> mirrors;      // by mirror

  static constexpr std::size_t kMostToldUnknown = 10;
};

// Which of so many windows a share of all does not exceed: ceil(share * windows), counted from the
// least; exact. `share` is over 0 and at most 1. Requires a window.
std::size_t SizingRank(std::size_t windows, double share);

// The window that a share of all windows does not exceed in bits of copies: that of
// SizingRank. The earliest of equals. `share` is over
// 0 and at most 1, which is the maximum. Requires a window.
const WindowTotals& SizingWindow(const LoggedTraffic& logged, double share);

}  // namespace vpcmirror
