// JSON with comments, and where in the text every value stands.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/error.h"

namespace vpcmirror::sim {

// 1-based, columns in bytes; a leading byte order mark does not count. Line 0: not in the text.
struct TextPosition {
  int line = 0;
  int column = 0;

  friend auto operator<=>(const TextPosition&, const TextPosition&) = default;
};

// One value of a document: the same tree as the JSON, with positions.
struct Place {
  TextPosition key;       // of the member's name; of the value for an array item and the root
  TextPosition value;     // of the value's first byte
  std::size_t order = 0;  // among the members of its object, as written
  std::string source;     // "--set /seed=7" when the value was not in the text
  std::map<std::string, Place, std::less<>> members;
  std::vector<Place> items;
};

// Bounds on what is read, so that no file can take the program down.
inline constexpr std::size_t kMaxJsonBytes = std::size_t{64} << 20;
inline constexpr std::size_t kMaxJsonDepth = 64;
inline constexpr std::size_t kMaxJsonString = std::size_t{64} << 10;  // std::regex is slow on more
inline constexpr std::size_t kMaxJsonValues = 1'000'000;

struct JsonDocument {
  std::string file;
  nlohmann::json root;
  Place place;  // of root
};

// Accepts // and /* */ comments and a UTF-8 byte order mark. Throws
// ScenarioException: a syntax error, every duplicate key, invalid UTF-8, or a
// bound passed. `file` only names the text in errors.
JsonDocument ParseJson(std::string_view text, const std::string& file,
                       std::size_t most_values = kMaxJsonValues);

// Reads the file and parses it; also throws when the file cannot be read.
JsonDocument ReadJsonFile(const std::string& file);

// The whole file. Throws ScenarioException when it is missing, unreadable, not a
// regular file or over `most` bytes, which are whole MiB; `instead` says what would do then.
std::string ReadTextFile(const std::string& file, std::size_t most = kMaxJsonBytes,
                         std::string_view instead = {});

// A name as one step of a JSON Pointer (RFC 6901, 3).
std::string EscapePointer(std::string_view name);
// The steps of a JSON Pointer; the text must be empty or begin with a slash.
std::vector<std::string> PointerSteps(std::string_view pointer);

// The place of `pointer`, or of its nearest ancestor that exists.
const Place& NearestPlace(const Place& root, std::string_view pointer);

}  // namespace vpcmirror::sim
