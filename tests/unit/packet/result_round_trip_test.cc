#include <gtest/gtest.h>

#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/report/assertions.h"
#include "analysis/report/result_json.h"
#include "analysis/report/result_reader.h"
#include "analysis/report/verdict.h"
#include "models/scenario/valid_scenario.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"
#include "tests/unit/packet/simulate.h"

namespace vpcmirror::sim {
namespace {

struct Sample {
  const char* name;
  const char* duration;  // long enough for what it is about, empty: its own
};

void PrintTo(const Sample& sample, std::ostream* os) { *os << sample.name; }

class SampleRoundTripTest : public testing::TestWithParam<Sample> {};

// With a series: what the engine makes, and not what a test thinks of.
TEST_P(SampleRoundTripTest, ResultIsWrittenAlikeOnceRead) {
  const auto& [name, duration] = GetParam();
  ReadOptions read;
  read.data_folder = FindDataFolder();
  if (*duration != '\0') read.sets.push_back(ParseOverride(std::string("/duration=") + duration));
  const std::string file = std::string(VPCMIRROR_SOURCE_DIR "/scenarios/") + name + ".json";
  ValidScenario scenario = LoadScenario(file, LoadLibrary(read.data_folder), read);
  SetSeriesBin(scenario, kMillisecond * 5);
  RunResult result = Simulate(scenario);
  Judge(scenario, kDefaultMarginGoal, result);
  CheckAssertions(scenario, result);
  const std::string written = ResultJson(result);
  std::istringstream text(written);
  EXPECT_EQ(ResultJson(ReadResult(text, name)), written);
  EXPECT_GT(result.events, 0);
}

const Sample kSamples[] = {{"quickstart", "20 ms"}, {"behind-a-load-balancer", "20 ms"},
                           {"autoscale", ""},       {"tcp-crowded-out", "20 ms"},
                           {"receiver-fails", ""},  {"design-estate", "5 ms"}};

INSTANTIATE_TEST_SUITE_P(Samples, SampleRoundTripTest, testing::ValuesIn(kSamples),
                         [](const auto& param) {
                           std::string name = param.param.name;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace vpcmirror::sim
