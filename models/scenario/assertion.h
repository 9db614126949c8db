// What must hold of a result: a path into result.json, a comparison, a bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace vpcmirror {

// One value of result.json; std::monostate is its null.
using Figure = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

// What a figure counts, as the end of its key says.
enum class FigureUnit : std::uint8_t {
  kBitsPerSecond,
  kPacketsPerSecond,
  kNanoseconds,
  kBytes,
  kCount,   // whole, of frames, events and the like
  kShare,   // 0.001 is 0.1 %
  kNumber,  // of cores
  kFlag,
  kWord,
};

enum class Comparison : std::uint8_t { kLess, kAtMost, kEqual, kUnequal, kAtLeast, kMore };

// Which elements of a list a path goes into.
struct ElementChoice {
  enum class Kind : std::uint8_t { kAll, kNumbered, kNamed };

  std::string text;      // as written between the brackets
  std::string name_key;  // the member that names an element, "id"; empty: none does
  Kind kind = Kind::kAll;
  std::size_t number = 0;       // of kNumbered, from 0
  std::set<std::string> names;  // of kNamed; filled in by Validate, which knows who there is
};

struct PathStep {
  std::string key;
  std::optional<ElementChoice> choice;  // of a list, and of nothing else
};

struct Assertion {
  std::string text;  // as written: "enis[web[0]/eni0].out_bps < 3 Gbps"
  std::vector<PathStep> path;
  FigureUnit unit = FigureUnit::kNumber;
  Comparison comparison = Comparison::kLess;
  Figure bound;  // in `unit`; only kEqual and kUnequal compare what is no number
};

}  // namespace vpcmirror
