#include "models/scenario/nearest.h"

#include <algorithm>

namespace vpcmirror {
namespace {

constexpr std::size_t kMostNames = 10;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string Quoted(const std::string& name) { return '"' + name + '"'; }

}  // namespace

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = Lower(a[i - 1]) == Lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && Lower(a[i - 1]) == Lower(b[j - 2]) &&
          Lower(a[i - 2]) == Lower(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::optional<std::string> NearestName(std::string_view name,
                                       const std::vector<std::string>& known) {
  std::optional<std::string> best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : known) {
    const std::size_t distance = EditDistance(name, candidate);
    const std::size_t most = std::max<std::size_t>(1, std::max(name.size(), candidate.size()) / 3);
    if (distance > most || (best && distance >= best_distance)) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

std::string AcceptedNames(std::string_view name, const std::vector<std::string>& known) {
  if (known.empty()) return "nothing: none is defined";
  const auto nearest = NearestName(name, known);
  std::string text;
  std::size_t named = 0;
  if (nearest) text = Quoted(*nearest) + " (nearest)";
  for (const std::string& candidate : known) {
    if (nearest && candidate == *nearest) continue;
    if (named == kMostNames) {
      const std::size_t rest = known.size() - named - (nearest ? 1 : 0);
      return text + ", or " + std::to_string(rest) + " more";
    }
    if (named == 0 && nearest) {
      text += ", or ";
    } else if (named > 0) {
      text += ", ";
    }
    text += Quoted(candidate);
    ++named;
  }
  return text;
}

}  // namespace vpcmirror
