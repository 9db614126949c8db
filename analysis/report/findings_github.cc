#include "analysis/report/findings_github.h"

#include <fmt/format.h>

#include <string_view>

#include "analysis/report/characters.h"

namespace vpcmirror {
namespace {

// What ends a command or, with `property`, a property: as actions/toolkit escapes it
// (packages/core/src/command.ts).
std::string CommandText(std::string_view text, bool property) {
  const std::string_view special = property ? "%\r\n:," : "%\r\n";
  std::string escaped;
  for (const char c : text) {
    escaped += special.find(c) == std::string_view::npos
                   ? std::string(1, c)
                   : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return escaped;
}

void AddProperty(std::string& properties, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  properties +=
      fmt::format("{}{}={}", properties.empty() ? " " : ",", name, CommandText(value, true));
}

std::string NumberText(int number) { return number == 0 ? "" : std::to_string(number); }

}  // namespace

std::string FindingsGithub(const FindingsReport& report) {
  std::string out;
  for (const Finding* finding : ShownFindings(report)) {
    std::string properties;
    AddProperty(properties, "file", LineText(finding->file));
    AddProperty(properties, "line", NumberText(finding->line));
    AddProperty(properties, "col", NumberText(finding->column));
    AddProperty(properties, "title", finding->code);
    std::string message = LineText(finding->message);
    if (!finding->fix.empty()) message += "\nfix: " + LineText(finding->fix);
    if (!finding->api_code.empty()) message += "\napi: " + LineText(finding->api_code);
    out += fmt::format("::{}{}::{}\n", LevelOf(finding->severity, "notice"), properties,
                       CommandText(message, false));
  }
  return out;
}

}  // namespace vpcmirror
