// What check found: a mistake or a risk, where it is, and what to do about it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/mirror/direction.h"
#include "models/scenario/error.h"
#include "models/units/quantity.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

// From the worst on. An assumption is what the judgement rests on and nobody has confirmed.
enum class Severity : std::uint8_t { kError, kWarning, kInfo, kAssumption };

// What a finding rests on.
enum class FindingBasis : std::uint8_t {
  kDocumented,  // the provider's documents say so
  kDerived,     // it follows from them and the scenario
  kAssumed,     // it follows from an assumption, too
};

// What a finding is about: {"mirror", "mirror-1"}, {"host", "web[3]"}.
struct Subject {
  std::string type;
  std::string id;

  friend bool operator==(const Subject&, const Subject&) = default;
};

// A frame that proves a finding: whether the mirror that the finding is about copies it, as
// explain says too.
struct Witness {
  std::string eni;  // at which it is seen
  Direction direction = Direction::kIngress;
  FlowKey flow;
  Bytes frame{};  // Ethernet, without FCS
  bool is_mirrored = false;
};

// A number of a finding, for machines: {"asked", 3.2e9, "bps"}.
struct FindingNumber {
  std::string name;
  double value = 0;
  std::string unit;

  friend bool operator==(const FindingNumber&, const FindingNumber&) = default;
};

struct Finding {
  std::string code;  // of its rule: "MIR-MTU-001"
  Severity severity = Severity::kWarning;
  FindingBasis basis = FindingBasis::kDocumented;
  Subject subject;
  std::string path;         // JSON Pointer of the place in the scenario
  std::string file;         // the four of them filled in by whoever read the file
  int line = 0;             // 1-based; 0: not in a file
  int column = 0;           // 1-based, in bytes
  std::string message;      // one sentence, with the numbers
  std::string fix;          // what to do, with the value
  std::vector<Edit> edits;  // that do what `fix` says; empty: no edit of the file does
  std::string api_code;     // what the provider's API answers; empty: it takes it
  std::vector<FindingNumber> numbers;
  std::vector<Witness> witnesses;
  // Why whoever owns the scenario accepts it; empty: nobody does.
  std::string suppressed_because;
};

// "error", "warning", "info", "assumption".
std::string_view ToString(Severity severity);
// "documented", "derived", "assumed".
std::string_view ToString(FindingBasis basis);

}  // namespace vpcmirror
