#include "models/wire/checksum.h"

#include "models/wire/byte_order.h"

namespace vpcmirror {

std::uint32_t SumWords(std::span<const std::byte> octets) noexcept {
  std::uint32_t sum = 0;
  const std::size_t even = octets.size() & ~std::size_t{1};
  for (std::size_t at = 0; at < even; at += 2) sum += LoadBe16(&octets[at]);
  if (even != octets.size()) sum += std::to_integer<std::uint32_t>(octets[even]) << 8;
  return sum;
}

}  // namespace vpcmirror
