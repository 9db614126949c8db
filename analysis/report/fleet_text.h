// Fleets of receivers, and what mirroring costs a month, on a terminal.
#pragma once

#include <string>

#include "analysis/plan/fleet.h"
#include "analysis/plan/monthly_cost.h"
#include "analysis/report/result_text.h"

namespace vpcmirror {

// All end in a newline, and no line of a table is over 80 columns.

// Receivers by size, with and without a spare one, as a range over the paces; then the cheapest
// fleet of each pace, or why there is none; then the notes. `settings` are those of the plan.
std::string FleetText(const FleetPlan& plan, const FleetSettings& settings, const TextStyle& style);

// Lines, totals by currency, sources with their dates, and assumptions. An item without a price
// is "not known".
std::string MonthlyCostText(const MonthlyCost& cost, const TextStyle& style);

}  // namespace vpcmirror
