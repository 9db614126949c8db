// Conditions as sets of flows.
#pragma once

#include <optional>

#include "models/mirror/condition.h"

namespace vpcmirror {

// The condition that holds exactly where both hold; empty when none could: they
// contradict each other.
std::optional<Condition> Intersection(const Condition& a, const Condition& b);

// The first field in which the two contradict each other; kNone when they do not.
Mismatch ContradictionOf(const Condition& a, const Condition& b);

}  // namespace vpcmirror
