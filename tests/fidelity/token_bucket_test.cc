// The token bucket of models/capacity, which nothing but arithmetic decides
// (data/queueing.tsv), and the pace of the smallest frames on the fastest link.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "models/capacity/egress.h"
#include "models/units/rates.h"
#include "models/wire/hash.h"
#include "tests/fidelity/support/queue_probe.h"
#include "tests/fidelity/support/simulate.h"
#include "tests/fidelity/support/table.h"
#include "tests/fidelity/support/tsv.h"

namespace vpcmirror::fidelity {
namespace {

struct Bucket {
  BitsPerSecond rate{};
  BitsPerSecond peak{};
  Bytes burst{};
  Bytes frame{};
};

Bucket BucketOf(const TsvRow& row) {
  const TsvRow words = ParseWords(row.Text("parameters"));
  return {.rate = BitsPerSecond(words.Integer("rate")),
          .peak = BitsPerSecond(words.Integer("peak")),
          .burst = Bytes(words.Integer("burst")),
          .frame = Bytes(words.Integer("frame"))};
}

Egress EgressOf(const Bucket& bucket) {
  constexpr std::int64_t kRoom = 1 << 30;
  return {
      {.rates = {.bandwidth = bucket.rate, .burst = bucket.burst, .peak_bandwidth = bucket.peak},
       .room = {.frames = kRoom},
       .congestion = Congestion::kFifo},
      kSeed};
}

// Departures of frames that are all there at once.
std::vector<FrameAt> Saturate(const Bucket& bucket, Picoseconds until) {
  Egress egress = EgressOf(bucket);
  std::vector<FrameAt> departures;
  while (departures.empty() || departures.back().at <= until) {
    const EgressAnswer answer = egress.Offer(Picoseconds(0), {.frame = bucket.frame});
    departures.push_back({std::get<Departs>(answer).time, bucket.frame});
  }
  return departures;
}

// Frames that leave one after the other as fast as the peak rate lets them.
std::int64_t FramesAtPeak(const std::vector<FrameAt>& departures, const Bucket& bucket) {
  std::int64_t frames = 0;
  for (const FrameAt& each : departures) {
    if (each.at != SerialisationDelay(bucket.frame * (frames + 1), bucket.peak)) break;
    ++frames;
  }
  return frames;
}

// The most that leaves within any time of that length, both ends in it.
Bytes MostWithin(const std::vector<FrameAt>& departures, Picoseconds length) {
  Bytes most{};
  Bytes within{};
  std::size_t first = 0;
  for (const FrameAt& each : departures) {
    within += each.frame;
    while (departures[first].at < each.at - length) within -= departures[first++].frame;
    most = std::max(most, within);
  }
  return most;
}

// The most by which any time has more than the rate's share: bytes, rounded up.
std::int64_t LargestBurst(const std::vector<FrameAt>& departures, BitsPerSecond rate) {
  constexpr Int128 kByte = Int128{kBitsPerByte} * kPicosecondsPerSecond;  // in bit-ps of a second
  Int128 most = 0;
  Int128 least_before = 0;
  Int128 left = 0;
  bool is_first = true;
  for (const FrameAt& each : departures) {
    const Int128 owed = Int128{rate.count()} * each.at.count();
    least_before = is_first ? left - owed : std::min(least_before, left - owed);
    is_first = false;
    left += Int128{each.frame.count()} * kByte;
    most = std::max(most, left - owed - least_before);
  }
  return static_cast<std::int64_t>((most + kByte - 1) / kByte);
}

// Bursts at the peak rate and pauses, each as long as 1 to 200 frames at random.
std::vector<FrameAt> ShapeBursts(const Bucket& bucket) {
  constexpr int kFrames = 200'000;
  Egress egress = EgressOf(bucket);
  std::vector<FrameAt> departures;
  std::uint64_t random = kSeed;
  const auto draw = [&random] {
    random += 0x9e3779b97f4a7c15;
    return static_cast<std::int64_t>(MixBits(random) % 200) + 1;
  };
  Picoseconds now{};
  while (std::ssize(departures) < kFrames) {
    for (std::int64_t left = draw(); left > 0; --left) {
      const EgressAnswer answer = egress.Offer(now, {.frame = bucket.frame});
      departures.push_back({std::get<Departs>(answer).time, bucket.frame});
      now += SerialisationDelay(bucket.frame, bucket.peak);
    }
    now += SerialisationDelay(bucket.frame * draw(), bucket.rate);
  }
  return departures;
}

Picoseconds WindowOf(const std::string& quantity) {
  constexpr const char* kBefore = "output envelope at t=";
  return Picoseconds(std::llround(std::stod(quantity.substr(std::string(kBefore).size())) * 1e12));
}

TEST(TokenBucketTest, AdmitsNoMoreThanBurstAndRate) {
  Table table({"token-bucket", "bytes or frames through a token bucket", "frames or bytes",
               "the same unit, beyond", 0});
  for (const TsvRow& row : ReadTsv("queueing.tsv")) {
    if (row.Text("model") != "token bucket") continue;
    const std::string& quantity = row.Text("quantity");
    const Bucket bucket = BucketOf(row);
    const std::string what =
        fmt::format("{} {}/{} Gbps {} B: {}", bucket.burst.count(),
                    static_cast<double>(bucket.rate.count()) / 1e9,
                    static_cast<double>(bucket.peak.count()) / 1e9, bucket.frame.count(), quantity);
    const auto truth = static_cast<std::int64_t>(std::llround(row.Number("value")));
    const auto at_most = [&](std::int64_t most, const char* remark) {
      const auto over = static_cast<double>(std::max<std::int64_t>(0, most - truth));
      table.Add(what, static_cast<double>(most), row.Number("value"), over, 0, remark);
    };
    if (quantity == "whole frames at peak rate") {
      const auto departures = Saturate(bucket, Picoseconds(kPicosecondsPerSecond / 500));
      table.AddExact(what, FramesAtPeak(departures, bucket), truth);
    } else if (quantity.starts_with("output envelope")) {
      const Picoseconds length = WindowOf(quantity);
      at_most(MostWithin(Saturate(bucket, length * 2), length).count(), "at most");
    } else if (quantity.starts_with("largest burst")) {
      at_most(LargestBurst(ShapeBursts(bucket), bucket.rate), "at most");
    } else {
      table.AddRemark(what, "not simulated: fluid, and frames are whole");
    }
  }
}

// 64 * 8 bits at 400 Gbit/s are 1,280 ps: in the source's gaps and in the egress.
TEST(TokenBucketTest, PacesTheSmallestFramesExactly) {
  constexpr std::int64_t kGapPs = 1280;
  constexpr std::int64_t kFrames = 1'000'000;
  Table table(
      {"pacing", "64 B frames on a link of 400 Gbps, a workload of as much", "ps", "ps", 0});
  const QueueTrace trace = TraceQueue(Load(R"({"duration": "1281 us",
      "hosts": {"source": {"limits": {"bandwidth": "400 Gbps", "model": "per_direction"}}},
      "workloads": {"all": {"at": "source", "out": "400 Gbps", "sizes": "64 B"}},
      "assumptions": {"congestion": "fifo"}})"));
  ASSERT_GT(std::ssize(trace.departed), kFrames);
  const auto span = [](const std::vector<FrameAt>& frames) {
    return (frames[kFrames].at - frames[0].at).count();
  };
  std::int64_t uneven = 0;
  for (std::size_t i = 1; i < trace.departed.size(); ++i) {
    if ((trace.departed[i].at - trace.departed[i - 1].at).count() != kGapPs) ++uneven;
  }
  table.AddExact("offered: a million gaps", span(trace.offered), kFrames * kGapPs);
  table.AddExact("departed: a million gaps", span(trace.departed), kFrames * kGapPs);
  table.AddExact("departed: gaps that are not 1280 ps", uneven, 0);
}

}  // namespace
}  // namespace vpcmirror::fidelity
