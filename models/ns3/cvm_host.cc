#include "models/ns3/cvm_host.h"

#include <ns3/enum.h>
#include <ns3/uinteger.h>

#include <limits>

#include "models/ns3/limit_attributes.h"

namespace vpcmirror {
namespace {

// What waits in a budget on its way in.
constexpr std::uint64_t kInboundTag = std::numeric_limits<std::uint64_t>::max();

}  // namespace

ns3::TypeId CvmHost::GetTypeId() {
  static const ns3::TypeId tid =
      ns3::TypeId("vpcmirror::CvmHost")
          .SetParent<ns3::Object>()
          .AddConstructor<CvmHost>()
          .AddAttribute("Bandwidth",
                        "Limit on the bits of Ethernet frames without FCS; 0 is no limit",
                        ns3::DataRateValue(ns3::DataRate(0)),
                        ns3::MakeDataRateAccessor(&CvmHost::bandwidth_), ns3::MakeDataRateChecker())
          .AddAttribute("PacketRate", "Limit on frames a second; 0 is no limit",
                        ns3::UintegerValue(0), ns3::MakeUintegerAccessor(&CvmHost::packet_rate_),
                        ns3::MakeUintegerChecker<std::uint64_t>(0, 1'000'000'000'000))
          .AddAttribute(
              "LimitModel", "Whether the limits hold for in and out together",
              ns3::EnumValue(static_cast<int>(LimitModel::kCombined)),
              ns3::MakeEnumAccessor(&CvmHost::SetLimitModel, &CvmHost::GetLimitModel),
              ns3::MakeEnumChecker(static_cast<int>(LimitModel::kCombined), "Combined",
                                   static_cast<int>(LimitModel::kPerDirection), "PerDirection"))
          .AddAttribute(
              "Congestion", "Who loses when a limit is reached",
              ns3::EnumValue(static_cast<int>(Congestion::kSharedRandom)),
              ns3::MakeEnumAccessor(&CvmHost::SetCongestion, &CvmHost::GetCongestion),
              ns3::MakeEnumChecker(static_cast<int>(Congestion::kFifo), "Fifo",
                                   static_cast<int>(Congestion::kSharedRandom), "SharedRandom"))
          .AddAttribute(
              "QueueSize", "Frames of the egress queue, the one being sent included; in packets",
              ns3::QueueSizeValue(ns3::QueueSize("1000p")),
              ns3::MakeQueueSizeAccessor(&CvmHost::queue_size_), ns3::MakeQueueSizeChecker());
  return tid;
}

CvmHost::CvmHost() : random_(ns3::CreateObject<ns3::UniformRandomVariable>()) {}

CvmHost::Budgets& CvmHost::budgets() {
  if (budgets_) return *budgets_;
  const RatedQueueSettings settings = LimitsOf(bandwidth_, packet_rate_, queue_size_.GetValue());
  const auto seed = [&] {
    const auto high = static_cast<std::uint64_t>(random_->GetInteger(0, 0xfffffffe));
    return (high << 32) | random_->GetInteger(0, 0xfffffffe);
  };
  budgets_.emplace(Budgets{.out = Egress(settings, congestion_, seed()), .in = std::nullopt});
  if (limit_model_ == LimitModel::kPerDirection) {
    budgets_->in.emplace(settings, congestion_, seed());
  }
  return *budgets_;
}

EgressAnswer CvmHost::OfferOut(Picoseconds now, Bytes frame, std::uint64_t tag) {
  return budgets().out.Offer(now, frame, tag);
}

Egress& CvmHost::ingress() {
  Budgets& all = budgets();
  return all.in ? *all.in : all.out;
}

EgressAnswer CvmHost::OfferIn(Picoseconds now, Bytes frame) {
  return ingress().Offer(now, frame, kInboundTag);
}

std::optional<Dropped> CvmHost::ChargeIn(Picoseconds now, Bytes frame) {
  return ingress().Charge(now, frame);
}

void CvmHost::ForEachWaiting(Picoseconds now,
                             const std::function<void(const WaitingFrame&)>& visit) {
  budgets().out.queue().ForEachWaiting(now, [&](const WaitingFrame& waiting) {
    if (waiting.tag != kInboundTag) visit(waiting);
  });
}

Bytes CvmHost::peak_bytes() const {
  return budgets_ ? budgets_->out.queue().bytes_peak() : Bytes(0);
}

std::int64_t CvmHost::AssignStreams(std::int64_t stream) {
  random_->SetStream(stream);
  return 1;
}

}  // namespace vpcmirror
