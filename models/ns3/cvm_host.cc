#include "models/ns3/cvm_host.h"

#include <ns3/boolean.h>
#include <ns3/enum.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/simulator.h>
#include <ns3/uinteger.h>

#include <algorithm>
#include <limits>

#include "models/ns3/clock.h"
#include "models/ns3/eni_device.h"
#include "models/ns3/foreseen_event.h"
#include "models/ns3/limit_attributes.h"
#include "models/wire/hash.h"

namespace vpcmirror {
namespace {

// What waits in a budget on its way in.
constexpr std::uint64_t kInboundTag = std::numeric_limits<std::uint64_t>::max();

// What a flow may send at once is not documented: 1 ms of its rate, and no less
// than two of the largest frames.
Bytes BurstOfFlow(BitsPerSecond rate) {
  constexpr std::int64_t kPerSecond = 1000;
  constexpr Bytes kLeast(2 * 65'550);
  return std::max(kLeast, Bytes(rate.count() / kBitsPerByte / kPerSecond));
}

}  // namespace

NS_OBJECT_ENSURE_REGISTERED(CvmHost);

ns3::TypeId CvmHost::GetTypeId() {
  static const ns3::TypeId tid =
      ns3::TypeId("vpcmirror::CvmHost")
          .SetParent<ns3::Object>()
          .SetGroupName("vpcmirror")
          .AddConstructor<CvmHost>()
          .AddAttribute("Bandwidth",
                        "Limit on the bits of Ethernet frames without FCS; 0 is no limit",
                        ns3::DataRateValue(ns3::DataRate(0)),
                        ns3::MakeDataRateAccessor(&CvmHost::bandwidth_), ns3::MakeDataRateChecker())
          .AddAttribute("Burst",
                        "Bytes of a token bucket that Bandwidth fills; 0: Bandwidth is a link",
                        ns3::UintegerValue(0), ns3::MakeUintegerAccessor(&CvmHost::burst_),
                        ns3::MakeUintegerChecker<std::uint64_t>(0, std::uint64_t{1} << 62))
          .AddAttribute("PeakBandwidth", "Of the link in front of that bucket; 0 is no limit",
                        ns3::DataRateValue(ns3::DataRate(0)),
                        ns3::MakeDataRateAccessor(&CvmHost::peak_bandwidth_),
                        ns3::MakeDataRateChecker())
          .AddAttribute("FlowBandwidth", "Most that one flow may send; 0 is no limit",
                        ns3::DataRateValue(ns3::DataRate(0)),
                        ns3::MakeDataRateAccessor(&CvmHost::flow_bandwidth_),
                        ns3::MakeDataRateChecker())
          .AddAttribute("PacketRate", "Limit on frames a second; 0 is no limit",
                        ns3::UintegerValue(0), ns3::MakeUintegerAccessor(&CvmHost::packet_rate_),
                        ns3::MakeUintegerChecker<std::uint64_t>(0, 1'000'000'000'000))
          .AddAttribute(
              "LimitModel", "Whether the limits hold for in and out together",
              ns3::EnumValue(static_cast<int>(LimitModel::kCombined)),
              ns3::MakeEnumAccessor(&CvmHost::SetLimitModel, &CvmHost::GetLimitModel),
              ns3::MakeEnumChecker(static_cast<int>(LimitModel::kCombined), "Combined",
                                   static_cast<int>(LimitModel::kPerDirection), "PerDirection"))
          .AddAttribute("Congestion", "Who loses when a limit is reached",
                        ns3::EnumValue(static_cast<int>(Congestion::kSharedRandom)),
                        ns3::MakeEnumAccessor(&CvmHost::SetCongestion, &CvmHost::GetCongestion),
                        ns3::MakeEnumChecker(
                            static_cast<int>(Congestion::kFifo), "Fifo",
                            static_cast<int>(Congestion::kSharedRandom), "SharedRandom",
                            static_cast<int>(Congestion::kProductionFirst), "ProductionFirst"))
          .AddAttribute("CopyOrder", "When the copy of an outbound frame is queued",
                        ns3::EnumValue(static_cast<int>(CopyOrder::kBefore)),
                        ns3::MakeEnumAccessor(&CvmHost::SetCopyOrder, &CvmHost::GetCopyOrder),
                        ns3::MakeEnumChecker(static_cast<int>(CopyOrder::kBefore), "Before",
                                             static_cast<int>(CopyOrder::kAfter), "After"))
          .AddAttribute("TimerDelay", "How late a shaper wakes up that waited for its rate",
                        ns3::TimeValue(ns3::Time(0)), ns3::MakeTimeAccessor(&CvmHost::timer_delay_),
                        ns3::MakeTimeChecker(ns3::Time(0)))
          .AddAttribute("BandwidthMayChange",
                        "Whether what waits when the bandwidth changes is sent at the new rate",
                        ns3::BooleanValue(false),
                        ns3::MakeBooleanAccessor(&CvmHost::bandwidth_may_change_),
                        ns3::MakeBooleanChecker())
          .AddAttribute("QueueBytes", "Bytes of the egress queue; 0 is no limit",
                        ns3::UintegerValue(0), ns3::MakeUintegerAccessor(&CvmHost::queue_bytes_),
                        ns3::MakeUintegerChecker<std::uint64_t>(0, std::uint64_t{1} << 62))
          .AddAttribute(
              "QueueSize", "Frames of the egress queue, the one being sent included; in packets",
              ns3::QueueSizeValue(ns3::QueueSize("1000p")),
              ns3::MakeQueueSizeAccessor(&CvmHost::queue_size_), ns3::MakeQueueSizeChecker());
  return tid;
}

CvmHost::CvmHost() = default;

EgressSettings CvmHost::settings() const {
  EgressSettings settings{.rates = RatesOf(bandwidth_, packet_rate_),
                          .room = {.frames = queue_size_.GetValue()},
                          .congestion = congestion_,
                          .timer_delay = FromTime(timer_delay_),
                          .may_change = bandwidth_may_change_};
  settings.rates.burst = Bytes(static_cast<std::int64_t>(burst_));
  settings.rates.peak_bandwidth = RatesOf(peak_bandwidth_, 0).bandwidth;
  if (queue_bytes_ > 0) settings.room.bytes = Bytes(static_cast<std::int64_t>(queue_bytes_));
  return settings;
}

CvmHost::Budgets& CvmHost::budgets() {
  if (budgets_) return *budgets_;
  const EgressSettings limits = settings();
  if (!stream_) {
    stream_ = static_cast<std::int64_t>(ns3::RngSeedManager::GetNextStreamIndex());
  }
  const auto run = MixBits(ns3::RngSeedManager::GetRun() ^ MixBits(ns3::RngSeedManager::GetSeed()));
  const std::uint64_t of_out = MixBits(static_cast<std::uint64_t>(*stream_) ^ run);
  const std::uint64_t of_in = MixBits(of_out);
  CpuClock* clock = cpu_ ? &cpu_->clock : nullptr;
  budgets_ = std::make_unique<Budgets>(
      Budgets{.out = {Egress(limits, of_out, clock)}, .in = {}, .flows = {}});
  if (limit_model_ == LimitModel::kPerDirection) {
    budgets_->in = std::make_unique<Budget>(Budget{Egress(limits, of_in, clock)});
  }
  if (const auto rate = RatesOf(flow_bandwidth_, 0).bandwidth) {
    budgets_->flows = std::make_unique<FlowLimit>(*rate, BurstOfFlow(*rate));
  }
  return *budgets_;
}

void CvmHost::ChangeBandwidth(Picoseconds now, BitsPerSecond bandwidth) {
  bandwidth_ = ns3::DataRate(static_cast<std::uint64_t>(bandwidth.count()));
  if (!budgets_) return;
  const auto change = [&](Budget& budget) {
    budget.egress.SetBandwidth(now, bandwidth);
    Attend(budget, now);
  };
  change(budgets_->out);
  if (budgets_->in) change(*budgets_->in);
}

Picoseconds CvmHost::TransmissionTime(Bytes frame) const {
  Picoseconds longest{};
  for (const ns3::DataRate& limit : {bandwidth_, flow_bandwidth_}) {
    const auto rate = RatesOf(limit, 0).bandwidth;
    if (rate) longest = std::max(longest, SerialisationDelay(frame, *rate));
  }
  if (packet_rate_ > 0) {
    const PacketsPerSecond rate(static_cast<std::int64_t>(packet_rate_));
    longest = std::max(longest, PacketInterval(rate));
  }
  return longest;
}

std::optional<Bytes> CvmHost::SentWithin(Picoseconds time, Bytes frame) const {
  const Picoseconds each = TransmissionTime(frame);
  if (each.count() == 0) return std::nullopt;
  return Bytes(frame.count() * time.count() / each.count());
}

// A copy counts for the flow that it copies.
bool CvmHost::ExceedsFlowLimit(Picoseconds now, const Transit& frame, TrafficClass traffic) {
  FlowLimit* flows = budgets().flows.get();
  if (flows == nullptr || !frame.original_info().has_flow) return false;
  const std::uint64_t flow = SpreadingHash(frame.original_info(), HashSymmetry::kDirectional);
  return !flows->Admits(now, flow, frame.length(), traffic);
}

CvmHost::Budget& CvmHost::ingress() {
  Budgets& all = budgets();
  return all.in ? *all.in : all.out;
}

EgressAnswer CvmHost::Offer(Budget& budget, Picoseconds now, const ns3::Ptr<Transit>& frame,
                            const Offered& offered) {
  const EgressAnswer answer = budget.egress.Offer(now, offered);
  if (std::holds_alternative<Queued>(answer)) frame->Ref();  // until it is settled
  Attend(budget, now);
  return answer;
}

EgressAnswer CvmHost::OfferOut(Picoseconds now, const ns3::Ptr<Transit>& frame, std::uint64_t tag) {
  const TrafficClass traffic =
      frame->passage.copy_of != nullptr ? TrafficClass::kCopy : TrafficClass::kProduction;
  if (ExceedsFlowLimit(now, *frame, traffic)) return Dropped{BindingLimit::kFlow};
  const CpuOperation operation =
      traffic == TrafficClass::kCopy ? CpuOperation::kClone : CpuOperation::kProductionTx;
  return Offer(budgets().out, now, frame,
               {.frame = frame->length(),
                .traffic = traffic,
                .cpu_time = CpuTimeOf(now, operation, frame->length()),
                .tag = tag,
                .parcel = ns3::PeekPointer(frame)});
}

// What comes in is what the CVM is there for, a receiver's copies included. Those
// cost CPU time only in its software, whose published rates include their receipt.
EgressAnswer CvmHost::OfferIn(Picoseconds now, const ns3::Ptr<Transit>& frame) {
  const Picoseconds cpu_time = frame->passage.copy_of != nullptr
                                   ? Picoseconds(0)
                                   : CpuTimeOf(now, CpuOperation::kProductionRx, frame->length());
  return Offer(ingress(), now, frame,
               {.frame = frame->length(),
                .cpu_time = cpu_time,
                .tag = kInboundTag,
                .parcel = ns3::PeekPointer(frame)});
}

std::optional<Dropped> CvmHost::ChargeIn(Picoseconds now, Bytes frame) {
  Budget& budget = ingress();
  const std::optional<Dropped> dropped =
      budget.egress.Charge(now, frame, CpuTimeOf(now, CpuOperation::kProductionRx, frame));
  Attend(budget, now);
  return dropped;
}

void CvmHost::Attend(Budget& budget, Picoseconds now) {
  budget.egress.TakeSettled([&](const Settled& settled) { Settle(settled, now); });
  const std::optional<Picoseconds> wake_at = budget.egress.NextWake();
  if (!wake_at) return;
  // A wake that comes too early looks again; one that comes too late would not do.
  if (budget.wake.IsRunning() && budget.wake_at <= *wake_at) return;
  budget.wake.Cancel();
  budget.wake_at = std::max(*wake_at, now);
  budget.wake =
      ns3::Simulator::Schedule(ToTime(budget.wake_at - now), &CvmHost::Wake, this, &budget);
}

void CvmHost::Wake(Budget* budget) {
  const Picoseconds now = SimulatedNow();
  budget->egress.Advance(now);
  Attend(*budget, now);
}

void CvmHost::Settle(const Settled& settled, Picoseconds now) {
  const ns3::Ptr<Transit> frame(static_cast<Transit*>(settled.offered.parcel), false);
  const bool inbound = settled.offered.tag == kInboundTag;
  if (const auto* dropped = std::get_if<Dropped>(&settled.outcome)) {
    frame->at->LoseQueued(frame, inbound ? Direction::kIngress : Direction::kEgress,
                          dropped->limit);
    return;
  }
  const Picoseconds departs = std::max(std::get<Departs>(settled.outcome).time, now);
  if (inbound) {
    frame->ScheduleReach(departs - now);
  } else {
    frame->at->Depart(frame, departs);
  }
}

void CvmHost::ForEachWaiting(Picoseconds now,
                             const std::function<void(std::uint64_t, Bytes)>& visit) {
  if (!budgets_) return;
  budgets_->out.egress.ForEachWaiting(now, [&](std::uint64_t tag, Bytes frame) {
    if (tag != kInboundTag) visit(tag, frame);
  });
}

Bytes CvmHost::HeldBytes(Picoseconds now) {
  if (!budgets_) return Bytes(0);
  const Bytes out = budgets_->out.egress.HeldBytes(now);
  return budgets_->in ? out + budgets_->in->egress.HeldBytes(now) : out;
}

void CvmHost::Foresee(int step) const {
  if (!budgets_) return;
  if (step == 0) {
    FetchMemory(budgets_.get(), sizeof(*budgets_));
    return;
  }
  budgets_->out.egress.FetchWaiting();
  if (budgets_->in) FetchMemory(budgets_->in.get(), sizeof(*budgets_->in));
}

Bytes CvmHost::peak_bytes() const {
  return budgets_ ? budgets_->out.egress.bytes_peak() : Bytes(0);
}

void CvmHost::ForgetPeak(Picoseconds now) {
  if (budgets_) budgets_->out.egress.ForgetPeak(now);
}

void CvmHost::DoDispose() {
  if (budgets_) {
    const auto let_go = [](Budget& budget) {
      budget.wake.Cancel();
      budget.egress.ForEachQueued([](void* parcel) { static_cast<Transit*>(parcel)->Unref(); });
    };
    let_go(budgets_->out);
    if (budgets_->in) let_go(*budgets_->in);
    budgets_.reset();
  }
  ns3::Object::DoDispose();
}

std::int64_t CvmHost::AssignStreams(std::int64_t stream) {
  stream_ = stream;
  return 1;
}

}  // namespace vpcmirror
