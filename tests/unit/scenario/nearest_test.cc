#include "models/scenario/nearest.h"

#include <gtest/gtest.h>

namespace vpcmirror {
namespace {

// Counted by hand: kitten-sitting is the textbook pair with 3.
TEST(EditDistanceTest, CountsEdits) {
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("same", "same"), 0u);
}

TEST(EditDistanceTest, CountsASwapOfNeighboursOnce) { EXPECT_EQ(EditDistance("wbe", "web"), 1u); }

TEST(EditDistanceTest, ForgivesTheCase) { EXPECT_EQ(EditDistance("targetips", "TargetIps"), 0u); }

TEST(NearestNameTest, FindsATypingError) {
  EXPECT_EQ(NearestName("suricatta", {"zeek", "suricata"}), "suricata");
}

TEST(NearestNameTest, SuggestsNothingThatIsFar) {
  EXPECT_EQ(NearestName("snort", {"zeek", "suricata"}), std::nullopt);
}

TEST(AcceptedNamesTest, PutsTheNearestInFront) {
  EXPECT_EQ(AcceptedNames("wbe", {"db", "ids", "web"}), "\"web\" (nearest), or \"db\", \"ids\"");
}

TEST(AcceptedNamesTest, ListsAllWhenNoneIsNear) {
  EXPECT_EQ(AcceptedNames("mainframe", {"db", "ids"}), "\"db\", \"ids\"");
}

TEST(AcceptedNamesTest, SaysWhenThereIsNone) {
  EXPECT_EQ(AcceptedNames("web", {}), "nothing: none is defined");
}

TEST(AcceptedNamesTest, SpellsOutTenNames) {
  std::vector<std::string> names;
  for (char c = 'a'; c <= 'l'; ++c) names.push_back(std::string(5, c));
  EXPECT_EQ(AcceptedNames("nothing-like-it", names),
            "\"aaaaa\", \"bbbbb\", \"ccccc\", \"ddddd\", \"eeeee\", \"fffff\", \"ggggg\", "
            "\"hhhhh\", \"iiiii\", \"jjjjj\", or 2 more");
}

}  // namespace
}  // namespace vpcmirror
