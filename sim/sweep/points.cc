#include "sim/sweep/points.h"

#include <cassert>
#include <map>
#include <random>
#include <utility>

namespace vpcmirror::sim {
namespace {

constexpr std::uint64_t kMostPoints = std::uint64_t{1} << 63;

// From 0 to `below` - 1, each as likely. The standard's distributions differ from library to
// library.
std::size_t Draw(std::mt19937_64& random, std::uint64_t below) {
  const std::uint64_t unfair = random.max() - random.max() % below;
  std::uint64_t drawn = random();
  while (drawn >= unfair) drawn = random();
  return static_cast<std::size_t>(drawn % below);
}

// Each of `values` values as often as any other, give or take one, shuffled.
std::vector<std::size_t> Strata(std::size_t values, std::size_t samples, std::mt19937_64& random) {
  std::vector<std::size_t> strata;
  for (std::size_t i = 0; i < samples; ++i) strata.push_back(i * values / samples);
  for (std::size_t i = samples; i > 1; --i) std::swap(strata[i - 1], strata[Draw(random, i)]);
  return strata;
}

// The points that are chosen, of which those that are alike can be told apart by exchanging a
// value of theirs for that of another point: how often each value is taken stays the same.
class Separation {
 public:
  Separation(std::vector<SweepPoint>& points, std::mt19937_64& random)
      : points_(points), random_(random) {
    for (const SweepPoint& point : points_) ++counts_[point];
  }

  void Run() {
    constexpr std::size_t kTriesEach = 200;  // most succeed in a handful
    for (SweepPoint& point : points_) {
      for (std::size_t i = 0; i < kTriesEach && counts_[point] > 1; ++i) TryToExchange(point);
    }
  }

 private:
  void TryToExchange(SweepPoint& point) {
    SweepPoint& other = points_[Draw(random_, points_.size())];
    const std::size_t axis = Draw(random_, point.size());
    SweepPoint changed = point;
    SweepPoint exchanged = other;
    std::swap(changed[axis], exchanged[axis]);
    if (changed == exchanged || counts_.contains(changed) || counts_.contains(exchanged)) return;
    Replace(point, std::move(changed));
    Replace(other, std::move(exchanged));
  }

  void Replace(SweepPoint& point, SweepPoint by) {
    const auto old = counts_.find(point);
    if (--old->second == 0) counts_.erase(old);
    point = std::move(by);
    ++counts_[point];
  }

  std::vector<SweepPoint>& points_;
  std::mt19937_64& random_;
  std::map<SweepPoint, int> counts_;
};

}  // namespace

std::uint64_t GridSize(const std::vector<SweepAxis>& axes) {
  std::uint64_t size = 1;
  for (const SweepAxis& axis : axes) {
    if (axis.values.size() > kMostPoints / size) return kMostPoints;
    size *= axis.values.size();
  }
  return size;
}

std::vector<SweepPoint> GridPoints(const std::vector<SweepAxis>& axes) {
  std::vector<SweepPoint> points(1);
  for (const SweepAxis& axis : axes) {
    std::vector<SweepPoint> longer;
    for (const SweepPoint& point : points) {
      for (std::size_t value = 0; value < axis.values.size(); ++value) {
        longer.push_back(point);
        longer.back().push_back(value);
      }
    }
    points = std::move(longer);
  }
  return points;
}

std::vector<SweepPoint> LatinPoints(const std::vector<SweepAxis>& axes, std::size_t samples,
                                    std::uint64_t seed) {
  assert(samples >= 1 && samples <= GridSize(axes));
  std::mt19937_64 random(seed);
  std::vector<SweepPoint> points(samples);
  for (const SweepAxis& axis : axes) {
    const std::vector<std::size_t> strata = Strata(axis.values.size(), samples, random);
    for (std::size_t i = 0; i < samples; ++i) points[i].push_back(strata[i]);
  }
  Separation(points, random).Run();
  return points;
}

}  // namespace vpcmirror::sim
