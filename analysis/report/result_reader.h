// The reader of result.json, beside its writer.
#pragma once

#include <istream>
#include <optional>
#include <stdexcept>
#include <string>

#include "models/scenario/run_result.h"

namespace vpcmirror {

// A result that cannot be read; what() names the file, the place in it, what is wrong and
// what to do about it.
class ResultException : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What ResultJson wrote, as a result of which it writes the same bytes. Not in there, and so
// empty or zero: spans, frames and bytes of what a host used, of the baseline's TCP flows all
// but the goodput, the path of an action of the timeline, which unit a number without one has.
//
// Reads element by element: takes the result's memory, and of the text no more than one
// element of a list. `file` is how messages call it. Throws ResultException when it is no
// result, cut short, of another version's format or not as this version writes it.
RunResult ReadResult(std::istream& text, const std::string& file);

// The text of "schema" at the top of a JSON document, comments allowed: "vpcmirror.result/1".
// Reads no further than that. Empty where there is none, or no JSON before it.
std::optional<std::string> SchemaOf(std::istream& document);

}  // namespace vpcmirror
