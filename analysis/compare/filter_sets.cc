#include "analysis/compare/filter_sets.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>

#include "models/mirror/copied_flows.h"
#include "models/wire/hash.h"

namespace vpcmirror {
namespace {

constexpr std::array<Direction, 2> kBothDirections{Direction::kIngress, Direction::kEgress};

std::uint64_t HashOf(const Filter& filter) {
  std::uint64_t hash = filter.copies_everything() ? 1 : 2;
  for (const Direction direction : kBothDirections) {
    hash = MixBits(hash + filter.rules(direction).size());
    for (const FilterRule& rule : filter.rules(direction)) {
      const Condition& condition = rule.condition;
      hash ^= condition.source ? condition.source->address().high_bits() : 1;
      hash = MixBits(hash);
      hash ^= condition.destination ? condition.destination->address().high_bits() : 1;
      hash = MixBits(hash ^ std::uint64_t{condition.destination_ports.first} << 16);
    }
  }
  return hash;
}

bool SaysTheSame(const Filter& a, const Filter& b) {
  const auto what = [](const Filter& filter) {
    return std::tuple(filter.copies_everything(), filter.all_must_hold(), filter.nat_gateway(),
                      filter.copies_what_no_rule_matches(), filter.service_rules());
  };
  if (what(a) != what(b)) return false;
  return std::all_of(kBothDirections.begin(), kBothDirections.end(), [&](Direction direction) {
    const auto of_a = a.rules(direction);
    const auto of_b = b.rules(direction);
    return of_a.data() == of_b.data() ||
           std::equal(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                      [](const FilterRule& x, const FilterRule& y) {
                        return x.action == y.action && x.condition == y.condition;
                      });
  });
}

}  // namespace

int FilterSets::NumberOf(const Filter& filter) {
  std::vector<int>& alike = by_hash_[HashOf(filter)];
  for (const int number : alike) {
    if (SaysTheSame(filters_[static_cast<std::size_t>(number)], filter)) return number;
  }
  filters_.push_back(filter);
  alike.push_back(static_cast<int>(filters_.size() - 1));
  return alike.back();
}

const FilterSets::Sets& FilterSets::Of(int number, Direction direction) {
  const auto [place, is_new] = sets_.try_emplace({number, direction});
  if (is_new) {
    const Filter& filter = filters_[static_cast<std::size_t>(number)];
    place->second = {CopiedBy(filter, direction).flows, RejectedByRule(filter, direction)};
  }
  return place->second;
}

}  // namespace vpcmirror
