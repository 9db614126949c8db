// What coverage reckons of steady traffic, against what the packet engine counted.
#include "analysis/coverage/coverage.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/load_scenario.h"
#include "tests/unit/packet/simulate.h"

namespace vpcmirror::sim {
namespace {

struct Watched {
  const char* name;
  const char* mirror;
};

void PrintTo(const Watched& watched, std::ostream* os) { *os << watched.name; }

class CoverageOfARunTest : public testing::TestWithParam<Watched> {};

// All ENIs with traffic are sources of the only mirror, so that its account has all of it.
TEST_P(CoverageOfARunTest, SeesTheShareThatTheRunMirrored) {
  const ValidScenario scenario = Load(std::string(R"({"provider": "tencent", "duration": "1 s",
    "hosts": {"web": {"count": 2}, "ids": {"receiver": "generic"}},
    "workloads": {"www": {"at": "web", "in": "8 Mbps", "out": "24 Mbps", "per": "host", "sizes": "1000 B"},
                  "dns": {"at": "web", "in": "4 Mbps", "per": "host", "protocol": "udp", "ports": {"server": 53}, "sizes": "500 B"}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]})") +
                                      GetParam().mirror + "}]}");
  const RunResult result = Simulate(scenario);
  const Ledger& ledger = result.mirrors.at(0).ledger;
  ASSERT_GT(ledger.offered.bytes.count(), 1'000'000);
  double copied = static_cast<double>(ledger.mirrored.bytes.count());
  for (const Count& dropped : ledger.dropped) copied += static_cast<double>(dropped.bytes.count());
  const double share = copied / static_cast<double>(ledger.offered.bytes.count());
  EXPECT_NEAR(SummaryOf(SteadyCoverage(scenario)).seen.value(), share, 0.005);
}

const Watched kWatched[] = {
    {"All", ""},
    {"Egress", R"(, "Direction": "EGRESS")"},
    {"Udp",
     R"(, "Direction": "NO-DIRECTION", "IngressFilterRules": [{"Priority": 1, "Action": "ACCEPT", "Protocol": "UDP"}])"},
    {"AllButUdp",
     R"(, "Direction": "NO-DIRECTION", "IngressFilterRules": [{"Priority": 1, "Action": "DROP", "Protocol": "UDP"}, {"Priority": 2, "Action": "ACCEPT", "Protocol": "ALL"}])"},
};

INSTANTIATE_TEST_SUITE_P(Table, CoverageOfARunTest, testing::ValuesIn(kWatched),
                         [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace vpcmirror::sim
