// vpcmirror profiles, over the profiles that ship.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "analysis/report/profile_json.h"
#include "sim/cli/exit_code.h"
#include "sim/input/library.h"
#include "sim/input/profile_reader.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kData = std::string(VPCMIRROR_SOURCE_DIR) + "/scenarios";

Ran Profiles(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "profiles");
  arguments.insert(arguments.end(), {"--data", kData});
  return Program()(arguments);
}

// The line of `text` that begins with `word`.
std::string LineOf(const std::string& text, const std::string& word) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(word, 0) == 0) return line;
  }
  return "";
}

TEST(ProfilesCommandTest, ListsEveryCloud) {
  const Ran ran = Profiles({"list"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(LineOf(ran.out, "tencent"),
              AllOf(HasSubstr("Tencent Cloud"), HasSubstr("2026-11-23"),
                    HasSubstr("all conditions must hold"), HasSubstr("vxlan")));
  EXPECT_THAT(LineOf(ran.out, "aws"),
              AllOf(HasSubstr("first rule that matches"), Not(HasSubstr("(1)"))));
  for (const char* cloud : {"azure", "baidu", "volcengine"}) {
    EXPECT_THAT(LineOf(ran.out, cloud), HasSubstr("(1)"));
  }
  EXPECT_THAT(LineOf(ran.out, "(1)"), HasSubstr("experimental"));
}

TEST(ProfilesCommandTest, ShowsACloudWithItsSourcesAndAssumptions) {
  const Ran ran = Profiles({"show", "aws"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  for (const char* part :
       {"Amazon Web Services (aws), as of 2026-11-23", "54 bytes over IPv4, 74 over IPv6",
        "amazon-dns", "* a rule's reject", "  reject_stops_later_sessions=true",
        "traffic-mirroring-quotas.html", "copies are dropped before production"}) {
    EXPECT_THAT(ran.out, HasSubstr(part));
  }
}

TEST(ProfilesCommandTest, SaysThatACloudIsExperimental) {
  for (const char* format : {"text", "json"}) {
    EXPECT_THAT(Profiles({"list", "--format", format}).out, HasSubstr("xperimental"));
    EXPECT_THAT(Profiles({"show", "azure", "--format", format}).out, HasSubstr("xperimental"));
  }
  EXPECT_THAT(Profiles({"show", "aws"}).out, Not(HasSubstr("xperimental")));
}

TEST(ProfilesCommandTest, FitsATerminal) {
  for (const auto& [name, profile] : LoadLibrary(kData).providers) {
    std::istringstream lines(Profiles({"show", name}).out);
    for (std::string line; std::getline(lines, line);) {
      const bool is_one_word = line.find(' ', line.find_first_not_of(' ')) == std::string::npos;
      EXPECT_TRUE(line.size() <= 80 || is_one_word) << name << ": " << line;
    }
  }
}

// What JSON leaves out, text and files of a user's own would lack too.
TEST(ProfilesCommandTest, PrintsJsonThatReadsAsTheSameProfile) {
  const auto schema = Schema::Load(kData + "/schema/profile.schema.json");
  for (const auto& [name, profile] : LoadLibrary(kData).providers) {
    const Ran ran = Profiles({"show", name, "--format", "json"});
    EXPECT_EQ(ran.exit_code, kFine) << ran.err;
    EXPECT_EQ(ProfileJson(ReadProfile(ran.out, name, *schema)), ran.out);
  }
}

TEST(ProfilesCommandTest, NamesTheNearestProfile) {
  const Ran ran = Profiles({"show", "tencant"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("there is no profile \"tencant\""),
                             HasSubstr("\"tencent\" (nearest)")));
  EXPECT_EQ(ran.out, "");
}

TEST(ProfilesCommandTest, RefusesOtherFormats) {
  EXPECT_EQ(Profiles({"list", "--format", "xml"}).exit_code, kBadInput);
  EXPECT_EQ(Program()({"profiles"}).exit_code, kBadInput);
  EXPECT_EQ(Program()({"profiles", "show"}).exit_code, kBadInput);
}

}  // namespace
}  // namespace vpcmirror::sim
