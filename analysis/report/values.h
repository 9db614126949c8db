// Values of a report, a number with its words each.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "analysis/report/report.h"
#include "analysis/words/quantities.h"
#include "models/scenario/run_result.h"

namespace vpcmirror::value {

inline Value Words(std::string text, Tone tone = Tone::kPlain) {
  return {std::move(text), std::nullopt, tone};
}
inline Value Rate(BitsPerSecond rate) {
  return {BitRateText(rate), static_cast<double>(rate.count())};
}
inline Value Rate(PacketsPerSecond rate) {
  return {PacketRateText(rate), static_cast<double>(rate.count())};
}
template <class Limited>
Value Limit(const std::optional<Limited>& limit) {
  return limit ? Rate(*limit) : Words("no limit");
}
inline Value Size(Bytes size) { return {SizeText(size), static_cast<double>(size.count())}; }
inline Value Whole(std::int64_t count) { return {CountText(count), static_cast<double>(count)}; }
inline Value Share(double share, Tone tone = Tone::kPlain) {
  return {PercentText(share), share, tone};
}
inline Value LossShare(const Loss& loss) {
  return Share(loss.fraction(), loss.lost > 0 ? Tone::kBad : Tone::kPlain);
}
// In nanoseconds.
inline Value Delay(Picoseconds delay) {
  return {TimeText(delay),
          static_cast<double>(delay.count()) / static_cast<double>(kPicosecondsPerNanosecond)};
}
inline Value Cores(double cores) { return {SignificantText(cores, 3), cores}; }

inline Tone ToneOfVerdict(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFits:
      return Tone::kGood;
    case Verdict::kAtRisk:
      return Tone::kWarning;
    case Verdict::kDoesNotFit:
      break;
  }
  return Tone::kBad;
}

// Of what is used of a limit, where `margin_goal` of it is to stay free.
inline Tone ToneOfUse(double used, double margin_goal) {
  if (used > 1) return Tone::kBad;
  return used > 1 - margin_goal + 1e-9 ? Tone::kWarning : Tone::kGood;
}
inline Value Used(const std::optional<double>& margin, double margin_goal) {
  if (!margin) return Words("-");
  const double used = 1 - *margin;
  const Tone tone = ToneOfUse(used, margin_goal);
  return Share(used, tone == Tone::kGood ? Tone::kPlain : tone);
}

}  // namespace vpcmirror::value
