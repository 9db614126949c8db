#include "models/capacity/steady_load.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vpcmirror {
namespace {

// What each class asks of one limit, as shares of it.
struct Use {
  BindingLimit limit = BindingLimit::kBandwidth;
  double production = 0;
  double copies = 0;

  double total() const { return production + copies; }
};

class Uses {
 public:
  Uses(const RateSettings& limits, std::optional<double> cores, const SteadyOffer& offer) {
    const ClassLoad& production = offer.production;
    const ClassLoad& copies = offer.copies;
    const auto add = [&](BindingLimit limit, double of, double asked, double asked_by_copies) {
      uses_[size_++] = {limit, asked / of, asked_by_copies / of};
    };
    const auto& bandwidth = limits.bandwidth ? limits.bandwidth : limits.peak_bandwidth;
    if (bandwidth) {
      add(BindingLimit::kBandwidth, static_cast<double>(bandwidth->count()),
          production.bits_per_second, copies.bits_per_second);
    }
    if (limits.packet_rate) {
      add(BindingLimit::kPacketRate, static_cast<double>(limits.packet_rate->count()),
          production.frames_per_second, copies.frames_per_second);
    }
    if (cores && *cores > 0) add(BindingLimit::kCpu, *cores, production.cores, copies.cores);
  }

  const Use* begin() const { return uses_.data(); }
  const Use* end() const { return uses_.data() + size_; }

 private:
  std::array<Use, 3> uses_;
  std::size_t size_ = 0;
};

// Each class gets at most what the limits leave it; production is asked first.
void ProductionFirst(const Uses& uses, SteadyAnswer& answer) {
  double production_kept = 1;
  for (const Use& use : uses) production_kept = std::min(production_kept, 1 / use.production);
  double copies_kept = 1;
  for (const Use& use : uses) {
    if (use.copies <= 0) continue;
    const double left = std::max(0.0, 1 - use.production * production_kept);
    copies_kept = std::min(copies_kept, left / use.copies);
  }
  answer.production_loss = 1 - production_kept;
  answer.copy_loss = 1 - copies_kept;
}

// How fast singles and pairs come in the time of one departure, where room for n frames or more
// has the chance x^n.
struct Filling {
  double singles = 0;
  double pairs = 0;
  double paced = 0;  // at most one

  double At(double x) const { return singles * (1 - x) + pairs * (1 - x * x); }
  double SlopeAt(double x) const { return -singles - 2 * pairs * x; }
  // That the paced one leaves as much room as there is.
  double Spared(double x) const { return 1 - paced * (1 - x); }
};

// E exp(-f S) of a gamma distribution of mean 1, and its slope. All of one size: exp(-f).
struct Transform {
  double value = 0;
  double slope = 0;
};
Transform TransformOf(double f, double variation) {
  constexpr double kAlike = 1e-6;
  if (variation < kAlike) return {std::exp(-f), -std::exp(-f)};
  const double base = 1 + f * variation;
  const double value = std::pow(base, -1 / variation);
  return {value, -value / base};
}

// The root below 1 of x = E exp(-f(x) S). Newton's method from 0 comes nearer with each step
// and never passes it: the function is convex.
double RoomDecay(const Filling& filling, double variation) {
  constexpr int kSteps = 100;
  double x = 0;
  for (int i = 0; i < kSteps; ++i) {
    const Transform at = TransformOf(filling.At(x), variation);
    const double value = at.value * filling.Spared(x);
    const double slope =
        at.slope * filling.SlopeAt(x) * filling.Spared(x) + at.value * filling.paced;
    const double step = (value - x) / (1 - slope);
    if (!(step > 1e-15)) break;
    x += step;
  }
  return x;
}

double Mean(double a, double of_a, double b, double of_b) {
  return of_a + of_b > 0 ? (a * of_a + b * of_b) / (of_a + of_b) : 0;
}

// What comes to a queue, in frames a second.
struct Arrivals {
  double production = 0;
  double copies = 0;
  double in_step = 0;  // of the copies
  double paced = 0;    // of the copies
  double pairs = 0;    // of a frame and its copy

  double singles() const { return production + copies - in_step - paced - 2 * pairs; }
};

// Whether an arrival finds room, at a moment between two openings that is as good as any: the
// means of exp(-f t) and of t exp(-f t) over t from 0 to 1.
struct RoomInTime {
  explicit RoomInTime(double f) {
    constexpr double kSmall = 1e-4;
    const double e = std::exp(-f);
    mean = f > kSmall ? (1 - e) / f : 1 - f / 2;
    of_time = f > kSmall ? (1 - e - f * e) / (f * f) : 0.5 - f / 3;
  }
  double mean = 0;
  double of_time = 0;
};

// The losses where so many departures a second open room.
void LoseAt(double openings, const Arrivals& arrivals, double variation, CopyOrder order,
            SteadyAnswer& answer) {
  const Filling filling{.singles = arrivals.singles() / openings,
                        .pairs = arrivals.pairs / openings,
                        .paced = std::min(1.0, arrivals.paced / openings)};
  const double x = RoomDecay(filling, variation);
  const double f = filling.At(x);
  // Without paced ones (1 - E exp(-f S)) / f, whatever S.
  const RoomInTime in_time(f);
  const double plain = f > 0 ? (1 - TransformOf(f, variation).value) / f : 1;
  const double spared = in_time.mean - filling.paced * (1 - x) * in_time.of_time;
  const double room = std::min(1.0, plain * spared / in_time.mean);
  const double first_lost = 1 - room;
  const double second_lost = 1 - x * room;
  const double paced_lost = 1 - std::min(1.0, plain);
  const bool copy_is_first = order == CopyOrder::kBefore;
  answer.paired_production_loss = copy_is_first ? second_lost : first_lost;
  answer.paired_copy_loss = copy_is_first ? first_lost : second_lost;
  answer.single_production_loss = first_lost;
  const double single_copies = arrivals.copies - arrivals.in_step - arrivals.paced - arrivals.pairs;
  const double told_apart = arrivals.in_step + arrivals.paced;
  answer.single_copy_loss = Mean(first_lost, single_copies,
                                 Mean(paced_lost, arrivals.paced, 0, arrivals.in_step), told_apart);
  answer.production_loss = Mean(answer.paired_production_loss, arrivals.pairs, first_lost,
                                arrivals.production - arrivals.pairs);
  answer.copy_loss = Mean(answer.paired_copy_loss, arrivals.pairs, answer.single_copy_loss,
                          arrivals.copies - arrivals.pairs);
}

double ShareOf(double part, double of) { return of > 0 ? std::clamp(part / of, 0.0, 1.0) : 0; }

// Of what a class asks of a limit, the share that pairs ask for.
struct Paired {
  double of_production = 0;
  double of_copies = 0;

  double Passing(const Use& use, const SteadyAnswer& answer) const {
    return use.production * (1 - of_production * answer.paired_production_loss -
                             (1 - of_production) * answer.single_production_loss) +
           use.copies * (1 - of_copies * answer.paired_copy_loss -
                         (1 - of_copies) * answer.single_copy_loss);
  }
};

Paired PairedOf(const SteadyOffer& offer, BindingLimit limit, double pairs) {
  Paired paired{.of_production = ShareOf(pairs, offer.production.frames_per_second),
                .of_copies = ShareOf(pairs, offer.copies.frames_per_second)};
  if (limit != BindingLimit::kBandwidth) return paired;
  if (const auto& bits = offer.paired_production_bits_per_second) {
    paired.of_production = ShareOf(*bits, offer.production.bits_per_second);
  }
  if (const auto& bits = offer.paired_copy_bits_per_second) {
    paired.of_copies = ShareOf(*bits, offer.copies.bits_per_second);
  }
  return paired;
}

// Frames may be of different sizes, so that how many depart in a second depends on which of them
// are lost: as many as fill the limit.
void FirstComeFirstServed(const SteadyOffer& offer, const Use& tightest, CopyOrder order,
                          SteadyAnswer& answer) {
  constexpr int kSteps = 50;
  constexpr double kFull = 1e-10;
  Arrivals arrivals{.production = offer.production.frames_per_second,
                    .copies = offer.copies.frames_per_second};
  arrivals.in_step = std::min(offer.copies_in_step_per_second, arrivals.copies);
  arrivals.paced = std::min(offer.copies_paced_per_second, arrivals.copies - arrivals.in_step);
  arrivals.pairs = std::min({offer.pairs_per_second, arrivals.production,
                             std::max(0.0, arrivals.copies - arrivals.in_step - arrivals.paced)});
  const Paired paired = PairedOf(offer, tightest.limit, arrivals.pairs);
  double departures = (arrivals.production + arrivals.copies) / answer.used;
  for (int i = 0; i < kSteps; ++i) {
    const double openings = departures - arrivals.in_step;
    if (openings <= 0) return;
    const double opening = openings / departures;  // the chance that a departure is one
    LoseAt(openings, arrivals, offer.size_variation * opening + 1 - opening, order, answer);
    const double used = paired.Passing(tightest, answer);
    if (std::abs(used - 1) < kFull) return;
    departures /= used;
  }
}

// As Egress does where frames are not told apart but by their class.
void LoseAlike(SteadyAnswer& answer) {
  answer.paired_production_loss = answer.single_production_loss = answer.production_loss;
  answer.paired_copy_loss = answer.single_copy_loss = answer.copy_loss;
}

}  // namespace

SteadyAnswer SteadyLoad(const RateSettings& limits, std::optional<double> cores,
                        Congestion congestion, CopyOrder order, const SteadyOffer& offer) {
  const Uses uses(limits, cores, offer);
  SteadyAnswer answer;
  Use tightest;
  for (const Use& use : uses) {
    if (answer.tightest && use.total() <= answer.used) continue;
    tightest = use;
    answer.tightest = use.limit;
    answer.used = use.total();
  }
  if (answer.used <= 1) return answer;
  switch (congestion) {
    case Congestion::kProductionFirst:
      ProductionFirst(uses, answer);
      LoseAlike(answer);
      break;
    case Congestion::kSharedRandom:
      answer.production_loss = answer.copy_loss = 1 - 1 / answer.used;
      LoseAlike(answer);
      break;
    case Congestion::kFifo:
      FirstComeFirstServed(offer, tightest, order, answer);
      break;
  }
  return answer;
}

}  // namespace vpcmirror
