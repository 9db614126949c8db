// Captures (pcap and pcapng, read by libpcap) as streams of frames.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/scenario/error.h"
#include "models/scenario/scenario.h"
#include "models/wire/address.h"

namespace vpcmirror::sim {

struct Capture {
  OpenCapture open;
  std::int64_t frames = 0;
  std::int64_t aside = 0;  // of them, without a PassingDirection for `locals`; 0 without any
  Picoseconds length{};    // from the first frame to the last
};

// Reads the whole file once, without keeping it. Throws ScenarioException (file
// set, no pointer) when it is missing, not a regular file, empty, no capture,
// without frames, not Ethernet, or cut in the middle of a frame; when a frame has
// a length that Ethernet does not have; and when no frame comes from an address in
// `locals` or goes to one (unless there are none). A frame whose timestamp is before the one in
// front of it is given that one's time, so that times never go back.
Capture ScanCapture(const std::string& file, const std::vector<IpPrefix>& locals = {});

}  // namespace vpcmirror::sim
