#include "models/cloud/provider_assumptions.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace vpcmirror {
namespace {

using Meaning = AssumptionMeaning;

// All of `text` as a number from 0 to `most`.
std::optional<std::uint32_t> ParseNumber(std::string_view text, std::uint32_t most) {
  std::uint32_t number = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || at != end || number > most) return std::nullopt;
  return number;
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
  const std::size_t dash = std::min(value.find('-'), value.size());
  const auto first = ParseNumber(std::string_view(value).substr(0, dash), kLastPort);
  if (dash == value.size()) return false;
  const auto last = ParseNumber(std::string_view(value).substr(dash + 1), kLastPort);
  if (!first || !last || *first == 0 || *last < *first) return false;
  p.tunnel.first_source_port = static_cast<std::uint16_t>(*first);
  p.tunnel.source_ports = static_cast<std::uint16_t>(*last - *first + 1);
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
  const std::size_t slash = std::min(value.find('/'), value.size());
  const auto v4 = ParseNumber(std::string_view(value).substr(0, slash), kMaxOverhead);
  const auto v6 = slash == value.size()
                      ? v4
                      : ParseNumber(std::string_view(value).substr(slash + 1), kMaxOverhead);
  if (!v4 || !v6) return false;
  p.mtu.counted_overhead_v4 = Bytes(*v4);
  p.mtu.counted_overhead_v6 = Bytes(*v6);
  return true;
}
std::string OverheadText(const ProviderProfile& p) {
  if (!p.mtu.counted_overhead_v4) return "real";
  const std::string v4 = std::to_string(p.mtu.counted_overhead_v4->count());
  if (!p.mtu.counted_overhead_v6 || p.mtu.counted_overhead_v6 == p.mtu.counted_overhead_v4) {
    return v4;
  }
  return v4 + "/" + std::to_string(p.mtu.counted_overhead_v6->count());
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

bool SetCongestion(ProviderProfile& p, const std::string& value) {
  return SetEnum(p.congestion, value, {Congestion::kSharedRandom, Congestion::kFifo});
}
constexpr Meaning kCongestion[] = {
    {"shared_random", "Over the bandwidth limit, production and copies lose in proportion."},
    {"fifo", "Production and copies share one queue, and the last to come is lost."}};

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
    {"filter_ipv6", SetFilterIpv6, [](const P& p) { return FlagText(p.filter.has_ipv6); },
     kTrueOrFalse, kFilterIpv6},
    {"receiver_ipv6", [](P& p, const Text& v) { return SetFlag(p.receiver_ipv6, v); },
     [](const P& p) { return FlagText(p.receiver_ipv6); }, kTrueOrFalse, kReceiverIpv6},
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
    {"mirrors_what_security_drops",
     [](P& p, const Text& v) { return SetFlag(p.security.mirrors_what_source_drops, v); },
     [](const P& p) { return FlagText(p.security.mirrors_what_source_drops); }, kTrueOrFalse,
     kSecurityDrops},
    {"congestion", SetCongestion, [](const P& p) { return Text(ToString(p.congestion)); },
     "\"shared_random\" or \"fifo\"", kCongestion},
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
