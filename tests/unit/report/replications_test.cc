#include "analysis/report/replications.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace vpcmirror {
namespace {

std::vector<std::string> PathsOf(const Replications& replications) {
  std::vector<std::string> paths;
  for (const ReplicatedFigure& figure : replications.figures) paths.push_back(figure.path);
  return paths;
}

TEST(ReplicationsTest, TellsOfWhatDiffers) {
  const std::vector<std::string> results = {
      R"({"seed": 1, "mirror_loss": 0.1, "events": 5, "verdict": "FITS",
          "hosts": [{"id": "web[0]", "used_bps": 10, "cpu": {"cores": 1.5}}, {"id": "db"}],
          "series": {"bins": 1}})",
      R"({"seed": 2, "mirror_loss": 0.3, "events": 5, "verdict": "AT RISK",
          "hosts": [{"id": "web[0]", "used_bps": 30, "cpu": {"cores": 1.5}}, {"id": "db"}],
          "series": {"bins": 2}})"};
  const Replications replications = Replicate(results, 0.95);
  EXPECT_EQ(replications.runs, 2);
  EXPECT_EQ(PathsOf(replications),
            (std::vector<std::string>{"mirror_loss", "hosts[web[0]].used_bps"}));
  const ReplicatedFigure& used = replications.figures.at(1);
  EXPECT_DOUBLE_EQ(used.mean, 20);
  EXPECT_DOUBLE_EQ(used.smallest, 10);
  EXPECT_DOUBLE_EQ(used.largest, 30);
  // Standard error 10, t of one degree of freedom 12.706 (NIST).
  EXPECT_NEAR(used.half_width.value(), 127.06, 0.01);
}

// The margin of a run that nothing limits is null, and a mean of the others alone would
// be of a choice of runs.
TEST(ReplicationsTest, LeavesOutWhatSomeRunsDoNotHave) {
  const std::vector<std::string> results = {R"({"margin": 0.1, "events": 1})",
                                            R"({"margin": null, "events": 2})",
                                            R"({"margin": 0.3, "events": 3})"};
  EXPECT_EQ(PathsOf(Replicate(results, 0.95)), std::vector<std::string>{"events"});
}

TEST(ReplicationsTest, OfOneRunNothingDiffers) {
  const std::vector<std::string> results = {R"({"margin": 0.1})"};
  EXPECT_EQ(Replicate(results, 0.95).runs, 1);
  EXPECT_TRUE(Replicate(results, 0.95).figures.empty());
}

}  // namespace
}  // namespace vpcmirror
