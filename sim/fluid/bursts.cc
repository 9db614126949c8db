#include "sim/fluid/bursts.h"

#include <algorithm>
#include <cmath>

namespace vpcmirror::sim {
namespace {

constexpr double kFew = 64;  // sources that are reckoned one by one
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

void BurstyLoad::Add(double source_mean, double on_share, double mean_burst_seconds) {
  mean += source_mean;
  squares += source_mean * source_mean;
  variance += source_mean * source_mean * (1 - on_share) / on_share;
  burst_seconds += source_mean * mean_burst_seconds;
}

BurstyLoad& BurstyLoad::operator+=(const BurstyLoad& other) {
  mean += other.mean;
  squares += other.squares;
  variance += other.variance;
  burst_seconds += other.burst_seconds;
  return *this;
}

std::vector<LoadLevel> LevelsOf(const BurstyLoad& bursty, double total) {
  if (bursty.mean <= 0 || bursty.variance <= 0 || total <= 0) return {LoadLevel{}};
  const double sources = std::max(1.0, bursty.mean * bursty.mean / bursty.squares);
  const double variation = bursty.variance / (bursty.mean * bursty.mean);
  const double burst = bursty.burst_seconds / bursty.mean;
  const double part = std::min(1.0, bursty.mean / total);
  const auto factor_of = [&](double of_bursty) { return 1 + part * (of_bursty - 1); };
  std::vector<LoadLevel> levels;
  if (sources <= kFew) {
    const int n = static_cast<int>(std::lround(sources));
    const double on = 1 / (1 + n * variation);
    const std::vector<double> chances = BinomialOf(n, on);
    for (int k = 0; k <= n; ++k) {
      levels.push_back({.factor = factor_of(k / (n * on)),
                        .share = chances[static_cast<std::size_t>(k)],
                        .falls = k / burst});
    }
  } else {
    const double deviation = std::sqrt(variation);
    // A level stands for so many numbers of sources that burst.
    const double on = 1 / (1 + sources * variation);
    const double width = 2 * kNormalReach / (kNormalLevels - 1);
    const double numbers = std::max(1.0, width * std::sqrt(sources * on * (1 - on)));
    for (int i = 0; i < kNormalLevels; ++i) {
      const double z = kNormalReach * (2.0 * i / (kNormalLevels - 1) - 1);
      const double of_bursty = std::max(0.0, 1 + z * deviation);
      levels.push_back({.factor = factor_of(of_bursty),
                        .share = std::exp(-z * z / 2),
                        .falls = of_bursty * sources * on / burst / numbers});
    }
  }
  ScaleToMeanOne(levels);
  return levels;
}

void BurstExcess::Add(const LoadLevel& level, double bits_per_second) {
  if (bits_per_second <= 0) return;
  if (share_ == 0) ends_ = level.share * level.falls;
  share_ += level.share;
  bits_ += level.share * bits_per_second;
}

double BurstExcess::LostBeside(double room_bits) const {
  if (bits_ <= 0) return 0;
  // Bits of one such time, in the mean: all of a second, by how many there are.
  return ends_ > 0 ? std::exp(-room_bits * ends_ / bits_) : 1;
}

}  // namespace vpcmirror::sim
