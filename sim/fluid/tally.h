// Adds up what passed in a run, in fractions of frames, and tells it as counters.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/cloud/frame_drop.h"
#include "models/mirror/refusal.h"
#include "models/scenario/run_counters.h"
#include "models/scenario/valid_scenario.h"
#include "sim/fluid/carry.h"
#include "sim/fluid/equilibrium.h"
#include "sim/fluid/flow_bundles.h"
#include "sim/fluid/losses.h"

namespace vpcmirror::sim {

struct Amount {
  double frames = 0;
  double bits = 0;

  void Add(const Flux& flux, double times) {
    frames += flux.frames_per_second * times;
    bits += flux.bits_per_second * times;
  }
};

class Tally {
 public:
  // The scenario, with its timeline, must outlive it.
  explicit Tally(const ValidScenario& scenario);

  // What passes in so many seconds of such a state.
  void Add(const FlowBundles& flows, const BudgetNumbers& numbers, const FlowLimits& limits,
           const Losses& losses, const std::vector<double>& speeds, double seconds);

  // What waited in a budget or for a worker that is not overloaded any more has passed.
  void Drain(const Overloads& is_full);

  // Since the beginning, in whole frames and bytes.
  RunCounters CountersAt(Picoseconds now) const;
  Count delivered() const;

 private:
  friend class Carrier<Tally>;

  struct OfEni {
    Amount offered_out, budget_out, out, budget_copies_out, copies_out;
    Amount offered_in, offered_copies_in, budget_in, in, budget_copies_in, unmade_copies;
    std::array<Amount, kFrameDrops> dropped{};
  };
  struct OfMirror {
    Amount mirrored, wire, truncated;
    double truncated_away_bits = 0;
    Amount queued;
    std::array<Amount, kRefusals> rejected{};
    std::array<Amount, kDropReasons> dropped{};
    std::array<Amount, kCopyLosses> losses{};
  };
  struct OfReceiver {
    Amount in, digested, waiting, ring_full, down, duplicates;
    std::vector<Amount> workers;
  };
  struct OfBalancer {
    Amount in;
    std::vector<Amount> by_zone, by_backend;
    std::array<Amount, kCopyLosses> dropped{};
  };
  // What waits somewhere, of one counter: it is moved to another when it passes.
  struct Held {
    Amount* waits = nullptr;  // null: it is counted nowhere while it waits
    Amount* passed = nullptr;
    Amount amount;
  };
  // Copies of the frames under way, at their receivers.
  struct Arrival {
    std::uint32_t receiver = 0;
    std::uint32_t worker = 0;
    std::uint32_t source = 0;
    double frames = 0;  // a second, that were copied
    double share = 0;   // of these copies, that came
  };

  // What Carrier tells.
  void Sent(const FlowBundle& bundle, double share);
  void AddTcp(const FlowBundle& bundle);
  void Delivered(const FlowBundle& bundle, double share);
  void Refusals(const Hop& hop, double share);
  void Leaves(const FlowBundle& bundle, const Hop& hop, std::uint32_t budget, double share,
              double limited, double kept);
  void ComesIn(const FlowBundle& bundle, const Hop& hop, std::uint32_t budget, double share,
               double kept);
  void DroppedCopies(const CopyBundle& copy, double share);
  void CopiesLeave(const Hop& hop, const CopyBundle& copy, std::uint32_t budget, double share,
                   double limited, double kept);
  void CopiesComeIn(const CopyBundle& copy, const Flux& wire, std::uint32_t eni,
                    std::uint32_t budget, double share, double kept);
  void CopiesLost(const CopyBundle& copy, CopyLoss loss, double share);
  void CopiesAtBalancer(const CopyBundle& copy, double share);
  void CopiesLostAtBalancer(const CopyBundle& copy, CopyLoss loss, double share);
  void CopiesToBackend(const CopyBundle& copy, double share);
  void CopiesToSoftware(const FlowBundle& bundle, const Hop& hop, const CopyBundle& copy,
                        const Flux& wire, double share);

  // Counts what waits there; it counts as passed once it does.
  void Hold(std::vector<Held>& where, Amount* waits, Amount& passed, const Flux& flux,
            double share);
  static void Release(std::vector<Held>& held);

  Ledger LedgerOf(const OfMirror& mirror) const;

  const ValidScenario& scenario_;
  const Deployment& deployment_;
  std::vector<OfEni> enis_;
  std::vector<OfMirror> mirrors_;
  std::vector<OfReceiver> receivers_;  // by ENI
  std::vector<bool> is_receiver_;      // by ENI
  std::vector<OfBalancer> balancers_;
  std::vector<TcpTotals> tcp_;                            // by workload
  std::vector<double> tcp_data_;                          // by workload: bytes that were delivered
  std::vector<std::vector<Held>> in_budgets_;             // by budget
  std::vector<std::vector<std::vector<Held>>> in_rings_;  // by CVM and worker
  Amount produced_;
  Amount delivered_;
  // Of the state that is added.
  const FlowBundles* flows_ = nullptr;
  const Losses* losses_ = nullptr;
  const std::vector<double>* speeds_ = nullptr;
  double seconds_ = 0;
  double unit_ = 1;  // of the bundle under way: the share that is all of it
  std::vector<Arrival> arrivals_;
};

}  // namespace vpcmirror::sim
