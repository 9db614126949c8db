// A budget under a steady load, in closed form: what check, plan and the fluid
// engine reckon with, and what the packet engine is held to.
#pragma once

#include <optional>

#include "models/capacity/egress.h"
#include "models/capacity/rate_limits.h"

namespace vpcmirror {

// What one class asks of a budget. Zero or more each.
struct ClassLoad {
  double bits_per_second = 0;
  double frames_per_second = 0;
  double cores = 0;
};

struct SteadyOffer {
  ClassLoad production;
  ClassLoad copies;
  // Of both classes' frames a second, those that come in pairs: an outbound frame
  // and its copy. At most the frames of either class.
  double pairs_per_second = 0;
};

struct SteadyAnswer {
  // The tightest limit, and how much of it is asked for: over 1 does not fit.
  // Empty when nothing limits.
  std::optional<BindingLimit> tightest;
  double used = 0;
  // Of the frames that are offered, 0 to 1.
  double production_loss = 0;
  double copy_loss = 0;
};

// Exact for a queue that is never empty above its limit and never full below it,
// so for deep queues. A bucket counts at its own rate, not at its burst.
//
// kProductionFirst: production takes what it needs of every limit, copies what is
// left. kSharedRandom: both lose 1 - 1/used.
//
// kFifo: a pair that finds a full queue loses both, one that finds room for one
// loses its second. Let frames depart every D, l singles and p pairs come a second
// by chance (Poisson), and x < 1 solve x = exp(-D (l (1 - x) + p (1 - x^2))). The
// room that a departure finds is then geometric, x^n for n or more; an arrival finds
// room for one with the chance r = (1 - x) / -ln x and room for two with x r.
SteadyAnswer SteadyLoad(const RateSettings& limits, std::optional<double> cores,
                        Congestion congestion, CopyOrder order, const SteadyOffer& offer);

}  // namespace vpcmirror
