// One report in every format. What is expected is written by hand from the report below.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/report/html/html_report.h"
#include "analysis/report/html/svg_diagram.h"
#include "analysis/report/report.h"
#include "analysis/report/report_csv.h"
#include "analysis/report/report_markdown.h"
#include "analysis/report/report_prometheus.h"

namespace vpcmirror {
namespace {

using testing::HasSubstr;
using testing::Not;

Report SmallReport() {
  Report report{.kind = "Run",
                .title = "two webs",
                .verdict = "AT RISK",
                .tone = Tone::kWarning,
                .because = "web[0] needs 2.7 Gbps of 3"};
  report.headlines = {{.key = "egress_bps",
                       .title = "Egress",
                       .with = {"3 Gbps", 3e9},
                       .without = Value{"1 Gbps", 1e9},
                       .difference = "x3"},
                      {.key = "delay_p99_ns", .title = "Delay", .with = {"50 us", 50'000.0}}};
  report.bottlenecks = Bars{.title = "Tightest",
                            .mark = 1,
                            .mark_text = "limit",
                            .bars = {{.label = "web[0]",
                                      .detail = "3 Gbps",
                                      .to = 0.9,
                                      .text = "90 % used",
                                      .tone = Tone::kWarning}}};
  Table table{.key = "hosts",
              .title = "Hosts",
              .columns = {{"host", "Host", Role::kId},
                          {"type", "Type", Role::kWords},
                          {"used_bps", "Used"},
                          {"used_share", "Of it"}}};
  table.rows = {{{"web[0]"}, {"S5, large"}, {"2.7 Gbps", 2.7e9}, {"90 %", 0.9, Tone::kWarning}},
                {{"a\"b\\c"}, {"-"}, {"no limit"}, {"0 %", 0.0}}};
  report.sections = {{"hosts", "Hosts", {table}}};
  report.provenance = {{"Seed", "1"}};
  report.command = "vpcmirror run x.json";
  return report;
}

std::string Whole(void (*write)(const Report&, const std::function<void(std::string_view)>&),
                  const Report& report) {
  std::string text;
  write(report, [&](std::string_view part) { text += part; });
  return text;
}

TEST(ReportCsvTest, HasALineForEachFigureAndWord) {
  EXPECT_EQ(Whole(WriteReportCsv, SmallReport()),
            "table,id,figure,value\n"
            "verdict,,verdict,AT RISK\n"
            "headlines,with,egress_bps,3000000000\n"
            "headlines,without,egress_bps,1000000000\n"
            "headlines,with,delay_p99_ns,50000\n"
            "hosts,web[0],type,\"S5, large\"\n"
            "hosts,web[0],used_bps,2700000000\n"
            "hosts,web[0],used_share,0.9\n"
            "hosts,\"a\"\"b\\c\",type,-\n"
            "hosts,\"a\"\"b\\c\",used_bps,no limit\n"
            "hosts,\"a\"\"b\\c\",used_share,0\n");
}

// https://prometheus.io/docs/instrumenting/exposition_formats/: backslash and quote of a label
// are escaped, samples of one metric stand together behind its HELP and TYPE.
TEST(ReportPrometheusTest, HasGaugesInBaseUnits) {
  EXPECT_EQ(Whole(WritePrometheusReport, SmallReport()),
            "# HELP vpcmirror_verdict 1 for the verdict that holds\n"
            "# TYPE vpcmirror_verdict gauge\n"
            "vpcmirror_verdict{scenario=\"two webs\",verdict=\"AT RISK\"} 1\n"
            "# HELP vpcmirror_egress_bits_per_second Egress\n"
            "# TYPE vpcmirror_egress_bits_per_second gauge\n"
            "vpcmirror_egress_bits_per_second{scenario=\"two webs\",mirror=\"with\"} 3000000000\n"
            "vpcmirror_egress_bits_per_second{scenario=\"two webs\",mirror=\"without\"} "
            "1000000000\n"
            "# HELP vpcmirror_delay_p99_seconds Delay\n"
            "# TYPE vpcmirror_delay_p99_seconds gauge\n"
            "vpcmirror_delay_p99_seconds{scenario=\"two webs\",mirror=\"with\"} 5e-05\n"
            "# HELP vpcmirror_hosts_used_bits_per_second Hosts: Used\n"
            "# TYPE vpcmirror_hosts_used_bits_per_second gauge\n"
            "vpcmirror_hosts_used_bits_per_second{scenario=\"two webs\",host=\"web[0]\"} "
            "2700000000\n"
            "# HELP vpcmirror_hosts_used_ratio Hosts: Of it\n"
            "# TYPE vpcmirror_hosts_used_ratio gauge\n"
            "vpcmirror_hosts_used_ratio{scenario=\"two webs\",host=\"web[0]\"} 0.9\n"
            "vpcmirror_hosts_used_ratio{scenario=\"two webs\",host=\"a\\\"b\\\\c\"} 0\n");
}

TEST(ReportPrometheusTest, MakesLabelsOfPaths) {
  Report report{.title = "sweep"};
  Table table{.key = "runs", .columns = {{"/hosts/*/count", "", Role::kId}, {"margin", "Margin"}}};
  table.rows = {{{"3"}, {"12 %", 0.12}}};
  report.sections = {{"runs", "Runs", {table}}};
  EXPECT_THAT(Whole(WritePrometheusReport, report),
              HasSubstr("vpcmirror_runs_margin{scenario=\"sweep\",_hosts___count=\"3\"} 0.12\n"));
}

TEST(ReportMarkdownTest, SaysTheVerdictThenTheFigures) {
  const std::string text = MarkdownReport(SmallReport());
  EXPECT_THAT(text, testing::StartsWith(
                        "## :warning: two webs: AT RISK\n\nweb\\[0\\] needs 2.7 Gbps of 3.\n"));
  EXPECT_THAT(text, HasSubstr("\n| Egress | 1 Gbps | 3 Gbps | x3 |  |\n"));
  EXPECT_THAT(text, HasSubstr("\n| web\\[0\\] | 3 Gbps | **90 % used** |\n"));
  EXPECT_THAT(text, HasSubstr("<details><summary>Hosts</summary>\n\n| Host | Type | Used | Of it |"
                              "\n| --- | --- | ---: | ---: |\n"));
}

TEST(ReportMarkdownTest, CountsTheRowsThatItLeavesOut) {
  Report report = SmallReport();
  Table& table = std::get<Table>(report.sections[0].blocks[0]);
  table.rows.resize(1);
  for (int i = 0; i < 26; ++i) table.rows.push_back(table.rows.front());
  EXPECT_THAT(MarkdownReport(report), HasSubstr("\nand 7 more.\n"));  // 27 rows, 20 shown
}

TEST(ReportMarkdownTest, LetsNoNameBeSyntaxOrAMention) {
  Report report = SmallReport();
  report.title = "x | @team <b>";
  EXPECT_THAT(MarkdownReport(report), HasSubstr("x \\| @<!-- -->team &lt;b&gt;: AT RISK"));
}

TEST(HtmlReportTest, ShowsNamesAsText) {
  Report report = SmallReport();
  report.title = "</script><script>alert(1)</script>";
  Table& table = std::get<Table>(report.sections[0].blocks[0]);
  for (int i = 0; i < 200; ++i) table.rows.push_back({{report.title}, {"<!--"}, {"-"}, {"-"}});
  const std::string page = HtmlReport(report);
  EXPECT_THAT(page, Not(HasSubstr("alert(1)</script>")));
  EXPECT_THAT(page, HasSubstr("<h1><bdi>&lt;/script&gt;&lt;script&gt;alert(1)"));
  // In the data of long tables, too.
  EXPECT_THAT(page, HasSubstr("\"\\u003c/script>\\u003cscript>alert(1)\\u003c/script>\""));
  EXPECT_THAT(page, HasSubstr("\"\\u003c!--\""));
}

TEST(HtmlReportTest, CarriesLongTablesAsDataAndForThoseWithoutScripts) {
  Report report = SmallReport();
  Table& table = std::get<Table>(report.sections[0].blocks[0]);
  while (table.rows.size() < 150) table.rows.push_back(table.rows.front());
  const std::string page = HtmlReport(report);
  const std::string open = "id=\"report-data\">";
  const std::size_t begin = page.find(open) + open.size();
  const auto data =
      nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
  const auto& hosts = data["tables"]["hosts"];
  EXPECT_EQ(hosts["texts"][0].size(), 150u);
  EXPECT_EQ(hosts["texts"][0][0], "web[0]");
  EXPECT_EQ(hosts["numbers"][0], nullptr);  // words have none
  EXPECT_EQ(hosts["numbers"][2][0], 2.7e9);
  EXPECT_EQ(hosts["numbers"][2][1], nullptr);
  EXPECT_EQ(hosts["tones"][0], nlohmann::json({0, 3, "warning"}));  // row, column
  const std::size_t plain = page.find("<noscript>");
  EXPECT_EQ(page.substr(plain, page.find("</noscript>") - plain).find("<td>2.7 Gbps") !=
                std::string::npos,
            true);
}

TEST(HtmlReportTest, AsksForNothingFromElsewhere) {
  const std::string page = HtmlReport(SmallReport());
  EXPECT_THAT(page, HasSubstr("Content-Security-Policy\" content=\"default-src 'none'"));
  for (const char* reference : {"src=\"http", "href=\"http", "url(http", "@import", "<link"}) {
    EXPECT_THAT(page, Not(HasSubstr(reference)));
  }
}

TEST(HtmlReportTest, HasTheChartProgramWithItsLicenceOnlyWhereThereIsAChart) {
  Report report = SmallReport();
  EXPECT_THAT(HtmlReport(report), Not(HasSubstr("Chart.js v3")));
  report.sections.push_back(
      {"series",
       "Series",
       {LineChart{.key = "c", .x = {0, 1}, .lines = {{.name = "a", .values = {1, NAN}}}}}});
  const std::string page = HtmlReport(report);
  EXPECT_THAT(page, HasSubstr("Chart.js v3"));
  EXPECT_THAT(page, HasSubstr("Permission is hereby granted, free of charge"));
  EXPECT_THAT(page, HasSubstr("\"values\":[1,null]"));
  EXPECT_THAT(page, HasSubstr("<tr><td>1<td>-"));  // without scripts
}

// 383 % used of a limit: the bar ends 2 % before the track does, and the limit stands at
// 1 / (3.83 * 1.02) = 25.60 %.
TEST(HtmlReportTest, DrawsBarsBeyondTheirLimit) {
  Report report = SmallReport();
  report.bottlenecks->bars[0].to = 3.83;
  const std::string page = HtmlReport(report);
  EXPECT_THAT(page, HasSubstr("left:0.00%;width:98.04%"));
  EXPECT_THAT(page, HasSubstr("class=\"mark\" style=\"left:25.60%\""));
}

Diagram SmallDiagram() {
  Diagram diagram{.key = "d", .title = "Copies", .columns = {"From", "To"}};
  diagram.nodes = {{.label = "web"}, {.label = "db"}, {.label = "ids", .column = 1}};
  diagram.bands = {{0, 2, 3e9, 0, "3 Gbps"}, {1, 2, 1e9, 5e8, "1 Gbps, half of it lost"}};
  return diagram;
}

// The fullest column has 220 units for 4 Gbps: 165 for 3, 55 for 1, and half of that lost. A
// ribbon is "M x y C ... x2 y2 V y2+thickness C ... Z".
TEST(SvgDiagramTest, DrawsBandsAsWideAsTheirRates) {
  const std::string svg = SvgDiagram(SmallDiagram());
  std::vector<double> widths;
  for (std::size_t at = svg.find(" d=\"M"); at != std::string::npos;
       at = svg.find(" d=\"M", at + 1)) {
    const std::string path = svg.substr(at, svg.find('Z', at) - at);
    const std::size_t v = path.find('V');
    const std::size_t c = path.find('C');
    const std::string curve = path.substr(c + 1, v - c - 1);
    std::istringstream numbers(curve);
    double x1 = 0, y1 = 0, x2 = 0, y2 = 0, x = 0, y = 0;
    numbers >> x1 >> y1 >> x2 >> y2 >> x >> y;
    widths.push_back(std::stod(path.substr(v + 1)) - y);
  }
  ASSERT_EQ(widths.size(), 3u);
  EXPECT_NEAR(widths[0], 165, 0.11);
  EXPECT_NEAR(widths[1], 55, 0.11);
  EXPECT_NEAR(widths[2], 27.5, 0.11);
}

TEST(SvgDiagramTest, SaysInWordsWhatItShows) {
  const std::string svg = SvgDiagram(SmallDiagram());
  EXPECT_THAT(svg, HasSubstr("<title>db to ids: 1 Gbps, half of it lost</title>"));
  EXPECT_THAT(svg, HasSubstr("aria-label=\"Copies: 3 boxes, 2 bands"));
  EXPECT_THAT(svg, HasSubstr("fill=\"url(#hatch-d)\""));
}

TEST(SvgDiagramTest, CutsLongNamesAtTheEndOfACharacter) {
  Diagram diagram = SmallDiagram();
  std::string name;
  for (int i = 0; i < 40; ++i) name += "\u00e9";  // two bytes each
  diagram.nodes[0].label = name;
  const std::string svg = SvgDiagram(diagram);
  EXPECT_THAT(svg, HasSubstr("\u00e9\u2026</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("\u00e9?")));
  EXPECT_THAT(svg, HasSubstr("<title>" + name));  // all of it
}

TEST(SvgDiagramTest, CountsLettersOfNamesNotBytes) {
  Diagram diagram = SmallDiagram();
  std::string name;
  for (int i = 0; i < 26; ++i) name += "\u00e9";  // as many letters as a box has room for
  diagram.nodes[0].label = name;
  EXPECT_THAT(SvgDiagram(diagram), HasSubstr(">" + name + "</text>"));
  diagram.nodes[0].label = name + "\u00e9";
  EXPECT_THAT(SvgDiagram(diagram), HasSubstr(">" + name.substr(2) + "\u2026</text>"));
}

TEST(SvgDiagramTest, IsNothingOfNothing) { EXPECT_EQ(SvgDiagram(Diagram{}), ""); }

}  // namespace
}  // namespace vpcmirror
