// What an engine has counted up to a moment: from here to a result is models/scenario/measure.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/capacity/delay_histogram.h"
#include "models/cloud/frame_drop.h"
#include "models/mirror/ledger.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// Frames without FCS. What left counts when it was handed to the egress.
struct EniCounters {
  // What a frame on its way out touches stands together, and so does what one on
  // its way in touches.
  Count offered_out;  // production, to this ENI
  Count budget_out;   // of it, what security groups, ACLs and routes let through
  Count out;          // of it, what the CVM's budget let through
  Count budget_copies_out;
  Count copies_out;         // outer headers on
  Count offered_in;         // that came for this ENI, copies for it included
  Count offered_copies_in;  // outer headers on
  Count budget_in;
  Count in;
  Count budget_copies_in;
  // Copies, outer headers on, of frames that the budget lost on their way in:
  // demand that the loss hides.
  Count unmade_copies;

  EniCounters& operator-=(const EniCounters& start);
};

struct ReceiverCounters {
  Count in;        // copies that arrived, outer headers on
  Count digested;  // that the software took from its ring, or will before the end
  Count ring_full;
  Count down;        // that came while the software was
  Count duplicates;  // copies of a packet that came here before from another ENI
  Count waiting;     // in the ring at that moment

  ReceiverCounters& operator-=(const ReceiverCounters& start);
};

struct BalancerCounters {
  Count in;                       // copies that arrived, outer headers on
  std::vector<Count> by_zone;     // of them, by LoadBalancer::zones
  std::vector<Count> by_backend;  // passed on, as they arrive there; by LoadBalancer::backends
  std::int64_t may_be_reordered = 0;
  std::int64_t waiting = 0;                  // for a zone's bandwidth at that moment
  std::array<Count, kCopyLosses> dropped{};  // as they arrived

  BalancerCounters& operator-=(const BalancerCounters& start);
};

// What the connections of a workload did.
struct TcpTotals {
  std::int64_t opened = 0;         // connections
  std::int64_t failed = 0;         // that were not answered, or given up by TCP
  std::int64_t without_port = 0;   // times that one was to be opened and no client port was free
  std::int64_t done = 0;           // connections that sent all that they were to send
  Picoseconds last{};              // when data was delivered last
  Bytes delivered{};               // to the applications of either end
  std::int64_t segments = 0;       // with data, handed to IP
  std::int64_t retransmitted = 0;  // of them, those that begin behind what was sent before
  std::int64_t exchanges = 0;      // answered requests
  DelayHistogram exchange_times;   // from asking to the last byte of the answer

  // `done`, `last` and the times say how far the workload is, however much of that is measured.
  TcpTotals& operator-=(const TcpTotals& start);
};

// What waits in a queue has not left it.
struct RunCounters {
  struct OfEni {
    EniCounters counters;
    std::array<Count, kFrameDrops> dropped{};
  };
  struct OfMirror {
    Ledger ledger;
    std::array<Count, kCopyLosses> losses{};
  };
  struct OfReceiver {
    ReceiverCounters counters;
    std::vector<Count> workers;  // what each was sent; empty: nothing came yet, or nobody knows
    Bytes ring_peak{};           // WorkersUse::ring_peak
  };

  Picoseconds since{};  // when counting began
  Picoseconds until{};
  std::vector<OfEni> enis;
  std::vector<OfMirror> mirrors;
  std::vector<std::optional<OfReceiver>> receivers;  // by ENI; empty where there is none
  std::vector<BalancerCounters> balancers;
  std::vector<Bytes> memory_peaks;            // by CVM: HostResult::memory_peak
  std::vector<std::optional<TcpTotals>> tcp;  // by workload; empty without TCP flows
  Count produced;

  Picoseconds time() const { return until - since; }

  // From both since the beginning to what came between them, but for peaks. What waited at the
  // start was offered since, in a mirror's account; receivers and load balancers took it since,
  // and did not get it since.
  void TakeOff(const RunCounters& start);
};

}  // namespace vpcmirror
