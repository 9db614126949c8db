// How much a live mirror may send and how much CPU time it may take, whatever its traffic does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

#include "models/units/quantity.h"

namespace vpcmirror::sim {

struct LoadLimits {
  // Of outer IP packets, of all workers together; at least 8 bits per second.
  std::optional<BitsPerSecond> rate;
  // CPU time of all workers together, in thousandths of one core; at least 1.
  std::optional<std::int64_t> cpu_permille;
  // What is too much is shed by whole conversations, and not by the copy that does not fit.
  bool by_flow = false;
};

enum class ShedCause : std::uint8_t { kRate, kCpu };

// Of two clocks that do not run backwards: time, and the CPU time that the process has taken.
struct LoadTime {
  std::int64_t now_ns = 0;
  std::int64_t cpu_ns = 0;
};

// The bytes that a rate allows: at most `burst` at once.
class RateBucket {
 public:
  // Full at `now_ns`.
  RateBucket(BitsPerSecond rate, Bytes burst, std::int64_t now_ns)
      : rate_(rate), burst_(burst), level_(burst), at_ns_(now_ns) {}

  // In so long a time a mirror that idled may send what its rate allows. Frames come in clumps
  // from the ring, and the loop waits for them for up to 100 ms.
  static constexpr std::int64_t kBurstNs = 100'000'000;
  // A super-frame of 64 KiB with the outer headers of its segments, and the rest of its batch.
  static constexpr Bytes kLeastBurst{128 * 1024};
  static Bytes BurstOf(BitsPerSecond rate);

  void Advance(std::int64_t now_ns);
  // Below 0: what was taken is more than what was there.
  Bytes level() const { return level_; }
  void Take(Bytes bytes) { level_ -= bytes; }
  void GiveBack(Bytes bytes) { level_ += bytes; }

 private:
  BitsPerSecond rate_;
  Bytes burst_;
  Bytes level_;
  std::int64_t rest_ = 0;  // of a byte, in bits x ns
  std::int64_t at_ns_;
};

// CPU time that was taken within the last second.
class CpuWindow {
 public:
  static constexpr std::int64_t kWindowNs = 1'000'000'000;

  // What has been taken in the second before, or more where there was no call for long.
  std::int64_t Advance(const LoadTime& time);

 private:
  static constexpr std::int64_t kStepNs = 10'000'000;
  static constexpr std::size_t kSamples = kWindowNs / kStepNs + 2;

  // Steps lie at least kStepNs apart.
  std::array<LoadTime, kSamples> samples_{};  // a ring
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

// The flows whose copies are sent while there is not enough for all: those whose hash lies below
// a threshold, so that what is left out of flows is left out of all of each, and what was left
// out first comes back last.
class FlowThreshold {
 public:
  static constexpr std::uint64_t kAll = std::uint64_t{1} << 32;
  static constexpr std::uint64_t kFewest = kAll >> 16;  // one flow in 65,536

  // What an interval of kIntervalNs used of what it was allowed, in thousandths, and whether
  // something did not fit.
  struct Pressure {
    std::int64_t permille = 0;
    bool is_over = false;
  };
  static constexpr std::int64_t kIntervalNs = 100'000'000;
  static constexpr std::int64_t kRecoveryNs = 1'000'000'000;

  std::uint64_t keep_below() const { return keep_below_; }
  // Lower at once by what is too much (to half at most, by 1/16 at least); higher by 1/8 after
  // kRecoveryNs without pressure, where an eighth more would leave 1/16 of what is allowed free.
  void Adapt(const Pressure& pressure, std::int64_t now_ns);

  // Symmetric where the entropy is; never the same choice as that of a mirror's own sampling.
  // A frame without a flow (0) is always kept.
  static bool Keeps(std::uint64_t entropy, std::uint64_t keep_below);

 private:
  std::uint64_t keep_below_ = kAll;
  std::int64_t changed_ns_ = 0;
};

// What workers share. Knows no clock. Any thread may call any of it, once or twice a batch.
class LoadBounds {
 public:
  // Throws std::invalid_argument, with the reason, for a limit below its least.
  LoadBounds(const LoadLimits& limits, const LoadTime& start);

  // What holds for a batch.
  struct Terms {
    bool has_rate = false;
    bool cpu_is_spent = false;
    std::uint64_t keep_below = FlowThreshold::kAll;
    ShedCause cause = ShedCause::kRate;  // of what is not kept
  };
  Terms Begin(const LoadTime& time);

  // At most `wanted`, for packets of the batch that Begin was called for last.
  Bytes Draw(Bytes wanted);

  struct BatchLoad {
    Bytes left{};               // drawn and not used; below 0: more was used
    Bytes offered{};            // of kept flows, whether they fitted or not
    bool rate_is_over = false;  // something did not fit
  };
  void End(const BatchLoad& load);

 private:
  bool CpuIsSpent(const LoadTime& time);
  void Adapt(const LoadTime& time);
  FlowThreshold::Pressure RatePressure(std::int64_t elapsed_ns) const;
  FlowThreshold::Pressure CpuPressure(const LoadTime& time) const;

  LoadLimits limits_;
  std::mutex mutex_;
  std::optional<RateBucket> bucket_;
  CpuWindow window_;
  FlowThreshold threshold_;
  ShedCause cause_ = ShedCause::kRate;
  // Since interval_.
  LoadTime interval_;
  Bytes offered_{};
  bool rate_is_over_ = false;
  bool cpu_is_over_ = false;
  bool cpu_is_near_ = false;  // 3/4 of the window's allowance have been taken
};

}  // namespace vpcmirror::sim
