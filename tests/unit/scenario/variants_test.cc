#include "models/scenario/variants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/cloud/provider_assumptions.h"
#include "tests/unit/scenario/scenario_samples.h"

namespace vpcmirror {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
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

// The profile of the test assumes shared_random.
TEST(VariantsTest, NameTheOtherDisciplinesThatTheProviderMightHave) {
  const ValidScenario scenario = Validate(Smallest(), SmallLibrary());
  EXPECT_EQ(AssumedDiscipline(scenario), "shared_random");
  EXPECT_THAT(OtherDisciplines(scenario), Contains("fifo"));
  EXPECT_THAT(OtherDisciplines(scenario), Not(Contains("shared_random")));
  EXPECT_EQ(OtherDisciplines(scenario).size() + 1,
            FindAssumptionRule("congestion")->meanings.size());
}

TEST(VariantsTest, SetEachOfThem) {
  const ValidScenario scenario = Validate(Smallest(), SmallLibrary());
  for (const std::string& value : OtherDisciplines(scenario)) {
    const ValidScenario other = WithDiscipline(scenario, value);
    EXPECT_EQ(AssumedDiscipline(other), value);
    EXPECT_EQ(other.mirrors.size(), 1u);
  }
}

TEST(VariantsTest, KnowNoOthersWhereTheScenarioSettlesIt) {
  Scenario raw = Smallest();
  raw.assumptions["congestion"] = Text("fifo", "/assumptions/congestion");
  const ValidScenario scenario = Validate(raw, SmallLibrary());
  EXPECT_THAT(OtherDisciplines(scenario), IsEmpty());
  EXPECT_EQ(AssumedDiscipline(scenario), "");
  EXPECT_EQ(WithDiscipline(scenario, "shared_random").providers[0].congestion, Congestion::kFifo);
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
