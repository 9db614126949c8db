// Cells of comma-separated tables.
#pragma once

#include <string>
#include <string_view>

namespace vpcmirror {

// RFC 4180.
inline std::string CsvCell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace vpcmirror
