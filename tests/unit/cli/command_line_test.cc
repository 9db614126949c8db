#include "sim/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  for (const char* command : {"\n  new ", "\n  check ", "\n  run "}) {
    EXPECT_THAT(ran.out, HasSubstr(command));
  }
  for (const char* command : {"plan", "sweep", "live", "diff"}) {
    EXPECT_THAT(ran.out, Not(HasSubstr(std::string("\n  ") + command)));
  }
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
  EXPECT_EQ(Program()({"chekc", "x.json"}).err,
            "vpcmirror: there is no command \"chekc\"\n  accepted: \"check\" (nearest), or "
            "\"new\", \"run\", \"explain\", \"profiles\"\n");
}

TEST(CommandLineTest, ColoursATerminalUnlessToldNotTo) {
  EXPECT_TRUE(WantsColor(true, nullptr));
  EXPECT_TRUE(WantsColor(true, ""));
  EXPECT_FALSE(WantsColor(true, "1"));
  EXPECT_FALSE(WantsColor(true, "0"));
  EXPECT_FALSE(WantsColor(false, nullptr));
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
  const Ran ran = program({"check", file});
  EXPECT_EQ(ran.exit_code, kFine);
  EXPECT_EQ(ran.out, file + ": nothing found (3 hosts, 3 ENIs, 1 mirror)\n");
}

TEST(CheckCommandTest, RefusesAScenarioThatCannotBeUsedAsRunDoes) {
  const Program program;
  for (const char* text :
       {"", "{\"hosts\": ", "hosts: web", R"({"hosts": {"web": {"type": "nimbus"}}})",
        R"({"hosts": {}})", R"({"hosts": {"a": {}}, "workloads": {"w": {"at": "b"}}})",
        R"({"duration": "3 stones", "hosts": {"a": {}}})"}) {
    const std::string file = program.Write("bad.json", text);
    const Ran ran = program({"check", file});
    EXPECT_EQ(ran.exit_code, kBadInput) << text;
    EXPECT_THAT(ran.err, StartsWith(file + ":1:")) << text;
    EXPECT_EQ(ran.out, "") << text;
    EXPECT_EQ(ran.err, program({"run", file, "--out-dir", program.InFolder("out")}).err) << text;
  }
}

TEST(CheckCommandTest, SaysWhatItsExitStatusMeans) {
  EXPECT_THAT(Program()({"check", "--help"}).out,
              HasSubstr("Exit code: 0 nothing found, 2 the scenario cannot be used"));
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
