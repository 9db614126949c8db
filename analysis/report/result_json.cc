#include "analysis/report/result_json.h"

#include <fmt/format.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "analysis/report/result_parts.h"

namespace vpcmirror {
namespace {

// A name may hold bytes that are not UTF-8; the document must not.
constexpr auto kBadBytes = nlohmann::ordered_json::error_handler_t::replace;

// Fills in a list that is still empty in `text`, an item a line.
void FillIn(std::string& text, const ResultList& list) {
  if (list.size == 0) return;
  // Keys of that level alone are indented so, and no string holds a line's end.
  const std::string indent(list.parent.empty() ? 2 : 4, ' ');
  const std::string place = fmt::format("\n{}\"{}\": [", indent, list.key);
  const std::size_t at = text.find(place) + place.size();
  std::string lines;
  for (std::size_t i = 0; i < list.size; ++i) {
    lines += lines.empty() ? "\n  " : ",\n  ";
    lines += indent + list.element(i).dump(-1, ' ', false, kBadBytes);
  }
  text.insert(at, lines + "\n" + indent);
}

}  // namespace

std::string ResultJson(const RunResult& result) {
  std::string text = ResultHead(result).dump(2, ' ', false, kBadBytes) + "\n";
  for (const ResultList& list : ResultLists(result)) FillIn(text, list);
  return text;
}

}  // namespace vpcmirror
