#include "models/capacity/delay_histogram.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace vpcmirror {
namespace {

constexpr int kBits = DelayHistogram::kOctaveBits;
constexpr std::uint64_t kPerOctave = DelayHistogram::kBucketsPerOctave;

// Delays of b bits have buckets 2^shift wide, of which each octave has as many;
// those below kPerOctave, and the first octave above, have one each.
std::size_t BucketOf(std::uint64_t delay) {
  if (delay < kPerOctave) return delay;
  const int shift = static_cast<int>(std::bit_width(delay)) - 1 - kBits;
  return static_cast<std::uint64_t>(shift) * kPerOctave + (delay >> shift);
}

// The middle of the whole numbers that fall into the bucket.
std::int64_t MiddleOf(std::size_t bucket) {
  if (bucket < 2 * kPerOctave) return static_cast<std::int64_t>(bucket);
  const std::size_t shift = bucket / kPerOctave - 1;
  const std::uint64_t first = (bucket - shift * kPerOctave) << shift;
  return static_cast<std::int64_t>(first + ((std::uint64_t{1} << shift) - 1) / 2);
}

}  // namespace

void DelayHistogram::Record(Picoseconds delay) {
  assert(delay.count() >= 0);
  if (counts_.empty()) counts_.resize(kBuckets);
  ++counts_[BucketOf(static_cast<std::uint64_t>(delay.count()))];
  ++count_;
  sum_ += delay.count();
  largest_ = std::max(largest_, delay);
}

DelayHistogram& DelayHistogram::operator+=(const DelayHistogram& other) {
  if (other.count_ == 0) return *this;
  counts_.resize(kBuckets);
  for (std::size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  largest_ = std::max(largest_, other.largest_);
  return *this;
}

Picoseconds DelayHistogram::Mean() const {
  return Picoseconds(count_ == 0 ? 0 : static_cast<std::int64_t>(sum_ / count_));
}

Picoseconds DelayHistogram::Quantile(int of_ten_thousand) const {
  constexpr int kWhole = 10'000;
  assert(of_ten_thousand >= 0 && of_ten_thousand <= kWhole);
  const Int128 parts = static_cast<Int128>(count_) * of_ten_thousand;
  const auto rank =
      std::max<std::int64_t>(1, static_cast<std::int64_t>((parts + kWhole - 1) / kWhole));
  if (rank >= count_) return largest_;
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::min(largest_, Picoseconds(MiddleOf(i)));
  }
  return Picoseconds(0);
}

}  // namespace vpcmirror
