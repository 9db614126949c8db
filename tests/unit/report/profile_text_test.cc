#include "analysis/report/profile_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "analysis/report/result_json.h"
#include "analysis/report/result_text.h"
#include "tests/unit/report/sample_result.h"

namespace vpcmirror {
namespace {

using testing::HasSubstr;
using testing::Not;

ProviderProfile Sample() {
  ProviderProfile profile;
  profile.name = "nimbus";
  profile.title = "Nimbus";
  profile.as_of = "2026-01-02";
  profile.filter.accept = "take";
  profile.filter.reject = "leave";
  profile.filter.priority = {1, 99};
  profile.packet_length = {.by_default = Bytes(96), .least = Bytes(1), .most = Bytes(1460)};
  profile.target_kinds = {"eni"};
  profile.assumptions = {
      {.name = "mtu_policy", .value = "truncate", .text = "It is cut.", .source = "a guess"}};
  return profile;
}

TEST(ProfileTextTest, PutsSettingsIntoWords) {
  const std::string text = ProfileText(Sample(), {});
  for (const char* line :
       {"Nimbus (nimbus), as of 2026-01-02\n",
        "\n  decides               first rule that matches\n",
        "\n  actions               take and leave\n",
        "\n  packet length         96 bytes unless a session asks for 1 to 1460 bytes\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(ProfileTextTest, MarksWhatIsAssumed) {
  const std::string text = ProfileText(Sample(), {});
  EXPECT_THAT(text, HasSubstr("\n* over the MTU          its end is cut off\n"));
  EXPECT_THAT(text, HasSubstr("\n  whose MTU             the smaller of"));
  EXPECT_THAT(text, HasSubstr("\n  mtu_policy=truncate: It is cut. (a guess)\n"));
}

TEST(ProfileTextTest, LetsNoNameSteerTheTerminal) {
  ProviderProfile profile = Sample();
  profile.title = "Nim\x1b[2Jbus";
  EXPECT_THAT(ProfileText(profile, {}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(ProfileListText({{"nimbus", profile}}, {}), Not(HasSubstr("\x1b")));
}

TEST(ProfileTextTest, SaysThatAProfileIsExperimental) {
  ProviderProfile profile = Sample();
  EXPECT_EQ(ProfileListText({{"nimbus", profile}}, {}).find("xperimental"), std::string::npos);
  profile.experimental = true;
  EXPECT_THAT(ProfileText(profile, {}), HasSubstr("Experimental: little of how Nimbus mirrors"));
  EXPECT_THAT(ProfileListText({{"nimbus", profile}}, {}), HasSubstr("experimental"));
  EXPECT_THAT(ProfileListJson({{"nimbus", profile}}), HasSubstr("\"experimental\": true"));
}

TEST(NotesTest, AreInTextAndJson) {
  RunResult result = testing_report::OneInThreeOut();
  result.notes = {"Experimental: mind the gap."};
  EXPECT_THAT(ResultText(result, {}), HasSubstr("\nExperimental: mind the gap.\n"));
  const auto document = nlohmann::json::parse(ResultJson(result));
  EXPECT_EQ(document["notes"], nlohmann::json::array({"Experimental: mind the gap."}));
}

}  // namespace
}  // namespace vpcmirror
