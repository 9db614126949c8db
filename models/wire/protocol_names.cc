#include "models/wire/protocol_names.h"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "models/wire/flow_key.h"

namespace vpcmirror {
namespace {

struct ProtocolName {
  std::string_view name;
  std::uint8_t number;  // IANA
};

constexpr ProtocolName kNames[] = {
    {"tcp", kProtocolTcp},
    {"udp", kProtocolUdp},
    {"icmp", kProtocolIcmp},
    {"icmpv6", kProtocolIcmpV6},
    {"sctp", kProtocolSctp},
    {"gre", kProtocolGre},
    {"esp", 50},
    {"ah", 51},
    {"ipip", 4},
};

bool IsSame(std::string_view name, std::string_view text) {
  return std::equal(name.begin(), name.end(), text.begin(), text.end(),
                    [](unsigned char a, unsigned char b) { return a == std::tolower(b); });
}

}  // namespace

std::optional<std::uint8_t> ProtocolNamed(std::string_view name) {
  const auto* found = std::find_if(std::begin(kNames), std::end(kNames),
                                   [&](const auto& each) { return IsSame(each.name, name); });
  return found == std::end(kNames) ? std::nullopt : std::optional(found->number);
}

}  // namespace vpcmirror
