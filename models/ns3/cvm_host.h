// A CVM: the budget that its ENIs share.
#pragma once

#include <ns3/data-rate.h>
#include <ns3/object.h>
#include <ns3/queue-size.h>
#include <ns3/random-variable-stream.h>

#include <cstdint>
#include <functional>
#include <optional>

#include "models/capacity/egress.h"
#include "models/cloud/limits.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// Aggregated to a Node. Its limits are attributes and take effect with the
// first frame; a rate of 0 means no limit.
class CvmHost : public ns3::Object {
 public:
  static ns3::TypeId GetTypeId();
  CvmHost();

  // A frame that wants to leave. `tag` comes back from ForEachWaiting.
  EgressAnswer OfferOut(Picoseconds now, Bytes frame, std::uint64_t tag);

  // A frame that came from the network, for the combined budget or the one for
  // ingress. It reaches its ENI when it departs from there.
  EgressAnswer OfferIn(Picoseconds now, Bytes frame);

  // A frame that reaches its ENI now whatever waits, as in a capture of what an
  // ENI saw. Its budget pays for it all the same.
  std::optional<Dropped> ChargeIn(Picoseconds now, Bytes frame);

  // Frames that OfferOut took and that have not left at `now`.
  void ForEachWaiting(Picoseconds now, const std::function<void(const WaitingFrame&)>& visit);

  // The most bytes that ever waited for the budget that frames leave by.
  Bytes peak_bytes() const;

  // Chance under congestion "SharedRandom" follows this stream.
  std::int64_t AssignStreams(std::int64_t stream);

 private:
  Egress& ingress();

  struct Budgets {
    Egress out;
    std::optional<Egress> in;  // empty when combined
  };
  Budgets& budgets();

  // ns-3 3.37 keeps enumerations as int, which an enum class does not become by itself.
  void SetLimitModel(LimitModel model) { limit_model_ = model; }
  int GetLimitModel() const { return static_cast<int>(limit_model_); }
  void SetCongestion(Congestion congestion) { congestion_ = congestion; }
  int GetCongestion() const { return static_cast<int>(congestion_); }

  ns3::DataRate bandwidth_;
  std::uint64_t packet_rate_ = 0;
  LimitModel limit_model_ = LimitModel::kCombined;
  Congestion congestion_ = Congestion::kSharedRandom;
  ns3::QueueSize queue_size_;
  ns3::Ptr<ns3::UniformRandomVariable> random_;
  std::optional<Budgets> budgets_;
};

}  // namespace vpcmirror
