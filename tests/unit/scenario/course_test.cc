#include "models/scenario/course.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/load_scenario.h"

namespace vpcmirror {
namespace {

constexpr Picoseconds kMs{kPicosecondsPerSecond / 1000};

// web sends to db, ids watches web, for 100 ms.
ValidScenario CourseOf(const std::string& timeline, const std::string& workload = "",
                       const std::string& more = "") {
  return sim::Load(R"({"duration": "100 ms", "hosts": {"web": {"limits": {"bandwidth": "1 Gbps"}},
                                                       "db": {}, "ids": {}},
      "workloads": {"sql": {"from": "web", "to": "db", "rate": "100 Mbps")" +
                   workload + R"(}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
      "timeline": [)" +
                   timeline + "]" + more + "}");
}

std::vector<Stretch> StretchesOf(const ValidScenario& scenario) {
  Course course(scenario);
  std::vector<Stretch> stretches;
  for (Stretch stretch; course.Next(stretch);) stretches.push_back(stretch);
  return stretches;
}

std::size_t StreamsOf(const Stretch& stretch) {
  return stretch.scenario.workloads[0].streams.size();
}

TEST(CourseTest, WithoutChangesIsOneStretch) {
  const std::vector<Stretch> stretches = StretchesOf(CourseOf(""));
  ASSERT_EQ(stretches.size(), 1u);
  EXPECT_EQ(stretches[0].span, (TimeSpan{Picoseconds(0), kMs * 100}));
  EXPECT_EQ(StreamsOf(stretches[0]), 1u);
}

// Events, the start and stop of a workload and the end of the warm-up; none twice, no gap.
TEST(CourseTest, BordersAreWhereSomethingChanges) {
  const std::vector<Stretch> stretches = StretchesOf(
      CourseOf(R"({"at": "20 ms", "receiver_down": "ids"}, {"at": "60 ms", "receiver_up": "ids"})",
               R"(, "start": "20 ms", "stop": "80 ms")", R"(, "warm_up": "10 ms")"));
  ASSERT_EQ(stretches.size(), 5u);
  const std::int64_t borders[] = {0, 10, 20, 60, 80, 100};
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    EXPECT_EQ(stretches[i].span, (TimeSpan{kMs * borders[i], kMs * borders[i + 1]}));
    EXPECT_EQ(StreamsOf(stretches[i]), borders[i] >= 20 && borders[i] < 80 ? 1u : 0u);
    EXPECT_TRUE(stretches[i].scenario.timeline.empty());
  }
  EXPECT_EQ(stretches[1].speeds.at(2), 1);
  EXPECT_EQ(stretches[2].speeds.at(2), 0);
  EXPECT_EQ(stretches[3].speeds.at(2), 1);
}

TEST(CourseTest, SlowReceiversHaveTheirSpeed) {
  const std::vector<Stretch> stretches =
      StretchesOf(CourseOf(R"({"at": "50 ms", "receiver_slow": "ids", "by": "x0.25"})"));
  EXPECT_EQ(stretches.at(1).speeds.at(2), 0.25);
  EXPECT_EQ(stretches.at(1).speeds.at(0), 1);
}

// Of the rates of the scenario, and not of those that it has.
TEST(CourseTest, ScalesRates) {
  const std::vector<Stretch> stretches = StretchesOf(CourseOf(
      R"({"at": "20 ms", "scale": "sql", "by": "x2"}, {"at": "40 ms", "scale": "sql", "by": "x3"},
                  {"at": "60 ms", "scale": "sql", "by": "x0"})"));
  ASSERT_EQ(stretches.size(), 4u);
  const std::int64_t mbps[] = {100, 200, 300};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(stretches[i].scenario.workloads[0].streams.at(0).rate,
              BitsPerSecond(mbps[i] * 1'000'000));
  }
  EXPECT_EQ(StreamsOf(stretches[3]), 0u);
}

// What was given stays as it was when the next one is asked for.
TEST(CourseTest, ABandwidthChangesInTheStretchesThatFollow) {
  const std::vector<Stretch> stretches =
      StretchesOf(CourseOf(R"({"at": "30 ms", "change": "web", "bandwidth": "10 Mbps"},
                  {"at": "60 ms", "change": "web", "bandwidth": "20 Mbps"})"));
  ASSERT_EQ(stretches.size(), 3u);
  const std::int64_t mbps[] = {1000, 10, 20};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(stretches[i].scenario.deployment->cvms[0].limits.bandwidth,
              BitsPerSecond(mbps[i] * 1'000'000));
  }
}

TEST(CourseTest, NobodyTalksToAnEniThatIsNotThere) {
  const std::vector<Stretch> stretches = StretchesOf(
      CourseOf(R"({"at": "30 ms", "detach_eni": "db"}, {"at": "60 ms", "attach_eni": "db"})"));
  ASSERT_EQ(stretches.size(), 3u);
  EXPECT_EQ(StreamsOf(stretches[0]), 1u);
  EXPECT_EQ(StreamsOf(stretches[1]), 0u);
  EXPECT_EQ(StreamsOf(stretches[2]), 1u);
  EXPECT_EQ(stretches[1].scenario.detached.size(), 1u);
  EXPECT_TRUE(stretches[2].scenario.detached.empty());
}

TEST(CourseTest, MirrorsAreAsTheApiLeftThem) {
  const std::vector<Stretch> stretches = StretchesOf(
      CourseOf(R"({"at": "30 ms", "StopTrafficMirror": {"TrafficMirrorId": "mirror-1"}})"));
  ASSERT_EQ(stretches.size(), 2u);
  EXPECT_NE(stretches[0].scenario.mirrors[0].mirror, stretches[1].scenario.mirrors[0].mirror);
}

TEST(CourseTest, CountsTheEventsThatCameToPass) {
  const ValidScenario scenario =
      CourseOf(R"({"at": "30 ms", "receiver_down": "ids"}, {"at": "60 ms", "receiver_up": "ids"})");
  Course course(scenario);
  Stretch stretch;
  for (const std::size_t events : {0u, 1u, 2u}) {
    ASSERT_TRUE(course.Next(stretch));
    EXPECT_EQ(course.events(), events);
  }
  EXPECT_FALSE(course.Next(stretch));
}

}  // namespace
}  // namespace vpcmirror
