#include "analysis/coverage/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <string>

#include "tests/support/addresses.h"
#include "tests/support/load_scenario.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;

// Two web servers, a database that nobody watches, a sensor. In bytes a second, each web
// server gets 12.5 million and sends 37.5 million; the database gets 12.5 million.
ValidScenario Estate(const std::string& mirror) {
  return Load(R"({"provider": "tencent",
    "hosts": {"web": {"count": 2}, "db": {}, "ids": {"receiver": "generic"}},
    "workloads": {"www": {"at": "web", "in": "100 Mbps", "out": "300 Mbps", "per": "host"},
                  "sql": {"at": "db", "in": "100 Mbps"}},
    "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
                 "CollectorTarget": {"TargetIps": ["ids"]})" +
              mirror + "}]}");
}

std::map<std::string, EniCoverage> RowsOf(const ValidScenario& scenario, const Coverage& coverage) {
  std::map<std::string, EniCoverage> rows;
  for (const EniCoverage& row : coverage.enis) {
    rows[scenario.deployment->enis[row.eni].id] = row;
  }
  return rows;
}

double UnseenFor(const EniCoverage& row, Unseen reason) {
  return row.unseen[static_cast<std::size_t>(reason)];
}

constexpr double kMega = 1e6;
constexpr double kClose = 1;  // byte a second: rates of flows are rounded

TEST(CoverageTest, EveryDirectionOfAWatchedHostIsSeen) {
  const ValidScenario scenario = Estate("");
  const Coverage coverage = SteadyCoverage(scenario);
  const auto rows = RowsOf(scenario, coverage);
  ASSERT_EQ(rows.size(), 4u);
  const EniCoverage& web = rows.at("web[1]/eni0");
  EXPECT_TRUE(web.is_covered);
  EXPECT_NEAR(web.bytes, 50 * kMega, kClose);
  EXPECT_NEAR(web.seen, 50 * kMega, kClose);
  const EniCoverage& db = rows.at("db/eni0");
  EXPECT_FALSE(db.is_covered);
  EXPECT_EQ(db.because, Unseen::kNoMirror);
  EXPECT_NEAR(UnseenFor(db, Unseen::kNoMirror), 12.5 * kMega, kClose);
  const EniCoverage& ids = rows.at("ids/eni0");
  EXPECT_TRUE(ids.is_receiver);
  EXPECT_EQ(ids.because, Unseen::kReceiver);
}

// 2 of 3 ENIs; 100 of 112.5 million bytes.
TEST(CoverageTest, SummaryLeavesReceiversAside) {
  const CoverageSummary summary = SummaryOf(SteadyCoverage(Estate("")));
  EXPECT_EQ(summary.enis, 3);
  EXPECT_EQ(summary.covered_enis, 2);
  EXPECT_NEAR(summary.covered().value(), 2.0 / 3, 1e-9);
  EXPECT_NEAR(summary.seen.value(), 100 / 112.5, 1e-6);
  const auto& unseen = summary.unseen;
  EXPECT_NEAR(unseen[static_cast<std::size_t>(Unseen::kNoMirror)], 12.5 / 112.5, 1e-6);
  EXPECT_NEAR(*summary.seen + std::accumulate(unseen.begin(), unseen.end(), 0.0), 1, 1e-9);
}

TEST(CoverageTest, TheOtherDirectionIsNamed) {
  const ValidScenario scenario = Estate(R"(, "Direction": "EGRESS")");
  const EniCoverage web = RowsOf(scenario, SteadyCoverage(scenario)).at("web[0]/eni0");
  EXPECT_TRUE(web.is_covered);
  EXPECT_NEAR(web.seen, 37.5 * kMega, kClose);
  EXPECT_NEAR(UnseenFor(web, Unseen::kDirection), 12.5 * kMega, kClose);
}

TEST(CoverageTest, AMirrorThatFiltersAllOutCoversNothing) {
  const ValidScenario scenario = Estate(
      R"(, "Direction": "NO-DIRECTION", "IngressFilterRules":
          [{"Priority": 1, "Action": "ACCEPT", "Protocol": "UDP"}])");
  const EniCoverage web = RowsOf(scenario, SteadyCoverage(scenario)).at("web[0]/eni0");
  EXPECT_FALSE(web.is_covered);
  EXPECT_EQ(web.because, Unseen::kFilter);
  EXPECT_EQ(web.seen, 0);
  EXPECT_NEAR(UnseenFor(web, Unseen::kFilter), 50 * kMega, kClose);
}

TEST(CoverageTest, ADropIsARule) {
  const ValidScenario scenario = Estate(
      R"(, "Direction": "NO-DIRECTION", "IngressFilterRules":
          [{"Priority": 1, "Action": "DROP", "Protocol": "TCP"},
           {"Priority": 2, "Action": "ACCEPT", "Protocol": "ALL"}])");
  const EniCoverage web = RowsOf(scenario, SteadyCoverage(scenario)).at("web[0]/eni0");
  EXPECT_GT(UnseenFor(web, Unseen::kRule), 12 * kMega);
}

TEST(CoverageTest, AnEniWithoutTrafficIsCoveredByWhoWatchesIt) {
  const ValidScenario scenario = Load(R"({"provider": "tencent",
    "hosts": {"web": {"count": 2}, "ids": {"receiver": "generic"}},
    "workloads": {"www": {"at": "web[0]", "in": "100 Mbps"}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})");
  const EniCoverage idle = RowsOf(scenario, SteadyCoverage(scenario)).at("web[1]/eni0");
  EXPECT_TRUE(idle.is_covered);
  EXPECT_EQ(idle.bytes, 0);
}

TEST(CoverageTest, NothingToCoverHasNoShares) {
  const ValidScenario scenario = Load(R"({"provider": "tencent",
    "hosts": {"web": {}, "ids": {"receiver": "generic"}},
    "workloads": {},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})");
  const CoverageSummary summary = SummaryOf(SteadyCoverage(scenario));
  EXPECT_EQ(summary.covered(), 1.0);
  EXPECT_EQ(summary.seen, std::nullopt);
  EXPECT_EQ(SummaryOf({}).covered(), std::nullopt);
}

// What is shown to the taps by hand, as a flow log shows it.
TEST(CoverageTest, AddsWhatTapsSayOfAFlow) {
  const ValidScenario scenario = Estate(R"(, "Direction": "EGRESS")");
  CoverageCount count(scenario);
  const FrameInfo frame{.has_flow = true,
                        .ether_type = kEtherTypeIpv4,
                        .flow = {.source = Address("10.0.0.2"),
                                 .destination = Address("192.0.2.1"),
                                 .source_port = 443,
                                 .destination_port = 50000,
                                 .protocol = kProtocolTcp,
                                 .ports = Ports::kKnown},
                        .captured = Bytes(1000),
                        .wire_length = Bytes(1000)};
  count.Add(0, Direction::kEgress, frame, 700);
  count.Add(0, Direction::kIngress, frame, 300);
  const EniCoverage web = count.Result().enis.front();
  EXPECT_EQ(web.bytes, 1000);
  EXPECT_EQ(web.seen, 700);
  EXPECT_EQ(UnseenFor(web, Unseen::kDirection), 300);
}

}  // namespace
}  // namespace vpcmirror::sim
