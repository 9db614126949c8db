// Every sample scenario that the engine runs: accounts add up, and the same comes out twice.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/report/result_json.h"
#include "tests/unit/fluid/fluid.h"

namespace vpcmirror::sim {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> SampleNames() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fs::path(VPCMIRROR_SOURCE_DIR) / "scenarios")) {
    const std::string file = entry.path().filename().string();
    if (file.ends_with(".json") && !file.ends_with(".expect.json")) {
      names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class FluidSampleTest : public testing::TestWithParam<std::string> {};

// Frames are rounded one account at a time, so that sums of many may differ by as many halves.
constexpr double kRounding = 100;

// Empty where the engine has no answer.
std::optional<ValidScenario> SampleOf(const std::string& name) {
  const fs::path file = fs::path(VPCMIRROR_SOURCE_DIR) / "scenarios" / (name + ".json");
  ValidScenario scenario = LoadScenario(file.string(), Shipped(), {.open_captures = false});
  const bool replays = std::any_of(scenario.workloads.begin(), scenario.workloads.end(),
                                   [](const auto& each) { return !each.replays.empty(); });
  return replays ? std::nullopt : std::optional(std::move(scenario));
}

TEST_P(FluidSampleTest, AddsUp) {
  const std::optional<ValidScenario> scenario = SampleOf(GetParam());
  if (!scenario) GTEST_SKIP() << "replays a capture";
  const RunResult result = Fluid(*scenario);
  ASSERT_TRUE(result.complete);
  Bytes wire;
  for (const MirrorResult& mirror : result.mirrors) {
    EXPECT_TRUE(mirror.ledger.AddsUp()) << mirror.id;
    wire += mirror.ledger.wire_bytes;
  }
  // What mirrors put on the wire left their sources, and no other copy did.
  Bytes copies_out;
  for (const EniResult& eni : result.enis) {
    copies_out += eni.mirror_out.bytes;
    EXPECT_GE(eni.out.bytes, eni.mirror_out.bytes) << eni.id;
  }
  EXPECT_NEAR(static_cast<double>(wire.count()), static_cast<double>(copies_out.count()),
              1514 * kRounding);
  for (const ReceiverResult& receiver : result.receivers) {
    EXPECT_NEAR(static_cast<double>(receiver.in.frames),
                static_cast<double>(receiver.digested.frames + receiver.queued_at_end +
                                    TotalFrames(receiver.dropped)),
                kRounding)
        << receiver.id;
  }
}

TEST_P(FluidSampleTest, GivesTheSameBytesTwice) {
  const std::optional<ValidScenario> scenario = SampleOf(GetParam());
  if (!scenario) GTEST_SKIP() << "replays a capture";
  EXPECT_EQ(ResultJson(Fluid(*scenario)), ResultJson(Fluid(*scenario)));
}

INSTANTIATE_TEST_SUITE_P(Scenarios, FluidSampleTest, testing::ValuesIn(SampleNames()),
                         [](const auto& param) {
                           std::string name = param.param;
                           std::replace_if(
                               name.begin(), name.end(),
                               [](char c) { return c == '-' || c == '.'; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace vpcmirror::sim
