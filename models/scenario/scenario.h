// A scenario as it was written: names not yet resolved, defaults not yet
// filled in, quantities already read. `path` is the JSON Pointer of the place
// it came from, so that every complaint can name a line.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "models/capacity/cpu_cost.h"
#include "models/cloud/deployment.h"
#include "models/mirror/mirror.h"
#include "models/scenario/assertion.h"
#include "models/scenario/tcp_settings.h"
#include "models/units/quantity.h"
#include "models/wire/address.h"

namespace vpcmirror {

// A value and where it was written.
template <class T>
struct At {
  T value{};
  std::string path;
};

struct RouteSpec {
  std::string path;
  IpPrefix destination;
  std::string via;  // "local", "blackhole", "outside", or the name of a gateway or host
};

struct SecurityRuleSpec {
  std::string path;
  bool accept = true;
  std::optional<std::uint8_t> protocol;
  std::optional<IpPrefix> peer;
  std::optional<PortRange> ports;
};

struct RuleSetSpec {  // a security group or a network ACL
  std::string name;
  std::string path;
  std::vector<SecurityRuleSpec> ingress;
  std::vector<SecurityRuleSpec> egress;
};

struct RouteTableSpec {
  std::string name;
  std::string path;
  std::vector<RouteSpec> routes;
};

struct GatewaySpec {
  std::string name;
  std::string path;
  NextHop::Kind kind = NextHop::Kind::kNatGateway;
  std::optional<std::string> peer_vpc;
};

struct SubnetSpec {
  std::string name;
  std::string path;
  std::optional<std::string> id;  // "subnet-..." as the cloud calls it
  IpPrefix cidr;
  std::optional<At<IpPrefix>> ipv6_cidr;
  std::optional<std::string> zone;
  std::optional<At<std::string>> route_table;
  std::optional<At<std::string>> acl;
};

// "udp:4789", or false.
struct ListenerSpec {
  std::string path;
  std::optional<Listener> listener;  // empty: there is none
};

struct LoadBalancerSpec {
  std::string name;
  std::string path;
  At<std::string> kind;
  std::optional<At<std::string>> id;      // as the cloud calls it
  std::vector<At<std::string>> subnets;   // the first holds its address; one a zone
  std::optional<At<IpAddress>> address;   // in the first of them
  std::vector<At<std::string>> backends;  // selectors
  std::vector<At<std::string>> unhealthy;
  std::optional<ListenerSpec> listener;
  std::optional<bool> cross_zone;
  std::optional<At<bool>> is_public;
  std::optional<At<Bytes>> mtu;
  std::optional<At<BitsPerSecond>> zone_bandwidth;
};

struct VpcSpec {
  std::string name;
  std::string path;
  std::optional<std::string> id;  // "vpc-..." as the cloud calls it
  IpPrefix cidr;
  std::optional<At<IpPrefix>> ipv6_cidr;
  std::optional<At<std::string>> provider;
  std::vector<SubnetSpec> subnets;
  std::vector<RouteTableSpec> route_tables;
  std::vector<RuleSetSpec> security_groups;
  std::vector<RuleSetSpec> acls;
  std::vector<GatewaySpec> gateways;  // NAT gateways, peerings, CCN
  std::vector<LoadBalancerSpec> load_balancers;
};

struct EniSpec {
  std::string path;
  std::optional<At<std::string>> id;
  std::optional<At<std::string>> subnet;
  std::optional<At<IpAddress>> address;  // primary; of the first member when the host has a count
  std::vector<At<IpAddress>> secondary_addresses;
  std::optional<At<Bytes>> mtu;
  std::optional<At<MacAddress>> mac;
  std::vector<At<std::string>> security_groups;
};

// CPU time: a table, and what the user measured in place of some of it.
struct OperationCostSpec {
  std::optional<At<Picoseconds>> per_frame;
  std::optional<At<Picoseconds>> per_byte;
};
struct CostSpec {
  std::optional<At<std::string>> table;
  std::array<OperationCostSpec, kCpuOperations> operations;

  const OperationCostSpec& of(CpuOperation operation) const {
    return operations[static_cast<std::size_t>(operation)];
  }
  OperationCostSpec& of(CpuOperation operation) {
    return operations[static_cast<std::size_t>(operation)];
  }
};

// What may be said of a host as a whole and overridden for one member.
struct HostSettings {
  std::optional<At<std::string>> type;
  std::optional<At<BitsPerSecond>> bandwidth;
  std::optional<At<Bytes>> burst;
  std::optional<At<BitsPerSecond>> peak_bandwidth;
  std::optional<At<BitsPerSecond>> flow_bandwidth;
  std::optional<At<PacketsPerSecond>> packet_rate;
  std::optional<At<LimitModel>> limit_model;
  std::optional<At<int>> vcpus;
  std::optional<At<Bytes>> memory;
  std::optional<At<std::string>> receiver;
  std::optional<At<int>> workers;       // of the receiver's software
  std::optional<At<Bytes>> ring_bytes;  // that the ring of each worker holds
  std::optional<CostSpec> costs;
  std::optional<At<std::string>> subnet;
  std::optional<At<Bytes>> mtu;
  std::optional<At<int>> queue_frames;  // of the egress queue
  std::optional<At<Bytes>> queue_bytes;
  std::optional<At<Picoseconds>> timer_delay;
  std::vector<At<std::string>> security_groups;
  std::vector<EniSpec> enis;  // empty: one ENI in `subnet`
};

struct HostSpec {
  std::string name;
  std::string path;
  std::optional<At<int>> count;
  HostSettings settings;
  std::map<int, At<HostSettings>> overrides;  // by member
};

enum class ArrivalProcess : std::uint8_t { kConstant, kPoisson, kOnOff };

struct OnOffSpec {
  Picoseconds mean_on{};
  Picoseconds mean_off{};
  double shape = 1.5;  // of the Pareto distribution of both, over 1
};

// One size of a mix: Ethernet frame without FCS, and its relative frequency.
struct FrameSize {
  Bytes frame{};
  double weight = 1.0;
  // Over 0: frames are not all alike, but geometrically distributed with the mean
  // `frame` and none longer than this.
  Bytes geometric_up_to{};

  friend bool operator==(const FrameSize&, const FrameSize&) = default;
};

enum class RateScope : std::uint8_t { kPerHost, kTotal };

// What a frame was in a capture.
struct StoredFrame {
  Picoseconds time{};  // since the first frame of the file
  Bytes wire_length{};
  std::vector<std::byte> bytes;  // captured, at most wire_length
};

// Reads the next frame into its argument; false at the end. Throws
// ScenarioException when the file turns out to be broken.
using FrameReader = std::function<bool(StoredFrame&)>;
// Opens a capture afresh, from its first frame.
using OpenCapture = std::function<FrameReader()>;

struct ReplaySpec {
  At<std::string> file;
  std::vector<At<IpPrefix>> local;  // addresses of the capture that are the ENI's own
  bool map_addresses = false;       // local becomes the ENI's address, others the peer's
  bool loop = false;
  double time_scale = 1.0;  // 2: half as fast
  OpenCapture open;         // set by the reader of the scenario
  Picoseconds length{};     // time from first to last frame
  std::int64_t frames = 0;
  std::int64_t aside = 0;  // of them, neither from `local` nor to it: not replayed
};

struct RequestSpec {
  At<double> per_second;
  Bytes request{};   // Ethernet frame that asks
  Bytes response{};  // total of the Ethernet frames that answer, full ones first
};

// Who opens the connections of an `at` workload, and asks or sends.
enum class TcpClient : std::uint8_t { kOutside, kHost };

struct TcpSpec {
  TcpVariant variant = TcpVariant::kCubic;
  std::optional<At<Bytes>> send;
  std::optional<At<Bytes>> request;
  std::optional<At<Bytes>> response;
  std::optional<At<Picoseconds>> think;
  std::optional<At<int>> exchanges;
  std::optional<At<Bytes>> segment;
  std::optional<At<Bytes>> buffer;
  std::optional<At<TcpClient>> client;   // with `at`
  std::optional<At<Picoseconds>> delay;  // with `at`: one way, to the outside
};

struct WorkloadSpec {
  std::string name;
  std::string path;
  // Either `at`, with traffic to and from a peer, or `from` and `to`.
  std::optional<At<std::string>> at;
  std::optional<At<std::string>> from;
  std::optional<At<std::string>> to;
  std::optional<At<BitsPerSecond>> in;    // with `at`
  std::optional<At<BitsPerSecond>> out;   // with `at`
  std::optional<At<BitsPerSecond>> rate;  // with `from` and `to`
  std::optional<At<RateScope>> scope;
  std::optional<At<IpPrefix>> peer;  // with `at`: who is on the other side
  std::optional<At<std::uint8_t>> protocol;
  std::optional<At<int>> flows;
  std::optional<At<PortRange>> client_ports;
  std::optional<At<std::uint16_t>> server_port;
  std::optional<At<std::vector<FrameSize>>> sizes;
  std::optional<At<ArrivalProcess>> arrivals;
  std::optional<At<OnOffSpec>> on_off;
  std::optional<At<RequestSpec>> requests;
  std::optional<At<TcpSpec>> tcp;
  std::optional<At<ReplaySpec>> replay;
  std::optional<At<Picoseconds>> wake_delay;
  std::optional<At<Picoseconds>> start;
  std::optional<At<Picoseconds>> stop;
};

// A protocol as an API writes it.
struct ProtocolSpec {
  std::string text;                    // "TCP", "6", "ALL"
  std::optional<std::uint8_t> number;  // IANA; empty: any

  friend bool operator==(const ProtocolSpec&, const ProtocolSpec&) = default;
};

// What a rule or condition asks of a flow; an absent field holds for any.
struct MatchSpec {
  std::optional<At<IpFamily>> family;
  std::optional<At<IpPrefix>> source;
  std::optional<At<IpPrefix>> destination;
  std::optional<At<ProtocolSpec>> protocol;
  std::optional<At<PortRange>> source_ports;
  std::optional<At<PortRange>> destination_ports;
};

struct ConditionSpec {
  std::string path;
  MatchSpec match;
};

// A rule of an ordered list.
struct RuleSpec {
  std::string path;
  std::string id;  // "tmfi-...", "tmfr-..."; may be empty
  std::optional<At<std::int64_t>> priority;
  std::optional<At<Action>> action;
  MatchSpec match;
};

// What a mirror copies, in whichever of these ways its API writes it.
struct FilterSpec {
  std::string path;
  std::vector<ConditionSpec> conditions;  // all must hold (Tencent)
  std::optional<At<std::string>> nat_id;  // next hop (Tencent)
  bool by_rules = false;                  // the two lists below count, even when empty
  bool ports_need_protocol = false;       // the API takes ports beside TCP and UDP only
  std::vector<RuleSpec> ingress;
  std::vector<RuleSpec> egress;
  std::vector<At<IpPrefix>> peers;  // CIDRs of the peer (Google Cloud)
  std::vector<At<ProtocolSpec>> protocols;
  std::vector<At<std::string>> services;  // network services (AWS)
};

// How its API calls the parts of a mirror, so that errors speak in those words.
// Empty where the API has no such part.
struct MirrorWords {
  std::string mirror;     // "mirror", "TrafficMirrorSession"
  std::string sources;    // "CollectorSrcs", "NetworkInterfaceId"
  std::string targets;    // "TargetIps", "NetworkInterfaceId"
  std::string filter;     // "CollectorNormalFilters", "TrafficMirrorFilterId"
  std::string state;      // "State", "Enabled"
  std::string direction;  // "Direction"
  std::string number;     // "SessionNumber", "Priority"
  std::string vni;        // "VirtualNetworkId"
  std::string length;     // "PacketLength"
  std::string priority;   // of a rule: "Priority", "RuleNumber"
};

// A part of the document that a mirror refers to and that is not there.
struct MissingPart {
  std::string code;  // in ProviderProfile::error_codes: "filter_missing", "target_missing"
  std::string path;
  std::string message;
  std::string accepted;
};

// A setting of one receiver, or of each where none is named.
template <class T>
struct OfReceiver {
  std::optional<std::string> receiver;
  At<T> value;
};

// A load balancer that a mirror names as its target.
struct LoadBalancerTarget {
  At<std::string> name;  // or its ID, or an ARN or URL that holds one of them
  std::string target;    // the kind of target that the mirror's API calls it
};

// What differs from the profile's tunnel.
struct TunnelSpec {
  std::string path;
  std::optional<EncapsulationKind> kind;
  std::optional<At<std::uint32_t>> vni;
  std::optional<std::uint16_t> destination_port;
  std::optional<std::uint16_t> first_source_port;
  std::optional<std::uint16_t> source_ports;
  std::optional<std::uint32_t> gre_key;
  std::optional<bool> sequence_numbers;
  std::optional<std::uint16_t> erspan_session;
  std::optional<bool> erspan_platform_subheader;
  std::optional<std::vector<std::byte>> geneve_options;
  std::optional<bool> geneve_carries_ip;
};

// One mirror, whatever the shape it was written in: a CreateTrafficMirror body, a
// session with its filter and target.
struct MirrorSpec {
  std::string path;
  std::string api;     // the shape: ProviderProfile::api of the VPCs it may watch
  std::string spoken;  // of the shape: "Tencent Cloud's CreateTrafficMirror"
  MirrorWords words;
  std::optional<At<std::string>> vpc;
  std::optional<At<std::string>> id;  // its name, or its session ID
  std::optional<At<MirrorState>> state;
  std::optional<At<DirectionSet>> direction;
  std::vector<At<std::string>> sources;
  std::vector<At<std::string>> targets;             // names, addresses or ENI IDs
  bool one_target = false;                          // the API takes a single ENI
  std::optional<LoadBalancerTarget> load_balancer;  // instead of targets
  std::optional<At<ReceiverChoice>> choice;
  std::optional<At<std::int64_t>> number;  // session number or priority
  std::optional<At<std::int64_t>> vni;
  std::optional<At<std::int64_t>> packet_length;  // bytes, of both directions
  std::optional<std::uint16_t> destination_port;  // of copies (Azure)
  FilterSpec filter;
  // Of APIs whose sessions share filters and targets, those of this one.
  std::optional<At<std::string>> filter_id;
  std::optional<At<std::string>> target_id;
  std::vector<MissingPart> missing;

  // Beyond the API: the member "options" of a mirror or session.
  std::array<std::optional<At<Bytes>>, 2> length_by_direction;  // by Direction
  std::optional<At<Sampling>> sampling;
  // Receivers by name, or all of them in their order, each without a name.
  std::vector<OfReceiver<std::uint32_t>> weights;
  std::vector<OfReceiver<MtuPolicy>> mtu_policy;
  std::optional<TunnelSpec> tunnel;
};

// A filter or a target that has an ID of its own, so that mirrors may share it.
struct MirrorPartSpec {
  At<std::string> id;
  MirrorSpec as_mirror;  // with no other part
};

// Which parts of a mirror an action of its API replaces.
enum class MirrorPart : std::uint8_t {
  kState,
  kDirection,
  kSources,
  kTargets,
  kFilter,
  kNumber,
  kVni,
  kLength,
};

// What becomes of a rule that an action names by its own ID.
struct RuleChangeSpec {
  // Back to matching anything.
  enum class Field : std::uint8_t { kProtocol, kSourcePorts, kDestinationPorts };
  RuleSpec given;
  std::optional<Direction> direction;  // that it is of from then on
  std::set<Field> cleared;
};

// An action of a provider's API.
struct MirrorActionSpec {
  enum class Kind : std::uint8_t {
    kCreate,
    kDelete,
    kReplace,      // `parts`, by those of `given`
    kAddRules,     // those of `given`'s filter
    kChangeRules,  // what `given`'s filter says of rules with these IDs, or `rule`
    kRemoveRules,  // `removed`
    kServices,     // those of `given`'s filter come, `removed` go
    kRead,         // changes nothing
  };
  enum class Subject : std::uint8_t { kMirror, kFilter, kRule, kTarget };
  Kind kind = Kind::kReplace;
  Subject of = Subject::kMirror;
  At<std::string> subject;  // its name or ID
  MirrorSpec given;
  std::set<MirrorPart> parts;
  std::optional<RuleChangeSpec> rule;    // of Subject::kRule
  std::vector<At<std::string>> removed;  // IDs of rules of either direction, or names of services
  std::vector<At<std::string>> removed_ingress;  // IDs of rules of that direction
  std::vector<At<std::string>> removed_egress;
  std::optional<At<std::string>> name;  // that it is given, for people
};

struct ReceiverFaultSpec {
  enum class Kind : std::uint8_t { kDown, kUp, kSlow };
  Kind kind = Kind::kDown;
  At<std::string> receiver;
  std::optional<At<double>> factor;  // of kSlow
};

struct ScaleSpec {
  At<std::string> workload;
  At<double> factor;
};

struct AttachmentSpec {
  At<std::string> enis;
  bool is_attached = true;
};

// Settings of hosts, ENIs or a subnet that become others.
struct SettingsChangeSpec {
  At<std::string> of;
  std::optional<At<BitsPerSecond>> bandwidth;
  std::optional<At<Bytes>> mtu;
  std::optional<std::vector<At<std::string>>> security_groups;
  std::optional<At<std::string>> route_table;
};

struct TimelineSpec {
  std::string path;
  std::string what;    // the key that says what happens
  std::string detail;  // its settings, as they were written
  At<Picoseconds> at;
  std::optional<At<Picoseconds>> every;
  std::optional<At<Picoseconds>> until;
  std::variant<MirrorActionSpec, ReceiverFaultSpec, ScaleSpec, AttachmentSpec, SettingsChangeSpec>
      action;
};

struct AssertionSpec {
  std::string path;
  Assertion assertion;  // whose names nobody has looked up yet
};

// A finding of check that whoever owns the scenario knows and takes.
struct AcceptanceSpec {
  std::string path;
  std::string finding;  // its code: "MIR-MTU-001"
  std::string of;       // the ID of what it is about; empty: of anything
  std::string because;  // not empty
};

struct PcapOutputSpec {
  std::string path;
  std::string what;  // a selector: ENIs or receivers
  std::string file;
};

struct Scenario {
  std::string name;
  std::string description;
  std::string file;    // as given; empty for one made from command-line arguments
  std::string sha256;  // of the bytes of the file, after --set changes if there were any
  std::vector<std::string> changes;  // "/workloads/www/in=x2", as --set and its like made them
  At<std::string> provider{"tencent", "/provider"};
  std::optional<At<Picoseconds>> duration;
  std::optional<At<Picoseconds>> warm_up;
  std::optional<At<std::uint64_t>> seed;
  std::vector<VpcSpec> vpcs;
  std::vector<HostSpec> hosts;
  std::vector<WorkloadSpec> workloads;
  std::vector<MirrorSpec> mirrors;
  std::vector<MirrorPartSpec> filters;  // that actions of the timeline may name
  std::vector<MirrorPartSpec> targets;  // the same
  std::vector<TimelineSpec> timeline;
  std::optional<At<Picoseconds>> fabric_delay;
  CostSpec costs;
  std::map<std::string, At<std::string>> assumptions;  // name to value; not fabric_delay
  std::vector<AssertionSpec> assertions;
  std::vector<AcceptanceSpec> acceptances;
  std::vector<PcapOutputSpec> pcaps;
  bool baseline = false;  // run without the mirrors as well
  std::optional<At<Picoseconds>> series_bin;
};

}  // namespace vpcmirror
