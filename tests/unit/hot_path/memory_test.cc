// What filters and taps take of the heap, beside their own objects.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/mirror/classifier.h"
#include "models/mirror/mirror_tap.h"
#include "tests/unit/hot_path/watch.h"

namespace vpcmirror {
namespace {

// Distinct /24s of 10.0.0.0/8 with a port each: no two of them become one.
std::vector<FilterRule> Rules(std::uint32_t count) {
  std::vector<FilterRule> rules;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto port = static_cast<std::uint16_t>(1 + i);
    rules.push_back({.priority = i,
                     .condition = {.source = IpPrefix(IpAddress::V4(0x0a000000 + (i << 8)), 24),
                                   .protocol = kProtocolTcp,
                                   .destination_ports = {port, port}}});
  }
  return rules;
}

std::shared_ptr<const Mirror> MirrorOf(std::uint32_t rules) {
  return std::make_shared<const Mirror>(
      MirrorSettings{.id = "mirror",
                     .filter = Filter::FirstMatch(Rules(rules), Rules(rules)),
                     .receivers = {{.address = *ParseIpAddress("10.0.9.9"), .mtu = Bytes(8500)}}});
}

// Of an ENI's tap: its object, and what it keeps on the heap.
std::ptrdiff_t TapBytes(const std::vector<std::shared_ptr<const Mirror>>& mirrors) {
  const auto rules = std::make_shared<const TapRules>();
  const Watch watch;
  const MirrorTap tap({.eni_id = "eni-0123456789abcdef0", .mtu = Bytes(8500)}, rules, mirrors);
  return static_cast<std::ptrdiff_t>(sizeof tap) + watch.seen().kept_bytes;
}

TEST(TapMemoryTest, AnIdleEniTakesAtMostAQuarterKibibyte) {
  EXPECT_LE(TapBytes({MirrorOf(10)}), 256);
  EXPECT_LE(TapBytes({MirrorOf(10), MirrorOf(10), MirrorOf(10)}), 256);  // AWS allows three
}

TEST(TapMemoryTest, EnisShareWhatIsCompiled) {
  EXPECT_EQ(TapBytes({MirrorOf(10)}), TapBytes({MirrorOf(1000)}));
}

TEST(FilterMemoryTest, CopiesShareWhatIsCompiled) {
  const Filter filter = Filter::FirstMatch(Rules(100), Rules(100));
  const Watch watch;
  const Filter copy = filter;
  EXPECT_EQ(watch.seen().allocations, 0u);
}

TEST(ClassifierMemoryTest, AFewRulesTakeACacheLineEachBesideTheirConditions) {
  constexpr std::uint32_t kRules = 32;
  std::vector<Condition> conditions;
  for (const FilterRule& rule : Rules(kRules)) conditions.push_back(rule.condition);
  const Watch watch;
  const Classifier classifier(std::move(conditions));
  // The conditions were allocated before.
  EXPECT_LE(watch.seen().kept_bytes, static_cast<std::ptrdiff_t>(kRules * 64));
}

}  // namespace
}  // namespace vpcmirror
