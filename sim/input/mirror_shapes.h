// Internal to sim/input: mirrors in each provider's own shape, to one MirrorSpec
// each. A value that could not be read is left out, with a complaint.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/scenario.h"
#include "sim/input/cursor.h"
#include "sim/input/scenario_parts.h"

namespace vpcmirror::sim {

// Each takes one mirror or, for a session shape, an object of lists: sessions and
// the filters and targets that they name.
std::vector<MirrorSpec> ReadTencentMirror(const Cursor& mirror);
std::vector<MirrorSpec> ReadGcpMirroring(const Cursor& mirroring);
std::vector<MirrorSpec> ReadAzureTap(const Cursor& tap);
MirrorLists ReadAwsLists(const Cursor& lists);
std::vector<MirrorSpec> ReadAlibabaSessions(const Cursor& lists);
std::vector<MirrorSpec> ReadHuaweiSessions(const Cursor& lists);
std::vector<MirrorSpec> ReadVolcengineSessions(const Cursor& lists);
std::vector<MirrorSpec> ReadBaiduSessions(const Cursor& lists);

// Actions of an API, by name; empty where the API has no action of that name, or with a
// complaint.
std::optional<MirrorActionSpec> ReadTencentAction(std::string_view name, const Cursor& body);
std::vector<std::string_view> NamesOfTencentActions();
std::optional<MirrorActionSpec> ReadAwsAction(std::string_view name, const Cursor& body);
std::vector<std::string_view> NamesOfAwsActions();

// What AWS's lists hold, one by one. A session has the names of its filter and target only.
MirrorSpec ReadAwsSession(const Cursor& session);
MirrorSpec ReadAwsFilter(const Cursor& filter);
MirrorSpec ReadAwsTarget(const Cursor& target);
RuleSpec ReadAwsRule(const Cursor& rule);

// The member "options" of a mirror or session, if there is one.
void ReadMirrorOptions(const Cursor& mirror, MirrorSpec& spec);

// Where the hosts behind a collector's load balancer are named.
inline constexpr const char* kCollectors = "options.collectors";
// The hosts that options.collectors of `mirror` names; where it names none, the load balancer
// `name`, which is a target of kind `target`.
void ReadCollectors(const Cursor& mirror, std::optional<At<std::string>> name,
                    std::string_view target, MirrorSpec& spec);

// A whole number, also one in quotes, as some APIs write it.
std::optional<At<std::int64_t>> ReadWhole(const Cursor& object, std::string_view name);
// true, false, or either in quotes and any case.
std::optional<At<bool>> ReadBool(const Cursor& object, std::string_view name);
std::optional<At<IpPrefix>> ReadPrefixAt(const Cursor& object, std::string_view name);
// An IANA number, a protocol's name in any case, or "all".
std::optional<ProtocolSpec> ReadProtocol(const Cursor& value);

// How an API writes a range of ports.
enum class PortStyle : std::uint8_t {
  kDash,      // "80" or "80-120"
  kSlash,     // "80/120"; "-1/-1" for any
  kFromAndTo  // {"FromPort": 80, "ToPort": 120}
};
// Empty for any port, too.
std::optional<At<PortRange>> ReadPortsAt(const Cursor& object, std::string_view name,
                                         PortStyle style);

// How an API calls the parts of a rule or condition; empty: it has no such part.
struct MatchKeys {
  std::string_view protocol;
  std::string_view source;
  std::string_view destination;
  std::string_view source_ports;
  std::string_view destination_ports;
  std::string_view family;  // "IPv4" or "IPv6"
  PortStyle ports = PortStyle::kSlash;
};

struct RuleKeys {
  std::string_view id;
  std::string_view priority;
  std::string_view action;
  std::string_view accept;  // the action that copies; any other does not
  MatchKeys match;
};

MatchSpec ReadMatch(const Cursor& at, const MatchKeys& keys);
RuleSpec ReadRule(const Cursor& at, const RuleKeys& keys);
std::vector<RuleSpec> ReadRules(const Cursor& object, std::string_view list, const RuleKeys& keys);

}  // namespace vpcmirror::sim
