// A CVM: the budget that its ENIs share.
#pragma once

#include <ns3/data-rate.h>
#include <ns3/event-id.h>
#include <ns3/nstime.h>
#include <ns3/object.h>
#include <ns3/ptr.h>
#include <ns3/queue-size.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "models/capacity/cpu_cost.h"
#include "models/capacity/egress.h"
#include "models/capacity/flow_limit.h"
#include "models/cloud/limits.h"
#include "models/ns3/transit.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// Aggregated to a Node. Its limits are attributes and take effect with the
// first frame; a rate of 0 means no limit.
class CvmHost : public ns3::Object {
 public:
  static ns3::TypeId GetTypeId();
  CvmHost();

  // What work on frames costs its vCPUs, which then are a limit like the others.
  // Before the first frame; not called: CPU time is not limited.
  void SetCpu(std::shared_ptr<const CpuCostTable> costs, int vcpus) {
    cpu_ = std::make_unique<Cpu>(Cpu{CpuBill(std::move(costs), vcpus), CpuClock()});
  }

  // From `now` on, for what comes and, with the attribute BandwidthMayChange, for what
  // waits: the attribute Bandwidth takes effect with the first frame only.
  void ChangeBandwidth(Picoseconds now, BitsPerSecond bandwidth);

  // A frame that wants to leave. `tag` comes back from ForEachWaiting. Of one that
  // is Queued, its ENI's Depart or LoseQueued is called when its fate is known.
  EgressAnswer OfferOut(Picoseconds now, const ns3::Ptr<Transit>& frame, std::uint64_t tag);

  // A frame that came from the network, for the combined budget or the one for
  // ingress. It reaches its ENI when it departs from there; one that is Queued is
  // sent there, or its ENI's LoseQueued is called.
  EgressAnswer OfferIn(Picoseconds now, const ns3::Ptr<Transit>& frame);

  // A frame that reaches its ENI now whatever waits, as in a capture of what an
  // ENI saw. Its budget pays for it all the same.
  std::optional<Dropped> ChargeIn(Picoseconds now, Bytes frame);

  // Of a frame of a flow that has the limits for itself; zero without any.
  Picoseconds TransmissionTime(Bytes frame) const;

  // What such a flow of frames like that sends in `time`; empty without a limit.
  std::optional<Bytes> SentWithin(Picoseconds time, Bytes frame) const;

  // Frames that OfferOut took and that have not left at `now`.
  void ForEachWaiting(Picoseconds now,
                      const std::function<void(std::uint64_t tag, Bytes frame)>& visit);

  // Of all frames that wait for the budgets at `now`, in and out.
  Bytes HeldBytes(Picoseconds now);

  // Whether the copy of an outbound frame is queued before the frame.
  bool copies_first() const { return copy_order_ == CopyOrder::kBefore; }

  // Fetches what a frame touches beside the host itself, as ForeseenEvent has it; in
  // two steps.
  void Foresee(int step) const;

  // The most bytes that waited for the budget that frames leave by, since ForgetPeak.
  Bytes peak_bytes() const;
  void ForgetPeak(Picoseconds now);

  // Chance under congestion "SharedRandom" follows this stream, and ns-3's seed and
  // run: a hash of the three, since a random variable of ns-3's for each CVM would
  // take most of the time that setting one up takes.
  std::int64_t AssignStreams(std::int64_t stream);

 protected:
  void DoDispose() override;

 private:
  // One budget, and when it is to be woken for what is Queued in it.
  struct Budget {
    Egress egress;
    ns3::EventId wake;
    Picoseconds wake_at{};
  };
  struct Budgets {
    Budget out;
    std::unique_ptr<Budget> in;        // null when combined
    std::unique_ptr<FlowLimit> flows;  // null when no flow is limited
  };
  EgressSettings settings() const;
  Budgets& budgets();
  Budget& ingress();
  EgressAnswer Offer(Budget& budget, Picoseconds now, const ns3::Ptr<Transit>& frame,
                     const Offered& offered);
  Picoseconds CpuTimeOf(Picoseconds now, CpuOperation operation, Bytes frame) {
    return cpu_ ? cpu_->bill.Charge(now, operation, frame) : Picoseconds(0);
  }
  bool ExceedsFlowLimit(Picoseconds now, const Transit& frame, TrafficClass traffic);
  void Wake(Budget* budget);
  // Sends on what is Queued no more, and sees to it that the rest is woken.
  void Attend(Budget& budget, Picoseconds now);
  void Settle(const Settled& settled, Picoseconds now);

  // ns-3 3.37 keeps enumerations as int, which an enum class does not become by itself.
  void SetLimitModel(LimitModel model) { limit_model_ = model; }
  int GetLimitModel() const { return static_cast<int>(limit_model_); }
  void SetCongestion(Congestion congestion) { congestion_ = congestion; }
  int GetCongestion() const { return static_cast<int>(congestion_); }
  void SetCopyOrder(CopyOrder order) { copy_order_ = order; }
  int GetCopyOrder() const { return static_cast<int>(copy_order_); }

  ns3::DataRate bandwidth_;
  std::uint64_t burst_ = 0;
  ns3::DataRate peak_bandwidth_;
  ns3::DataRate flow_bandwidth_;
  std::uint64_t packet_rate_ = 0;
  LimitModel limit_model_ = LimitModel::kCombined;
  Congestion congestion_ = Congestion::kSharedRandom;
  CopyOrder copy_order_ = CopyOrder::kBefore;
  ns3::QueueSize queue_size_;
  std::uint64_t queue_bytes_ = 0;
  ns3::Time timer_delay_;
  bool bandwidth_may_change_ = false;
  std::optional<std::int64_t> stream_;  // empty: the next of ns3::RngSeedManager
  struct Cpu {
    CpuBill bill;
    CpuClock clock;
  };
  std::unique_ptr<Cpu> cpu_;          // null: not limited
  std::unique_ptr<Budgets> budgets_;  // made by the first frame
};

}  // namespace vpcmirror
