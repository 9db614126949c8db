#include "models/cloud/provider_assumptions.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "models/wire/protocol_names.h"

namespace vpcmirror {
namespace {

using Meaning = AssumptionMeaning;

// All of `text` as a number from 0 to `most`.
template <class Number>
std::optional<Number> ParseNumber(std::string_view text, Number most) {
  Number number = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || at != end || std::cmp_less(number, 0) || number > most)
    return std::nullopt;
  return number;
}

// "1-32766": both ends from 0 to `most`, the smaller first.
template <class Number>
std::optional<std::pair<Number, Number>> ParseRange(std::string_view text, Number most) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = ParseNumber(text.substr(0, dash), most);
  const auto last = ParseNumber(text.substr(dash + 1), most);
  if (!first || !last || *last < *first) return std::nullopt;
  return std::pair(*first, *last);
}

// Over IPv4 and over IPv6, "54/74", or one number for both.
std::optional<std::pair<std::uint32_t, std::uint32_t>> ParsePair(std::string_view text,
                                                                 std::uint32_t most) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto v4 = ParseNumber(text.substr(0, slash), most);
  const auto v6 = slash == text.size() ? v4 : ParseNumber(text.substr(slash + 1), most);
  if (!v4 || !v6) return std::nullopt;
  return std::pair(*v4, *v6);
}
std::string PairText(Bytes v4, const std::optional<Bytes>& v6) {
  const std::string text = std::to_string(v4.count());
  return !v6 || *v6 == v4 ? text : text + "/" + std::to_string(v6->count());
}

// The parts of `text` between `separator`s, of which none is empty.
std::optional<std::vector<std::string>> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    if (end == at) return std::nullopt;
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}
std::string Joined(const std::vector<std::string>& parts, char separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

// Sets `into` to the one of the values whose ToString `text` is.
template <class Enum>
bool SetEnum(Enum& into, std::string_view text, std::initializer_list<Enum> values) {
  for (const Enum value : values) {
    if (ToString(value) != text) continue;
    into = value;
    return true;
  }
  return false;
}

// A setting with two values, each with its word.
template <class T>
bool SetEither(T& into, std::string_view text, std::string_view first_word, T first,
               std::string_view second_word, T second) {
  if (text != first_word && text != second_word) return false;
  into = text == first_word ? first : second;
  return true;
}

bool SetFlag(bool& into, std::string_view text) {
  return SetEither(into, text, "true", true, "false", false);
}
std::string FlagText(bool flag) { return flag ? "true" : "false"; }

bool SetSymmetry(HashSymmetry& into, std::string_view text) {
  return SetEither(into, text, "true", HashSymmetry::kSymmetric, "false",
                   HashSymmetry::kDirectional);
}
std::string SymmetryText(HashSymmetry symmetry) {
  return FlagText(symmetry == HashSymmetry::kSymmetric);
}

bool SetEncapsulation(ProviderProfile& p, const std::string& value) {
  for (std::size_t i = 0; i < kEncapsulationKinds; ++i) {
    const auto kind = static_cast<EncapsulationKind>(i);
    if (ToString(kind) != value) continue;
    if (kind != p.tunnel.kind) p.tunnel.destination_port.reset();  // each has its own
    p.tunnel.kind = kind;
    return true;
  }
  return false;
}
constexpr Meaning kEncapsulation[] = {
    {"vxlan", "Copies travel in VXLAN over UDP port 4789."},
    {"geneve", "Copies travel in Geneve over UDP port 6081."},
    {"gre_ip", "Copies travel in GRE, as IP packets without their Ethernet header."},
    {"gre_ethernet", "Copies travel in GRE, as Ethernet frames."},
    {"nvgre", "Copies travel in NVGRE."},
    {"erspan1", "Copies travel in ERSPAN type I."},
    {"erspan2", "Copies travel in ERSPAN type II."},
    {"erspan3", "Copies travel in ERSPAN type III."},
    {"none", "Copies have no outer headers: only the bytes of the frames count."}};

bool SetVni(ProviderProfile& p, const std::string& value) {
  if (value == "random") {
    p.vni = VniRule::kRandom;
    return true;
  }
  const auto vni = ParseNumber(value, kVniMax);
  if (!vni) return false;
  p.tunnel.vni = *vni;
  if (p.vni == VniRule::kRandom) p.vni = VniRule::kFixed;
  return true;
}
std::string VniText(const ProviderProfile& p) {
  return p.vni == VniRule::kRandom ? "random" : std::to_string(p.tunnel.vni);
}
constexpr Meaning kVni[] = {
    {"random", "The network identifier of copies is drawn for each session that names none."},
    {nullptr, "The network identifier of copies is as given, where a session names none."}};

constexpr std::uint32_t kLastPort = 65535;

bool SetSourcePorts(ProviderProfile& p, const std::string& value) {
  const auto range = ParseRange(value, kLastPort);
  if (!range || range->first == 0) return false;
  p.tunnel.first_source_port = static_cast<std::uint16_t>(range->first);
  p.tunnel.source_ports = static_cast<std::uint16_t>(range->second - range->first + 1);
  return true;
}
std::string SourcePortsText(const ProviderProfile& p) {
  const int first = p.tunnel.first_source_port;
  return std::to_string(first) + "-" + std::to_string(first + p.tunnel.source_ports - 1);
}
constexpr Meaning kSourcePorts[] = {{nullptr, "The outer UDP source port is one of these."}};

constexpr Meaning kPortHash[] = {
    {"true", "The outer UDP source port is the same for both directions of a flow."},
    {"false", "The outer UDP source port is another for each direction of a flow."}};
constexpr Meaning kFlowHash[] = {
    {"true", "Spread by flow, both directions of a flow reach the same receiver."},
    {"false", "Spread by flow, each direction of a flow has its own receiver."}};

bool SetAlgHash(ProviderProfile& p, const std::string& value) {
  return SetEither(p.default_choice, value, "ENI", ReceiverChoice::kBySourceEni, "FIVE_TUPLE_FLOW",
                   ReceiverChoice::kByFlow);
}
std::string AlgHashText(const ProviderProfile& p) {
  return p.default_choice == ReceiverChoice::kByFlow ? "FIVE_TUPLE_FLOW" : "ENI";
}
constexpr Meaning kAlgHash[] = {
    {"ENI", "Without AlgHash, all copies of one ENI go to one receiver."},
    {"FIVE_TUPLE_FLOW", "Without AlgHash, copies spread over the receivers by flow."}};
constexpr Meaning kReceiverChoice[] = {
    {"eni", "Of several receivers, one gets all copies of a source ENI."},
    {"flow", "Of several receivers, one gets all copies of a flow."}};

bool SetMtuPolicy(ProviderProfile& p, const std::string& value) {
  return SetEnum(p.mtu_policy, value,
                 {MtuPolicy::kTruncate, MtuPolicy::kTruncateRepaired, MtuPolicy::kSegment,
                  MtuPolicy::kFragment, MtuPolicy::kDrop});
}
constexpr Meaning kMtuPolicy[] = {
    {"truncate", "A copy that does not fit the MTU is cut to it."},
    {"truncate_repaired",
     "A copy that does not fit the MTU is cut to it, and its lengths and "
     "checksums tell of what is left."},
    {"segment", "A TCP or UDP copy that does not fit the MTU becomes several that do."},
    {"fragment", "A copy that does not fit the MTU travels in fragments of its outer packet."},
    {"drop", "A copy that does not fit the MTU is dropped."}};

bool SetBasis(ProviderProfile& p, const std::string& value) {
  return SetEnum(p.mtu.basis, value,
                 {MtuBasis::kPath, MtuBasis::kReceiver, MtuBasis::kSource, MtuBasis::kFixed});
}
constexpr Meaning kBasis[] = {
    {"path", "The MTU that a copy must fit is the smaller of the source's and the receiver's."},
    {"receiver", "The MTU that a copy must fit is the receiver's."},
    {"source", "The MTU that a copy must fit is the source ENI's."},
    {"fixed", "The MTU that a copy must fit is the cloud's own, whatever the ENIs have."}};

// More than any header that a cloud could add: 8 bits of a profile's number.
constexpr std::uint32_t kMaxOverhead = 255;

bool SetOverhead(ProviderProfile& p, const std::string& value) {
  if (value == "real") {
    p.mtu.counted_overhead_v4.reset();
    p.mtu.counted_overhead_v6.reset();
    return true;
  }
  const auto overhead = ParsePair(value, kMaxOverhead);
  if (!overhead) return false;
  p.mtu.counted_overhead_v4 = Bytes(overhead->first);
  p.mtu.counted_overhead_v6 = Bytes(overhead->second);
  return true;
}
std::string OverheadText(const ProviderProfile& p) {
  if (!p.mtu.counted_overhead_v4) return "real";
  return PairText(*p.mtu.counted_overhead_v4, p.mtu.counted_overhead_v6);
}
constexpr Meaning kOverhead[] = {
    {"real", "Against the MTU counts what the outer headers really add."},
    {nullptr, "Against the MTU counts a copy's overhead as given, in bytes over IPv4/IPv6."}};

FilterRules& OrderedRules(ProviderProfile& p) { return p.rule_mode ? *p.rule_mode : p.filter; }
const FilterRules& OrderedRules(const ProviderProfile& p) {
  return p.rule_mode ? *p.rule_mode : p.filter;
}

bool SetAction(bool& copies, const std::string& value) {
  return SetEither(copies, value, "accept", true, "reject", false);
}
std::string ActionText(bool copies) { return copies ? "accept" : "reject"; }
constexpr Meaning kDefaultAction[] = {
    {"accept", "What no rule of its direction matches is copied."},
    {"reject", "What no rule of its direction matches is not copied."}};
constexpr Meaning kWithoutRules[] = {{"accept", "A filter without rules copies everything."},
                                     {"reject", "A filter without rules copies nothing."}};
constexpr Meaning kPriorityOrder[] = {
    {"smallest_first", "Rules are asked in the order of their priority, the smallest first."},
    {"largest_first", "Rules are asked in the order of their priority, the largest first."}};

bool SetPriorityRange(ProviderProfile& p, const std::string& value) {
  const auto range = ParseRange(value, std::numeric_limits<std::int64_t>::max());
  if (!range) return false;
  OrderedRules(p).priority = {range->first, range->second};
  return true;
}
std::string PriorityRangeText(const ProviderProfile& p) {
  const NumberRange& range = OrderedRules(p).priority;
  return std::to_string(range.first) + "-" + std::to_string(range.last);
}
constexpr Meaning kPriorityRange[] = {
    {nullptr, "A rule's priority or number is one of this range."}};

bool SetPortRange(ProviderProfile& p, const std::string& value) {
  const auto range = ParseRange(value, kLastPort);
  if (!range) return false;
  const PortRange ports{static_cast<std::uint16_t>(range->first),
                        static_cast<std::uint16_t>(range->second)};
  p.filter.port_limits = ports;
  if (p.rule_mode) p.rule_mode->port_limits = ports;
  return true;
}
std::string PortRangeText(const ProviderProfile& p) {
  const PortRange& ports = p.filter.port_limits;
  return std::to_string(ports.first) + "-" + std::to_string(ports.last);
}
constexpr Meaning kPortRange[] = {
    {nullptr, "A rule's ports are some of this range; a rule without ports is about all of it."}};

bool SetProtocols(ProviderProfile& p, const std::string& value) {
  const auto words = Split(value, '/');
  if (!words) return false;
  for (const std::string& word : *words) {
    const bool is_all = word == "ALL" || word == "all";
    if (!is_all && !ProtocolNamed(word)) return false;
  }
  p.filter.protocols = *words;
  if (p.rule_mode) p.rule_mode->protocols = *words;
  return true;
}
constexpr Meaning kProtocols[] = {{nullptr, "A rule's or condition's protocol is one of these."}};

bool SetLeastLength(ProviderProfile& p, const std::string& value) {
  const auto least = ParsePair(value, 65535);
  if (!least || least->first == 0 || least->second == 0) return false;
  const Bytes larger(std::max(least->first, least->second));
  const auto is_too_much = [&](const LengthRule& rule) { return rule.most && larger > *rule.most; };
  LengthRule* const to_balancer = p.load_balancer_length ? &*p.load_balancer_length : nullptr;
  if (is_too_much(p.packet_length) || (to_balancer != nullptr && is_too_much(*to_balancer))) {
    return false;
  }
  for (LengthRule* rule : {&p.packet_length, to_balancer}) {
    if (rule == nullptr) continue;
    rule->least = Bytes(least->first);
    rule->least_v6 = Bytes(least->second);
  }
  return true;
}
std::string LeastLengthText(const ProviderProfile& p) {
  const LengthRule& rule = p.packet_length;
  return rule.least ? PairText(*rule.least, rule.least_v6) : "";
}
constexpr Meaning kLeastLength[] = {
    {nullptr, "A packet length is at least this many bytes, of frames of IPv4/IPv6."}};

constexpr Meaning kSessionNumbers[] = {
    {"none", "Several sessions may have one number."},
    {"eni", "The numbers of sessions are unique among those of an ENI."},
    {"account", "The numbers of sessions are unique in the account."}};

bool IsNamed(const std::vector<std::string>& names, const NeverMirrored& kind) {
  return std::find(names.begin(), names.end(), kind.name) != names.end();
}

// "arp/dhcp", of the kinds that the profile knows; or "none".
bool SetNeverMirrored(ProviderProfile& p, const std::string& value) {
  const auto names = Split(value, '/');
  if (!names) return false;
  std::vector<NeverMirrored> kinds = p.never_mirrored;
  kinds.insert(kinds.end(), p.may_be_never_mirrored.begin(), p.may_be_never_mirrored.end());
  for (const std::string& name : *names) {
    const bool known = std::any_of(kinds.begin(), kinds.end(),
                                   [&](const NeverMirrored& each) { return each.name == name; });
    if (!known && value != "none") return false;
  }
  p.never_mirrored.clear();
  p.may_be_never_mirrored.clear();
  for (NeverMirrored& kind : kinds) {
    (IsNamed(*names, kind) ? p.never_mirrored : p.may_be_never_mirrored).push_back(std::move(kind));
  }
  return true;
}
std::string NeverMirroredText(const ProviderProfile& p) {
  std::vector<std::string> names;
  for (const NeverMirrored& kind : p.never_mirrored) {
    if (!IsNamed(names, kind)) names.push_back(kind.name);
  }
  return names.empty() ? "none" : Joined(names, '/');
}
constexpr Meaning kNeverMirrored[] = {
    {"none", "No kind of traffic is left out that could be told by its frames."},
    {nullptr, "These kinds of traffic are never copied."}};

// Each of the kinds once for each of the ranges; once without one where there is none.
void PutAtAddresses(const std::vector<std::string>& names, const std::vector<IpPrefix>& ranges,
                    std::vector<NeverMirrored>& kinds) {
  std::vector<NeverMirrored> all;
  std::vector<std::string> done;
  for (NeverMirrored& kind : kinds) {
    if (!IsNamed(names, kind)) {
      all.push_back(std::move(kind));
      continue;
    }
    if (IsNamed(done, kind)) continue;
    done.push_back(kind.name);
    kind.service.reset();
    if (ranges.empty()) all.push_back(kind);
    for (const IpPrefix& range : ranges) {
      kind.service = range;
      all.push_back(kind);
    }
  }
  kinds = std::move(all);
}

// "any", or ranges with spaces between them.
bool SetServiceAddresses(ProviderProfile& p, const std::string& value) {
  const auto words = Split(value, ' ');
  if (!words || p.kinds_at_service_addresses.empty()) return false;
  std::vector<IpPrefix> ranges;
  for (const std::string& word : *words) {
    if (value == "any") break;
    const auto range = ParseIpPrefix(word);
    if (!range) return false;
    ranges.push_back(*range);
  }
  PutAtAddresses(p.kinds_at_service_addresses, ranges, p.never_mirrored);
  PutAtAddresses(p.kinds_at_service_addresses, ranges, p.may_be_never_mirrored);
  return true;
}
std::string ServiceAddressesText(const ProviderProfile& p) {
  if (p.kinds_at_service_addresses.empty()) return "";
  std::vector<std::string> ranges;
  for (const auto* kinds : {&p.never_mirrored, &p.may_be_never_mirrored}) {
    for (const NeverMirrored& kind : *kinds) {
      if (kind.name != p.kinds_at_service_addresses.front() || !kind.service) continue;
      ranges.push_back(ToString(*kind.service));
    }
  }
  return ranges.empty() ? "any" : Joined(ranges, ' ');
}
constexpr Meaning kServiceAddresses[] = {
    {"any", "NTP and the like are left out by port alone, whatever their addresses."},
    {nullptr, "NTP and the like are left out by port where one end is at these addresses."}};

constexpr Meaning kOutboundDrops[] = {
    {"true", "Outbound frames that a security group or network ACL drops are copied all the same."},
    {"false", "Outbound frames that a security group or network ACL drops are not copied."}};
constexpr Meaning kSecurityOfCopies[] = {
    {"target",
     "Copies are exempt from security groups and ACLs of the source; those of the target apply."},
    {"nowhere", "Copies are exempt from security groups and ACLs of source and target."}};

constexpr Meaning kLoopRule[] = {
    {"eni_not_both", "An ENI is source or target, never both."},
    {"receiver_excluded",
     "A receiver is left out of a range that holds it, and refused as a named source."}};
constexpr Meaning kCrossVpc[] = {
    {"allowed", "A receiver may be in another VPC to which there is a route."},
    {"refused", "A receiver is in the VPC of its sources."}};

bool SetLimitModel(ProviderProfile& p, const std::string& value) {
  return SetEnum(p.limit_model, value, {LimitModel::kCombined, LimitModel::kPerDirection});
}
constexpr Meaning kLimitModel[] = {
    {"combined", "Limits given by hand hold for in and out together."},
    {"per_direction", "Limits given by hand hold for in and for out, each on its own."}};

constexpr Meaning kRejectStops[] = {
    {"true",
     "What a rule of one session rejects is not offered to later sessions of its ENI. What none of "
     "its rules matches is, and so is a network service that its filter does not name."},
    {"false", "What a rule of one session rejects is offered to the next session of its ENI."}};
constexpr Meaning kAtMostOne[] = {
    {"true", "A frame is copied at most once, however many sessions watch its ENI."},
    {"false", "Each session that watches an ENI makes its own copy of a frame."}};
constexpr Meaning kServices[] = {
    {"true",
     "Traffic of a network service is copied only by sessions whose filter names it; others leave "
     "it to later ones."},
    {"false", "Traffic of a network service that the filter does not name is up to its rules."}};
constexpr Meaning kSecurityDrops[] = {
    {"true", "Frames that a security group or network ACL drops are copied all the same."},
    {"false", "Frames that a security group or network ACL drops are not copied."}};
bool SetFilterIpv6(ProviderProfile& p, const std::string& value) {
  if (!SetFlag(p.filter.has_ipv6, value)) return false;
  if (p.rule_mode) p.rule_mode->has_ipv6 = p.filter.has_ipv6;
  return true;
}
constexpr Meaning kFilterIpv6[] = {{"true", "Filters may name IPv6 addresses."},
                                   {"false", "Filters may not name IPv6 addresses."}};
constexpr Meaning kReceiverIpv6[] = {{"true", "A receiver may have an IPv6 address."},
                                     {"false", "A receiver may not have an IPv6 address."}};

// "100 us", or "never".
bool SetReordering(ProviderProfile& p, const std::string& value) {
  constexpr std::string_view kUnit = " us";
  constexpr std::uint32_t kMostMicroseconds = 1'000'000;
  if (value == "never") {
    p.load_balancing.reorders_within.reset();
    return true;
  }
  if (!value.ends_with(kUnit)) return false;
  const auto number = ParseNumber(std::string_view(value).substr(0, value.size() - kUnit.size()),
                                  kMostMicroseconds);
  if (!number || *number == 0) return false;
  p.load_balancing.reorders_within =
      Picoseconds(std::int64_t{*number} * 1000 * kPicosecondsPerNanosecond);
  return true;
}
std::string ReorderingText(const ProviderProfile& p) {
  const auto& within = p.load_balancing.reorders_within;
  if (!within) return "never";
  return std::to_string(within->count() / (1000 * kPicosecondsPerNanosecond)) + " us";
}
constexpr Meaning kReordering[] = {
    {"never", "A load balancer passes the copies of a flow on in their order."},
    {nullptr,
     "Copies of one outer flow that come within this time of each other may leave a load balancer "
     "in the other order: they are counted, and not moved."}};

// Of every kind of load balancer of the provider.
bool SetOfBalancers(ProviderProfile& p, bool LoadBalancerKind::*setting, const std::string& value) {
  bool flag = false;
  if (!SetFlag(flag, value)) return false;
  for (LoadBalancerKind& kind : p.load_balancing.kinds) kind.*setting = flag;
  return true;
}
std::string OfBalancers(const ProviderProfile& p, bool LoadBalancerKind::*setting) {
  const auto& kinds = p.load_balancing.kinds;
  return FlagText(!kinds.empty() && kinds.front().*setting);
}
constexpr Meaning kCrossZone[] = {
    {"true", "A load balancer that does not say passes copies to backends of all zones."},
    {"false",
     "A load balancer that does not say passes copies to backends of the zone that they came in "
     "at."}};
constexpr Meaning kNeedsListener[] = {
    {"true",
     "A load balancer drops copies that no listener waits for, one of UDP on their port, and "
     "nobody is told."},
    {"false", "A load balancer passes copies on whatever listeners it has."}};

bool SetBalancerOptions(ProviderProfile& p, const std::string& value) {
  const auto bytes = ParseNumber(value, static_cast<std::uint32_t>(kMaxGeneveOptionBytes));
  if (!bytes || *bytes % 4 != 0) return false;
  for (LoadBalancerKind& kind : p.load_balancing.kinds) {
    if (kind.geneve_options) kind.geneve_options = Bytes(*bytes);
  }
  return true;
}
std::string BalancerOptionsText(const ProviderProfile& p) {
  for (const LoadBalancerKind& kind : p.load_balancing.kinds) {
    if (kind.geneve_options) return std::to_string(kind.geneve_options->count());
  }
  return "";
}
constexpr Meaning kBalancerOptions[] = {
    {nullptr,
     "The Geneve header that a gateway load balancer puts around a copy has this many bytes of "
     "options."}};

bool SetCongestion(ProviderProfile& p, const std::string& value) {
  return SetEnum(p.congestion, value,
                 {Congestion::kProductionFirst, Congestion::kSharedRandom, Congestion::kFifo});
}
bool SetCopyOrder(ProviderProfile& p, const std::string& value) {
  return SetEnum(p.copy_order, value, {CopyOrder::kBefore, CopyOrder::kAfter});
}
constexpr Meaning kCopyOrder[] = {
    {"before", "The copy of an outbound frame is queued before the frame."},
    {"after", "The copy of an outbound frame is queued after the frame."}};
constexpr Meaning kCongestion[] = {
    {"production_first", "Over a limit, copies wait for production and are lost first."},
    {"shared_random", "Over a limit, production and copies lose in proportion."},
    {"fifo", "Production and copies share one queue, and the last to come is lost."}};

bool SetWhoPays(ProviderProfile& p, const std::string& value) {
  return SetEnum(p.who_pays, value, {Payer::kGuest, Payer::kHost});
}
constexpr Meaning kWhoPays[] = {
    {"guest", "Copies are made with CPU time of the source CVM."},
    {"host", "Copies are made with CPU time of the cloud, none of the source CVM's."}};

constexpr const char* kTrueOrFalse = "\"true\" or \"false\"";
constexpr const char* kAcceptOrReject = "\"accept\" or \"reject\"";

using P = ProviderProfile;
using Text = std::string;

const AssumptionRule kRules[] = {
    {"encapsulation", SetEncapsulation, [](const P& p) { return Text(ToString(p.tunnel.kind)); },
     "\"none\", \"vxlan\", \"geneve\", \"gre_ip\", \"gre_ethernet\", \"nvgre\", \"erspan1\", "
     "\"erspan2\" or \"erspan3\"",
     kEncapsulation},
    {"vni", SetVni, VniText, "a number from 0 to 16777215, or \"random\"", kVni},
    {"outer_source_ports", SetSourcePorts, SourcePortsText, "two ports, as in \"49152-49215\"",
     kSourcePorts},
    {"outer_port_hash_symmetric",
     [](P& p, const Text& v) { return SetSymmetry(p.port_hash_symmetry, v); },
     [](const P& p) { return SymmetryText(p.port_hash_symmetry); }, kTrueOrFalse, kPortHash},
    {"flow_hash_symmetric", [](P& p, const Text& v) { return SetSymmetry(p.hash_symmetry, v); },
     [](const P& p) { return SymmetryText(p.hash_symmetry); }, kTrueOrFalse, kFlowHash},
    {"default_alg_hash", SetAlgHash, AlgHashText, "\"ENI\" or \"FIVE_TUPLE_FLOW\"", kAlgHash},
    {"receiver_choice",
     [](P& p, const Text& v) {
       return SetEnum(p.default_choice, v, {ReceiverChoice::kBySourceEni, ReceiverChoice::kByFlow});
     },
     [](const P& p) { return Text(ToString(p.default_choice)); }, "\"eni\" or \"flow\"",
     kReceiverChoice},
    {"mtu_policy", SetMtuPolicy, [](const P& p) { return Text(ToString(p.mtu_policy)); },
     "\"truncate\", \"truncate_repaired\", \"segment\", \"fragment\" or \"drop\"", kMtuPolicy},
    {"truncation_basis", SetBasis, [](const P& p) { return Text(ToString(p.mtu.basis)); },
     "\"path\", \"receiver\", \"source\" or \"fixed\"", kBasis},
    {"counted_overhead", SetOverhead, OverheadText,
     "\"real\", or bytes over IPv4, or over IPv4 and IPv6 as in \"54/74\"", kOverhead},
    {"default_action",
     [](P& p, const Text& v) { return SetAction(OrderedRules(p).copies_all_without_match, v); },
     [](const P& p) { return ActionText(OrderedRules(p).copies_all_without_match); },
     kAcceptOrReject, kDefaultAction},
    {"without_rules",
     [](P& p, const Text& v) { return SetAction(OrderedRules(p).copies_all_without_rules, v); },
     [](const P& p) { return ActionText(OrderedRules(p).copies_all_without_rules); },
     kAcceptOrReject, kWithoutRules},
    {"priority_order",
     [](P& p, const Text& v) {
       return SetEither(OrderedRules(p).largest_first, v, "largest_first", true, "smallest_first",
                        false);
     },
     [](const P& p) {
       return Text(OrderedRules(p).largest_first ? "largest_first" : "smallest_first");
     },
     "\"smallest_first\" or \"largest_first\"", kPriorityOrder},
    {"priority_range", SetPriorityRange, PriorityRangeText, "two numbers, as in \"1-32766\"",
     kPriorityRange},
    {"protocols", SetProtocols, [](const P& p) { return Joined(p.filter.protocols, '/'); },
     "names of protocols, or ALL, as in \"TCP/UDP/ALL\"", kProtocols},
    {"port_range", SetPortRange, PortRangeText, "two ports, as in \"1-65535\"", kPortRange},
    {"packet_length_least", SetLeastLength, LeastLengthText,
     "bytes of IPv4, or of IPv4 and IPv6 frames as in \"35/55\", no more than a length may have",
     kLeastLength},
    {"filter_ipv6", SetFilterIpv6, [](const P& p) { return FlagText(p.filter.has_ipv6); },
     kTrueOrFalse, kFilterIpv6},
    {"receiver_ipv6", [](P& p, const Text& v) { return SetFlag(p.receiver_ipv6, v); },
     [](const P& p) { return FlagText(p.receiver_ipv6); }, kTrueOrFalse, kReceiverIpv6},
    {"session_numbers",
     [](P& p, const Text& v) {
       return SetEnum(p.sessions.unique_within, v,
                      {NumberScope::kNone, NumberScope::kEni, NumberScope::kAccount});
     },
     [](const P& p) { return Text(ToString(p.sessions.unique_within)); },
     "\"none\", \"eni\" or \"account\"", kSessionNumbers},
    {"reject_stops_later_sessions",
     [](P& p, const Text& v) { return SetFlag(p.sessions.reject_stops_later, v); },
     [](const P& p) { return FlagText(p.sessions.reject_stops_later); }, kTrueOrFalse,
     kRejectStops},
    {"at_most_one_copy",
     [](P& p, const Text& v) { return SetFlag(p.sessions.at_most_one_copy, v); },
     [](const P& p) { return FlagText(p.sessions.at_most_one_copy); }, kTrueOrFalse, kAtMostOne},
    {"services_need_enabling",
     [](P& p, const Text& v) { return SetFlag(p.filter.services_need_enabling, v); },
     [](const P& p) { return FlagText(p.filter.services_need_enabling); }, kTrueOrFalse, kServices},
    {"never_mirrored", SetNeverMirrored, NeverMirroredText,
     "kinds of traffic that the profile knows, as in \"arp/dhcp\", or \"none\"", kNeverMirrored},
    {"service_addresses", SetServiceAddresses, ServiceAddressesText,
     "\"any\", or address ranges with spaces between them, as in \"169.254.0.0/16\"",
     kServiceAddresses},
    {"mirrors_what_security_drops",
     [](P& p, const Text& v) { return SetFlag(p.security.mirrors_what_source_drops, v); },
     [](const P& p) { return FlagText(p.security.mirrors_what_source_drops); }, kTrueOrFalse,
     kSecurityDrops},
    {"outbound_security_drops",
     [](P& p, const Text& v) { return SetFlag(p.security.mirrors_outbound_drops, v); },
     [](const P& p) { return FlagText(p.security.mirrors_outbound_drops); }, kTrueOrFalse,
     kOutboundDrops},
    {"security_of_copies",
     [](P& p, const Text& v) {
       return SetEither(p.security.target_filters_copies, v, "target", true, "nowhere", false);
     },
     [](const P& p) { return Text(p.security.target_filters_copies ? "target" : "nowhere"); },
     "\"target\" or \"nowhere\"", kSecurityOfCopies},
    {"loop_rule",
     [](P& p, const Text& v) {
       return SetEnum(p.loop, v, {LoopRule::kReceiverExcluded, LoopRule::kEniNotBoth});
     },
     [](const P& p) { return Text(ToString(p.loop)); }, "\"eni_not_both\" or \"receiver_excluded\"",
     kLoopRule},
    {"cross_vpc",
     [](P& p, const Text& v) {
       return SetEither(p.needs_same_vpc, v, "refused", true, "allowed", false);
     },
     [](const P& p) { return Text(p.needs_same_vpc ? "refused" : "allowed"); },
     "\"allowed\" or \"refused\"", kCrossVpc},
    {"load_balancer_reorders", SetReordering, ReorderingText,
     "whole microseconds up to a second, as in \"100 us\", or \"never\"", kReordering},
    {"load_balancer_cross_zone",
     [](P& p, const Text& v) { return SetOfBalancers(p, &LoadBalancerKind::cross_zone, v); },
     [](const P& p) { return OfBalancers(p, &LoadBalancerKind::cross_zone); }, kTrueOrFalse,
     kCrossZone},
    {"load_balancer_needs_listener",
     [](P& p, const Text& v) { return SetOfBalancers(p, &LoadBalancerKind::needs_listener, v); },
     [](const P& p) { return OfBalancers(p, &LoadBalancerKind::needs_listener); }, kTrueOrFalse,
     kNeedsListener},
    {"load_balancer_geneve_options", SetBalancerOptions, BalancerOptionsText,
     "bytes in whole words of 4, up to 252", kBalancerOptions},
    {"limit_model", SetLimitModel, [](const P& p) { return Text(ToString(p.limit_model)); },
     "\"combined\" or \"per_direction\"", kLimitModel},
    {"congestion", SetCongestion, [](const P& p) { return Text(ToString(p.congestion)); },
     "\"production_first\", \"shared_random\" or \"fifo\"", kCongestion},
    {"copy_order", SetCopyOrder, [](const P& p) { return Text(ToString(p.copy_order)); },
     "\"before\" or \"after\"", kCopyOrder},
    {"who_pays", SetWhoPays, [](const P& p) { return Text(ToString(p.who_pays)); },
     "\"guest\" or \"host\"", kWhoPays},
};

}  // namespace

std::span<const AssumptionRule> AssumptionRules() { return kRules; }

const AssumptionRule* FindAssumptionRule(std::string_view name) {
  const auto* found = std::find_if(std::begin(kRules), std::end(kRules),
                                   [&](const AssumptionRule& each) { return each.name == name; });
  return found == std::end(kRules) ? nullptr : found;
}

std::string MeaningOf(const AssumptionRule& rule, const std::string& value) {
  for (const AssumptionMeaning& meaning : rule.meanings) {
    if (meaning.value == nullptr || value == meaning.value) return meaning.text;
  }
  return "";
}

}  // namespace vpcmirror
