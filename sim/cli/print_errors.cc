#include "sim/cli/print_errors.h"

#include <fmt/format.h>

#include <string>

namespace vpcmirror::sim {

void PrintErrors(const ScenarioException& exception, std::ostream& out) {
  for (const ScenarioError& error : exception.errors()) {
    std::string line = error.file.empty() ? "vpcmirror" : error.file;
    if (error.line > 0) line += fmt::format(":{}:{}", error.line, error.column);
    line += fmt::format(": {}", error.message);
    if (!error.path.empty()) line += fmt::format(" (at {})", error.path);
    out << line << '\n';
    if (!error.accepted.empty()) out << "  accepted: " << error.accepted << '\n';
  }
}

}  // namespace vpcmirror::sim
