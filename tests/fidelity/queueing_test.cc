// M/M/1, M/D/1, M/M/1/K and M/D/1/K, as textbooks have them (data/queueing.tsv).
//
// A workload of a scenario sends into the egress of its CVM, on the network that the
// packet engine builds, and an ns-3 trace counts what is lost and when frames leave.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/fidelity/support/queue_probe.h"
#include "tests/fidelity/support/simulate.h"
#include "tests/fidelity/support/table.h"
#include "tests/fidelity/support/tsv.h"

namespace vpcmirror::fidelity {
namespace {

constexpr int kReplications = 30;
constexpr std::int64_t kFrames = 200'000;
// A loss under one in 200 comes in few bunches: so many frames, lest it be blurred.
constexpr std::int64_t kFramesOfRareLoss = 800'000;
constexpr double kRareLoss = 0.005;
// At load 0.95 what an M/M/1 queue was like is forgotten at a rate of (1 - sqrt 0.95)^2
// of its services, 1 in 1,560: e^-12 of an empty start is left after these.
constexpr std::int64_t kWarmUp = 20'000;
constexpr double kAllowedErrors = 4;
constexpr std::int64_t kLinkBps = 1'000'000'000;

struct Service {
  const char* sizes;  // of a scenario
  std::int64_t mean_bytes;

  double mean_ps() const {
    return static_cast<double>(mean_bytes) * 8 / static_cast<double>(kLinkBps) * 1e12;
  }
};
constexpr Service kExponential{R"({"geometric": "5000 B"})", 5000};
constexpr Service kDeterministic{R"("1500 B")", 1500};

struct Station {
  Service service;
  double load = 0;
  std::int64_t room = 0;  // the frame in service included, as K counts
};

ValidScenario QueueOf(const Station& station, std::int64_t frames) {
  const auto& [service, load, room] = station;
  const double seconds = static_cast<double>(frames + kWarmUp) * service.mean_ps() / 1e12 / load;
  constexpr double kSpare = 1.1;  // Poisson counts of 220,000 stray by 0.2 %
  return Load(fmt::format(
      R"({{"duration": "{:.0f} us",
          "hosts": {{"source": {{"limits": {{"bandwidth": "{} bps", "model": "per_direction"}},
                               "mtu": "65535 B", "queue": "{} frames"}}}},
          "workloads": {{"poisson": {{"at": "source", "out": "{:.0f} bps", "sizes": {},
                                     "arrivals": "poisson", "flows": 1}}}},
          "assumptions": {{"congestion": "fifo"}}}})",
      seconds * kSpare * 1e6, kLinkBps, room, load * static_cast<double>(kLinkBps), service.sizes));
}

// The standard error that the comparison must not be blurred by, in percent.
double AllowedBlur(double load) { return load <= 0.9 ? 1 : 3; }

void Compare(Table& table, const std::string& what, const std::vector<double>& values, double truth,
             double load) {
  const Estimate estimate = EstimateOf(values);
  const double blur = 100 * estimate.standard_error / estimate.mean;
  table.Add(
      what, estimate.mean, truth, (estimate.mean - truth) / estimate.standard_error, kAllowedErrors,
      fmt::format("{:+.2f} %, standard error {:.2f} %", 100 * (estimate.mean / truth - 1), blur));
  EXPECT_LE(blur, AllowedBlur(load)) << what;
}

void CompareWaits(const std::string& model, const std::string& name, const Service& service) {
  constexpr std::int64_t kRoom = 1'000'000;  // never full below load 1
  Table table({name, "mean wait in the queue of " + model, "service times", "standard errors"});
  for (const TsvRow& row : ReadTsv("queueing.tsv")) {
    if (row.Text("model") != model || row.Text("quantity") != "mean wait in queue") continue;
    const double load = ParseWords(row.Text("parameters")).Number("rho");
    const ValidScenario scenario = QueueOf({service, load, kRoom}, kFrames);
    std::vector<double> waits;
    for (int i = 1; i <= kReplications; ++i) {
      const QueueSample sample =
          WatchQueue(scenario, i, {.skipped = kWarmUp, .frames = kFrames, .waits = true});
      waits.push_back(static_cast<double>(sample.waited.count()) /
                      static_cast<double>(sample.waited_of) / service.mean_ps());
    }
    Compare(table, row.Text("parameters"), waits, row.Number("value"), load);
  }
}

void CompareLosses(const std::string& model, const std::string& name, const Service& service,
                   std::int64_t room) {
  constexpr double kRarest = 1e-3;  // of which 200,000 frames lose 200
  Table table({name, fmt::format("loss of {} with K = {}", model, room), "percent of frames",
               "standard errors"});
  for (const TsvRow& row : ReadTsv("queueing.tsv")) {
    if (row.Text("model") != model) continue;
    const TsvRow words = ParseWords(row.Text("parameters"));
    if (words.Integer("K") != room) continue;
    const double load = words.Number("rho");
    if (row.Number("value") < kRarest) {
      table.AddRemark(row.Text("parameters"),
                      "not simulated: a loss of " + row.Text("value") + ", under 10^-3");
      continue;
    }
    const std::int64_t frames = row.Number("value") < kRareLoss ? kFramesOfRareLoss : kFrames;
    const ValidScenario scenario = QueueOf({service, load, room}, frames);
    std::vector<double> losses;
    for (int i = 1; i <= kReplications; ++i) {
      const QueueSample sample = WatchQueue(scenario, i, {.skipped = kWarmUp, .frames = frames});
      losses.push_back(100 * static_cast<double>(sample.lost) /
                       static_cast<double>(sample.offered));
    }
    Compare(table, row.Text("parameters"), losses, 100 * row.Number("value"), load);
  }
}

TEST(QueueingTest, WaitsOfExponentialService) { CompareWaits("M/M/1", "mm1-waits", kExponential); }
TEST(QueueingTest, WaitsOfConstantService) { CompareWaits("M/D/1", "md1-waits", kDeterministic); }

TEST(QueueingTest, LossOfExponentialServiceInFive) {
  CompareLosses("M/M/1/K", "mm1k5-loss", kExponential, 5);
}
TEST(QueueingTest, LossOfExponentialServiceInTen) {
  CompareLosses("M/M/1/K", "mm1k10-loss", kExponential, 10);
}
TEST(QueueingTest, LossOfExponentialServiceInFifty) {
  CompareLosses("M/M/1/K", "mm1k50-loss", kExponential, 50);
}
TEST(QueueingTest, LossOfConstantServiceInFive) {
  CompareLosses("M/D/1/K", "md1k5-loss", kDeterministic, 5);
}
TEST(QueueingTest, LossOfConstantServiceInTen) {
  CompareLosses("M/D/1/K", "md1k10-loss", kDeterministic, 10);
}
TEST(QueueingTest, LossOfConstantServiceInFifty) {
  CompareLosses("M/D/1/K", "md1k50-loss", kDeterministic, 50);
}

}  // namespace
}  // namespace vpcmirror::fidelity
