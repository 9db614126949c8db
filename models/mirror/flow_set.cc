#include "models/mirror/flow_set.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <tuple>
#include <utility>

#include "models/wire/hash.h"

namespace vpcmirror {
namespace {

const RangeSet<std::uint16_t> kEveryPort({0, 65535});

AddressNumber HighestOf(IpFamily family) {
  return family == IpFamily::kV4 ? AddressNumber{0xffffffff} : ~AddressNumber{0};
}

std::bitset<256> ProtocolsWithPorts() {
  std::bitset<256> protocols;
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    protocols[i] = HasPorts(static_cast<std::uint8_t>(i));
  }
  return protocols;
}

RangeSet<AddressNumber> AddressesOf(const std::optional<IpPrefix>& prefix, IpFamily family) {
  if (!prefix) return RangeSet<AddressNumber>({0, HighestOf(family)});
  const int bits = family == IpFamily::kV4 ? 32 : 128;
  const AddressNumber first = NumberOf(prefix->address());
  // Shifting by the whole width is not defined, and no prefix of length 0 has to.
  const AddressNumber rest = prefix->length() == 0      ? HighestOf(family)
                             : prefix->length() == bits ? 0
                                                        : HighestOf(family) >> prefix->length();
  return RangeSet<AddressNumber>({first, first + rest});
}

bool IsOf(const std::optional<IpPrefix>& prefix, IpFamily family) {
  return !prefix || prefix->address().family() == family;
}

RangeSet<std::uint16_t> PortsOf(const PortRange& range) {
  return RangeSet<std::uint16_t>({range.first, range.last});
}

bool Meet(const FlowBox& a, const FlowBox& b) {
  return a.family == b.family && a.has_ports == b.has_ports && (a.protocols & b.protocols).any() &&
         a.destinations.Meets(b.destinations) && a.sources.Meets(b.sources) &&
         a.destination_ports.Meets(b.destination_ports) && a.source_ports.Meets(b.source_ports);
}

bool Covers(const FlowBox& a, const FlowBox& b) {
  return a.family == b.family && a.has_ports == b.has_ports &&
         (b.protocols & ~a.protocols).none() && a.destinations.Covers(b.destinations) &&
         a.sources.Covers(b.sources) && a.destination_ports.Covers(b.destination_ports) &&
         a.source_ports.Covers(b.source_ports);
}

FlowBox Common(const FlowBox& a, const FlowBox& b) {
  return {.family = a.family,
          .has_ports = a.has_ports,
          .protocols = a.protocols & b.protocols,
          .source_ports = a.source_ports.CommonWith(b.source_ports),
          .destination_ports = a.destination_ports.CommonWith(b.destination_ports),
          .sources = a.sources.CommonWith(b.sources),
          .destinations = a.destinations.CommonWith(b.destinations)};
}

// Cuts `box` in one field down to what `to` has too, the part outside to `left`.
template <class T>
void Cut(FlowBox& box, RangeSet<T> FlowBox::*field, const FlowBox& to, std::vector<FlowBox>& left) {
  if ((to.*field).Covers(box.*field)) return;
  RangeSet<T> outside = (box.*field).Without(to.*field);
  RangeSet<T> inside = (box.*field).CommonWith(to.*field);
  box.*field = RangeSet<T>();  // which need not be copied
  left.push_back(box);
  left.back().*field = std::move(outside);
  box.*field = std::move(inside);
}

// What of `box` lies outside `other`, which it meets, goes to `left`. Fields are always
// cut in one order, so that the pieces of many cuts fit together, as in a decision
// diagram: subtracting n boxes leaves about n pieces, not n to the number of fields.
void Subtract(FlowBox box, const FlowBox& other, std::vector<FlowBox>& left) {
  const std::bitset<256> outside = box.protocols & ~other.protocols;
  if (outside.any()) {
    left.push_back(box);
    left.back().protocols = outside;
    box.protocols &= other.protocols;
  }
  Cut(box, &FlowBox::source_ports, other, left);
  Cut(box, &FlowBox::destination_ports, other, left);
  if (!other.sources.Covers(box.sources)) {
    if (other.destinations.Covers(box.destinations)) {
      // The usual last cut: nothing of the box is looked at any more.
      box.sources = box.sources.Without(other.sources);
      left.push_back(std::move(box));
      return;
    }
    Cut(box, &FlowBox::sources, other, left);
  }
  if (other.destinations.Covers(box.destinations)) return;
  box.destinations = box.destinations.Without(other.destinations);
  left.push_back(std::move(box));
}

// `merge` says of which field two boxes that are otherwise alike become one.
template <class Rest, class Merge>
void Join(std::vector<FlowBox>& boxes, const Rest& rest, const Merge& merge) {
  std::sort(boxes.begin(), boxes.end(),
            [&](const FlowBox& a, const FlowBox& b) { return rest(a) < rest(b); });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < boxes.size(); ++i) {
    if (rest(boxes[kept]) == rest(boxes[i])) {
      merge(boxes[kept], boxes[i]);
    } else if (++kept != i) {
      boxes[kept] = std::move(boxes[i]);
    }
  }
  if (!boxes.empty()) boxes.resize(kept + 1);
}

// Bitsets have no order of their own.
std::array<std::uint64_t, 4> WordsOf(const std::bitset<256>& bits) {
  static const std::bitset<256> low(~0ull);
  std::array<std::uint64_t, 4> words{};
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i] = ((bits >> (64 * i)) & low).to_ullong();
  }
  return words;
}

std::uint64_t Mixed(std::uint64_t turn, std::uint64_t field) {
  return MixBits(MixBits(turn) + field * 0x9e3779b97f4a7c15);
}

template <class T>
T Pick(const RangeSet<T>& set, std::initializer_list<T> usual, std::uint64_t turn,
       std::uint64_t field) {
  if (turn == 0) {
    for (const T value : usual) {
      if (set.Contains(value)) return value;
    }
    return set.ranges().front().first;
  }
  const std::uint64_t mixed = Mixed(turn, field);
  const Range<T>& range = set.ranges()[mixed % set.ranges().size()];
  const AddressNumber wide = AddressNumber{MixBits(mixed)} << 64 | mixed;
  const AddressNumber others = static_cast<AddressNumber>(range.last) - range.first;
  if (others == ~AddressNumber{0}) return static_cast<T>(wide);
  return static_cast<T>(range.first + wide % (others + 1));
}

std::uint8_t PickProtocol(const std::bitset<256>& protocols, std::uint64_t turn) {
  std::vector<std::uint8_t> listed;
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    if (protocols.test(i)) listed.push_back(static_cast<std::uint8_t>(i));
  }
  if (turn != 0) return listed[Mixed(turn, 1) % listed.size()];
  for (const std::uint8_t usual : {kProtocolTcp, kProtocolUdp, kProtocolIcmp}) {
    if (protocols.test(usual)) return usual;
  }
  return listed.front();
}

// For documentation (RFC 5737, 3849): nobody takes them for addresses of their own.
constexpr AddressNumber kUsualAddress = 0xc0000201;                             // 192.0.2.1
constexpr AddressNumber kUsualAddressV6 = AddressNumber{0x20010db8} << 96 | 1;  // 2001:db8::1

FlowKey FlowOf(const FlowBox& box, std::uint64_t turn) {
  const AddressNumber address = box.family == IpFamily::kV4 ? kUsualAddress : kUsualAddressV6;
  FlowKey flow{.source = AddressOf(Pick(box.sources, {address}, turn, 2), box.family),
               .destination = AddressOf(Pick(box.destinations, {address + 1}, turn, 3), box.family),
               .protocol = PickProtocol(box.protocols, turn)};
  if (box.has_ports) {
    flow.ports = Ports::kKnown;
    flow.source_port = Pick<std::uint16_t>(box.source_ports, {50000}, turn, 4);
    flow.destination_port = Pick<std::uint16_t>(box.destination_ports, {443}, turn, 5);
  } else if (HasPorts(flow.protocol)) {
    flow.ports = Ports::kLaterFragment;
  }
  return flow;
}

// Whole packets are better witnesses than fragments, and TCP better than what few know.
int Likelihood(const FlowBox& box) {
  const bool is_usual = box.protocols.test(kProtocolTcp) || box.protocols.test(kProtocolUdp);
  return (box.has_ports ? 4 : 0) + (is_usual == box.has_ports ? 2 : 0) +
         (box.family == IpFamily::kV4 ? 1 : 0);
}

}  // namespace

AddressNumber NumberOf(const IpAddress& address) {
  if (address.is_v4()) return address.v4();
  return AddressNumber{address.high_bits()} << 64 | address.low_bits();
}

IpAddress AddressOf(AddressNumber number, IpFamily family) {
  if (family == IpFamily::kV4) return IpAddress::V4(static_cast<std::uint32_t>(number));
  std::array<std::byte, 16> octets{};
  for (std::size_t i = octets.size(); i > 0; --i, number >>= 8) {
    octets[i - 1] = static_cast<std::byte>(number & 0xff);
  }
  return IpAddress::V6(octets);
}

bool FlowBox::Contains(const FlowKey& flow) const {
  if (flow.source.family() != family || flow.destination.family() != family) return false;
  if ((flow.ports == Ports::kKnown) != has_ports || !protocols.test(flow.protocol)) return false;
  if (!sources.Contains(NumberOf(flow.source))) return false;
  if (!destinations.Contains(NumberOf(flow.destination))) return false;
  return !has_ports || (source_ports.Contains(flow.source_port) &&
                        destination_ports.Contains(flow.destination_port));
}

FlowSet::FlowSet(const Condition& condition) {
  static const std::bitset<256> with_ports = ProtocolsWithPorts();
  for (const IpFamily family : {IpFamily::kV4, IpFamily::kV6}) {
    if (condition.family.value_or(family) != family) continue;
    if (!IsOf(condition.source, family) || !IsOf(condition.destination, family)) continue;
    FlowBox box{.family = family,
                .source_ports = kEveryPort,
                .destination_ports = kEveryPort,
                .sources = AddressesOf(condition.source, family),
                .destinations = AddressesOf(condition.destination, family)};
    if (condition.protocol) {
      box.protocols.set(*condition.protocol);
    } else {
      box.protocols.set();
    }
    if (condition.source_ports.IsAny() && condition.destination_ports.IsAny()) {
      boxes_.push_back(box);
    }
    box.has_ports = true;
    box.protocols &= with_ports;
    box.source_ports = PortsOf(condition.source_ports);
    box.destination_ports = PortsOf(condition.destination_ports);
    if (box.protocols.any()) boxes_.push_back(std::move(box));
  }
}

FlowSet FlowSet::All() {
  // Unlike the default range, from port 0 on.
  return FlowSet(Condition{.source_ports = {0, 65535}, .destination_ports = {0, 65535}});
}

FlowSet FlowSet::WithoutPorts() {
  FlowSet set = All();
  std::erase_if(set.boxes_, [](const FlowBox& box) { return box.has_ports; });
  return set;
}

bool FlowSet::Contains(const FlowKey& flow) const {
  return std::any_of(boxes_.begin(), boxes_.end(),
                     [&](const FlowBox& box) { return box.Contains(flow); });
}

bool FlowSet::Meets(const FlowSet& other) const {
  if (gave_up_ || other.gave_up_) return true;
  for (const FlowBox& a : boxes_) {
    for (const FlowBox& b : other.boxes_) {
      if (Meet(a, b)) return true;
    }
  }
  return false;
}

std::optional<FlowKey> FlowSet::PickWitness(std::uint64_t turn) const {
  if (boxes_.empty()) return std::nullopt;
  if (turn != 0) return FlowOf(boxes_[Mixed(turn, 0) % boxes_.size()], turn);
  const auto best = std::max_element(
      boxes_.begin(), boxes_.end(),
      [](const FlowBox& a, const FlowBox& b) { return Likelihood(a) < Likelihood(b); });
  return FlowOf(*best, turn);
}

void FlowSet::CheckSize() {
  if (boxes_.size() > kMostBoxes) gave_up_ = true;
  if (gave_up_) boxes_.clear();
}

void FlowSet::Unite(const FlowSet& other) {
  gave_up_ = gave_up_ || other.gave_up_;
  for (const FlowBox& box : other.boxes_) {
    const bool is_there = std::any_of(boxes_.begin(), boxes_.end(),
                                      [&](const FlowBox& mine) { return Covers(mine, box); });
    if (is_there) continue;
    std::erase_if(boxes_, [&](const FlowBox& mine) { return Covers(box, mine); });
    boxes_.push_back(box);
  }
  CheckSize();
}

void FlowSet::UniteDisjoint(FlowSet other) {
  gave_up_ = gave_up_ || other.gave_up_;
  std::move(other.boxes_.begin(), other.boxes_.end(), std::back_inserter(boxes_));
  CheckSize();
}

void FlowSet::Intersect(const FlowSet& other) {
  // Nothing is in common with an empty set, whatever the other is.
  if (IsEmpty() || other.IsEmpty()) {
    *this = FlowSet();
    return;
  }
  gave_up_ = gave_up_ || other.gave_up_;
  std::vector<FlowBox> common;
  for (const FlowBox& a : boxes_) {
    for (const FlowBox& b : other.boxes_) {
      if (Meet(a, b)) common.push_back(Common(a, b));
    }
    if (common.size() > kMostBoxes) break;
  }
  boxes_ = std::move(common);
  CheckSize();
}

void FlowSet::Subtract(const FlowSet& other) {
  if (IsEmpty()) return;
  gave_up_ = gave_up_ || other.gave_up_;
  // What is there in both, before anything is cut into pieces that are not.
  std::erase_if(boxes_, [&](const FlowBox& box) {
    return std::any_of(other.boxes_.begin(), other.boxes_.end(),
                       [&](const FlowBox& b) { return Covers(b, box); });
  });
  for (const FlowBox& b : other.boxes_) {
    // Boxes that it does not meet stay where they are: of many, most do.
    std::vector<FlowBox> pieces;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      if (Meet(boxes_[i], b)) {
        vpcmirror::Subtract(std::move(boxes_[i]), b, pieces);
      } else {
        if (kept != i) boxes_[kept] = std::move(boxes_[i]);
        ++kept;
      }
    }
    boxes_.resize(kept);
    std::move(pieces.begin(), pieces.end(), std::back_inserter(boxes_));
    if (boxes_.size() > kMostBoxes) break;
  }
  CheckSize();
}

void FlowSet::Reverse() {
  for (FlowBox& box : boxes_) {
    std::swap(box.sources, box.destinations);
    std::swap(box.source_ports, box.destination_ports);
  }
}

void FlowSet::Simplify() {
  using Box = FlowBox;
  const auto head = [](const Box& box) { return std::pair(box.family, !box.has_ports); };
  Join(
      boxes_,
      [&](const Box& x) {
        return std::tuple(head(x), WordsOf(x.protocols),
                          std::tie(x.source_ports, x.destination_ports, x.sources));
      },
      [](Box& a, const Box& b) { a.destinations = a.destinations.With(b.destinations); });
  Join(
      boxes_,
      [&](const Box& x) {
        return std::tuple(head(x), WordsOf(x.protocols),
                          std::tie(x.source_ports, x.destination_ports, x.destinations));
      },
      [](Box& a, const Box& b) { a.sources = a.sources.With(b.sources); });
  Join(
      boxes_,
      [&](const Box& x) {
        return std::tuple(head(x), WordsOf(x.protocols),
                          std::tie(x.source_ports, x.sources, x.destinations));
      },
      [](Box& a, const Box& b) {
        a.destination_ports = a.destination_ports.With(b.destination_ports);
      });
  Join(
      boxes_,
      [&](const Box& x) {
        return std::tuple(head(x), WordsOf(x.protocols),
                          std::tie(x.destination_ports, x.sources, x.destinations));
      },
      [](Box& a, const Box& b) { a.source_ports = a.source_ports.With(b.source_ports); });
  Join(
      boxes_,
      [&](const Box& x) {
        return std::tuple(head(x),
                          std::tie(x.source_ports, x.destination_ports, x.sources, x.destinations));
      },
      [](Box& a, const Box& b) { a.protocols |= b.protocols; });
}

FrameInfo WitnessFrame(const FlowKey& flow) {
  constexpr Bytes kLength{1514};  // the longest of an MTU of 1500
  return {.has_flow = true,
          .is_fragment = flow.ports == Ports::kLaterFragment,
          .ether_type = flow.source.is_v4() ? kEtherTypeIpv4 : kEtherTypeIpv6,
          .network_offset = kEthernetHeaderBytes,
          .flow = flow,
          .captured = kLength,
          .wire_length = kLength};
}

}  // namespace vpcmirror
