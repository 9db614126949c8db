// Rules and flows in a form from which each contender makes its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/mirror/condition.h"
#include "models/wire/flow_key.h"

namespace vpcmirror::ratios {

// IPv4, host order.
struct TupleRule {
  std::uint32_t source = 0;  // no bits beyond the prefix
  int source_length = 0;
  std::uint32_t destination = 0;
  int destination_length = 0;
  PortRange source_ports{0, 65535};
  PortRange destination_ports{0, 65535};
  std::optional<std::uint8_t> protocol;
};

struct Tuple {
  std::uint32_t source = 0;
  std::uint32_t destination = 0;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint8_t protocol = kProtocolTcp;
};

// Rules as filters have them: prefixes of a number of sites that grows with the
// rules, mostly TCP to one well-known port, some ranges, some that name no address.
std::vector<TupleRule> DrawRules(std::size_t count, std::uint64_t seed);
// Nine of ten inside a rule drawn at random, each bit and port that the rule
// leaves open drawn too; one of ten anywhere.
std::vector<Tuple> DrawTuples(const std::vector<TupleRule>& rules, std::size_t count,
                              std::uint64_t seed);
// `length` indices below `flows`; that of rank r in proportion to 1 / r.
std::vector<std::uint32_t> DrawZipf(std::size_t flows, std::size_t length, std::uint64_t seed);

// 0 to 32 ones, highest first.
constexpr std::uint32_t PrefixMask(int length) {
  return length == 0 ? 0 : ~std::uint32_t{0} << (32 - length);
}

std::vector<Condition> ConditionsOf(const std::vector<TupleRule>& rules);
FlowKey FlowOf(const Tuple& tuple);
std::vector<FlowKey> FlowsOf(const std::vector<Tuple>& tuples);

}  // namespace vpcmirror::ratios
