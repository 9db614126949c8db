#include "sim/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "sim/cli/exit_code.h"
#include "sim/cli/version.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(CommandLineTest, ListsTheCommandsThatExist) {
  const Ran ran = Program()({"--help"});
  EXPECT_EQ(ran.exit_code, kFine);
  for (const char* command : {"\n  new ", "\n  check ", "\n  diff ", "\n  run ", "\n  plan ",
                              "\n  sweep ", "\n  traffic ", "\n  catalog "}) {
    EXPECT_THAT(ran.out, HasSubstr(command));
  }
  EXPECT_THAT(ran.out, Not(HasSubstr("\n  verify")));
  EXPECT_EQ(ran.err, "");
}

TEST(CommandLineTest, ExplainsBothMeaningsOfOut) {
  const Ran ran = Program()({"run", "--help"});
  EXPECT_EQ(ran.exit_code, kFine);
  EXPECT_THAT(ran.out, HasSubstr("--out DIR|RATE"));
  EXPECT_THAT(ran.out, HasSubstr("--out-dir"));
  EXPECT_THAT(ran.out, HasSubstr("Exit code: 0 fine"));
}

TEST(CommandLineTest, SaysTheVersionOfTheProject) {
  const Ran ran = Program()({"--version"});
  EXPECT_EQ(ran.exit_code, kFine);
  EXPECT_EQ(ran.out, std::string("vpcmirror ") + kVersion + "\n");
  std::ifstream cmake(VPCMIRROR_SOURCE_DIR "/CMakeLists.txt");
  const std::string text{std::istreambuf_iterator<char>(cmake), {}};
  EXPECT_THAT(text, HasSubstr(std::string("project(vpcmirror VERSION ") + kVersion + " "));
  std::ifstream citation(VPCMIRROR_SOURCE_DIR "/CITATION.cff");
  const std::string cited{std::istreambuf_iterator<char>(citation), {}};
  EXPECT_THAT(cited, HasSubstr(std::string("\nversion: ") + kVersion + "\n"));
}

TEST(CommandLineTest, RefusesWhatItDoesNotKnow) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"fly"},
                                                    {"new", "--colour"},
                                                    {"new", "--provider", "nimbus"},
                                                    {"run", "x.json", "--format", "xml"}}) {
    const Ran ran = Program()(arguments);
    EXPECT_EQ(ran.exit_code, kBadInput);
    EXPECT_NE(ran.err, "");
    EXPECT_EQ(ran.out, "");
  }
}

// What /seed of a scenario may be: 0 to 2^53 - 1, the whole numbers that all JSON readers keep.
TEST(CommandLineTest, RefusesASeedThatAScenarioCouldNotHave) {
  const Program program;
  const std::string file = program.Write("small.json", kSmallest);
  const auto run = [&](const std::string& seed) {
    return program({"run", file, "--out", program.InFolder("out"), "--quiet", "--seed", seed});
  };
  for (const char* seed : {"-1", "+1", "99999999999999999999", "9007199254740992", "010", "0x10",
                           "", " 1", "1e3", "many", "1 "}) {
    const Ran ran = run(seed);
    EXPECT_EQ(ran.exit_code, kBadInput) << seed;
    EXPECT_THAT(ran.err, HasSubstr("--seed: '" + std::string(seed) +
                                   "' is not a whole number from 0 to 9007199254740991"));
  }
  for (const char* seed : {"0", "10", "9007199254740991"}) {
    EXPECT_EQ(run(seed).exit_code, kFine) << seed;
    EXPECT_THAT(program.Read("out/result.json"), HasSubstr("\"seed\": " + std::string(seed) + ","));
  }
}

TEST(CommandLineTest, SuggestsTheCommandThatWasMeant) {
  EXPECT_EQ(
      Program()({"chekc", "x.json"}).err,
      "vpcmirror: there is no command \"chekc\"\n  accepted: \"check\" (nearest), or "
      "\"new\", \"import\", \"diff\", \"report\", \"traffic\", \"run\", \"plan\", \"sweep\", "
      "\"explain\", \"live\", or 5 more\n");
}

TEST(CommandLineTest, ColoursATerminalUnlessToldNotTo) {
  EXPECT_TRUE(WantsColor(true, nullptr));
  EXPECT_TRUE(WantsColor(true, ""));
  EXPECT_FALSE(WantsColor(true, "1"));
  EXPECT_FALSE(WantsColor(true, "0"));
  EXPECT_FALSE(WantsColor(false, nullptr));
}

TEST(CommandLineTest, DrawsCurvesWhereTheTerminalCan) {
  EXPECT_TRUE(WantsSparks(true, "en_GB.UTF-8"));
  EXPECT_TRUE(WantsSparks(true, "C.utf8"));
  EXPECT_FALSE(WantsSparks(true, "C"));
  EXPECT_FALSE(WantsSparks(true, nullptr));
  EXPECT_FALSE(WantsSparks(false, "en_GB.UTF-8"));
}

TEST(CommandLineTest, SaysWhenNothingCanBePrinted) {
  std::ofstream full("/dev/full");
  std::ostringstream err;
  const Surroundings around{.out = full, .err = err};
  EXPECT_EQ(RunProgram({"new"}, around), kBadInput);
  EXPECT_EQ(err.str(), "vpcmirror: cannot write to the standard output\n");
}

TEST(NewCommandTest, PrintsAScenarioThatRuns) {
  const Program program;
  const Ran printed = program({"new"});
  EXPECT_EQ(printed.exit_code, kFine);
  EXPECT_THAT(printed.out, StartsWith("// "));
  EXPECT_EQ(program({"new", "--provider", "tencent"}).out, printed.out);
  const std::string file = program.Write("my.json", printed.out);
  const Ran ran = program({"run", file, "--out", program.InFolder("out")});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
}

TEST(NewCommandTest, HasAScenarioForEveryProviderThatShips) {
  const Program program;
  for (const auto& each : std::filesystem::directory_iterator(std::string(VPCMIRROR_SOURCE_DIR) +
                                                              "/scenarios/profiles")) {
    const std::string provider = each.path().stem().string();
    SCOPED_TRACE(provider);
    const Ran printed = program({"new", "--provider", provider});
    ASSERT_EQ(printed.exit_code, kFine) << printed.err;
    EXPECT_THAT(printed.out, HasSubstr("\"provider\": \"" + provider + "\""));
    const std::string file = program.Write(provider + ".json", printed.out);
    const Ran checked = program({"check", file});
    EXPECT_NE(checked.exit_code, kBadInput) << checked.err;
  }
}

TEST(CheckCommandTest, FindsNothingInAGoodScenario) {
  const Program program;
  const std::string file = program.Write("small.json", kSmallest);
  const Ran ran = program({"check", file, "--set", "/hosts/web/mtu=1450 B", "--set",
                           "/workloads/www/sizes=1400 B", "--set", "/mirrors/0/State=RUNNING",
                           "--set", "/hosts/web/type=S3.6XLARGE48"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.out;
  EXPECT_EQ(ran.out, file + ": nothing found (3 hosts, 3 ENIs, 1 mirror)\n");
}

TEST(CheckCommandTest, FindsWhatRunRefuses) {
  const Program program;
  for (const char* text :
       {"", "{\"hosts\": ", "hosts: web", R"({"hosts": {"web": {"type": "nimbus"}}})",
        R"({"hosts": {}})", R"({"hosts": {"a": {}}, "workloads": {"w": {"at": "b"}}})",
        R"({"duration": "3 stones", "hosts": {"a": {}}})"}) {
    const std::string file = program.Write("bad.json", text);
    const Ran ran = program({"check", file});
    EXPECT_EQ(ran.exit_code, kBadInput) << text;
    EXPECT_EQ(ran.err, "") << text;
    EXPECT_THAT(ran.out, StartsWith(file + ":1:")) << text;
    EXPECT_THAT(ran.out, HasSubstr("error MIR-INP-001")) << text;
    EXPECT_EQ(program({"run", file, "--out-dir", program.InFolder("out")}).exit_code, kBadInput);
  }
}

// 300 Mbps in and 300 Mbps out, both copied, and 600 Mbps of copies: of 1 Gbps.
constexpr const char* kOverloaded = R"({
  "hosts": {"web": {"limits": {"bandwidth": "1 Gbps", "model": "combined"}},
            "ids": {"limits": {"bandwidth": "10 Gbps"}}},
  "workloads": {"www": {"at": "web", "in": "300 Mbps", "out": "300 Mbps", "sizes": "1500 B"}},
  "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]
})";

TEST(CheckCommandTest, ReckonsWhatAMirrorCosts) {
  const Program program;
  const std::string file = program.Write("over.json", kOverloaded);
  const Ran ran = program({"check", file});
  EXPECT_EQ(ran.exit_code, kFindings);
  // 600 Mbps, and copies that the MTU cuts to 1,514 bytes: 600 * 1514 / 1500 = 605.6.
  EXPECT_THAT(ran.out, HasSubstr("error MIR-CAP-003: web is asked for\n    1.206 Gbps of 1 Gbps"));
  EXPECT_EQ(program({"check", file, "--set", "/hosts/web/limits/bandwidth=2 Gbps"}).exit_code,
            kFine);
}

TEST(CheckCommandTest, FailsFromTheSeverityThatIsAsked) {
  const Program program;
  const std::string file = program.Write("near.json", kOverloaded);
  const std::string set = "/hosts/web/limits/bandwidth=1.4 Gbps";
  EXPECT_EQ(program({"check", file, "--set", set}).exit_code, kFine);
  EXPECT_EQ(program({"check", file, "--set", set, "--fail-on", "warning"}).exit_code, kFindings);
}

TEST(CheckCommandTest, ABaselineHidesWhatIsKnown) {
  const Program program;
  const std::string file = program.Write("over.json", kOverloaded);
  const std::string known =
      program.Write("known.json", program({"check", file, "--format", "json"}).out);
  const Ran ran = program({"check", file, "--baseline", known});
  EXPECT_EQ(ran.exit_code, kFine);
  EXPECT_THAT(ran.out, HasSubstr("already known"));
  EXPECT_EQ(program({"check", file, "--baseline", file}).exit_code, kBadInput);
}

TEST(CheckCommandTest, PrintsTheWaysOfCopies) {
  const Program program;
  const std::string file = program.Write("ways.json", kOverloaded);
  EXPECT_THAT(program({"check", file}).out, Not(HasSubstr("Ways of mirror")));
  const std::string text = program({"check", file, "--paths"}).out;
  EXPECT_THAT(text, HasSubstr("Ways of mirror mirror-1, 1 source\n  web/eni0 -> ids/eni0: open"));
  EXPECT_THAT(text, HasSubstr("Most that can ever arrive: 1 Gbps, for sources web 1 Gbps\n"));
  EXPECT_THAT(program({"check", file, "--paths", "--format", "json"}).out,
              HasSubstr("\"failure_groups\""));
}

TEST(CheckCommandTest, SaysWhatItsExitStatusMeans) {
  EXPECT_THAT(Program()({"check", "--help"}).out,
              HasSubstr("Exit code: 0 nothing at or above --fail-on, 1 findings"));
}

TEST(ExplainFindingTest, ThePageOfFindingsIsWhatItPrints) {
  std::ifstream page(std::string(VPCMIRROR_SOURCE_DIR) + "/docs/findings.md");
  const std::string written{std::istreambuf_iterator<char>(page), std::istreambuf_iterator<char>()};
  EXPECT_EQ(Program()({"explain", "--findings"}).out, written)
      << "vpcmirror explain --findings > docs/findings.md";
}

TEST(ExplainFindingTest, TellsOfARule) {
  const Ran ran = Program()({"explain", "MIR-MTU-001"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Copies are longer than the MTU"));
  const Ran unknown = Program()({"explain", "MIR-MTU-009"});
  EXPECT_EQ(unknown.exit_code, kBadInput);
  EXPECT_THAT(unknown.err, HasSubstr("there is no finding MIR-MTU-009"));
}

TEST(CheckCommandTest, RefusesAFileThatCannotBeRead) {
  const Program program;
  const std::string missing = program.InFolder("none.json");
  EXPECT_EQ(program({"check", missing}).exit_code, kBadInput);
  EXPECT_THAT(program({"check", missing}).err, StartsWith(missing + ": there is no such file\n"));
  const Ran unreadable = program({"check", "/proc/self/mem"});
  EXPECT_EQ(unreadable.exit_code, kBadInput);
  EXPECT_THAT(unreadable.err, StartsWith("/proc/self/mem: the file cannot be read: "));
  const Ran unnamed = program({"check", ""});
  EXPECT_EQ(unnamed.exit_code, kBadInput);
  EXPECT_THAT(unnamed.err, HasSubstr("no file was named"));
}

}  // namespace
}  // namespace vpcmirror::sim
