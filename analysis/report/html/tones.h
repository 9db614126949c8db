// How a page shows what is good and what is bad.
#pragma once

#include <string_view>

#include "analysis/report/report.h"

namespace vpcmirror {

// Of the style sheet.
inline std::string_view ClassOf(Tone tone) {
  switch (tone) {
    case Tone::kGood:
      return "good";
    case Tone::kWarning:
      return "warning";
    case Tone::kBad:
      return "bad";
    case Tone::kPlain:
      break;
  }
  return "plain";
}

// What colour says, for those who see none.
inline std::string_view SignOf(Tone tone) {
  switch (tone) {
    case Tone::kGood:
      return "<span aria-hidden=\"true\">\u2714</span> ";
    case Tone::kWarning:
      return "<span aria-hidden=\"true\">\u25b2</span> ";
    case Tone::kBad:
      return "<span aria-hidden=\"true\">\u2716</span> ";
    case Tone::kPlain:
      break;
  }
  return "";
}

}  // namespace vpcmirror
