// An experiment that can be run: every name resolved, every default filled in,
// every address given. Engines take nothing else.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/capacity/cpu_cost.h"
#include "models/cloud/deployment.h"
#include "models/cloud/provider_profile.h"
#include "models/cloud/topology.h"
#include "models/mirror/mirror.h"
#include "models/mirror/mirror_tap.h"
#include "models/scenario/error.h"
#include "models/scenario/placed_mirror.h"
#include "models/scenario/scenario.h"
#include "models/scenario/tcp_settings.h"
#include "models/scenario/timeline.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// Everything that ships as data and that a scenario may refer to by name.
struct Library {
  std::map<std::string, ProviderProfile> providers;
  std::map<std::string, InstanceType> instance_types;
  std::map<std::string, ReceiverProfile> receivers;
  std::map<std::string, CpuCostTable> costs;
};

// One end of a stream of frames. Without an ENI it is the outside: a peer with no limits.
struct Endpoint {
  std::optional<std::size_t> eni;
  IpAddress address;
};

// Frames of one workload from one end to the other.
struct Stream {
  Endpoint from;
  Endpoint to;
  BitsPerSecond rate{};        // of Ethernet frames without FCS
  bool from_is_client = true;  // whose end has the client ports
};

// Requests of one client to one server.
struct RequestStream {
  Endpoint client;
  Endpoint server;
  double per_second = 0;
  Bytes request{};
  Bytes response{};
};

// TCP flows of one client to one server, at most one of which is outside.
struct TcpStream {
  Endpoint client;
  Endpoint server;
};

// Frames of one flow that passed one ENI and were admitted there, as a flow log tells: nobody asks
// where they came from and what lies behind.
struct ObservedFlow {
  std::size_t eni = 0;
  Direction direction = Direction::kIngress;
  FlowKey flow;
  double bits_per_second = 0;    // of Ethernet frames without FCS
  double frames_per_second = 0;  // over 0
};

struct Replay {
  std::size_t eni = 0;
  std::vector<IpPrefix> local;
  bool map_addresses = false;
  IpAddress peer;  // what addresses that are not local become, when mapped
  bool loop = false;
  double time_scale = 1.0;
  OpenCapture open;
  Picoseconds length{};     // of the capture, unscaled
  std::int64_t frames = 0;  // in the capture
};

// IEEE 802.3: the shortest frame, without FCS.
inline constexpr Bytes kShortestFrame{60};

// Mean Ethernet frame of a mix, by its weights. Requires a size and positive weights.
double MeanFrameBytes(const std::vector<FrameSize>& sizes);

struct Workload {
  std::string name;
  std::uint8_t protocol = kProtocolTcp;
  int flows = 16;  // of each stream
  PortRange client_ports;
  std::uint16_t server_port = 443;
  std::vector<FrameSize> sizes;  // at least one
  ArrivalProcess arrivals = ArrivalProcess::kConstant;
  OnOffSpec on_off;
  // A sender sleeps until a frame is due, wakes up so much late and then sends all
  // that has become due.
  Picoseconds wake_delay{};
  Picoseconds start{};
  Picoseconds stop{};
  std::vector<Stream> streams;
  std::vector<RequestStream> requests;
  std::optional<TcpSettings> tcp;  // of tcp_streams; empty: what is sent follows no answer
  std::vector<TcpStream> tcp_streams;
  std::vector<Replay> replays;
  std::vector<ObservedFlow> observed;  // rates, of which no engine makes packets
};

struct PcapOutput {
  std::size_t eni = 0;
  std::string file;  // relative to the result's folder
};

struct ValidScenario {
  std::string name;
  std::string description;
  std::string file;
  std::string sha256;
  std::vector<std::string> changes;  // Scenario::changes
  std::uint64_t seed = 1;
  Picoseconds duration{kPicosecondsPerSecond};
  Picoseconds warm_up{};       // at the beginning, of which no figure tells; under duration
  Picoseconds fabric_delay{};  // one way, between any two ENIs
  // By CVM, never null; shared by those that have the same. What a receiver's
  // software takes is in its profile, unless kAnalyse is not free here.
  std::vector<std::shared_ptr<const CpuCostTable>> costs;
  std::vector<ProviderProfile> providers;  // by Vpc::provider, assumptions applied
  std::shared_ptr<const Deployment> deployment;
  std::shared_ptr<const Topology> topology;                // of *deployment
  std::vector<std::shared_ptr<const TapRules>> tap_rules;  // by Vpc::provider
  std::vector<PlacedMirror> mirrors;                       // those that the timeline creates, too
  std::vector<Workload> workloads;
  std::vector<TimelineEvent> timeline;  // in order
  std::vector<std::size_t> detached;    // ENIs that are not there at the beginning
  std::vector<PcapOutput> pcaps;
  std::vector<Assertion> assertions;
  std::vector<Assumption> assumptions;  // every default and every assumption in use
  std::vector<std::string> notes;       // sentences that every output repeats
  // Of them, those about what a provider would refuse or copies would not survive, with
  // ScenarioError::rule; without file and line.
  std::vector<ScenarioError> cautions;
  bool baseline = false;                  // run without the mirrors as well, to compare
  std::optional<Picoseconds> series_bin;  // over 0; empty: no series
};

// A scenario as far as it is sound.
struct Examination {
  // Their line and column, and their file where it has none, are left for the reader.
  std::vector<ScenarioError> errors;
  // Without what the errors are about; empty where they are not of mirrors alone.
  std::optional<ValidScenario> sound;
};
Examination Examine(const Scenario& scenario, const Library& library);

// Has the engine take a series of bins of that length, or longer ones where a run would
// have more than kMostBins of them, with a note.
void SetSeriesBin(ValidScenario& scenario, Picoseconds wanted);

// Throws ScenarioException with all errors at once; their `file` is filled in
// from the scenario, their line and column are left for the reader.
ValidScenario Validate(const Scenario& scenario, const Library& library);

}  // namespace vpcmirror
