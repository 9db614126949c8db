// Load that comes in bursts, as the levels that it takes.
#pragma once

#include <vector>

namespace vpcmirror::sim {

// A source that is silent, or sends at its peak.
struct OnOffSource {
  double mean = 0;      // bits a second
  double on_share = 1;  // of the time; over 0
  double burst_seconds = 0;
  double burst_variation = 1;  // of the lengths of bursts and pauses: variance / mean^2
};

// What such sources send to a budget together. They are taken to be alike and independent, so
// many as have their mean and variance together.
class BurstyLoad {
 public:
  void Add(const OnOffSource& source);

  double mean() const { return mean_; }
  double sources() const;
  double on_share() const;

  // With a queue of so many bits beside a limit of so many a second, the share that is lost of
  // what would be lost without: exp(-n room / burst / variation), a burst being that of one
  // source at its peak. With N sources, c of which fill the limit, and r = on / off,
  // n = (1 + r - N r / c) / (1 - c / N) (Anick, Mitra and Sondhi 1982, for lengths that are
  // exponentially distributed, whose variation is 1). 1 where the mean is over the limit.
  double LostBeside(double room_bits, double limit) const;

 private:
  double mean_ = 0;
  double squares_ = 0;
  double variance_ = 0;
  double burst_seconds_ = 0;    // weighted by the sources' means
  double burst_variation_ = 0;  // the same
};

// A load that is so many times its mean for a share of the time.
struct LoadLevel {
  double factor = 1;
  double share = 1;
};

// The levels of a load of `total`, of which `bursty` is a part, the mean of their factors being 1:
// binomial, and normal where there are many sources.
std::vector<LoadLevel> LevelsOf(const BurstyLoad& bursty, double total);

}  // namespace vpcmirror::sim
