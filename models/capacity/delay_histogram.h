// How long frames took, in constant memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/units/quantity.h"

namespace vpcmirror {

// Delays from 0 to 2^63 - 1 ps (106 days, longer than any run), counted in
// buckets of constant relative width: each octave has kBucketsPerOctave, and
// below that each picosecond has its own. What Quantile returns differs from
// the delay that was recorded by at most kDelayError of it; Mean, largest and
// count are exact. 57 KiB once the first delay is recorded or merged in, nothing
// before that; recording takes the same time whatever the delay and allocates
// nothing from then on.
class DelayHistogram {
 public:
  static constexpr int kOctaveBits = 7;
  static constexpr std::int64_t kBucketsPerOctave = std::int64_t{1} << kOctaveBits;
  static constexpr std::size_t kBuckets = (64 - kOctaveBits) * kBucketsPerOctave;

  // Requires delay >= 0.
  void Record(Picoseconds delay);

  // As if what `other` recorded had been recorded here.
  DelayHistogram& operator+=(const DelayHistogram& other);

  std::int64_t count() const { return count_; }
  Picoseconds largest() const { return largest_; }
  Picoseconds Mean() const;  // rounded down; 0 of none

  // The delay that `of_ten_thousand` / 10,000 of all do not exceed: of n, the
  // one of rank ceil(n * of_ten_thousand / 10,000) from below, at least the
  // smallest; exact for all of them. 0 of none. Requires 0 <= of_ten_thousand <= 10,000.
  Picoseconds Quantile(int of_ten_thousand) const;

  friend bool operator==(const DelayHistogram&, const DelayHistogram&) = default;

 private:
  std::vector<std::int64_t> counts_;  // by bucket; empty until something is recorded
  std::int64_t count_ = 0;
  Int128 sum_ = 0;
  Picoseconds largest_{};
};

// Half a bucket: Quantile answers with the middle of one that begins at
// kBucketsPerOctave times its width or later.
inline constexpr double kDelayError = 0.5 / static_cast<double>(DelayHistogram::kBucketsPerOctave);

}  // namespace vpcmirror
