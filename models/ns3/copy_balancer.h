// The load balancer in front of several receivers.
#pragma once

#include <ns3/object.h>
#include <ns3/packet.h>
#include <ns3/traced-callback.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "models/capacity/rated_queue.h"
#include "models/cloud/frame_drop.h"
#include "models/cloud/load_balancer.h"
#include "models/mirror/ledger.h"
#include "models/ns3/transit.h"
#include "models/ns3/vpc_fabric.h"
#include "models/scenario/run_counters.h"
#include "models/wire/encapsulation.h"

namespace vpcmirror {

class EniDevice;

// Takes what arrives at a load balancer's ENI and sends each copy to one backend,
// or drops it and tells nobody but the copy's session. A zone is a queue in front of
// its bandwidth. The way to the backend takes the fabric's delay once more.
class CopyBalancer : public ns3::Object {
 public:
  // Drop: a copy was lost here, outer headers on.
  using DropTracedCallback = void (*)(ns3::Ptr<const ns3::Packet> copy, CopyLoss reason);

  static ns3::TypeId GetTypeId();

  // Before the first copy. `backends` are the devices of load_balancer.backends, attached
  // to `eni`'s fabric; `zone_of` says where a source ENI is.
  void SetUp(const LoadBalancer& load_balancer, const ns3::Ptr<EniDevice>& eni,
             std::vector<ns3::Ptr<EniDevice>> backends);
  // Copies of sources that are not named here come in at the first zone.
  void SetSourceZone(const EniDevice* source, std::size_t zone);
  // See LoadBalancing::reorders_within.
  void SetReorderWindow(std::optional<Picoseconds> window) { reorders_within_ = window; }

  // What health checks have found out, from now on; an index into load_balancer.backends.
  void SetHealth(std::size_t backend, bool is_healthy);

  void Take(const ns3::Ptr<Transit>& copy);

  const BalancerCounters& counters() const { return counters_; }
  // What waits for a zone's bandwidth at `now` as waiting, not as passed on.
  BalancerCounters CountersAt(Picoseconds now);

 protected:
  void DoDispose() override;

 private:
  std::size_t ZoneOf(const Transit& copy) const;
  void Drop(const ns3::Ptr<Transit>& copy, CopyLoss reason);
  void NoteOrder(std::uint64_t flow, Picoseconds now);
  // The copy as the backend gets it.
  ns3::Ptr<Transit> Onward(const ns3::Ptr<Transit>& copy, const EniDevice& backend) const;
  static ns3::Ptr<Transit> Readdressed(const ns3::Ptr<Transit>& copy, const EniDevice& backend);
  ns3::Ptr<Transit> InGeneve(const ns3::Ptr<Transit>& copy, const EniDevice& backend) const;

  LoadBalancer load_balancer_;
  std::optional<BackendChoice> choice_;
  std::optional<Encapsulation> geneve_;
  ns3::Ptr<EniDevice> eni_;
  std::vector<ns3::Ptr<EniDevice>> backends_;
  std::vector<std::optional<RatedQueue>> queues_;  // by zone; empty: not limited
  std::unordered_map<const EniDevice*, std::size_t> source_zones_;
  std::optional<Picoseconds> reorders_within_;
  std::unordered_map<std::uint64_t, Picoseconds> last_of_flow_;  // by hash of its outer flow
  BalancerCounters counters_;
  ns3::TracedCallback<ns3::Ptr<const ns3::Packet>, CopyLoss> drop_;
};

}  // namespace vpcmirror
