#include "sim/cli/print_errors.h"

#include <fmt/format.h>

#include <string>

#include "analysis/report/text_layout.h"

namespace vpcmirror::sim {

void PrintErrors(const ScenarioException& exception, std::ostream& out) {
  for (const ScenarioError& error : exception.errors()) {
    std::string line = error.file.empty() ? "vpcmirror" : Printable(error.file);
    if (error.line > 0) line += fmt::format(":{}:{}", error.line, error.column);
    line += fmt::format(": {}", Printable(error.message));
    if (!error.path.empty()) line += fmt::format(" (at {})", Printable(error.path));
    out << line << '\n';
    if (!error.accepted.empty()) out << "  accepted: " << Printable(error.accepted) << '\n';
  }
}

}  // namespace vpcmirror::sim
