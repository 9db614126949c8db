// What filters and taps take, as the allocator counts it.
#include <malloc.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "models/mirror/classifier.h"
#include "models/mirror/mirror_tap.h"
#include "tests/bench/ratios/cases.h"
#include "tests/bench/ratios/table.h"
#include "tests/bench/ratios/tuples.h"

namespace vpcmirror::ratios {
namespace {

constexpr std::uint64_t kRuleSeed = 42;
// Of each thing weighed, so that what the allocator rounds is shared out.
constexpr std::size_t kCopies = 1000;

// Bytes in use, with what the allocator itself needs for them.
std::size_t BytesInUse() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// Bytes that one of `kCopies` things takes, each made by `make`.
template <class Make>
double BytesOfOne(Make make) {
  std::vector<decltype(make())> kept;
  const std::size_t before = BytesInUse();
  kept.reserve(kCopies);
  for (std::size_t i = 0; i < kCopies; ++i) kept.push_back(make());
  return static_cast<double>(BytesInUse() - before) / static_cast<double>(kCopies);
}

// What compiling adds to the conditions that are compiled.
double CompiledBytesARule(std::size_t rules) {
  const std::vector<Condition> conditions = ConditionsOf(DrawRules(rules, kRuleSeed));
  const double source = BytesOfOne([&] { return conditions; });
  const double compiled = BytesOfOne([&] { return Classifier(conditions); });
  return (compiled - source) / static_cast<double>(rules);
}

std::shared_ptr<const Mirror> MirrorOf(std::size_t rules) {
  std::vector<FilterRule> list;
  for (const Condition& condition : ConditionsOf(DrawRules(rules, kRuleSeed))) {
    const auto priority = static_cast<std::int64_t>(list.size() + 1);
    list.push_back({.priority = priority, .condition = condition});
  }
  return std::make_shared<const Mirror>(
      MirrorSettings{.id = "bench",
                     .filter = Filter::FirstMatch(list, list),
                     .receivers = {{.address = IpAddress::V4(0x0a000002), .mtu = Bytes(8500)}}});
}

// An ENI's tap beside a mirror that other ENIs have too.
double TapBytes(std::size_t rules) {
  const auto tap_rules = std::make_shared<const TapRules>();
  const std::shared_ptr<const Mirror> mirror = MirrorOf(rules);
  return BytesOfOne([&] {
    return MirrorTap({.eni_id = "eni-0123456789abcdef0", .mtu = Bytes(8500)}, tap_rules, {mirror});
  });
}

}  // namespace

void WeighMemory() {
  for (const std::size_t rules : {10, 32}) {
    Print({.name = "memory, bytes a rule compiled, filter of " + std::to_string(rules) + " rules",
           .ours = CompiledBytesARule(rules),
           .goal = AtMost(64)});
  }
  for (const std::size_t rules : {10, 10'000}) {
    Print({.name = "memory, bytes an idle ENI's tap, mirror of " + std::to_string(rules) + " rules",
           .ours = TapBytes(rules),
           .goal = AtMost(256)});
  }
}

}  // namespace vpcmirror::ratios
