// What travels with a frame beside its bytes.
#pragma once

#include <cstdint>

#include "models/units/quantity.h"

namespace vpcmirror {

class MirrorSession;
class RequestSource;
class SmallQueue;

// Of a copy: what it stands for in its session's accounts.
struct CopyAccount {
  Bytes original{};          // length of the frame that it copies
  Bytes cut{};               // bytes of it that were left out
  std::uint32_t number = 0;  // of the copy in its session
  // The copy's last packet, with which all have left, stands for the frame.
  bool stands_for_frame = false;
  bool is_only_packet = false;  // of the copy
};

// The objects outlive the simulation's events: both are held by their nodes.
struct Passage {
  MirrorSession* copy_of = nullptr;  // the session whose copy this is; null for production
  CopyAccount copy;
  RequestSource* request_of = nullptr;  // who is to be told that a request has arrived
  std::uint32_t request_flow = 0;       // and of which of its flows
  // When it was offered: at its source, or where it came in from the outside.
  Picoseconds offered{};
  // Who is to be told when it has left its sender; null: nobody.
  SmallQueue* small_queue = nullptr;
  bool in_tx_ring = false;   // of the ENI that it leaves: it came from the node's protocols
  bool of_stack = false;     // it came from ns-3's protocols and goes to theirs
  bool as_captured = false;  // it was seen at the ENI at this moment: it waits nowhere
  std::uint8_t hops = 0;     // ENIs that the frame was routed to; 0: it came from outside
};

}  // namespace vpcmirror
