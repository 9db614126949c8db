// Cobham's mean waits of two classes of which one goes first (data/queueing.tsv).
//
// models/capacity alone: limits of a scenario hold for both directions, and copies
// that come at random, independently of production, are those of inbound frames.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <ns3/random-variable-stream.h>
#include <ns3/rng-seed-manager.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <variant>
#include <vector>

#include "models/capacity/egress.h"
#include "models/ns3/frame_source.h"
#include "models/units/rates.h"
#include "tests/fidelity/support/queue_probe.h"
#include "tests/fidelity/support/simulate.h"
#include "tests/fidelity/support/table.h"
#include "tests/fidelity/support/tsv.h"

namespace vpcmirror::fidelity {
namespace {

constexpr int kReplications = 30;
constexpr double kFrames = 200'000;       // of the class that has fewer
constexpr std::int64_t kWarmUp = 40'000;  // of both together
constexpr double kAllowedErrors = 4;
constexpr BitsPerSecond kLink{1'000'000'000};
constexpr std::array<std::int64_t, 2> kMeanBytes = {1400, 1450};  // production, copies

struct Case {
  std::array<double, 2> load{};  // by class
  bool is_exponential = false;

  double RateOf(std::size_t traffic) const {  // frames a second
    return load[traffic] * static_cast<double>(kLink.count()) / 8 /
           static_cast<double>(kMeanBytes[traffic]);
  }
};

// One replication: Poisson arrivals of both classes, offered to an egress.
class PriorityRun {
 public:
  PriorityRun(const Case& which, int replication) : case_(which), egress_(Settings(), kSeed) {
    ns3::RngSeedManager::SetSeed(1 + kSeed);
    ns3::RngSeedManager::SetRun(static_cast<std::uint64_t>(replication));
    random_ = ns3::CreateObject<ns3::UniformRandomVariable>();
    random_->SetStream(1);
  }

  // Mean wait in microseconds, by class.
  std::array<double, 2> Run() {
    const double rate = case_.RateOf(0) + case_.RateOf(1);
    const double scarcer = std::min(case_.RateOf(0), case_.RateOf(1));
    const std::int64_t frames = kWarmUp + std::llround(kFrames * rate / scarcer);
    double now_ps = 0;
    for (std::int64_t i = 0; i < frames; ++i) {
      now_ps += -std::log(1 - random_->GetValue(0, 1)) / rate * 1e12;
      AdvanceTo(RoundedTime(now_ps));
      OfferOne(RoundedTime(now_ps), i);
    }
    while (const auto wake = egress_.NextWake()) AdvanceTo(*wake);
    return {waited_us_[0] / static_cast<double>(counted_[0]),
            waited_us_[1] / static_cast<double>(counted_[1])};
  }

 private:
  static EgressSettings Settings() {
    return {.rates = {.bandwidth = kLink},
            .room = {.frames = 10'000'000},  // never full
            .congestion = Congestion::kProductionFirst};
  }

  void AdvanceTo(Picoseconds now) {
    for (auto wake = egress_.NextWake(); wake && *wake <= now; wake = egress_.NextWake()) {
      egress_.Advance(*wake);
      TakeSettled();
    }
  }

  void OfferOne(Picoseconds now, std::int64_t number) {
    const double production = case_.RateOf(0) / (case_.RateOf(0) + case_.RateOf(1));
    const std::size_t traffic = random_->GetValue(0, 1) < production ? 0 : 1;
    const Bytes frame = case_.is_exponential ? sizes_[traffic].At(random_->GetValue(0, 1))
                                             : Bytes(kMeanBytes[traffic]);
    came_.push_back(now);
    const Offered offered{.frame = frame,
                          .traffic = static_cast<TrafficClass>(traffic),
                          .tag = static_cast<std::uint64_t>(number)};
    const EgressAnswer answer = egress_.Offer(now, offered);
    if (const auto* departs = std::get_if<Departs>(&answer)) Count(offered, departs->time);
    TakeSettled();
  }

  void TakeSettled() {
    egress_.TakeSettled(
        [this](const Settled& each) { Count(each.offered, std::get<Departs>(each.outcome).time); });
  }

  void Count(const Offered& offered, Picoseconds departs) {
    if (offered.tag < kWarmUp) return;
    const Picoseconds waited =
        departs - came_[offered.tag] - SerialisationDelay(offered.frame, kLink);
    const auto traffic = static_cast<std::size_t>(offered.traffic);
    waited_us_[traffic] += static_cast<double>(waited.count()) / 1e6;
    ++counted_[traffic];
  }

  Case case_;
  Egress egress_;
  ns3::Ptr<ns3::UniformRandomVariable> random_;
  std::array<GeometricSizes, 2> sizes_ = {
      GeometricSizes(static_cast<double>(kMeanBytes[0]), kShortestFrame, Bytes(65'549)),
      GeometricSizes(static_cast<double>(kMeanBytes[1]), kShortestFrame, Bytes(65'549))};
  std::vector<Picoseconds> came_;  // by tag
  std::array<double, 2> waited_us_{};
  std::array<std::int64_t, 2> counted_{};
};

// By class.
std::array<std::vector<double>, 2> Replicate(const Case& which) {
  std::array<std::vector<double>, 2> waits;
  for (int i = 1; i <= kReplications; ++i) {
    const std::array<double, 2> means = PriorityRun(which, i).Run();
    for (std::size_t traffic = 0; traffic < 2; ++traffic) waits[traffic].push_back(means[traffic]);
  }
  return waits;
}

void CompareWaits(const std::string& service, const std::string& name) {
  Table table({name, "mean waits, production first, service " + service, "us", "standard errors"});
  std::string simulated;
  std::array<std::vector<double>, 2> waits;
  for (const TsvRow& row : ReadTsv("queueing.tsv")) {
    if (row.Text("model") != "M/G/1 priority") continue;
    const TsvRow words = ParseWords(row.Text("parameters"));
    if (words.Text("service") != service) continue;
    const Case which{.load = {words.Number("rho_production"), words.Number("rho_copies")},
                     .is_exponential = service == "exponential"};
    if (simulated != row.Text("parameters")) waits = Replicate(which);
    simulated = row.Text("parameters");
    const bool of_copies = row.Text("quantity") == "mean wait of copies";
    const Estimate estimate = EstimateOf(waits[of_copies ? 1 : 0]);
    const double blur = 100 * estimate.standard_error / estimate.mean;
    const double load = which.load[0] + which.load[1];
    table.Add(fmt::format("{} + {}: {}", which.load[0], which.load[1],
                          of_copies ? "copies" : "production"),
              estimate.mean, row.Number("value"),
              (estimate.mean - row.Number("value")) / estimate.standard_error, kAllowedErrors,
              fmt::format("{:+.2f} %, standard error {:.2f} %",
                          100 * (estimate.mean / row.Number("value") - 1), blur));
    EXPECT_LE(blur, load < 0.905 ? 1 : 3) << row.Text("parameters");
  }
}

TEST(PriorityTest, WaitsOfConstantService) { CompareWaits("deterministic", "priority-constant"); }
TEST(PriorityTest, WaitsOfExponentialService) {
  CompareWaits("exponential", "priority-exponential");
}

}  // namespace
}  // namespace vpcmirror::fidelity
