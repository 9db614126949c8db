#include "models/scenario/variants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scenario/scenario_samples.h"

namespace vpcmirror {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;
using testing_samples::Smallest;
using testing_samples::SmallLibrary;
using testing_samples::Text;

TEST(VariantsTest, LeaveOutMirrorsAndCapturesAlone) {
  const ValidScenario with = Validate(Smallest(), SmallLibrary());
  const ValidScenario without = WithoutMirrors(with);
  EXPECT_EQ(with.mirrors.size(), 1u);
  EXPECT_TRUE(without.mirrors.empty());
  EXPECT_EQ(without.workloads.size(), with.workloads.size());
  EXPECT_EQ(without.deployment, with.deployment);
  EXPECT_EQ(without.duration, with.duration);
}

const Discipline kShared{"shared_random", ""};

// The profile of the test assumes shared_random.
TEST(VariantsTest, NameTheOtherDisciplinesThatTheProviderMightHave) {
  Library library = SmallLibrary();
  EXPECT_EQ(AssumedDiscipline(Validate(Smallest(), library)), kShared);
  EXPECT_THAT(
      OtherDisciplines(Validate(Smallest(), library)),
      UnorderedElementsAre(Discipline{"production_first", ""}, Discipline{"fifo", "before"}));
  library.providers.at("tencent").assumptions.push_back({.name = "copy_order", .value = "before"});
  EXPECT_THAT(OtherDisciplines(Validate(Smallest(), library)),
              UnorderedElementsAre(Discipline{"production_first", ""}, Discipline{"fifo", "before"},
                                   Discipline{"fifo", "after"}));
}

TEST(VariantsTest, SetEachOfThem) {
  Library library = SmallLibrary();
  library.providers.at("tencent").assumptions.push_back({.name = "copy_order", .value = "before"});
  const ValidScenario scenario = Validate(Smallest(), library);
  for (const Discipline& each : OtherDisciplines(scenario)) {
    const ValidScenario other = WithDiscipline(scenario, each);
    EXPECT_EQ(AssumedDiscipline(other), each) << ToString(each);
    EXPECT_EQ(other.mirrors.size(), 1u);
  }
}

TEST(VariantsTest, KnowNoOthersWhereTheScenarioSettlesIt) {
  Scenario raw = Smallest();
  raw.assumptions["congestion"] = Text("fifo", "/assumptions/congestion");
  const ValidScenario scenario = Validate(raw, SmallLibrary());
  EXPECT_THAT(OtherDisciplines(scenario), IsEmpty());
  EXPECT_EQ(AssumedDiscipline(scenario), std::nullopt);
  EXPECT_EQ(WithDiscipline(scenario, kShared).providers[0].congestion, Congestion::kFifo);
}

TEST(VariantsTest, KnowNoOthersWhereTheCloudIsKnown) {
  Library library = SmallLibrary();
  std::erase_if(library.providers.at("tencent").assumptions,
                [](const Assumption& each) { return each.name == "congestion"; });
  EXPECT_THAT(OtherDisciplines(Validate(Smallest(), library)), IsEmpty());
}

TEST(BaselineTest, IsAskedForByTheScenario) {
  Scenario raw = Smallest();
  EXPECT_FALSE(Validate(raw, SmallLibrary()).baseline);
  raw.baseline = true;
  EXPECT_TRUE(Validate(raw, SmallLibrary()).baseline);
}

}  // namespace
}  // namespace vpcmirror
