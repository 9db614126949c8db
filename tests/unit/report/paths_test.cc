#include "analysis/report/paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "analysis/report/findings_json.h"
#include "analysis/report/findings_text.h"
#include "analysis/report/paths_text.h"
#include "tests/unit/report/schema_complaints.h"

namespace vpcmirror {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

PathRow OpenWayRow() {
  PathRow row;
  row.first_source = "web[0]/eni0";
  row.sources = 28;
  row.receiver = "ids/eni0";
  row.protocol = "UDP 4789";
  row.hops = {{"web[0]/eni0", "sends UDP 4789 to 10.0.9.2", {}},
              {"main", "route 10.0.0.0/16 local", {}},
              {"ids/eni0", "receives", {}}};
  row.longest_whole = Bytes(1464);
  return row;
}

PathRow ClosedWayRow() {
  PathRow row = OpenWayRow();
  row.first_source = "db/eni0";
  row.sources = 1;
  row.block = Block::kSecurityGroup;
  row.blame = Blame{"security_group",
                    "sg-ids",
                    "ingress rule 2 drops",
                    "/vpcs/prod/security_groups/sg-ids/ingress/1",
                    {}};
  row.hops = {{"db/eni0", "sends UDP 4789 to 10.0.9.2", {}},
              {"main", "route 10.0.0.0/16 local", {}},
              {"sg-ids", "ingress rule 2 drops", {}}};
  row.longest_whole.reset();
  return row;
}

PathsReport SampleWays() {
  PathsReport report;
  report.mirrors = {{.id = "mirror-1",
                     .path = "/mirrors/0",
                     .sources = 29,
                     .rows = {OpenWayRow(), ClosedWayRow()},
                     .single_points = {{"route table", "main"}, {"receiver", "ids"}}}};
  report.groups = {{.mirrors = {"mirror-1", "mirror-2"},
                    .sources = 30,
                    .components = {{"subnet", "web"}, {"receiver", "ids"}}}};
  report.most = BitsPerSecond(5'000'000'000);
  report.cut = {{.type = "receiver", .id = "ids", .limit = BitsPerSecond(5'000'000'000)}};
  return report;
}

TEST(PathsTextTest, ReadsFromTheSourceOn) {
  EXPECT_EQ(PathsText(SampleWays(), {}),
            "Ways of mirror mirror-1, 29 sources\n"
            "  web[0]/eni0 and 27 more -> ids/eni0: open, whole up to frames of 1464 bytes\n"
            "      web[0]/eni0  sends UDP 4789 to 10.0.9.2\n"
            "      main         route 10.0.0.0/16 local\n"
            "      ids/eni0     receives\n"
            "  db/eni0 -> ids/eni0: blocked by sg-ids at\n"
            "    /vpcs/prod/security_groups/sg-ids/ingress/1\n"
            "      db/eni0  sends UDP 4789 to 10.0.9.2\n"
            "      main     route 10.0.0.0/16 local\n"
            "      sg-ids   ingress rule 2 drops\n"
            "  without any one of these nothing of it arrives: route table main, receiver "
            "ids\n"
            "\n"
            "What fails together\n"
            "  mirror-1 and 1 more, 30 sources: subnet web, receiver ids\n"
            "\n"
            "Most that can ever arrive: 5 Gbps, for receiver ids 5 Gbps\n");
}

TEST(PathsTextTest, IsNeverWiderThanAsked) {
  PathsReport report = SampleWays();
  report.mirrors[0].rows[1].blame->path = "/vpcs/" + std::string(200, 'v');
  report.mirrors[0].single_points.assign(40, {"receiver", "a-receiver-with-a-name"});
  std::istringstream lines(PathsText(report, {.width = 80}));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(PathsTextTest, SaysWhenNothingLimits) {
  PathsReport report = SampleWays();
  report.most.reset();
  report.cut.clear();
  EXPECT_THAT(PathsText(report, {}),
              EndsWith("Most that can ever arrive: not limited by what is known of the hosts\n"));
}

TEST(PathsTextTest, StandsBehindTheFindings) {
  FindingsReport report{.file = "s.json", .version = "1", .mirrors = 1};
  EXPECT_THAT(FindingsText(report, "", {}), Not(HasSubstr("Ways of mirror")));
  report.paths = SampleWays();
  EXPECT_THAT(FindingsText(report, "", {}), HasSubstr("Ways of mirror mirror-1"));
}

TEST(PathsJsonTest, HoldsToThePublishedSchema) {
  FindingsReport report{.file = "s.json", .version = "1"};
  report.paths = SampleWays();
  const nlohmann::json document = nlohmann::json::parse(FindingsJson(report));
  const auto schema = testing_report::ReadSchema("scenarios/schema/findings.schema.json");
  EXPECT_EQ(testing_report::Complaints(schema, document), "");
  const nlohmann::json& ways = document["paths"]["mirrors"][0]["ways"];
  EXPECT_EQ(ways[0]["open"], true);
  EXPECT_EQ(ways[0]["sources"], 28);
  EXPECT_EQ(ways[1]["block"], "security_group");
  EXPECT_EQ(ways[1]["blame"]["pointer"], "/vpcs/prod/security_groups/sg-ids/ingress/1");
  EXPECT_EQ(document["paths"]["ceiling"]["bps"], 5'000'000'000);

  report.paths = PathsReport();
  EXPECT_EQ(testing_report::Complaints(schema, nlohmann::json::parse(FindingsJson(report))), "");
}

// Every word that a block may have is one of the schema's.
TEST(PathsJsonTest, KnowsAllBlocks) {
  const auto schema = testing_report::ReadSchema("scenarios/schema/findings.schema.json");
  FindingsReport report{.file = "s.json", .version = "1"};
  for (std::size_t i = 1; i < kBlocks; ++i) {
    report.paths = SampleWays();
    report.paths->mirrors[0].rows[1].block = static_cast<Block>(i);
    EXPECT_EQ(testing_report::Complaints(schema, nlohmann::json::parse(FindingsJson(report))), "");
  }
}

}  // namespace
}  // namespace vpcmirror
