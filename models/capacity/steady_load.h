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
  // Of both classes' bandwidth, that of pairs. Empty: they are as long as the others of their class.
  std::optional<double> paired_production_bits_per_second;
  std::optional<double> paired_copy_bits_per_second;
  // Copies that come at the moment when a frame has left the budget, and so find its place in
  // the queue free: those of inbound frames, where in and out share a budget. Among `copies`,
  // and in no pair.
  double copies_in_step_per_second = 0;
  // Copies that come one by one, since their frames came through a budget of their own that is as
  // narrow: those of inbound frames, where each direction has a budget. The same otherwise.
  double copies_paced_per_second = 0;
  // Of the sizes of frames, both classes together: variance / mean^2.
  double size_variation = 0;
};

struct SteadyAnswer {
  // The tightest limit, and how much of it is asked for: over 1 does not fit.
  // Empty when nothing limits.
  std::optional<BindingLimit> tightest;
  double used = 0;
  // Of the frames that are offered, 0 to 1.
  double production_loss = 0;
  double copy_loss = 0;
  // Of them, those in pairs. The same, but for kFifo.
  double paired_production_loss = 0;
  double paired_copy_loss = 0;
  double single_production_loss = 0;
  double single_copy_loss = 0;  // in step or not
};

// Exact for a queue that is never empty above its limit and never full below it,
// so for deep queues. A bucket counts at its own rate, not at its burst.
//
// kProductionFirst: production takes what it needs of every limit, copies what is
// left. kSharedRandom: both lose 1 - 1/used.
//
// kFifo: a pair that finds a full queue loses both, one that finds room for one
// loses its second. Let frames depart every S, of mean D, l singles and p pairs come a second
// by chance (Poisson), and x < 1 solve x = E exp(-f S) with f = l (1 - x) + p (1 - x^2). The
// room that a departure finds is then geometric, x^n for n or more; an arrival finds
// room for one with the chance r = (1 - x) / (f D) and room for two with x r. S is taken for
// gamma distributed. A departure whose place a copy takes in step opens no room, so that S lasts
// a geometric number of departures. Of paced copies one at most comes in a time S, at any moment
// of it: with s of them a second, x = (1 - s D (1 - x)) E exp(-f S).
SteadyAnswer SteadyLoad(const RateSettings& limits, std::optional<double> cores,
                        Congestion congestion, CopyOrder order, const SteadyOffer& offer);

}  // namespace vpcmirror
