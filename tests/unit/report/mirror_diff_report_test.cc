#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "analysis/report/mirror_diff_json.h"
#include "analysis/report/mirror_diff_report.h"
#include "analysis/report/mirror_diff_text.h"
#include "tests/unit/compare/mirror_diff_samples.h"
#include "tests/unit/report/schema_complaints.h"

namespace vpcmirror {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing_report::Complaints;
using testing_report::ReadSchema;

Filter WebOnly() {
  const FilterRule rule{.condition = {.protocol = kProtocolTcp,
                                      .source_ports = {0, 65535},
                                      .destination_ports = {443, 443}}};
  return Filter::FirstMatch({rule}, {rule});
}

// Two sides and what is told of them.
struct Told {
  Told(ValidScenario was, ValidScenario is) : before(std::move(was)), after(std::move(is)) {
    report = {.version = "0",
              .before = "a.json",
              .after = "b.json",
              .scenario_before = &before,
              .scenario_after = &after,
              .diff = DiffMirroring(before, after)};
  }
  Told(const Told&) = delete;
  Told& operator=(const Told&) = delete;
  std::string Text() const { return MirrorDiffText(report, {}); }

  ValidScenario before;
  ValidScenario after;
  DiffReport report;
};

ValidScenario Of(MirrorSettings settings) { return SampleScenario({{settings, {0, 1, 2}}}); }

MirrorSettings WithVni(std::uint32_t vni) {
  MirrorSettings settings = SampleSettings("watch", WebOnly());
  settings.tunnel.vni = vni;
  return settings;
}

TEST(MirrorDiffTextTest, AVniIsALineForAllEnis) {
  const Told told(Of(WithVni(1)), Of(WithVni(2)));
  EXPECT_EQ(told.Text(),
            "is copied in another form:\n"
            "  all that watch copies, both directions\n"
            "    VNI: 1 -> 2\n"
            "    at web[0-2]/eni0 (3 ENIs)\n"
            "    packet: in tcp 192.0.2.1:50000 > 10.0.0.5:443 len 1514\n"
            "            --eni 'web[0]/eni0': mirrored before and after, in another form\n"
            "\n"
            "Packets that the cloud never mirrors, and those to mirror ports, stay left out.\n"
            "a.json -> b.json: 1 change at 3 ENIs\n");
}

TEST(MirrorDiffTextTest, NoDifferenceIsALine) {
  const Told told(Of(WithVni(1)), Of(WithVni(1)));
  EXPECT_EQ(told.Text(),
            "a.json -> b.json: nothing differs in what is mirrored (3 mirrored ENIs)\n");
}

TEST(MirrorDiffTextTest, SaysWhichPacketsStart) {
  const Told told(Of(SampleSettings("watch", WebOnly())), Of(SampleSettings("watch")));
  const std::string text = told.Text();
  EXPECT_THAT(text, HasSubstr("starts to be mirrored:\n"));
  EXPECT_THAT(text, HasSubstr("  tcp to any port but 443, both directions\n"));
  EXPECT_THAT(text, HasSubstr("  ARP and other frames that are not IP, both directions\n"));
  EXPECT_THAT(text, HasSubstr("not mirrored before, mirrored after"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST(MirrorDiffJsonTest, FollowsItsSchema) {
  const json schema = ReadSchema("scenarios/schema/diff.schema.json");
  const Told vni(Of(WithVni(1)), Of(WithVni(2)));
  const Told wider(Of(SampleSettings("watch", WebOnly())), Of(SampleSettings("watch")));
  for (const Told* told : {&vni, &wider}) {
    const json document = json::parse(MirrorDiffJson(told->report));
    EXPECT_EQ(Complaints(schema, document), "");
  }
  json bad = json::parse(MirrorDiffJson(vni.report));
  bad["changes"][0]["kind"] = "other";
  EXPECT_NE(Complaints(schema, bad), "");
}

TEST(MirrorDiffJsonTest, SaysExactlyWhichFlows) {
  const Told told(SampleScenario({}), SampleScenario({{SampleSettings("watch", WebOnly())}}));
  const json document = json::parse(MirrorDiffJson(told.report));
  ASSERT_EQ(document["changes"].size(), 1u);
  const json& change = document["changes"][0];
  EXPECT_EQ(change["kind"], "starts");
  EXPECT_EQ(change["enis"], json({"web[0]/eni0"}));
  EXPECT_EQ(change["mirrors"]["after"], json({"watch"}));
  EXPECT_EQ(change["directions"], json({"INGRESS", "EGRESS"}));
  // The mirror port of the new receiver, which is UDP, takes nothing from it.
  ASSERT_EQ(change["flows"].size(), 2u);
  for (const json& box : change["flows"]) {
    EXPECT_EQ(box["protocols"], json({"6"}));
    EXPECT_EQ(box["destination_ports"], json({"443"}));
    EXPECT_EQ(box["source_ports"], json({"0-65535"}));
    EXPECT_EQ(box["sources"], box["family"] == "IPv4" ? json({"0.0.0.0/0"}) : json({"::/0"}));
  }
}

TEST(MirrorDiffMarkdownTest, IsATableWithoutStrangersSyntax) {
  Told told(Of(WithVni(1)), Of(WithVni(2)));
  told.report.before = "a|b.json";
  const std::string text = MirrorDiffMarkdown(told.report);
  EXPECT_THAT(text, HasSubstr("| change | packets | where | proof |\n"));
  EXPECT_THAT(text, Not(HasSubstr("a|b")));
}

TEST(MirrorDiffReportTest, HasARowAChangeAndThePacketThatProvesIt) {
  const Told told(Of(WithVni(1)), Of(WithVni(2)));
  const Report report = ReportOfMirrorDiff(told.report);
  EXPECT_EQ(report.verdict, "1 change at 3 ENIs");
  EXPECT_EQ(report.tone, Tone::kWarning);
  ASSERT_EQ(report.sections.size(), 2u);
  const Table& changes = std::get<Table>(report.sections[0].blocks.at(0));
  ASSERT_EQ(changes.rows.size(), 1u);
  EXPECT_EQ(changes.rows[0][0].text, "is copied in another form");
  EXPECT_EQ(changes.rows[0][2].text, "web[0-2]/eni0 (3 ENIs)");
  EXPECT_EQ(changes.rows[0].back().text, "VNI: 1 -> 2");
  // What explain --packet takes.
  EXPECT_EQ(std::get<Listing>(report.sections[1].blocks.at(1)).text,
            "in tcp 192.0.2.1:50000 > 10.0.0.5:443 len 1514");
}

TEST(MirrorDiffReportTest, OfNoDifferenceHasNothingToShow) {
  const Told told(Of(WithVni(1)), Of(WithVni(1)));
  const Report report = ReportOfMirrorDiff(told.report);
  EXPECT_EQ(report.tone, Tone::kPlain);
  EXPECT_TRUE(report.sections.empty());
}

}  // namespace
}  // namespace vpcmirror
