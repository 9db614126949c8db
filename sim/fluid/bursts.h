// Load that comes in bursts, as the levels that it takes.
#pragma once

#include <vector>

namespace vpcmirror::sim {

// What on-off sources send to a budget together: each is silent, or sends at its peak.
struct BurstyLoad {
  double mean = 0;     // bits a second
  double squares = 0;  // of the sources' means, added up
  double variance = 0;
  double burst_seconds = 0;  // of the mean burst, weighted by the sources' means

  // A source of that mean which sends for a share of the time, in bursts of that mean length.
  void Add(double source_mean, double on_share, double mean_burst_seconds);
  BurstyLoad& operator+=(const BurstyLoad& other);
};

// A load that is so many times its mean for a share of the time.
struct LoadLevel {
  double factor = 1;
  double share = 1;
  double falls = 0;  // times a second, while it has this level, to the next below
};

// The levels of a load of `total` of which `bursty` is a part, the mean of their factors being 1.
// The sources are taken to be alike and independent, so many as have that mean and variance
// together: binomial, and normal where there are many.
std::vector<LoadLevel> LevelsOf(const BurstyLoad& bursty, double total);

// What is too much at levels of a load, all of them above some level, which never is.
class BurstExcess {
 public:
  // From the lowest level on: so many bits a second are too much there.
  void Add(const LoadLevel& level, double bits_per_second);

  // The share of it that is lost when a queue has room for so many bits: it lasts until the load
  // falls below the lowest of the levels, and is exponentially distributed.
  double LostBeside(double room_bits) const;

 private:
  double share_ = 0;  // of the time
  double bits_ = 0;   // a second, in the mean of all time
  double ends_ = 0;   // a second
};

}  // namespace vpcmirror::sim
