#include "analysis/report/member_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vpcmirror {
namespace {

std::vector<std::string> LabelsOf(const std::vector<Member>& members) {
  std::vector<std::string> labels;
  for (const MemberGroup& group : GroupMembers(members)) labels.push_back(group.label);
  return labels;
}

using testing::ElementsAre;

TEST(MemberGroupsTest, JoinsMembersOfOneNameIntoRanges) {
  EXPECT_THAT(LabelsOf({{"web[0]", "S5"}, {"web[1]", "S5"}, {"web[2]", "S5"}, {"web[5]", "S5"}}),
              ElementsAre("web[0-2,5]"));
}

TEST(MemberGroupsTest, TellsKindsAndNamesApart) {
  EXPECT_THAT(LabelsOf({{"web[0]", "S5"}, {"web[1]", "S6"}, {"web[2]", "S5"}, {"db[0]", "S5"}}),
              ElementsAre("web[0,2]", "web[1]", "db[0]"));
}

TEST(MemberGroupsTest, TellsEnisOfOneHostApart) {
  EXPECT_THAT(
      LabelsOf({{"a[0]/eni0", ""}, {"a[0]/eni1", ""}, {"a[1]/eni0", ""}, {"a[1]/eni1", ""}}),
      ElementsAre("a[0-1]/eni0", "a[0-1]/eni1"));
}

TEST(MemberGroupsTest, LeavesOtherIdsAsTheyAre) {
  EXPECT_THAT(LabelsOf({{"ids", ""}, {"ids", ""}, {"eni-5x[", ""}, {"a[b]", ""}}),
              ElementsAre("ids", "ids", "eni-5x[", "a[b]"));
}

TEST(MemberGroupsTest, SortsIndicesAndCutsLongLists) {
  std::vector<Member> odd;
  for (int i = 19; i > 0; i -= 2) odd.push_back({"w[" + std::to_string(i) + "]", ""});
  EXPECT_THAT(LabelsOf(odd), ElementsAre("w[1,3,5,7,...]"));
}

TEST(MemberGroupsTest, SaysWhoIsInAGroup) {
  const auto groups = GroupMembers({{"a[0]", ""}, {"b", ""}, {"a[1]", ""}});
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_THAT(groups[0].members, ElementsAre(0u, 2u));
  EXPECT_THAT(groups[1].members, ElementsAre(1u));
}

}  // namespace
}  // namespace vpcmirror
