#include "models/mirror/packed_flow.h"

#include <algorithm>
#include <array>

namespace vpcmirror {
namespace {

template <int kWords>
bool PackPrefix(const std::optional<IpPrefix>& prefix, IpFamily family, std::uint32_t* value,
                std::uint32_t* mask) {
  if (!prefix) return true;
  if (prefix->address().family() != family) return false;
  if constexpr (kWords > 0) {
    std::memcpy(value, prefix->address().octets().data(), 4 * kWords);
    StorePrefixMask(prefix->length(), kWords, mask);
  }
  return true;
}

int WordsOf(const std::optional<IpPrefix>& prefix, IpFamily family) {
  if (!prefix || prefix->address().family() != family) return 0;
  return (prefix->length() + 31) / 32;
}

std::uint32_t Halves(std::uint16_t source, std::uint16_t destination) {
  return source | std::uint32_t{destination} << 16;
}

}  // namespace

void StorePrefixMask(int length, int words, std::uint32_t* mask) {
  std::array<std::uint8_t, 16> octets{};
  for (int bit = 0; bit < length; ++bit) {
    octets[static_cast<std::size_t>(bit / 8)] |= static_cast<std::uint8_t>(0x80 >> (bit % 8));
  }
  std::memcpy(mask, octets.data(), 4 * static_cast<std::size_t>(words));
}

int WordsNeeded(std::span<const Condition> conditions, IpFamily family) {
  int words = 0;
  for (const Condition& condition : conditions) {
    words = std::max(
        {words, WordsOf(condition.source, family), WordsOf(condition.destination, family)});
  }
  return words;
}

template <int kWords>
std::optional<PackedCondition<kWords>> Pack(const Condition& condition, IpFamily family,
                                            std::uint32_t index) {
  if (condition.family && *condition.family != family) return std::nullopt;
  const PortRange& from = condition.source_ports;
  const PortRange& to = condition.destination_ports;
  if (from.first > from.last || to.first > to.last) return std::nullopt;

  PackedCondition<kWords> packed;
  if (!PackPrefix<kWords>(condition.source, family, &packed.value[0], &packed.mask[0]) ||
      !PackPrefix<kWords>(condition.destination, family, &packed.value[kWords],
                          &packed.mask[kWords])) {
    return std::nullopt;
  }
  if (condition.protocol) {
    packed.value[2 * kWords] = *condition.protocol;
    packed.mask[2 * kWords] = 0xff;
  }
  if (!from.IsAny() || !to.IsAny()) packed.mask[2 * kWords] |= kNoPorts;
  packed.low = Halves(from.first, to.first);
  packed.high = Halves(from.last, to.last);
  packed.index = index;
  return packed;
}

template std::optional<PackedCondition<0>> Pack<0>(const Condition&, IpFamily, std::uint32_t);
template std::optional<PackedCondition<1>> Pack<1>(const Condition&, IpFamily, std::uint32_t);
template std::optional<PackedCondition<2>> Pack<2>(const Condition&, IpFamily, std::uint32_t);
template std::optional<PackedCondition<4>> Pack<4>(const Condition&, IpFamily, std::uint32_t);

}  // namespace vpcmirror
