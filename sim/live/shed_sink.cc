#include "sim/live/shed_sink.h"

#include <algorithm>
#include <ctime>

namespace vpcmirror::sim {
namespace {

// What is drawn at once, so that workers seldom meet: 1/8 of the least burst.
constexpr Bytes kQuantum = RateBucket::kLeastBurst / 8;

std::int64_t ClockNs(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

LoadTime ReadLoadClocks() {
  return {.now_ns = ClockNs(CLOCK_MONOTONIC), .cpu_ns = ClockNs(CLOCK_PROCESS_CPUTIME_ID)};
}

void ShedSink::Begin() {
  terms_ = bounds_.Begin(clocks_());
  load_ = {};
  is_dry_ = false;
  is_in_batch_ = true;
}

bool ShedSink::Fits(Bytes bytes) {
  if (!terms_.has_rate) return true;
  if (load_.left < bytes && !is_dry_) {
    const Bytes wanted = std::max(bytes - load_.left, kQuantum);
    const Bytes drawn = bounds_.Draw(wanted);
    is_dry_ = drawn < wanted;
    load_.left += drawn;
  }
  return load_.left >= bytes;
}

bool ShedSink::Passes(const LiveCopy& copy, Bytes bytes) {
  if (copy.is_continued) return is_passing_;
  is_passing_ = true;
  is_of_kept_flow_ = FlowThreshold::Keeps(copy.entropy, terms_.keep_below);
  if (!is_of_kept_flow_) {
    Shed(terms_.cause);
  } else if (terms_.cpu_is_spent) {
    Shed(ShedCause::kCpu);
  } else if (!Fits(bytes)) {
    load_.rate_is_over = true;
    Shed(ShedCause::kRate);
  }
  return is_passing_;
}

void ShedSink::CountIn(ShedCounters& counters, Bytes bytes) const {
  (cause_ == ShedCause::kRate ? counters.by_rate : counters.by_cpu).Add(bytes);
}

void ShedSink::Take(const LiveCopy& copy) {
  if (!is_in_batch_) Begin();
  const Bytes bytes = OuterBytes(copy);
  const bool passes = Passes(copy, bytes);
  if (is_of_kept_flow_) load_.offered += bytes;
  if (!passes) {
    CountIn(shed_, bytes);
    if (copy.shed != nullptr) CountIn(*copy.shed, bytes);
    return;
  }
  if (terms_.has_rate) load_.left -= bytes;
  behind_.Take(copy);
}

void ShedSink::Flush() {
  if (is_in_batch_) bounds_.End(load_);
  is_in_batch_ = false;
  behind_.Flush();
}

SendCounters ShedSink::counters() const {
  SendCounters counters = behind_.counters();
  counters.shed += shed_;
  counters.taken += shed_.packets();
  return counters;
}

}  // namespace vpcmirror::sim
