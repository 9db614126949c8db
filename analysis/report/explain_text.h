// Explanations as a network engineer reads them on a terminal.
#pragma once

#include <string>

#include "analysis/report/result_text.h"
#include "models/scenario/explanation.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// The verdict first, then the frame, every step, receiver, outer headers and
// sizes; what it rests on last. Names are made Printable. Ends in a newline.
std::string ExplanationText(const ValidScenario& scenario, const Explanation& explanation,
                            const TextStyle& style);

// A line a frame, as far as the explanation has lines; then what was left out.
std::string FrameLinesText(const ValidScenario& scenario, const CaptureExplanation& capture,
                           const TextStyle& style);

// Verdicts by rule and reason, each with a count and an example; receivers; the
// rules that matched nothing.
std::string CaptureSummaryText(const ValidScenario& scenario, const CaptureExplanation& capture,
                               const TextStyle& style);

}  // namespace vpcmirror
