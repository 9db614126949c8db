// The changes of a timeline that are of one kind.
#pragma once

#include <variant>
#include <vector>

#include "models/scenario/timeline.h"

namespace vpcmirror {

// Calls `visit(at, change)` for each, in order.
template <class Kind, class Visit>
void VisitChanges(const std::vector<TimelineEvent>& timeline, Visit visit) {
  for (const TimelineEvent& event : timeline) {
    for (const Change& change : event.changes) {
      if (const auto* of_kind = std::get_if<Kind>(&change)) visit(event.action.at, *of_kind);
    }
  }
}

}  // namespace vpcmirror
