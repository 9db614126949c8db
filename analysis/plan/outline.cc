#include "analysis/plan/outline.h"

#include <algorithm>
#include <cmath>

namespace vpcmirror {

Outline OutlineOf(const RunResult& result) {
  Outline outline{.verdict = result.verdict,
                  .because = result.because,
                  .margin = result.margin,
                  .margin_of = result.margin_of,
                  .production = result.production,
                  .copies = result.copies};
  for (const HostResult& host : result.hosts) outline.copies_wanted += host.copies_out.bandwidth;
  return outline;
}

double EffectOf(const Outline& now, const Outline& other) {
  return std::max({std::abs(other.margin.value_or(1) - now.margin.value_or(1)),
                   std::abs(other.production.fraction() - now.production.fraction()),
                   std::abs(other.copies.fraction() - now.copies.fraction())});
}

}  // namespace vpcmirror
