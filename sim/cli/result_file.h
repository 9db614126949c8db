// Results that runs have left.
#pragma once

#include <cstdint>
#include <string>

#include "models/scenario/run_result.h"

namespace vpcmirror::sim {

enum class DocumentKind : std::uint8_t {
  kResult,
  kOtherOutput,  // of another command of vpcmirror
  kUnknown,      // a scenario, what a provider's API answers, anything else
  kUnreadable,   // not there, or not to be read
  kNoDocuments,  // a folder without a .json file
};

// A path that a user gave, and what is there.
struct NamedDocument {
  // Of a folder with a result: its result.json; with other output of vpcmirror alone: that.
  std::string path;
  DocumentKind kind = DocumentKind::kUnknown;
  std::string schema;  // what it says it is; may be empty
  bool is_pipe = false;
};

// Tells by content, but of pipes and devices: what they hold can be read once.
NamedDocument Identify(const std::string& path);

// Of a result.json, or of the folder that it is in. Throws FileException, which names the file and
// says what is wrong and what to do.
RunResult LoadResult(const std::string& path);

// The result that was written last of those in out/NAME below the working folder.
// Throws FileException when there is none, with what to run.
std::string LastResult();

// The result that `file` took the place of. Throws FileException when there is none, with what
// to run.
std::string PreviousResult(const std::string& file);

}  // namespace vpcmirror::sim
