#include "analysis/report/findings_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "analysis/report/characters.h"
#include "tests/unit/report/sample_findings.h"

namespace vpcmirror {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing_report::As;
using testing_report::Hostile;
using testing_report::kHostile;
using testing_report::kStoppedSource;
using testing_report::ReportOf;
using testing_report::Stopped;
using testing_report::Suppressed;
using testing_report::Wide;

int WidestLine(std::string_view text) {
  int widest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    widest = std::max(widest, WidthOf(text.substr(at, end - at)));
    at = end + 1;
  }
  return widest;
}

TEST(FindingsTextTest, ShowsTheLineAndWhatToDo) {
  EXPECT_EQ(FindingsText(ReportOf({Stopped()}), kStoppedSource, {}),
            "s.json:2:25: warning MIR-STA-003: mirror m is stopped: it sends no copy\n"
            "    2 |   \"mirrors\": [{\"State\": \"STOPPED\"}]\n"
            "      |                         ^\n"
            "  fix: start it, or leave it out\n"
            "\n"
            "1 warning\n");
}

TEST(FindingsTextTest, ShowsApiCodeAndPacket) {
  EXPECT_EQ(FindingsText(ReportOf({Wide()}), kStoppedSource, {}),
            "error XYZ-ABC-999: a copy of 1550 bytes passes an MTU of 1500\n"
            "  api: InvalidParameter.Mtu\n"
            "  edit: --set '/hosts/web/mtu=\"1600\"'\n"
            "  edit: remove /hosts/web/old\n"
            "  packet: out tcp 10.0.1.7:51000 > 10.0.2.9:443 len 1500\n"
            "          --eni 'web[0]/eni0': mirrored\n"
            "\n"
            "1 error\n");
}

TEST(FindingsTextTest, PutsTheWorstFirstElseKeepsTheOrder) {
  Finding second = As(Stopped(), Severity::kError);
  second.message = "second";
  const std::string text =
      FindingsText(ReportOf({As(Stopped(), Severity::kAssumption), As(Stopped(), Severity::kInfo),
                             Stopped(), Wide(), second}),
                   "", {});
  std::size_t at = 0;
  for (const char* next : {"error XYZ-ABC-999", "error MIR-STA-003: second", "warning MIR",
                           "info MIR", "assumption MIR", "2 errors, 1 warning, 1 info, 1 ass"}) {
    const std::size_t found = text.find(next);
    ASSERT_NE(found, std::string::npos) << next;
    EXPECT_GE(found, at) << next;
    at = found;
  }
}

TEST(FindingsTextTest, CountsEverythingInItsLastLine) {
  FindingsReport report =
      ReportOf({Wide(), Wide(), Stopped(), As(Stopped(), Severity::kInfo),
                As(Stopped(), Severity::kInfo), As(Stopped(), Severity::kInfo),
                As(Stopped(), Severity::kAssumption), Suppressed(Wide(), "as we want it")});
  report.already_known = 4;
  EXPECT_THAT(FindingsText(report, "", {}),
              testing::EndsWith(
                  "\n2 errors, 1 warning, 3 infos, 1 assumption; 1 suppressed; 4 already known\n"));
}

TEST(FindingsTextTest, SaysThatNothingWasFoundInWhat) {
  EXPECT_EQ(FindingsText(ReportOf({}), "", {}),
            "s.json: nothing found (28 hosts, 29 ENIs, 1 mirror)\n");
  EXPECT_EQ(FindingsText(FindingsReport(), "", {}), "nothing found (0 hosts, 0 ENIs, 0 mirrors)\n");
}

TEST(FindingsTextTest, SaysWhyWhatIsSuppressedIsWhenAsked) {
  const FindingsReport report = ReportOf({Suppressed(Stopped(), "until May")});
  EXPECT_EQ(FindingsText(report, kStoppedSource, {}),
            "s.json: nothing found; 1 suppressed (28 hosts, 29 ENIs, 1 mirror)\n");
  EXPECT_EQ(FindingsText(report, kStoppedSource, {.verbose = true}),
            "s.json:2:25: suppressed MIR-STA-003: until May\n"
            "\n"
            "s.json: nothing found; 1 suppressed (28 hosts, 29 ENIs, 1 mirror)\n");
}

TEST(FindingsTextTest, ShowsNoLineOfAnotherFileOrBeyondTheEnd) {
  Finding elsewhere = Stopped();
  elsewhere.file = "other.json";
  EXPECT_THAT(FindingsText(ReportOf({elsewhere}), kStoppedSource, {}), Not(HasSubstr("STOPPED")));
  Finding beyond = Stopped();
  beyond.line = 99;
  EXPECT_THAT(FindingsText(ReportOf({beyond}), kStoppedSource, {}), Not(HasSubstr("|")));
}

TEST(FindingsTextTest, PaintsTheSeverityAndTheCaret) {
  const std::string text =
      FindingsText(ReportOf({Stopped()}), kStoppedSource, {.style = {.color = true}});
  EXPECT_THAT(text, HasSubstr("s.json:2:25: \x1b[1;33mwarning\x1b[0m MIR-STA-003"));
  EXPECT_THAT(text, HasSubstr("| " + std::string(24, ' ') + "\x1b[1;33m^\x1b[0m\n"));
}

TEST(FindingsTextTest, IsNeverWiderThanAsked) {
  Finding finding = Wide();
  finding.file = std::string(300, 'f');
  finding.message = std::string(300, 'x') + " and " + std::string(200, 'y');
  finding.fix = "\xe6\xb5\x8b\xe8\xaf\x95";  // two characters of two columns each
  for (int i = 0; i < 8; ++i) finding.fix += finding.fix;
  finding.witnesses[0].eni = std::string(200, 'e');
  FindingsReport report =
      ReportOf({finding, Hostile(), Suppressed(finding, std::string(200, 'b'))});
  report.file = std::string(200, 'g');
  for (const int width : {80, 40, 120}) {
    EXPECT_LE(WidestLine(FindingsText(report, "", {.style = {.width = width}, .verbose = true})),
              width);
  }
}

TEST(FindingsTextTest, LetsNoNameSteerTheTerminalOrForgeALine) {
  FindingsReport report = ReportOf({Hostile(), Suppressed(Hostile(), kHostile)});
  report.file = kHostile;
  const std::string text = FindingsText(report, kHostile, {.verbose = true});
  for (const char* control : {"\x1b", "\r", "\n::error", "\xc2\x85", "\xff", "\xe2\x80\xae"}) {
    EXPECT_THAT(text, Not(HasSubstr(control)));
  }
}

struct PacketCase {
  const char* name;
  Direction direction;
  FlowKey flow;
  std::int64_t bytes;
  const char* want;
};

void PrintTo(const PacketCase& c, std::ostream* os) { *os << c.name; }

class PacketWordsTest : public testing::TestWithParam<PacketCase> {};

TEST_P(PacketWordsTest, IsAsTabled) {
  const PacketCase& c = GetParam();
  EXPECT_EQ(PacketWords({.direction = c.direction, .flow = c.flow, .frame = Bytes(c.bytes)}),
            c.want);
}

const IpAddress kHere = IpAddress::V4(0x0a000107);   // 10.0.1.7
const IpAddress kThere = IpAddress::V4(0x0a000209);  // 10.0.2.9

// From the notation in docs/explain.md.
const PacketCase kPacketCases[] = {
    {"Udp",
     Direction::kIngress,
     {kThere, kHere, 53, 5353, 17, Ports::kKnown},
     64,
     "in udp 10.0.2.9:53 > 10.0.1.7:5353 len 64"},
    {"NoLength",
     Direction::kEgress,
     {kHere, kThere, 1, 2, 6, Ports::kKnown},
     0,
     "out tcp 10.0.1.7:1 > 10.0.2.9:2"},
    {"Icmp",
     Direction::kEgress,
     {kHere, kThere, 0, 0, 1, Ports::kNotInProtocol},
     98,
     "out icmp 10.0.1.7 > 10.0.2.9 len 98"},
    {"ProtocolWithoutAWord",
     Direction::kEgress,
     {kHere, kThere, 0, 0, 89, Ports::kNotInProtocol},
     98,
     "out 89 10.0.1.7 > 10.0.2.9 len 98"},
    {"AhHasAWordElsewhereAlone",
     Direction::kEgress,
     {kHere, kThere, 0, 0, 51, Ports::kNotInProtocol},
     98,
     "out 51 10.0.1.7 > 10.0.2.9 len 98"},
    {"LaterFragment",
     Direction::kIngress,
     {kThere, kHere, 0, 0, 6, Ports::kLaterFragment},
     600,
     "in tcp 10.0.2.9 > 10.0.1.7 len 600 fragment"},
};

INSTANTIATE_TEST_SUITE_P(Table, PacketWordsTest, testing::ValuesIn(kPacketCases),
                         [](const auto& param) { return param.param.name; });

TEST(RuleTextTest, TellsAllOfTheRule) {
  const Rule rule{.code = "MIR-STA-003",
                  .severity = Severity::kWarning,
                  .basis = FindingBasis::kDocumented,
                  .title = "The mirror is stopped",
                  .why = "A mirror whose state is stopped copies nothing.",
                  .fix = "Start the mirror.",
                  .refs = {{"Nimbus, CreateMirror", "2026-11-22"}, {"A talk", "2025-01-02"}},
                  .word = {}};
  EXPECT_EQ(RuleText(rule, {.width = 40}),
            "MIR-STA-003: The mirror is stopped\n"
            "warning, documented\n"
            "\n"
            "Why\n"
            "  A mirror whose state is stopped copies\n"
            "  nothing.\n"
            "\n"
            "Fix\n"
            "  Start the mirror.\n"
            "\n"
            "Sources\n"
            "  Nimbus, CreateMirror, as of 2026-11-22\n"
            "  A talk, as of 2025-01-02\n");
  EXPECT_THAT(RuleText(rule, {.color = true}), HasSubstr("\x1b[1mMIR-STA-003\x1b[0m: The"));
}

}  // namespace
}  // namespace vpcmirror
