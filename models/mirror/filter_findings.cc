#include "models/mirror/filter_findings.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <utility>

#include "models/mirror/condition_set.h"

namespace vpcmirror {
namespace {

// As many pieces of one rule as are followed; each earlier rule may cut one into
// several. Far more than filters of a cloud's size come to.
constexpr std::size_t kMostPieces = 20'000;

constexpr PortRange kAllPorts{0, 65535};

// Flows of one address family that have ports, or that have none.
struct Box {
  bool has_ports = false;
  IpPrefix source;
  IpPrefix destination;
  std::bitset<256> protocols;
  PortRange source_ports = kAllPorts;
  PortRange destination_ports = kAllPorts;
};

std::bitset<256> ProtocolsWithPorts() {
  std::bitset<256> protocols;
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    protocols[i] = HasPorts(static_cast<std::uint8_t>(i));
  }
  return protocols;
}

IpPrefix Everything(IpFamily family) {
  constexpr std::array<std::byte, 16> kZero{};
  return {family == IpFamily::kV4 ? IpAddress::V4(0) : IpAddress::V6(kZero), 0};
}

bool IsOf(const std::optional<IpPrefix>& prefix, IpFamily family) {
  return !prefix || prefix->address().family() == family;
}

std::vector<Box> BoxesOf(const Condition& condition) {
  std::vector<Box> boxes;
  for (const IpFamily family : {IpFamily::kV4, IpFamily::kV6}) {
    if (condition.family.value_or(family) != family) continue;
    if (!IsOf(condition.source, family) || !IsOf(condition.destination, family)) continue;
    Box box{.source = condition.source.value_or(Everything(family)),
            .destination = condition.destination.value_or(Everything(family))};
    if (condition.protocol) {
      box.protocols.set(*condition.protocol);
    } else {
      box.protocols.set();
    }
    if (condition.source_ports.IsAny() && condition.destination_ports.IsAny()) {
      boxes.push_back(box);
    }
    box.has_ports = true;
    box.protocols &= ProtocolsWithPorts();
    box.source_ports = condition.source_ports;
    box.destination_ports = condition.destination_ports;
    if (box.protocols.any()) boxes.push_back(box);
  }
  return boxes;
}

bool Meet(const PortRange& a, const PortRange& b) { return a.first <= b.last && b.first <= a.last; }

bool Meet(const Box& a, const Box& b) {
  return a.has_ports == b.has_ports && a.source.Overlaps(b.source) &&
         a.destination.Overlaps(b.destination) && (a.protocols & b.protocols).any() &&
         Meet(a.source_ports, b.source_ports) && Meet(a.destination_ports, b.destination_ports);
}

IpAddress WithBitFlipped(const IpAddress& address, int bit) {
  std::array<std::byte, 16> octets{};
  std::ranges::copy(address.octets(), octets.begin());
  octets[static_cast<std::size_t>(bit / 8)] ^= std::byte{0x80} >> (bit % 8);
  if (!address.is_v4()) return IpAddress::V6(octets);
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(octets[i]);
  return IpAddress::V4(value);
}

// Cuts `box` along one prefix field down to `to`, the parts outside to `left`.
void CutPrefix(Box& box, IpPrefix Box::*field, const IpPrefix& to, std::vector<Box>& left) {
  for (int length = (box.*field).length() + 1; length <= to.length(); ++length) {
    Box outside = box;
    outside.*field = IpPrefix(WithBitFlipped(to.address(), length - 1), length);
    left.push_back(outside);
    box.*field = IpPrefix(to.address(), length);
  }
}

void CutPorts(Box& box, PortRange Box::*field, const PortRange& to, std::vector<Box>& left) {
  PortRange& range = box.*field;
  if (range.first < to.first) {
    left.push_back(box);
    (left.back().*field).last = static_cast<std::uint16_t>(to.first - 1);
    range.first = to.first;
  }
  if (range.last > to.last) {
    left.push_back(box);
    (left.back().*field).first = static_cast<std::uint16_t>(to.last + 1);
    range.last = to.last;
  }
}

// What of `box` lies outside `other`, which it meets, goes to `left`.
void Subtract(Box box, const Box& other, std::vector<Box>& left) {
  CutPrefix(box, &Box::source, other.source, left);
  CutPrefix(box, &Box::destination, other.destination, left);
  const std::bitset<256> outside = box.protocols & ~other.protocols;
  if (outside.any()) {
    left.push_back(box);
    left.back().protocols = outside;
    box.protocols &= other.protocols;
  }
  if (!box.has_ports) return;
  CutPorts(box, &Box::source_ports, other.source_ports, left);
  CutPorts(box, &Box::destination_ports, other.destination_ports, left);
}

// The boxes without what `condition` holds, as long as they are few enough to
// follow; whether that took anything.
bool SubtractAll(std::vector<Box>& boxes, const Condition& condition) {
  bool took = false;
  for (const Box& other : BoxesOf(condition)) {
    std::vector<Box> left;
    for (const Box& box : boxes) {
      if (Meet(box, other)) {
        took = true;
        Subtract(box, other, left);
      } else {
        left.push_back(box);
      }
      if (left.size() > kMostPieces) break;
    }
    boxes = std::move(left);
  }
  return took;
}

// A flow of the box, with ports that are likely to be meant: TCP before others.
FlowKey FlowOf(const Box& box) {
  std::size_t protocol = 0;
  while (!box.protocols.test(protocol)) ++protocol;  // no box is without any
  for (const std::uint8_t usual : {kProtocolUdp, kProtocolTcp}) {
    if (box.protocols.test(usual)) protocol = usual;
  }
  FlowKey flow{.source = box.source.address(),
               .destination = box.destination.address(),
               .protocol = static_cast<std::uint8_t>(protocol)};
  if (box.has_ports) {
    flow.ports = Ports::kKnown;
    flow.source_port = box.source_ports.first;
    flow.destination_port = box.destination_ports.first;
  } else if (HasPorts(flow.protocol)) {
    flow.ports = Ports::kLaterFragment;
  }
  return flow;
}

// Boxes with ports first: whole packets are better witnesses than fragments.
const Box& BestWitness(const std::vector<Box>& boxes) {
  const auto whole =
      std::find_if(boxes.begin(), boxes.end(), [](const Box& box) { return box.has_ports; });
  return whole == boxes.end() ? boxes.front() : *whole;
}

// Also where no field differs and yet nothing holds both: a port of a protocol
// that has none.
Mismatch WhyNeverBoth(const Condition& a, const Condition& b) {
  const Mismatch field = ContradictionOf(a, b);
  if (field != Mismatch::kNone) return field;
  return BoxesOf(*Intersection(a, b)).empty() ? Mismatch::kProtocol : Mismatch::kNone;
}

void AddContradictions(const Filter& filter, std::vector<FilterFinding>& findings) {
  const std::span<const FilterRule> rules = filter.rules(Direction::kIngress);
  for (std::uint32_t b = 0; b < rules.size(); ++b) {
    for (std::uint32_t a = 0; a <= b; ++a) {
      const Mismatch field = WhyNeverBoth(rules[a].condition, rules[b].condition);
      if (field == Mismatch::kNone) continue;
      findings.push_back(
          {.kind = FilterFinding::Kind::kContradiction, .rule = b, .others = {a}, .field = field});
    }
  }
}

void AddShadows(const Filter& filter, Direction direction, std::vector<FilterFinding>& findings) {
  const std::span<const FilterRule> rules = filter.rules(direction);
  bool copies = false;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    const RuleReach reach = ReachOf(rules, i);
    copies = copies || (rules[i].action == Action::kAccept && !reach.is_shadowed());
    if (!reach.is_shadowed() || i < filter.service_rules()) continue;
    findings.push_back({.kind = FilterFinding::Kind::kShadowed,
                        .direction = direction,
                        .rule = i,
                        .others = reach.hidden_by});
  }
  if (copies || filter.copies_what_no_rule_matches()) return;
  findings.push_back({.kind = FilterFinding::Kind::kCopiesNothing, .direction = direction});
}

}  // namespace

RuleReach ReachOf(std::span<const FilterRule> rules, std::size_t index) {
  RuleReach reach;
  std::vector<Box> left = BoxesOf(rules[index].condition);
  for (std::uint32_t i = 0; i < index && !left.empty(); ++i) {
    if (SubtractAll(left, rules[i].condition)) reach.hidden_by.push_back(i);
    if (left.size() > kMostPieces) {
      reach.gave_up = true;
      return reach;
    }
  }
  if (!left.empty()) reach.witness = FlowOf(BestWitness(left));
  return reach;
}

std::vector<FilterFinding> FindIneffective(const Filter& filter) {
  std::vector<FilterFinding> findings;
  if (filter.copies_everything() || filter.asks_next_hop()) return findings;
  if (filter.all_must_hold()) {
    AddContradictions(filter, findings);
    return findings;
  }
  AddShadows(filter, Direction::kIngress, findings);
  AddShadows(filter, Direction::kEgress, findings);
  return findings;
}

}  // namespace vpcmirror
