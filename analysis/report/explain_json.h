// Explanations for programs.
#pragma once

#include <string>

#include "models/scenario/explanation.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// Of the formats: a change that a reader would notice gets another number.
inline constexpr char kExplanationSchema[] = "vpcmirror.explanation/1";
inline constexpr char kCaptureExplanationSchema[] = "vpcmirror.capture_explanation/1";

// Keys with their units, every step of the trail in the words of ToString and in
// a sentence. Ends in a newline.
std::string ExplanationJson(const ValidScenario& scenario, const Explanation& explanation);
// The table of rulings, the use of every rule, and the lines as far as there are any.
std::string CaptureExplanationJson(const ValidScenario& scenario,
                                   const CaptureExplanation& capture);

}  // namespace vpcmirror
