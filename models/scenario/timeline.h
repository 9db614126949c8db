// What happens under way. Whether an API takes an action, and what it makes of the
// mirrors, is worked out before the run: an engine applies the changes in their order, each
// ahead of every frame of that moment.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "models/cloud/deployment.h"
#include "models/cloud/topology.h"
#include "models/scenario/placed_mirror.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// What an API answers to an action that it does not take.
struct ApiRefusal {
  std::string code;  // of the provider's; empty: not documented
  std::string message;

  friend bool operator==(const ApiRefusal&, const ApiRefusal&) = default;
};

struct MirrorChange {
  std::size_t mirror = 0;  // index into ValidScenario::mirrors
  PlacedMirror placed;     // as it is from then on
};

// Of the software of a receiver, for all ENIs of its CVM.
struct ReceiverChange {
  std::size_t cvm = 0;
  bool is_up = true;
  double speed = 1;  // share of its capacity, over 0
};

// What a load balancer's health checks have found out.
struct HealthChange {
  std::size_t load_balancer = 0;
  std::size_t backend = 0;  // index into LoadBalancer::backends
  bool is_healthy = true;
};

// `factor` times the rates that the scenario gives; 0: silence.
struct ScaleChange {
  std::size_t workload = 0;
  double factor = 1;
};

struct BandwidthChange {
  std::size_t cvm = 0;
  BitsPerSecond bandwidth{};
};

struct MtuChange {
  std::size_t eni = 0;
  Bytes mtu{};
};

struct SecurityChange {
  std::size_t eni = 0;
  std::vector<std::size_t> groups;  // none: everything is admitted
};

// For all ENIs.
struct RouteChange {
  std::shared_ptr<const Deployment> deployment;  // that the topology is of
  std::shared_ptr<const Topology> topology;
};

// Nothing is sent from an ENI that is detached, nor to it; what waits for its host's limits
// then still passes.
struct AttachmentChange {
  std::size_t eni = 0;
  bool is_attached = true;
};

using Change =
    std::variant<MirrorChange, ReceiverChange, HealthChange, ScaleChange, BandwidthChange,
                 MtuChange, SecurityChange, RouteChange, AttachmentChange>;

// What was asked for, and what the API said to it.
struct TimelineAction {
  Picoseconds at{};
  std::string what;     // "StopTrafficMirror", "receiver_down"
  std::string subject;  // "mirror-1", "ids[0]"
  std::string detail;   // "x2", "bandwidth 500 Mbps"; may be empty
  std::optional<ApiRefusal> refusal;
  std::string path;  // JSON Pointer of what asked for it; empty: nobody did
};

struct TimelineEvent {
  TimelineAction action;
  std::vector<Change> changes;  // none where it was refused
};

// ENIs that take copies in at any time, those behind load balancers included. `timeline`
// may change the `mirrors`.
std::set<std::size_t> ReceiversEver(const Deployment& deployment,
                                    const std::vector<PlacedMirror>& mirrors,
                                    const std::vector<TimelineEvent>& timeline);

// Of one mirror, as it is at the beginning and as the timeline leaves it at any time.
std::vector<const PlacedMirror*> EveryPlacing(const std::vector<PlacedMirror>& mirrors,
                                              const std::vector<TimelineEvent>& timeline,
                                              std::size_t mirror);

}  // namespace vpcmirror
