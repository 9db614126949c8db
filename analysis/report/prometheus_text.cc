#include "analysis/report/prometheus_text.h"

#include "analysis/report/characters.h"

namespace vpcmirror {

std::string QuotedLabel(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : LineText(text)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace vpcmirror
