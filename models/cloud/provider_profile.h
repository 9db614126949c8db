// The rules of one cloud, as data.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/capacity/cpu_cost.h"
#include "models/capacity/egress.h"
#include "models/cloud/limits.h"
#include "models/cloud/load_balancer.h"
#include "models/mirror/mirror.h"
#include "models/mirror/mirror_tap.h"

namespace vpcmirror {

// A thing that no public document states: the model's default, which a scenario
// may override under its name.
struct Assumption {
  std::string name;         // "flow_hash_symmetric"
  std::string value;        // as written in a scenario
  std::string text;         // one sentence for the report
  std::string source;       // what it rests on
  bool overridden = false;  // the scenario says so
};

// How a cloud's filters are made.
enum class FilterModel : std::uint8_t {
  kAllConditions,    // several conditions, all of which must hold
  kFirstMatch,       // ordered rules per direction, accept or reject
  kPeerAndProtocol,  // CIDRs of the peer, and protocols; each list a choice
  kEverything,       // no filter at all
};

// Where a user says which direction a mirror or a rule is about.
enum class DirectionModel : std::uint8_t {
  kPerMirror,  // one field of the mirror: in, out or both
  kPerRule,    // rules are for one direction, in a list or a field of their own
  kBoth,       // nobody can: both are copied
};

// The range of a priority or a number that a user gives; the smaller is asked
// first unless FilterRules::largest_first says otherwise.
struct NumberRange {
  std::int64_t first = 1;
  std::int64_t last = 0;  // below `first`: nobody gives one
};

// What no rule matches is not copied, but where copies_all_without_match says so.
struct FilterRules {
  FilterModel model = FilterModel::kFirstMatch;
  bool copies_all_without_rules = false;
  // What rules do not match is copied: as if a rule behind all others accepted it.
  bool copies_all_without_match = false;
  DirectionModel directions = DirectionModel::kPerRule;
  std::string accept;  // what a rule's action is called; empty: rules have none
  std::string reject;
  NumberRange priority;
  bool largest_first = false;          // of priorities
  std::vector<std::string> protocols;  // as the API writes them; empty: IANA numbers
  bool has_ports = true;
  PortRange port_limits{1, 65535};  // that a rule may name; also what "any" means
  bool has_ipv6 = false;
  bool has_next_hop = false;  // NAT gateway
  // Whether traffic of a network service that no filter names is left out.
  bool services_need_enabling = false;
};

// A service whose traffic a filter may name (AWS: amazon-dns). Its addresses are
// `addresses`, and the one at `vpc_offset` in the VPC's range.
struct ServiceTraffic {
  std::string name;
  std::vector<IpPrefix> addresses;
  std::optional<std::uint32_t> vpc_offset;
  std::vector<std::uint8_t> protocols;
  std::uint16_t port = 0;
};

enum class NumberScope : std::uint8_t { kNone, kEni, kAccount };

struct SessionRules {
  NumberRange number;
  NumberScope unique_within = NumberScope::kNone;
  std::optional<int> per_eni;  // at most; empty: not limited
  bool at_most_one_copy = true;
  bool reject_stops_later = true;  // a rule's reject ends it for later sessions too
  bool one_source = false;         // a session has a single source ENI
  // A VPC, subnet or ENI that one mirror names as source is refused in another.
  bool object_in_one_mirror = false;
};

enum class VniRule : std::uint8_t {
  kNone,    // the format has none, or nobody can give it: TunnelSettings::vni
  kFixed,   // TunnelSettings::vni unless given
  kRandom,  // drawn from the session's ID unless given
};

struct LengthRule {
  std::optional<Bytes> by_default;  // empty: the whole frame
  std::optional<Bytes> least;       // that may be asked for; empty: nobody can ask
  std::optional<Bytes> least_v6;    // the same of IPv6 frames; empty: as `least`
  std::optional<Bytes> most;        // empty: not limited
  bool zero_is_whole = false;       // a length of 0 asks for the whole frame
};

struct SecurityRules {
  bool mirrors_what_source_drops = false;  // frames that a security group or ACL drops
  bool mirrors_outbound_drops = false;     // of them, those that the source sends
  bool copies_pass_source = true;          // copies are exempt from the source's own rules
  bool target_filters_copies = true;       // the receiver's security group and ACL apply
};

// What a receiver may not be.
enum class LoopRule : std::uint8_t {
  kReceiverExcluded,  // left out of a range that holds it; refused as a named source
  kEniNotBoth,        // an ENI is source or target, never both
};

// What the cloud's documents say of a source over its limit. The egress model
// runs a Congestion, which may be another: then an assumption says so.
enum class CongestionRule : std::uint8_t {
  kNotDocumented,
  kProductionFirst,  // copies are dropped first
  kNoPriority,       // production and copies alike
};

// Where something of a profile is documented, and which sections it is about:
// the names of the profile file, "filter", "sessions", "mtu", ...
struct DocumentSource {
  std::string where;
  std::vector<std::string> sections;
};

// Names that the checks of mirrors know: "sources_per_session", "rules_per_filter",
// "rules_per_direction", "sources_per_load_balancer", "sessions_per_load_balancer".
// Others are for people.
struct Quota {
  std::string name;
  std::string text;
  std::optional<std::int64_t> most;  // empty: unlimited
  // Of instance types that a document lists; empty: `most` is of all.
  std::optional<std::int64_t> most_of_listed;
  std::vector<std::string> listed_types;  // none beside most_of_listed: which is not known
  std::string as_of;                      // ISO date
  std::string source;
};

// Load balancers as targets.
struct LoadBalancing {
  std::vector<LoadBalancerKind> kinds;  // none: the cloud takes no load balancer as target
  // Copies of one outer flow that come within this time of each other may change
  // places on their way to the backend; empty: they do not.
  std::optional<Picoseconds> reorders_within;
};

struct Lifecycle {
  std::vector<std::string> states;  // as the API writes them; empty: it exists or not
  std::string by_default;           // of a session whose state is not given
  bool runs_by_default = true;      // such a session copies
  bool is_required = false;         // the API refuses a mirror whose state is not given
};

// What the losses named `lost` are counted as, where the cloud's users can see it: "copies_of_inbound",
// "copies_of_outbound" (copies of such frames that their source does not send),
// "inbound_bandwidth", "outbound_bandwidth", "packet_rate" (frames over such a limit of a CVM).
struct LossCounter {
  std::string lost;
  std::vector<std::string> names;
  std::string source;
};

// Instance types that may be sources, by the part of their name before the first dot. Both
// lists empty: none is published.
struct SourceTypes {
  std::vector<std::string> families;  // no others, where there are any
  std::vector<std::string> excluded;
  std::string as_of;  // ISO date
  std::string source;
};

struct ProviderProfile {
  std::string name;  // "tencent"
  std::string title;
  std::string as_of;  // ISO date
  std::vector<DocumentSource> sources;
  bool experimental = false;  // said in every output
  std::string api;            // shape of its mirrors in a scenario: "tencent", "aws", ...

  FilterRules filter;
  // A second way to filter, where the API has one: Tencent's Direction NO-DIRECTION.
  std::optional<FilterRules> rule_mode;
  SessionRules sessions;
  TunnelSettings tunnel;
  VniRule vni = VniRule::kNone;
  HashSymmetry port_hash_symmetry = HashSymmetry::kSymmetric;
  LengthRule packet_length;
  std::optional<LengthRule> load_balancer_length;  // of sessions to load balancers, if another
  MtuPolicy mtu_policy = MtuPolicy::kTruncate;
  MtuRule mtu;
  std::string mtu_advice;            // what the cloud tells its users; may be empty
  std::optional<Bytes> largest_mtu;  // that an ENI may have; empty: not documented
  std::vector<NeverMirrored> never_mirrored;
  // Kinds of traffic that are mirrored, but that a scenario may add to the above.
  std::vector<NeverMirrored> may_be_never_mirrored;
  // Names of kinds, of either list, whose service addresses are an assumption.
  std::vector<std::string> kinds_at_service_addresses;
  std::vector<ServiceTraffic> services;
  SecurityRules security;
  HashSymmetry hash_symmetry = HashSymmetry::kSymmetric;
  ReceiverChoice default_choice = ReceiverChoice::kBySourceEni;
  LoopRule loop = LoopRule::kReceiverExcluded;
  bool needs_same_vpc = true;             // source and receiver
  bool receiver_ipv6 = false;             // a receiver may have an IPv6 address
  std::vector<std::string> target_kinds;  // as the API writes them
  LoadBalancing load_balancing;
  // The receivers' ENI bandwidth must be at least that of all sources divided by
  // this; empty: no such rule.
  std::optional<int> source_to_receiver_bandwidth;
  CongestionRule documented_congestion = CongestionRule::kNotDocumented;
  Congestion congestion = Congestion::kSharedRandom;
  CopyOrder copy_order = CopyOrder::kBefore;    // counts under Congestion::kFifo
  std::optional<BitsPerSecond> flow_bandwidth;  // most that one flow may send; empty: no such rule
  Payer who_pays = Payer::kGuest;               // for the CPU time of making copies
  // Of instance types whose catalogue row does not say.
  LimitModel limit_model = LimitModel::kCombined;
  Lifecycle lifecycle;
  SourceTypes source_types;
  std::vector<Quota> quotas;
  std::vector<std::string> metrics;  // that the cloud shows, by name
  std::vector<LossCounter> loss_counters;  // those that are documented
  // What the API calls a refusal, by our word for it: "source_is_target" to
  // "UnsupportedOperation.TrafficMirrorNotSupportSameSrcTarget". Empty text where
  // the API has no word.
  std::map<std::string, std::string> error_codes;
  // Documented rules that the model does not act on, a sentence each.
  std::vector<std::string> not_modelled;
  // Those of the above that no document states, each name once.
  std::vector<Assumption> assumptions;
};

// Of a quota by name; empty where there is none.
std::optional<std::int64_t> QuotaOf(const ProviderProfile& profile, std::string_view name);

// Of such a quota that hangs on the instance type, which may be empty.
std::optional<std::int64_t> QuotaOf(const ProviderProfile& profile, std::string_view name,
                                    const std::string& type);
// The larger one that may hold of a type of which it is not known; empty where nothing is open.
std::optional<std::int64_t> QuotaThatMayHold(const ProviderProfile& profile, std::string_view name,
                                             const std::string& type);

// What every output says of an experimental profile; empty for any other.
std::string ExperimentalNote(const ProviderProfile& profile);

// The words of profile files.
std::string_view ToString(FilterModel model);          // "all_conditions", "first_match", ...
std::string_view ToString(DirectionModel directions);  // "per_mirror", "per_rule", "both"
std::string_view ToString(NumberScope scope);          // "none", "eni", "account"
std::string_view ToString(VniRule rule);               // "none", "fixed", "random"
std::string_view ToString(LoopRule rule);              // "receiver_excluded", "eni_not_both"
std::string_view ToString(CongestionRule rule);        // "not_documented", "production_first", ...
std::string_view ToString(Congestion congestion);      // "fifo", "shared_random", ...
std::string_view ToString(CopyOrder order);            // "before", "after"
std::string_view ToString(ReceiverChoice choice);      // "eni", "flow"

}  // namespace vpcmirror
