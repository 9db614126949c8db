#include "analysis/report/limit_bars.h"

#include <fmt/format.h>

#include "analysis/words/quantities.h"

namespace vpcmirror {

Bars LimitBars(double margin_goal) {
  return {
      .title = "Tightest limits",
      .caption = fmt::format("What is used of each; {} is to stay free.", PercentText(margin_goal)),
      .mark = 1,
      .mark_text = "limit"};
}

}  // namespace vpcmirror
