// What a run has counted up to a moment.
#pragma once

#include <array>
#include <vector>

#include "models/mirror/ledger.h"
#include "models/ns3/copy_balancer.h"
#include "models/ns3/eni_device.h"
#include "models/ns3/frame_drop.h"
#include "models/ns3/mirror_receiver.h"
#include "models/ns3/tcp_connection.h"
#include "models/units/quantity.h"
#include "sim/packet/cpu_use.h"
#include "sim/packet/network.h"

namespace vpcmirror::sim {

// What waits in a queue has not left it.
struct Counters {
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
    std::vector<Count> workers;  // what each was sent
  };

  Picoseconds since{};  // when counting began
  Picoseconds until{};
  std::vector<OfEni> enis;
  std::vector<OfMirror> mirrors;
  std::vector<OfReceiver> receivers;  // by ENI; zero where there is none
  std::vector<BalancerCounters> balancers;
  std::vector<CpuWork> work;   // by CVM
  std::vector<TcpTotals> tcp;  // by workload; zero without TCP flows
  Count produced;

  Picoseconds time() const { return until - since; }

  // From both since the beginning to what came between them. What waited at the start was
  // offered since, in a mirror's account; receivers and load balancers took it since, and did
  // not get it since.
  void TakeOff(const Counters& start);
};

Counters CountersAt(const ValidScenario& scenario, const Network& network, Picoseconds now);

// Has what keeps no sums, such as the most bytes that waited, begin again at `now`.
void ForgetPeaks(const Network& network, Picoseconds now);

}  // namespace vpcmirror::sim
