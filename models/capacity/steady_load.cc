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

// The root below 1 of x = exp(-(l (1 - x) + p (1 - x^2))), l and p being what comes
// in the time of one departure. Newton's method from 0 comes nearer with each step
// and never passes it: the function is convex.
double RoomDecay(double singles, double pairs) {
  constexpr int kSteps = 100;
  double x = 0;
  for (int i = 0; i < kSteps; ++i) {
    const double value = std::exp(-(singles * (1 - x) + pairs * (1 - x * x)));
    const double slope = value * (singles + 2 * pairs * x);
    const double step = (value - x) / (1 - slope);
    if (!(step > 1e-15)) break;
    x += step;
  }
  return x;
}

void FirstComeFirstServed(const SteadyOffer& offer, CopyOrder order, SteadyAnswer& answer) {
  const double production = offer.production.frames_per_second;
  const double copies = offer.copies.frames_per_second;
  const double pairs = std::min({offer.pairs_per_second, production, copies});
  const double singles = production + copies - 2 * pairs;
  const double departures = (production + copies) / answer.used;
  const double x = RoomDecay(singles / departures, pairs / departures);
  const double room = x > 0 && x < 1 ? (1 - x) / -std::log(x) : x;
  const double first_lost = 1 - room;
  const double second_lost = 1 - x * room;
  const auto loss_of = [&](double frames, bool comes_second) {
    if (frames <= 0) return 0.0;
    const double of_pairs = comes_second ? second_lost : first_lost;
    return ((frames - pairs) * first_lost + pairs * of_pairs) / frames;
  };
  answer.production_loss = loss_of(production, order == CopyOrder::kBefore);
  answer.copy_loss = loss_of(copies, order == CopyOrder::kAfter);
}

}  // namespace

SteadyAnswer SteadyLoad(const RateSettings& limits, std::optional<double> cores,
                        Congestion congestion, CopyOrder order, const SteadyOffer& offer) {
  const Uses uses(limits, cores, offer);
  SteadyAnswer answer;
  for (const Use& use : uses) {
    if (answer.tightest && use.total() <= answer.used) continue;
    answer.tightest = use.limit;
    answer.used = use.total();
  }
  if (answer.used <= 1) return answer;
  switch (congestion) {
    case Congestion::kProductionFirst:
      ProductionFirst(uses, answer);
      break;
    case Congestion::kSharedRandom:
      answer.production_loss = answer.copy_loss = 1 - 1 / answer.used;
      break;
    case Congestion::kFifo:
      FirstComeFirstServed(offer, order, answer);
      break;
  }
  return answer;
}

}  // namespace vpcmirror
