// Flows and conditions as 32-bit words that are masked and compared without a branch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include "models/mirror/condition.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

// In the word of the protocol: the flow has no ports, the condition asks for them.
inline constexpr std::uint32_t kNoPorts = 0x100;
// Stands for the ports that a flow does not have: inside each range that is any.
inline constexpr std::uint32_t kAnyPorts = 0x00010001;

// kWords: how many 32-bit words of an address are looked at: 0 where no condition asks for
// one, 1 for IPv4, 2 for IPv6 prefixes up to 64 bits, 4 for all of IPv6. Words of addresses
// are octets as they lie in memory; they are never compared by size.
template <int kWords>
inline constexpr int kMaskedWords = 2 * kWords + 1;  // source, destination, protocol and kNoPorts

// Flows that are looked at together at most.
inline constexpr std::size_t kFlowsAtOnce = 32;

// Word by word and not flow by flow, so that one word of many flows fills a vector.
template <int kWords>
struct PackedFlows {
  std::uint32_t word[kMaskedWords<kWords>][kFlowsAtOnce];
  std::uint32_t ports[kFlowsAtOnce];  // source | destination << 16

  // Requires addresses of at least kWords words.
  void Put(std::size_t at, const FlowKey& flow) noexcept {
    std::uint32_t address[2 * kWords + 1];
    std::memcpy(&address[0], flow.source.octets().data(), 4 * kWords);
    std::memcpy(&address[kWords], flow.destination.octets().data(), 4 * kWords);
    for (int i = 0; i < 2 * kWords; ++i) word[i][at] = address[i];
    // One load of all that a flow has beside its addresses.
    const std::uint64_t rest = PackPortsAndProtocol(flow);
    const bool known = rest >> 56 == static_cast<std::uint64_t>(Ports::kKnown);
    const auto protocol = static_cast<std::uint8_t>(rest >> 48);
    word[2 * kWords][at] = protocol | (known ? 0 : kNoPorts);
    ports[at] = known ? static_cast<std::uint32_t>(rest >> 16) : kAnyPorts;
  }
};

// What Put takes apart: destination port, source port, protocol and state of the ports.
static_assert(PackPortsAndProtocol(0x12345678, 0x9a, Ports::kLaterFragment) == 0x029a567812340000);

// Holds when every masked word of the flow is the value and both ports lie between `low`
// and `high`.
template <int kWords>
struct PackedCondition {
  std::uint32_t value[kMaskedWords<kWords>] = {};
  std::uint32_t mask[kMaskedWords<kWords>] = {};
  std::uint32_t low = 0;
  std::uint32_t high = 0xffffffff;
  std::uint32_t index = kNoCondition;  // the smallest that holds is the answer

  // Whether each flow that `other` holds for holds for this one too.
  bool Covers(const PackedCondition& other) const noexcept {
    std::uint32_t different = 0;
    for (int i = 0; i < kMaskedWords<kWords>; ++i) {
      different |= ((other.value[i] & mask[i]) ^ value[i]) | (mask[i] & ~other.mask[i]);
    }
    return different == 0 && InHalves(low, other.low) && InHalves(other.high, high);
  }

 private:
  // Both halves of `a` are at most those of `b`.
  static bool InHalves(std::uint32_t a, std::uint32_t b) {
    return (a & 0xffff) <= (b & 0xffff) && (a >> 16) <= (b >> 16);
  }
};

// The first `words` of the mask of a prefix of `length` bits, as addresses are packed.
void StorePrefixMask(int length, int words, std::uint32_t* mask);

// Words of an address that the conditions look at in flows of `family`.
int WordsNeeded(std::span<const Condition> conditions, IpFamily family);

// Empty when the condition holds for no flow whose two addresses are of `family`. Requires
// kWords to be at least what WordsNeeded says.
template <int kWords>
std::optional<PackedCondition<kWords>> Pack(const Condition& condition, IpFamily family,
                                            std::uint32_t index);

}  // namespace vpcmirror
