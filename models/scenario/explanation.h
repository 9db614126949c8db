// What the core answered about frames at one ENI, and what it asked on the way.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/cloud/firewall.h"
#include "models/cloud/topology.h"
#include "models/mirror/ledger.h"
#include "models/mirror/mirror_tap.h"
#include "models/mirror/trail.h"
#include "models/units/quantity.h"
#include "models/wire/frame.h"

namespace vpcmirror {

// Whether a refusal is given for all sessions, before any is asked.
constexpr bool IsForAll(Refusal refusal) {
  return refusal == Refusal::kNeverMirrored || refusal == Refusal::kMirrorTraffic ||
         refusal == Refusal::kNotAdmitted;
}

// What was said of a frame, and by what.
struct Ruling {
  std::optional<std::uint32_t> session;  // of the tap; empty where IsForAll(refusal)
  Direction direction = Direction::kEgress;
  Refusal refusal = Refusal::kNone;
  // What decided: kNeverMirrored: of TapRules::never_mirrored; kNone, kRule,
  // kNetworkService: of Filter::rules; kFilter where all conditions must hold:
  // the first that does not. Otherwise kNoCondition.
  std::uint32_t item = kNoCondition;
  MtuAction mtu_action = MtuAction::kWhole;  // of a copy
  std::optional<DropReason> dropped;         // a copy that does not leave the ENI

  bool copies() const { return refusal == Refusal::kNone; }
  friend bool operator==(const Ruling&, const Ruling&) = default;
};

// One packet of a copy, as it leaves the source ENI.
struct ExplainedPacket {
  std::vector<std::byte> outer;  // from the outer IP header to what is carried; empty: none
  Bytes rewritten{};             // in front of the payload, in place of the frame's own headers
  Bytes payload_offset{};        // into the frame
  Bytes payload{};
  Bytes wire{};  // Ethernet frame without FCS
};

// What a load balancer that is the target does with a copy's first packet.
struct ExplainedBalancing {
  std::size_t load_balancer = 0;  // of the deployment
  std::size_t zone = 0;           // of it, where the copy comes in
  bool listens = true;
  std::size_t eligible = 0;            // backends that might have got it
  std::optional<std::size_t> backend;  // of the load balancer; empty: none gets it

  bool passes() const { return listens && backend.has_value(); }
};

struct ExplainedCopy {
  std::vector<ExplainedPacket> packets;  // none where the ruling says dropped
  std::size_t receiver_eni = 0;
  // The way of the copy to its receiver, whose security is asked; no hops for a
  // copy without outer headers, which nothing but the route can stop.
  Path path;
  std::optional<ExplainedBalancing> balancing;  // of a copy that leaves

  bool arrives() const { return path.stop == Stop::kNone && (!balancing || balancing->passes()); }
};

struct ExplainedSession {
  std::size_t mirror = 0;  // index into ValidScenario::mirrors
  Ruling ruling;
  CopyPlan plan;                 // where the ruling copies
  std::vector<TrailStep> steps;  // what was asked for this session
  std::optional<ExplainedCopy> copy;
};

// One frame at one ENI.
struct Explanation {
  std::size_t eni = 0;
  Direction direction = Direction::kEgress;
  FrameInfo frame;
  RouteAnswer route;  // of an outbound IP frame; otherwise not looked up
  Admission admission = Admission::kAdmitted;
  std::vector<Hop> security;               // what each security group and ACL in the way says
  std::vector<TrailStep> for_all;          // what was asked before any session
  std::optional<Ruling> ruling_for_all;    // a refusal; the sessions then repeat it
  std::vector<ExplainedSession> sessions;  // in the order in which they are asked
};

struct RulingCount {
  Ruling ruling;
  Count frames;              // original frames
  std::int64_t packets = 0;  // of their copies
  Bytes wire{};              // of their copies, Ethernet frames without FCS
  std::int64_t example = 0;  // number of the first such frame in its file, from 1
};

struct RuleUse {
  std::int64_t asked = 0;
  std::int64_t matched = 0;
};

struct SessionUse {
  std::size_t mirror = 0;                     // index into ValidScenario::mirrors
  std::array<std::vector<RuleUse>, 2> rules;  // by Direction, as Filter::rules
  std::vector<Count> receivers;               // original frames copied to each
};

// One frame of a capture in short.
struct FrameLine {
  std::int64_t number = 0;             // in its file, from 1
  Picoseconds time{};                  // since the first frame
  std::optional<Direction> direction;  // empty: neither from this ENI nor to it
  FrameInfo frame;
  struct OfSession {
    Ruling ruling;
    std::uint32_t receiver = 0;
    Bytes wire{};
  };
  std::vector<OfSession> sessions;  // a single one where the ruling is for all
};

struct CaptureExplanation {
  std::string file;
  std::size_t eni = 0;
  std::int64_t frames = 0;        // that were read
  std::array<Count, 2> passed{};  // by Direction
  Count others;                   // neither from this ENI nor to it
  std::int64_t first_other = 0;   // number of the first of them
  std::int64_t cut_short = 0;     // frames whose capture ends inside a header
  std::int64_t malformed = 0;
  std::vector<RulingCount> rulings;  // for all first, then by session; most frames first
  std::vector<SessionUse> sessions;  // in the order in which they are asked
  std::vector<FrameLine> lines;      // of the first frames, as many as were asked for
  bool complete = true;              // false: stopped before the end of the file
};

}  // namespace vpcmirror
