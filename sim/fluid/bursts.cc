#include "sim/fluid/bursts.h"

#include <algorithm>
#include <cmath>

namespace vpcmirror::sim {
namespace {

constexpr double kBinomialSources = 64;  // that are reckoned one by one
constexpr int kNormalLevels = 33;
constexpr double kNormalReach = 4;  // standard deviations

// P(K = k) of Binomial(n, p), from k = 0 on.
std::vector<double> BinomialOf(int n, double p) {
  std::vector<double> chances(static_cast<std::size_t>(n) + 1);
  for (int k = 0; k <= n; ++k) {
    const double ways = std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
    const double log_silent = k < n ? (n - k) * std::log1p(-p) : 0;
    chances[static_cast<std::size_t>(k)] = std::exp(ways + k * std::log(p) + log_silent);
  }
  return chances;
}

void ScaleToMeanOne(std::vector<LoadLevel>& levels) {
  double shares = 0;
  double mean = 0;
  for (const LoadLevel& level : levels) {
    shares += level.share;
    mean += level.share * level.factor;
  }
  for (LoadLevel& level : levels) {
    level.factor *= shares / mean;
    level.share /= shares;
  }
}

}  // namespace

void BurstyLoad::Add(const OnOffSource& source) {
  mean_ += source.mean;
  squares_ += source.mean * source.mean;
  variance_ += source.mean * source.mean * (1 - source.on_share) / source.on_share;
  burst_seconds_ += source.mean * source.burst_seconds;
  burst_variation_ += source.mean * source.burst_variation;
}

double BurstyLoad::sources() const {
  return squares_ > 0 ? std::max(1.0, mean_ * mean_ / squares_) : 0;
}

// Of n alike ones, variance / mean^2 is (1 - p) / (n p).
double BurstyLoad::on_share() const {
  return mean_ > 0 ? 1 / (1 + sources() * variance_ / (mean_ * mean_)) : 1;
}

double BurstyLoad::LostBeside(double room_bits, double limit) const {
  const double on = on_share();
  if (mean_ <= 0 || on >= 1 || limit <= mean_) return 1;
  const double peak = mean_ / (sources() * on);
  const double fill = limit / peak;
  if (fill >= sources()) return 1;  // nothing is ever too much
  const double ratio = on / (1 - on);
  const double decay = (1 + ratio - sources() * ratio / fill) / (1 - fill / sources());
  const double burst_bits = peak * burst_seconds_ / mean_;
  return std::exp(-decay * room_bits / burst_bits / (burst_variation_ / mean_));
}

std::vector<LoadLevel> LevelsOf(const BurstyLoad& bursty, double total) {
  const double on = bursty.on_share();
  if (bursty.mean() <= 0 || on >= 1 || total <= 0) return {LoadLevel{}};
  const double part = std::min(1.0, bursty.mean() / total);
  const auto factor_of = [&](double of_bursty) { return 1 + part * (of_bursty - 1); };
  std::vector<LoadLevel> levels;
  if (bursty.sources() <= kBinomialSources) {
    const int n = static_cast<int>(std::lround(bursty.sources()));
    const std::vector<double> chances = BinomialOf(n, on);
    for (int k = 0; k <= n; ++k) {
      levels.push_back({factor_of(k / (n * on)), chances[static_cast<std::size_t>(k)]});
    }
  } else {
    const double deviation = std::sqrt((1 - on) / (bursty.sources() * on));
    for (int i = 0; i < kNormalLevels; ++i) {
      const double z = kNormalReach * (2.0 * i / (kNormalLevels - 1) - 1);
      levels.push_back({factor_of(std::max(0.0, 1 + z * deviation)), std::exp(-z * z / 2)});
    }
  }
  ScaleToMeanOne(levels);
  return levels;
}

}  // namespace vpcmirror::sim
