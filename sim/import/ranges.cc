#include "sim/import/ranges.h"

#include <algorithm>

namespace vpcmirror::sim {

namespace {

std::optional<IpPrefix> PrefixOfFamily(const std::optional<FoundText>& text, IpFamily family) {
  if (!text) return std::nullopt;
  const auto prefix = ParseIpPrefix(text->value);
  return prefix && prefix->address().family() == family ? prefix : std::nullopt;
}

}  // namespace

std::optional<IpPrefix> PrefixOf(const std::optional<FoundText>& text) {
  return PrefixOfFamily(text, IpFamily::kV4);
}

std::optional<IpPrefix> Ipv6PrefixOf(const std::optional<FoundText>& text) {
  return PrefixOfFamily(text, IpFamily::kV6);
}

std::optional<IpAddress> AddressOf(const std::optional<FoundText>& text) {
  if (!text) return std::nullopt;
  const auto address = ParseIpAddress(text->value);
  return address && address->is_v4() ? address : std::nullopt;
}

IpPrefix RangeOver(std::span<const IpPrefix> ranges, int longest) {
  IpPrefix over(ranges.front().address(), std::min(ranges.front().length(), longest));
  for (const IpPrefix& each : ranges) {
    while (!over.Contains(each)) over = IpPrefix(over.address(), over.length() - 1);
  }
  return over;
}

std::optional<IpPrefix> SubnetRangeFor(std::span<const IpAddress> addresses, int longest) {
  if (addresses.empty()) return std::nullopt;
  std::vector<IpPrefix> each;
  for (const IpAddress& address : addresses) each.emplace_back(address, 32);
  IpPrefix range = RangeOver(each, longest);
  const auto is_for_enis = [&](const IpAddress& address) {
    const std::uint32_t first = range.address().v4();
    const std::uint32_t last =
        first + static_cast<std::uint32_t>((1ull << (32 - range.length())) - 1);
    return address.v4() > first + 1 && address.v4() < last;
  };
  while (range.length() > 1 && !std::all_of(addresses.begin(), addresses.end(), is_for_enis)) {
    range = IpPrefix(range.address(), range.length() - 1);
  }
  return range;
}

}  // namespace vpcmirror::sim
