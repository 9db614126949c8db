#include "analysis/compare/mirror_watch.h"

#include <algorithm>

namespace vpcmirror {
namespace {

// How much it is worth to take the two for one; 0: they are two.
int Likeness(const BothWatches& watches, const WatchedSession& before,
             const WatchedSession& after) {
  const bool is_one = before.core->settings().id == after.core->settings().id;
  const bool asks_the_same = before.filter == after.filter;
  const int alike = (asks_the_same ? 10 : 0) + (is_one ? 1 : 0);
  if (before.effect == after.effect) return 100 + alike;
  const bool is_ordered = watches[0].is_ordered() || watches[1].is_ordered();
  if (is_ordered && before.effect.share != after.effect.share) return 0;
  return alike;
}

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> PairedSessions(const BothWatches& watches) {
  const auto& a = watches[0].sessions;
  const auto& b = watches[1].sessions;
  std::vector<std::vector<int>> best(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      const int both = Likeness(watches, a[i], b[j]);
      best[i][j] = std::max(best[i + 1][j], best[i][j + 1]);
      if (both > 0) best[i][j] = std::max(best[i][j], both + best[i + 1][j + 1]);
    }
  }
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const int both = Likeness(watches, a[i], b[j]);
    if (both > 0 && best[i][j] == both + best[i + 1][j + 1]) {
      pairs.emplace_back(i++, j++);
    } else {
      best[i][j] == best[i + 1][j] ? ++i : ++j;
    }
  }
  return pairs;
}

}  // namespace vpcmirror
