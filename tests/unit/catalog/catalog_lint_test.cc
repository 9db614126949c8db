#include "analysis/catalog/catalog_lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analysis/catalog/size_name.h"

namespace vpcmirror {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kGib = std::int64_t{1} << 30;

// Line 1, 2, ... in the order of the list.
struct Sample {
  const char* name;
  int vcpus;
  std::int64_t gib;
  std::int64_t kpps = 0;
  std::int64_t gbps = 0;
  std::vector<KnownFlaw> known = {};
};

std::vector<CatalogType> TypesOf(const std::vector<Sample>& samples) {
  std::vector<CatalogType> types;
  for (const Sample& sample : samples) {
    CatalogType type;
    type.type.name = sample.name;
    type.type.limits.vcpus = sample.vcpus;
    type.type.limits.memory = Bytes(sample.gib * kGib);
    if (sample.kpps != 0) type.type.limits.packet_rate = PacketsPerSecond(sample.kpps * 1000);
    if (sample.gbps != 0) type.type.limits.bandwidth = BitsPerSecond(sample.gbps * 1'000'000'000);
    type.type.as_of = "2026-11-22";
    type.known = sample.known;
    type.line = static_cast<int>(types.size()) + 1;
    types.push_back(type);
  }
  return types;
}

// "2 CAT-TWIN: message" for each that is not known, "2 CAT-TWIN known: reason" for the others.
std::vector<std::string> Lint(const std::vector<Sample>& samples, const std::string& today = "") {
  std::vector<std::string> lines;
  for (const CatalogFinding& each : LintTypes(TypesOf(samples), {.today = today})) {
    const std::string head = std::to_string(each.line) + " " + each.code;
    lines.push_back(each.known_because.empty() ? head + ": " + each.message
                                               : head + " known: " + each.known_because);
  }
  return lines;
}

// Rows of Tencent's page; the same with the 3.7 Mpps that its twin has is in order.
TEST(CatalogLintTest, FindsATwinThatDiffers) {
  EXPECT_THAT(Lint({{"SA4.4XLARGE64", 16, 64, 1800},
                    {"SA4.8XLARGE64", 32, 64, 3700},
                    {"SA4.8XLARGE128", 32, 128, 2700}}),
              ElementsAre("3 CAT-TWIN: packet rate is 2.7 Mpps, and 3.7 Mpps of its twin "
                          "SA4.8XLARGE64 with the same 32 vCPUs"));
  EXPECT_THAT(Lint({{"SA4.4XLARGE64", 16, 64, 1800},
                    {"SA4.8XLARGE64", 32, 64, 3700},
                    {"SA4.8XLARGE128", 32, 128, 3700}}),
              IsEmpty());
}

// 32 vCPUs have 64 or 128 GiB, so 64 vCPUs have 128 or 256.
TEST(CatalogLintTest, FindsMemoryThatDoesNotDouble) {
  EXPECT_THAT(
      Lint({{"S6.8XLARGE64", 32, 64}, {"S6.8XLARGE128", 32, 128}, {"S6.16XLARGE266", 64, 266}}),
      ElementsAre("3 CAT-DOUBLE: memory is 266 GiB, where twice that of half its size "
                  "(S6.8XLARGE64, S6.8XLARGE128) is 128 GiB or 256 GiB"));
  EXPECT_THAT(Lint({{"S6.8XLARGE128", 32, 128}, {"S6.16XLARGE256", 64, 256}}), IsEmpty());
  // A family that has rows of 1 GiB a vCPU at one size alone.
  EXPECT_THAT(Lint({{"S6.8XLARGE128", 32, 128}, {"S6.16XLARGE64", 64, 64}}), IsEmpty());
}

// As where a table leaves the cell empty: what is not known breaks no rule.
TEST(CatalogLintTest, DoesNotJudgeMemoryThatIsNotKnown) {
  EXPECT_THAT(Lint({{"S6.8XLARGE64", 32, 64}, {"S6.16XLARGE", 64, 0}}), IsEmpty());
  EXPECT_THAT(Lint({{"S6.8XLARGE", 32, 0}, {"S6.16XLARGE128", 64, 128}}), IsEmpty());
}

// AWS's sizes of two vCPUs differ in memory and bandwidth alike, and are no twins.
TEST(CatalogLintTest, FindsALargerSizeWithLess) {
  EXPECT_THAT(Lint({{"t3.small", 2, 2, 0, 1}, {"t3.large", 2, 8, 0, 3}, {"t3.medium", 2, 4, 0, 2}}),
              IsEmpty());
  EXPECT_THAT(Lint({{"c9.large", 2, 4, 0, 5},
                    {"c9.xlarge", 4, 8, 0, 6},
                    {"c9.2xlarge", 8, 16, 0, 4},
                    {"m9.4xlarge", 16, 32, 0, 1}}),
              ElementsAre("3 CAT-GROWTH: bandwidth is 4 Gbps, less than the 6 Gbps of c9.xlarge, "
                          "which is smaller"));
}

TEST(CatalogLintTest, FindsNamesThatSayOtherwise) {
  EXPECT_THAT(Lint({{"S5.4XLARGE32", 16, 64}, {"S5.MEDIUM4", 4, 4}}),
              ElementsAre("1 CAT-NAME: memory is 64 GiB, and the name says 32 GiB",
                          "2 CAT-NAME: it has 4 vCPUs, and the name says 2"));
}

// 2025 has 365 days: from 2025-11-22 to 2026-11-22 it is a year.
TEST(CatalogLintTest, FindsRowsThatAreOutOfDate) {
  EXPECT_THAT(Lint({{"c5.large", 2, 4}}, "2027-11-22"), IsEmpty());
  EXPECT_THAT(Lint({{"c5.large", 2, 4}}, "2027-11-23"),
              ElementsAre("1 CAT-DATE: as_of is 2026-11-22, 366 days ago"));
  EXPECT_THAT(Lint({{"c5.large", 2, 4}}, "2026-11-21"),
              ElementsAre("1 CAT-DATE: as_of is 2026-11-22, after today, 2026-11-21"));
  CatalogReceiver receiver;
  receiver.profile.name = "suricata";
  receiver.profile.as_of = "November";
  const auto findings = LintReceivers({receiver}, {.today = "2026-11-22"});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_THAT(findings[0].message, HasSubstr("\"November\", which is no date"));
}

TEST(CatalogLintTest, KnowsWhatTheRowSaysIsKnown) {
  EXPECT_THAT(Lint({{"S6.8XLARGE128", 32, 128},
                    {"S6.16XLARGE266", 64, 266, 0, 0, {{"CAT-DOUBLE", "as printed"}}}}),
              ElementsAre("2 CAT-DOUBLE known: as printed"));
  EXPECT_THAT(
      Lint({{"S6.8XLARGE128", 32, 128, 0, 0, {{"CAT-TWIN", "as printed"}}}}),
      ElementsAre("1 CAT-KNOWN: CAT-TWIN is said to be known of this row, and is not found"));
}

TEST(SizeNameTest, ReadsTencentsNamesAlone) {
  const auto named = SizeInName("S6.31MEDIUM216");
  ASSERT_TRUE(named);
  EXPECT_EQ(named->size, "31MEDIUM");
  EXPECT_EQ(named->vcpus, 62);
  EXPECT_EQ(named->memory_gib, 216);
  EXPECT_EQ(SizeInName("S5.SMALL2")->vcpus, 1);
  for (const char* other : {"c5.4xlarge", "S5", "S5.4XLARGE", "S5.32", "S5.", "S5.XXLARGE8", ""}) {
    EXPECT_FALSE(SizeInName(other)) << other;
  }
}

TEST(CatalogDateTest, CountsDays) {
  EXPECT_EQ(DaysOfDate("1970-01-01"), 0);
  EXPECT_EQ(DaysOfDate("1972-03-01"), 365 + 365 + 31 + 29);
  for (const char* other : {"2026-02-29", "2026-13-01", "2026-1-1", "yesterday!", ""}) {
    EXPECT_FALSE(DaysOfDate(other)) << other;
  }
}

}  // namespace
}  // namespace vpcmirror
