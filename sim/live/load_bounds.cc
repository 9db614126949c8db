#include "sim/live/load_bounds.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "models/wire/hash.h"

namespace vpcmirror::sim {
namespace {

constexpr std::int64_t kBitNanosecondsPerByte = kBitsPerByte * 1'000'000'000;

std::int64_t Permille(Int128 part, Int128 whole) {
  constexpr Int128 kMost = 1'000'000;  // a thousand times what is allowed is as bad as more
  if (whole <= 0) return 0;
  return static_cast<std::int64_t>(std::min(part * 1000 / whole, kMost));
}

void Check(const LoadLimits& limits) {
  if (limits.rate && limits.rate->count() < kBitsPerByte) {
    throw std::invalid_argument("a rate of " + std::to_string(limits.rate->count()) +
                                " bits per second sends nothing; at least 8 are needed");
  }
  if (limits.cpu_permille && *limits.cpu_permille < 1) {
    throw std::invalid_argument("a share of " + std::to_string(*limits.cpu_permille) +
                                " thousandths of a core sends nothing; at least 1 is needed");
  }
}

}  // namespace

Bytes RateBucket::BurstOf(BitsPerSecond rate) {
  const auto bytes =
      static_cast<std::int64_t>(Int128{rate.count()} * kBurstNs / kBitNanosecondsPerByte);
  return std::max(Bytes(bytes), kLeastBurst);
}

void RateBucket::Advance(std::int64_t now_ns) {
  if (now_ns <= at_ns_) return;
  const Int128 earned = Int128{rate_.count()} * (now_ns - at_ns_) + rest_;
  at_ns_ = now_ns;
  const Int128 level = level_.count() + earned / kBitNanosecondsPerByte;
  const bool is_full = level >= burst_.count();
  level_ = is_full ? burst_ : Bytes(static_cast<std::int64_t>(level));
  rest_ = is_full ? 0 : static_cast<std::int64_t>(earned % kBitNanosecondsPerByte);
}

std::int64_t CpuWindow::Advance(const LoadTime& time) {
  const auto sample = [this](std::size_t i) -> LoadTime& {
    return samples_[(first_ + i) % kSamples];
  };
  if (size_ == 0 || time.now_ns - sample(size_ - 1).now_ns >= kStepNs) {
    sample(size_) = time;
    ++size_;
  }
  // The last one that is a second old or older is where the window begins.
  while (size_ > 1 && time.now_ns - sample(1).now_ns >= kWindowNs) {
    first_ = (first_ + 1) % kSamples;
    --size_;
  }
  return time.cpu_ns - sample(0).cpu_ns;
}

void FlowThreshold::Adapt(const Pressure& pressure, std::int64_t now_ns) {
  constexpr std::int64_t kHalf = 2000;            // twice what is allowed
  constexpr std::int64_t kSixteenthOver = 1067;   // 16/15 of it
  constexpr std::int64_t kRoomForAnEighth = 833;  // 15/16 of it, less an eighth
  if (pressure.is_over) {
    const auto over =
        static_cast<std::uint64_t>(std::clamp(pressure.permille, kSixteenthOver, kHalf));
    keep_below_ = std::max(keep_below_ * 1000 / over, kFewest);
    changed_ns_ = now_ns;
    return;
  }
  const bool may_rise = pressure.permille <= kRoomForAnEighth;
  if (keep_below_ == kAll || !may_rise || now_ns - changed_ns_ < kRecoveryNs) return;
  keep_below_ = std::min(keep_below_ + keep_below_ / 8, kAll);
  changed_ns_ = now_ns;
}

bool FlowThreshold::Keeps(std::uint64_t entropy, std::uint64_t keep_below) {
  constexpr std::uint64_t kOwnChoice = HashText("shed");
  return entropy == 0 || MixBits(entropy ^ kOwnChoice) >> 32 < keep_below;
}

LoadBounds::LoadBounds(const LoadLimits& limits, const LoadTime& start)
    : limits_(limits), interval_(start) {
  Check(limits);
  if (limits.rate) bucket_.emplace(*limits.rate, RateBucket::BurstOf(*limits.rate), start.now_ns);
  window_.Advance(start);
}

LoadBounds::Terms LoadBounds::Begin(const LoadTime& time) {
  const std::scoped_lock lock(mutex_);
  Terms terms{.has_rate = bucket_.has_value()};
  if (bucket_) bucket_->Advance(time.now_ns);
  terms.cpu_is_spent = CpuIsSpent(time);
  if (limits_.by_flow && time.now_ns - interval_.now_ns >= FlowThreshold::kIntervalNs) Adapt(time);
  terms.keep_below = threshold_.keep_below();
  terms.cause = cause_;
  return terms;
}

bool LoadBounds::CpuIsSpent(const LoadTime& time) {
  if (!limits_.cpu_permille) return false;
  const std::int64_t allowed_ns = *limits_.cpu_permille * (CpuWindow::kWindowNs / 1000);
  const std::int64_t used_ns = window_.Advance(time);
  const bool is_spent = used_ns > allowed_ns;
  cpu_is_over_ |= is_spent;
  cpu_is_near_ |= used_ns > allowed_ns / 4 * 3;
  return is_spent;
}

Bytes LoadBounds::Draw(Bytes wanted) {
  const std::scoped_lock lock(mutex_);
  const Bytes drawn = std::clamp(bucket_->level(), Bytes(0), wanted);
  bucket_->Take(drawn);
  return drawn;
}

void LoadBounds::End(const BatchLoad& load) {
  const std::scoped_lock lock(mutex_);
  if (bucket_) bucket_->GiveBack(load.left);
  offered_ += load.offered;
  rate_is_over_ |= load.rate_is_over;
}

FlowThreshold::Pressure LoadBounds::RatePressure(std::int64_t elapsed_ns) const {
  if (!limits_.rate) return {};
  const Int128 offered = Int128{offered_.count()} * kBitNanosecondsPerByte;
  return {.permille = Permille(offered, Int128{limits_.rate->count()} * elapsed_ns),
          .is_over = rate_is_over_};
}

FlowThreshold::Pressure LoadBounds::CpuPressure(const LoadTime& time) const {
  if (!limits_.cpu_permille) return {};
  const Int128 used = Int128{time.cpu_ns - interval_.cpu_ns} * 1000;
  const Int128 allowed = Int128{time.now_ns - interval_.now_ns} * *limits_.cpu_permille;
  const std::int64_t permille = Permille(used, allowed);
  // Before the window is spent, after which nothing at all would be sent for a while.
  const bool goes_over = cpu_is_near_ && permille > 1000;
  return {.permille = permille, .is_over = cpu_is_over_ || goes_over};
}

void LoadBounds::Adapt(const LoadTime& time) {
  const FlowThreshold::Pressure rate = RatePressure(time.now_ns - interval_.now_ns);
  const FlowThreshold::Pressure cpu = CpuPressure(time);
  // One that is over goes before one that is not.
  const bool is_cpu = cpu.is_over != rate.is_over ? cpu.is_over : cpu.permille > rate.permille;
  const FlowThreshold::Pressure& worse = is_cpu ? cpu : rate;
  if (worse.is_over) cause_ = is_cpu ? ShedCause::kCpu : ShedCause::kRate;
  threshold_.Adapt(worse, time.now_ns);
  interval_ = time;
  offered_ = Bytes(0);
  rate_is_over_ = cpu_is_over_ = cpu_is_near_ = false;
}

}  // namespace vpcmirror::sim
