// Makes what watches an ENI in either of two scenarios comparable.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "analysis/compare/filter_sets.h"
#include "analysis/compare/mirror_watch.h"

namespace vpcmirror {

// Numbers what sessions do, and their filters, so that equal numbers are equal effects. Keeps
// references to all that it is made with.
class WatchMaker {
 public:
  using Scenarios = std::array<const ValidScenario*, 2>;
  using MirrorsOfEnis = std::array<std::vector<std::vector<std::size_t>>, 2>;  // MirrorsByEni
  // Index of an ENI in either scenario; empty: it is not there. It is in one of them.
  using Places = std::array<std::optional<std::size_t>, 2>;

  WatchMaker(const Scenarios& scenarios, const MirrorsOfEnis& mirrors, FilterSets& filters)
      : scenarios_(scenarios), mirrors_(mirrors), filters_(filters) {}

  // Without sessions yet.
  BothWatches WatchesOf(const Places& places) const;
  // Fills in the sessions of that direction. `mirrors`: those of the ENI, of MirrorsByEni.
  void LookAt(Direction direction, MirrorWatch& watch, const std::vector<std::size_t>& mirrors);

 private:
  MirrorWatch WatchOf(std::size_t side, const Places& places) const;
  SessionEffect EffectOf(const WatchedSession& session, Bytes mtu, Direction direction);
  int NumberOf(std::string text) {
    return numbers_.try_emplace(std::move(text), static_cast<int>(numbers_.size())).first->second;
  }

  const Scenarios& scenarios_;
  const MirrorsOfEnis& mirrors_;
  FilterSets& filters_;
  std::map<std::string, int> numbers_;
  std::map<std::tuple<const Mirror*, std::int64_t, Direction>, SessionEffect> effects_;
  std::map<const Mirror*, int> filter_numbers_;
};

}  // namespace vpcmirror
