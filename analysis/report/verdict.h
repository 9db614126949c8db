// What follows from a run: margins, losses and whether it fits.
#pragma once

#include <optional>
#include <string_view>

#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

inline constexpr double kDefaultMarginGoal = 0.2;  // a limit is at risk above 80 % used

std::string_view ToString(Verdict verdict);  // "FITS", "AT RISK", "DOES NOT FIT"

// Of such a word; empty of any other.
std::optional<Verdict> VerdictNamed(std::string_view word);

// Fills in all that run_result.h calls judged, from what the engine measured.
// `margin_goal` is the share of each limit that is to stay free, 0 to 1.
//
// DOES NOT FIT: a copy or a production frame was lost, or more was offered to a
// limit than it holds; TCP flows that fill a limit without losing offer what it holds. AT RISK:
// less than `margin_goal` of some limit is free.
void Judge(const ValidScenario& scenario, double margin_goal, RunResult& result);

// Where TCP flows are together slower with the mirror than in the baseline, production pays
// without losing a frame: then it DOES NOT FIT, and `because` says how much slower.
void JudgeSlowdown(RunResult& result);

// Whether the congestion discipline had anything to decide: a frame, production
// or copy, was lost to the budget of a CVM that it left or came in to.
bool LostAtABudget(const RunResult& result);

// Fills in `holds` from the disciplines: whether the verdict is that of all.
void JudgeDisciplines(RunResult& result);

}  // namespace vpcmirror
