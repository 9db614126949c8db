// What a mirror's copies look like and where they go, by named traits: what differs
// between two mirrors is said by the traits that differ.
#pragma once

#include <string>
#include <vector>

#include "models/mirror/mirror.h"

namespace vpcmirror {

struct CopyTrait {
  std::string name;   // "VNI"
  std::string value;  // "7"

  friend bool operator==(const CopyTrait&, const CopyTrait&) = default;
};
using CopyTraits = std::vector<CopyTrait>;

// Where copies go.
CopyTraits ReceiverTraits(const Mirror& mirror);
// What all copies of a mirror have in common, whichever receiver they go to. `mtu` is the
// source ENI's.
CopyTraits HeadTraits(const Mirror& mirror, Bytes mtu, Direction direction);
// How long copies to each receiver may be; said once where it is the same for all.
CopyTraits RoomTraits(const Mirror& mirror, Bytes mtu);
// Of which flows there are copies, of those that the filter passes. `nat_gateway`: that
// the route has to lead to; empty: any.
CopyTraits ShareTraits(const Mirror& mirror, const std::string& nat_gateway);

// Equal where the traits are.
std::string TextOf(const CopyTraits& traits);

// A trait that is another before than after; a value is empty where there is no such trait.
struct TraitChange {
  std::string name;
  std::string before;
  std::string after;

  friend bool operator==(const TraitChange&, const TraitChange&) = default;
};
std::vector<TraitChange> DifferencesOf(const CopyTraits& before, const CopyTraits& after);

}  // namespace vpcmirror
