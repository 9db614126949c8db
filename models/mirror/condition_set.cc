#include "models/mirror/condition_set.h"

#include <algorithm>

namespace vpcmirror {
namespace {

// An absent prefix still has a family where the condition names one elsewhere.
std::optional<IpFamily> FamilyOf(const Condition& condition) {
  if (condition.family) return condition.family;
  if (condition.source) return condition.source->address().family();
  if (condition.destination) return condition.destination->address().family();
  return std::nullopt;
}

template <class T>
std::optional<T> Narrower(const std::optional<T>& a, const std::optional<T>& b) {
  return a ? a : b;
}

std::optional<IpPrefix> NarrowerPrefix(const std::optional<IpPrefix>& a,
                                       const std::optional<IpPrefix>& b) {
  if (!a || !b) return Narrower(a, b);
  return a->length() >= b->length() ? a : b;
}

bool Disjoint(const std::optional<IpPrefix>& a, const std::optional<IpPrefix>& b) {
  return a && b && !a->Overlaps(*b);
}

PortRange Common(const PortRange& a, const PortRange& b) {
  return {std::max(a.first, b.first), std::min(a.last, b.last)};
}

bool IsEmpty(const PortRange& range) { return range.first > range.last; }

// A condition whose own parts contradict each other: no flow has two families.
bool IsImpossible(const Condition& condition) {
  const auto family = FamilyOf(condition);
  const auto differs = [&](const std::optional<IpPrefix>& prefix) {
    return prefix && prefix->address().family() != *family;
  };
  return family && (differs(condition.source) || differs(condition.destination));
}

}  // namespace

Mismatch ContradictionOf(const Condition& a, const Condition& b) {
  const auto family_a = FamilyOf(a);
  const auto family_b = FamilyOf(b);
  if (IsImpossible(a) || IsImpossible(b)) return Mismatch::kFamily;
  if (family_a && family_b && *family_a != *family_b) return Mismatch::kFamily;
  if (a.protocol && b.protocol && *a.protocol != *b.protocol) return Mismatch::kProtocol;
  if (Disjoint(a.source, b.source)) return Mismatch::kSource;
  if (Disjoint(a.destination, b.destination)) return Mismatch::kDestination;
  if (IsEmpty(Common(a.source_ports, b.source_ports))) return Mismatch::kSourcePort;
  if (IsEmpty(Common(a.destination_ports, b.destination_ports))) {
    return Mismatch::kDestinationPort;
  }
  return Mismatch::kNone;
}

std::optional<Condition> Intersection(const Condition& a, const Condition& b) {
  if (ContradictionOf(a, b) != Mismatch::kNone) return std::nullopt;
  return Condition{.family = Narrower(FamilyOf(a), FamilyOf(b)),
                   .source = NarrowerPrefix(a.source, b.source),
                   .destination = NarrowerPrefix(a.destination, b.destination),
                   .protocol = Narrower(a.protocol, b.protocol),
                   .source_ports = Common(a.source_ports, b.source_ports),
                   .destination_ports = Common(a.destination_ports, b.destination_ports)};
}

}  // namespace vpcmirror
