// What vpcmirror live is asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/units/quantity.h"
#include "sim/live/interface_source.h"

namespace vpcmirror::sim {

struct LiveOptions {
  std::string file;
  std::string read;                     // a capture file; empty: `interfaces`
  std::vector<std::string> interfaces;  // by position the ENIs of `enis`
  std::vector<std::string> enis;        // empty: the only one that is mirrored
  bool send = false;                    // to the receivers
  std::string write;                    // a capture file; neither: copies are counted
  std::vector<std::string> local;
  std::vector<std::string> sets;
  std::string format = "text";
  std::string data;

  // Of interfaces alone.
  int workers = 1;
  Bytes buffer = kDefaultRingBuffer;
  std::optional<Bytes> snap_length;
  bool promiscuous = false;
  bool super_frames_by_policy = false;  // else they are segmented
  std::optional<Picoseconds> duration;  // empty: until it is stopped
  std::optional<Picoseconds> probe;
  bool no_runs = false;
  std::optional<BitsPerSecond> max_rate;
  std::optional<double> max_cpu;  // of one core
  bool shed_flows = false;
  std::optional<Picoseconds> stats;  // how often; empty: at the end alone
  std::string metrics;               // a loopback address; empty: none
  std::optional<std::string> user;   // whom to become; empty: PrivilegeSettings' default
};

}  // namespace vpcmirror::sim
