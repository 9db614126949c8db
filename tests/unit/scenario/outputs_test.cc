#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scenario/scenario_samples.h"

namespace vpcmirror {
namespace {

using namespace testing_samples;  // NOLINT: the world of these tests
using testing::ElementsAre;

std::vector<std::string> FilesOf(const std::vector<PcapOutputSpec>& pcaps) {
  Scenario scenario = Smallest();
  scenario.pcaps = pcaps;
  std::vector<std::string> files;
  for (const PcapOutput& pcap : Validate(scenario, SmallLibrary()).pcaps) {
    files.push_back(pcap.file);
  }
  return files;
}

TEST(PcapOutputTest, OneEniKeepsTheName) {
  EXPECT_THAT(FilesOf({{"/p", "ids", "ids.pcap"}}), ElementsAre("ids.pcap"));
}

TEST(PcapOutputTest, SeveralEnisGetFilesOfTheirOwn) {
  EXPECT_THAT(FilesOf({{"/p", "web", "seen/web.pcap"}}),
              ElementsAre("seen/web-web-0-eni0.pcap", "seen/web-web-1-eni0.pcap"));
  EXPECT_THAT(FilesOf({{"/p", "web", "a.b/web"}}),
              ElementsAre("a.b/web-web-0-eni0", "a.b/web-web-1-eni0"));
}

TEST(PcapOutputTest, RefusesTwoCapturesInOneFile) {
  Scenario scenario = Smallest();
  scenario.pcaps = {{"/p/0", "ids", "x.pcap"}, {"/p/1", "web[0]", "x.pcap"}};
  EXPECT_THAT(ErrorsOf(scenario),
              ElementsAre("/p/1: two captures would be written to \"x.pcap\" | a file of its own"));
}

TEST(PcapOutputTest, RefusesFilesOutsideTheResultsFolder) {
  for (const char* file : {"/etc/x.pcap", "../x.pcap", "a/../../x.pcap", ""}) {
    Scenario scenario = Smallest();
    scenario.pcaps = {{"/p", "ids", file}};
    EXPECT_THAT(ErrorsOf(scenario),
                ElementsAre("/p: the file name \"" + std::string(file) +
                            "\" | a name inside the result's folder, such as \"ids.pcap\""));
  }
}

}  // namespace
}  // namespace vpcmirror
