#include "analysis/report/result_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <future>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "analysis/report/result_parts.h"

namespace vpcmirror {
namespace {

// A name may hold bytes that are not UTF-8; the document must not.
constexpr auto kBadBytes = nlohmann::ordered_json::error_handler_t::replace;

// Items from `first` up to `last`, each a line, with commas between them.
std::string LinesOf(const ResultList& list, std::size_t first, std::size_t last,
                    const std::string& indent) {
  std::string lines;
  for (std::size_t i = first; i < last; ++i) {
    lines += i == first ? "\n  " : ",\n  ";
    lines += indent + list.element(i).dump(-1, ' ', false, kBadBytes);
  }
  return lines;
}

// All of them, the work shared by all cores: an estate has hundreds of megabytes of them.
std::string LinesOf(const ResultList& list, const std::string& indent) {
  constexpr std::size_t kWorthACore = 1000;  // items, of some 20 us each
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t parts = std::clamp<std::size_t>(list.size / kWorthACore, 1, cores);
  if (parts == 1) return LinesOf(list, 0, list.size, indent);
  std::vector<std::future<std::string>> pending;
  for (std::size_t i = 0; i < parts; ++i) {
    const std::size_t first = list.size * i / parts;
    const std::size_t last = list.size * (i + 1) / parts;
    pending.push_back(
        std::async([&list, &indent, first, last] { return LinesOf(list, first, last, indent); }));
  }
  std::string lines;
  for (std::future<std::string>& part : pending) {
    if (!lines.empty()) lines += ',';
    lines += part.get();
  }
  return lines;
}

// Fills in a list that is still empty in `text`, an item a line.
void FillIn(std::string& text, const ResultList& list) {
  if (list.size == 0) return;
  // Keys of that level alone are indented so, and no string holds a line's end.
  const std::string indent(list.parent.empty() ? 2 : 4, ' ');
  const std::string place = fmt::format("\n{}\"{}\": [", indent, list.key);
  const std::size_t at = text.find(place) + place.size();
  text.insert(at, LinesOf(list, indent) + "\n" + indent);
}

}  // namespace

std::string ResultJson(const RunResult& result) {
  std::string text = ResultHead(result).dump(2, ' ', false, kBadBytes) + "\n";
  for (const ResultList& list : ResultLists(result)) FillIn(text, list);
  return text;
}

}  // namespace vpcmirror
