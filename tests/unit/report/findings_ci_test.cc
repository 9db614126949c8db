// Findings in the formats of CI servers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "analysis/check/rule.h"
#include "analysis/report/findings_github.h"
#include "analysis/report/findings_json.h"
#include "analysis/report/findings_junit.h"
#include "analysis/report/findings_markdown.h"
#include "analysis/report/findings_sarif.h"
#include "analysis/report/findings_text.h"
#include "analysis/report/markdown_text.h"
#include "tests/unit/report/sample_findings.h"

namespace vpcmirror {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing_report::As;
using testing_report::Hostile;
using testing_report::kHostile;
using testing_report::kStoppedSource;
using testing_report::ReportOf;
using testing_report::Stopped;
using testing_report::Suppressed;
using testing_report::Wide;

// From GitHub's "Workflow commands" page, and how actions/toolkit escapes them.
TEST(FindingsGithubTest, WritesACommandAFindingTheWorstFirst) {
  EXPECT_EQ(
      FindingsGithub(ReportOf(
          {As(Stopped(), Severity::kInfo), Stopped(), Wide(), Suppressed(Wide(), "so be it")})),
      "::error title=XYZ-ABC-999::a copy of 1550 bytes passes an MTU of 1500%0Aapi: "
      "InvalidParameter.Mtu\n"
      "::warning file=s.json,line=2,col=25,title=MIR-STA-003::mirror m is stopped: it sends no "
      "copy%0Afix: start it, or leave it out\n"
      "::notice file=s.json,line=2,col=25,title=MIR-STA-003::mirror m is stopped: it sends no "
      "copy%0Afix: start it, or leave it out\n");
  EXPECT_EQ(FindingsGithub(ReportOf({})), "");
}

TEST(FindingsGithubTest, EscapesWhatEndsAPropertyOrALine) {
  Finding finding = Stopped();
  finding.file = "a,b:c%\nd";
  finding.message = "50% of it\n::error::forged";
  finding.fix = "";
  EXPECT_EQ(FindingsGithub(ReportOf({finding})),
            "::warning file=a%2Cb%3Ac%25?d,line=2,col=25,title=MIR-STA-003::50%25 of "
            "it?::error::forged\n");
  const std::string text = FindingsGithub(ReportOf({Hostile()}));
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  EXPECT_THAT(text, Not(HasSubstr("\r")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

std::string CaseOf(std::string_view xml, std::string_view code) {
  const std::size_t name = xml.find(std::string("name=\"") + std::string(code));
  if (name == std::string_view::npos) return "";
  const std::size_t begin = xml.rfind("    <testcase", name);
  const std::size_t next = xml.find("    <testcase", name);
  const std::size_t end = next == std::string_view::npos ? xml.find("  </testsuite>", name) : next;
  return std::string(xml.substr(begin, end - begin));
}

TEST(FindingsJunitTest, HasACaseARule) {
  const std::string xml = FindingsJunit(ReportOf({}));
  const std::string tests = "tests=\"" + std::to_string(Rules().size()) + "\"";
  EXPECT_THAT(xml, StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                              "<testsuites name=\"vpcmirror check\" " +
                              tests + " failures=\"0\" errors=\"0\" time=\"0\">\n" +
                              "  <testsuite name=\"s.json\" " + tests +
                              " failures=\"0\" errors=\"0\" skipped=\"0\" time=\"0\">\n"));
  EXPECT_EQ(CaseOf(xml, "MIR-STA-003"),
            "    <testcase classname=\"vpcmirror.check\" name=\"MIR-STA-003: The mirror is "
            "stopped\" time=\"0\"/>\n");
  EXPECT_THAT(xml, EndsWith("  </testsuite>\n</testsuites>\n"));
}

TEST(FindingsJunitTest, FailsFromTheAskedSeverityOn) {
  const FindingsReport report = ReportOf({Stopped(), Stopped()});
  const std::string failed = FindingsJunit(report, Severity::kWarning);
  EXPECT_THAT(failed, HasSubstr(" failures=\"1\""));
  EXPECT_EQ(
      CaseOf(failed, "MIR-STA-003"),
      "    <testcase classname=\"vpcmirror.check\" name=\"MIR-STA-003: The mirror is stopped\" "
      "time=\"0\">\n"
      "      <failure type=\"warning\" message=\"mirror m is stopped: it sends no copy (and 1 "
      "more)\">s.json:2:25: warning: mirror m is stopped: it sends no copy&#10;  fix: start it, or "
      "leave it out&#10;s.json:2:25: warning: mirror m is stopped: it sends no copy&#10;  fix: "
      "start it, or leave it out&#10;</failure>\n"
      "    </testcase>\n");
  const std::string milder = FindingsJunit(report);
  EXPECT_THAT(milder, HasSubstr(" failures=\"0\""));
  EXPECT_THAT(CaseOf(milder, "MIR-STA-003"), HasSubstr("<system-out>s.json:2:25: warning: "));
}

TEST(FindingsJunitTest, SkipsARuleWhoseFindingsAreAllSuppressed) {
  const std::string xml = FindingsJunit(ReportOf({Suppressed(Stopped(), "until <May>")}));
  EXPECT_THAT(xml, HasSubstr(" skipped=\"1\""));
  EXPECT_THAT(CaseOf(xml, "MIR-STA-003"), HasSubstr("<skipped message=\"until &#60;May&#62;\"/>"));
  EXPECT_THAT(FindingsJunit(ReportOf({Suppressed(Stopped(), "x"), Stopped()}), Severity::kWarning),
              HasSubstr(" skipped=\"0\""));
}

TEST(FindingsJunitTest, HasACaseForACodeThatIsInNoTable) {
  const std::string xml = FindingsJunit(ReportOf({Wide()}));
  EXPECT_THAT(xml, HasSubstr("tests=\"" + std::to_string(Rules().size() + 1) + "\""));
  EXPECT_THAT(CaseOf(xml, "XYZ-ABC-999"), HasSubstr("<failure type=\"error\""));
}

// XML 1.0, 2.2: no control characters but tab, line feed and carriage return; 2.4: no "]]>".
TEST(FindingsJunitTest, EscapesWhatXmlForbidsOrTakesForMarkup) {
  Finding finding = Stopped();
  finding.message = "a<b>&\"'\x1b]]>\n\t\xff\xef\xbf\xbe\xc3\xa9";
  finding.fix = "";
  EXPECT_THAT(FindingsJunit(ReportOf({finding}), Severity::kWarning),
              HasSubstr("message=\"a&#60;b&#62;&#38;&#34;&#39;\xef\xbf\xbd]]&#62;&#10;&#9;"
                        "\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9\""));
}

TEST(FindingsMarkdownTest, HasATableAndTheRules) {
  const std::string text = FindingsMarkdown(ReportOf({Stopped(), Wide()}));
  EXPECT_THAT(text,
              StartsWith("### vpcmirror check: 1 error, 1 warning\n"
                         "\n"
                         "File: s.json\n"
                         "\n"
                         "| severity | code | where | finding |\n"
                         "| --- | --- | --- | --- |\n"
                         "| error | XYZ-ABC-999 |  | a copy of 1550 bytes passes an MTU of "
                         "1500<br>**API:** InvalidParameter.Mtu |\n"
                         "| warning | MIR-STA-003 | s.json:2:25 | mirror m is stopped: it sends no "
                         "copy<br>**Fix:** start it, or leave it out |\n"
                         "\n"
                         "<details>\n"
                         "<summary>MIR-STA-003: The mirror is stopped</summary>\n"
                         "\n"));
  EXPECT_THAT(text, EndsWith("\n</details>\n"));
  EXPECT_EQ(FindingsMarkdown(ReportOf({})),
            "### vpcmirror check: nothing found\n"
            "\n"
            "File: s.json\n");
}

// A comment on GitHub has at most 65,536 characters.
TEST(FindingsMarkdownTest, FitsAComment) {
  Finding longer = Stopped();
  longer.message = std::string(50'000, '|');
  const std::string text = FindingsMarkdown(ReportOf(std::vector<Finding>(10'000, Stopped())));
  EXPECT_LT(text.size(), 65'536u);
  EXPECT_THAT(text, HasSubstr(" more.\n"));
  EXPECT_THAT(FindingsMarkdown(ReportOf({longer})), HasSubstr("\nAnd 1 more.\n"));
}

struct MarkdownCase {
  const char* name;
  const char* text;
  const char* ours;
  const char* strangers;
};

void PrintTo(const MarkdownCase& c, std::ostream* os) { *os << c.name; }

class MarkdownTextTest : public testing::TestWithParam<MarkdownCase> {};

TEST_P(MarkdownTextTest, IsAsTabled) {
  const MarkdownCase& c = GetParam();
  EXPECT_EQ(MarkdownText(c.text), c.ours);
  EXPECT_EQ(StrangersMarkdown(c.text), c.strangers);
}

// CommonMark 0.30, 2.4 (escapes) and 2.5 (entities); GFM 4.10 (tables) and 6.9 (autolinks).
const MarkdownCase kMarkdownCases[] = {
    {"Plain", "web 1.", "web 1.", "web 1."},
    {"Cell", "a|b", "a\\|b", "a\\|b"},
    {"Code", "`a`", "\\`a\\`", "\\`a\\`"},
    {"Emphasis", "*a* _b_ ~c~", "\\*a\\* \\_b\\_ \\~c\\~", "\\*a\\* \\_b\\_ \\~c\\~"},
    {"Html", "<script>&amp;", "&lt;script&gt;&amp;amp;", "&lt;script&gt;&amp;amp;"},
    {"Link", "![a](b)", "!\\[a\\](b)", "!\\[a\\](b)"},
    {"Escape", "\\", "\\\\", "\\\\"},
    {"LineEnds", "a\n\n# b", "a??# b", "a??#<!-- --> b"},
    {"Address", "see https://a.b/c_d", "see https://a.b/c_d", "see https<!-- -->://a.b/c\\_d"},
    {"AddressWithMarkup", "https://a|b", "https://a\\|b", "https<!-- -->://a\\|b"},
    {"Www", "WWW.a.b", "WWW.a.b", "WWW<!-- -->.a.b"},
    {"MentionAndIssue", "@a #7", "@a #7", "@<!-- -->a #<!-- -->7"},
};

INSTANTIATE_TEST_SUITE_P(Table, MarkdownTextTest, testing::ValuesIn(kMarkdownCases),
                         [](const auto& param) { return param.param.name; });

TEST(FindingsMarkdownTest, LetsNoNameBeMarkup) {
  FindingsReport report = ReportOf({Hostile()});
  report.file = kHostile;
  const std::string text = FindingsMarkdown(report);
  for (const char* markup : {"<script>", "a|b", "b`c", "\x1b", "[k](", "http://", "@m", "#7"}) {
    EXPECT_THAT(text, Not(HasSubstr(markup)));
  }
  EXPECT_EQ(HtmlText("<b> & \"c\"\n'd'"), "&lt;b&gt; &amp; &quot;c&quot;?&#39;d&#39;");
}

TEST(FindingsDocumentTest, HasATableAndASectionARule) {
  const Rule rules[] = {
      {.code = "MIR-AAA-001",
       .severity = Severity::kError,
       .basis = FindingBasis::kDerived,
       .title = "A | B",
       .why = "Since packet_length is so.",
       .fix = "Do *not*.",
       .refs = {{"Nimbus, https://a.b/c_d", "2026-11-22"}},
       .word = {}},
      {.code = "MIR-BBB-002", .title = "C", .why = "W.", .fix = "F.", .refs = {}, .word = {}}};
  EXPECT_THAT(FindingsDocument(rules),
              EndsWith("| code | severity | rests on | what |\n"
                       "| --- | --- | --- | --- |\n"
                       "| [MIR-AAA-001](#mir-aaa-001) | error | derived | A \\| B |\n"
                       "| [MIR-BBB-002](#mir-bbb-002) | warning | documented | C |\n"
                       "\n"
                       "## MIR-AAA-001\n"
                       "\n"
                       "**A \\| B** (error, derived)\n"
                       "\n"
                       "Since packet\\_length is so.\n"
                       "\n"
                       "Fix: Do \\*not\\*.\n"
                       "\n"
                       "Sources:\n"
                       "\n"
                       "* Nimbus, https://a.b/c_d, as of 2026-11-22\n"
                       "\n"
                       "## MIR-BBB-002\n"
                       "\n"
                       "**C** (warning, documented)\n"
                       "\n"
                       "W.\n"
                       "\n"
                       "Fix: F.\n"));
  EXPECT_THAT(FindingsDocument(), HasSubstr("\n## " + std::string(Rules().front().code) + "\n"));
}

TEST(FindingsTest, ThousandsAreLittleWork) {
  constexpr int kMany = 2'000;  // with sanitizers; without, 10,000 take a second
  std::vector<Finding> findings(kMany, Stopped());
  std::string source(kStoppedSource);
  for (int i = 0; i < kMany; ++i) {
    findings[static_cast<std::size_t>(i)].line = i + 1;
    source += "  \"mirrors\": []\n";
  }
  const FindingsReport report = ReportOf(findings);
  EXPECT_GT(FindingsText(report, source, {}).size(), kMany * 100u);
  EXPECT_GT(FindingsJson(report).size(), kMany * 100u);
  EXPECT_GT(FindingsSarif(report, source).size(), kMany * 100u);
  EXPECT_GT(FindingsGithub(report).size(), kMany * 100u);
  EXPECT_GT(FindingsJunit(report, Severity::kWarning).size(), kMany * 100u);
}

}  // namespace
}  // namespace vpcmirror
