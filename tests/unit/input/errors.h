// What a reader threw, for comparison with a table.
#pragma once

#include <fmt/format.h>

#include <ostream>
#include <string>
#include <vector>

#include "models/scenario/error.h"
#include "sim/input/json_document.h"

namespace vpcmirror::sim {

inline void PrintTo(const TextPosition& at, std::ostream* os) {
  *os << at.line << ":" << at.column;
}

// "3:5 /hosts/web: message | accepted" for each error; empty when nothing is thrown.
template <class Read>
std::vector<std::string> ErrorsOf(Read read) {
  std::vector<std::string> lines;
  try {
    read();
  } catch (const ScenarioException& e) {
    for (const ScenarioError& error : e.errors()) {
      lines.push_back(fmt::format("{}:{} {}: {} | {}", error.line, error.column, error.path,
                                  error.message, error.accepted));
    }
  }
  return lines;
}

}  // namespace vpcmirror::sim
