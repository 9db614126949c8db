#include "sim/live/prefilter.h"

#include <linux/if_packet.h>
#include <net/if_arp.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "models/scenario/taps.h"
#include "models/wire/frame.h"
#include "models/wire/header_offsets.h"
#include "sim/live/bpf_program.h"

namespace vpcmirror::sim {
namespace {

using Label = BpfAssembler::Label;
using Words = std::array<std::uint32_t, 4>;
constexpr Label kNext = BpfAssembler::kNext;

// What each leaves out of what is told the later ones do too.
enum class Detail : std::uint8_t { kAll, kNoNeverMirrored, kNoPorts, kNoAddresses };

// What some mirrors copy, of frames that pass in one direction or in any.
struct Wanted {
  std::vector<FlowBox> boxes;
  bool without_flow = false;
  std::vector<std::uint16_t> never;  // EtherTypes without flow that are not copied even so

  bool IsNothing() const { return boxes.empty() && !without_flow; }
  friend bool operator==(const Wanted&, const Wanted&) = default;
};

bool IsIp(std::uint16_t ether_type) {
  return ether_type == kEtherTypeIpv4 || ether_type == kEtherTypeIpv6;
}

bool AsksForFlow(const NeverMirrored& each) {
  return each.protocol || each.service || !each.ports.empty();
}

constexpr PortRange kAnyPort{0, 65535};

// NeverMirrored::Matches as conditions, any of which holds.
std::vector<Condition> ConditionsOf(const NeverMirrored& each) {
  Condition base{
      .protocol = each.protocol, .source_ports = kAnyPort, .destination_ports = kAnyPort};
  if (each.ether_type != 0) {
    base.family = each.ether_type == kEtherTypeIpv4 ? IpFamily::kV4 : IpFamily::kV6;
  }
  std::vector<Condition> with_service{base};
  if (each.service) {
    with_service = {base, base};
    with_service[0].source = each.service;
    with_service[1].destination = each.service;
  }
  if (each.ports.empty()) return with_service;
  std::vector<Condition> conditions;
  for (Condition condition : with_service) {
    for (const std::uint16_t port : each.ports) {
      condition.source_ports = {port, port};
      condition.destination_ports = kAnyPort;
      if (!each.both_ports) {
        conditions.push_back(condition);
        std::swap(condition.source_ports, condition.destination_ports);
        conditions.push_back(condition);
        continue;
      }
      for (const std::uint16_t other : each.ports) {
        condition.destination_ports = {other, other};
        conditions.push_back(condition);
      }
    }
  }
  return conditions;
}

FlowSet NeverCopied(const TapRules& rules) {
  FlowSet never;
  for (const NeverMirrored& each : rules.never_mirrored) {
    if (each.ether_type != 0 && !IsIp(each.ether_type)) continue;
    for (const Condition& condition : ConditionsOf(each)) never.Unite(FlowSet(condition));
  }
  return never;
}

// Copies under way to the receivers of these mirrors, as MirrorTap tells them.
FlowSet OwnCopies(const EniMirrors& eni) {
  FlowSet copies;
  for (const Mirror* const mirror : eni.mirrors) {
    for (const MirrorPort& port : mirror->MirrorPorts()) {
      if (!std::ranges::binary_search(eni.rules->mirror_ports, port)) continue;
      const int bits = port.receiver.is_v4() ? 32 : 128;
      Condition condition{.destination = IpPrefix(port.receiver, bits), .protocol = port.protocol};
      condition.source_ports = condition.destination_ports = kAnyPort;
      if (port.port != 0) condition.destination_ports = {port.port, port.port};
      copies.Unite(FlowSet(condition));
    }
  }
  return copies;
}

struct Copied {
  FlowSet flows;
  bool without_flow = false;

  void Unite(const Copied& other) {
    flows.Unite(other.flows);
    without_flow = without_flow || other.without_flow;
  }
};

Copied CopiedOn(const EniMirrors& eni, Direction direction, Detail detail) {
  Copied all;
  for (const Mirror* const mirror : eni.mirrors) {
    const MirrorSettings& settings = mirror->settings();
    if (settings.state != MirrorState::kRunning) continue;
    if (!Contains(settings.directions, direction)) continue;
    const CopiedFlows copied = CopiedBy(settings.filter, direction);
    all.Unite({copied.flows, copied.without_flow && !mirror->encapsulation().carries_ip()});
  }
  all.flows.Subtract(OwnCopies(eni));
  if (detail == Detail::kAll) all.flows.Subtract(NeverCopied(*eni.rules));
  return all;
}

Copied CopiedOnAny(std::span<const EniMirrors> enis, Direction direction, Detail detail) {
  Copied all;
  for (const EniMirrors& eni : enis) all.Unite(CopiedOn(eni, direction, detail));
  return all;
}

// EtherTypes that no ENI's provider mirrors, whatever is in the frame.
std::vector<std::uint16_t> NeverCopiedTypes(std::span<const EniMirrors> enis) {
  std::map<std::uint16_t, std::size_t> named;
  for (const EniMirrors& eni : enis) {
    for (const NeverMirrored& each : eni.rules->never_mirrored) {
      if (each.ether_type == 0 || IsIp(each.ether_type) || AsksForFlow(each)) continue;
      ++named[each.ether_type];
    }
  }
  std::vector<std::uint16_t> types;
  for (const auto& [type, count] : named) {
    if (count >= enis.size()) types.push_back(type);
  }
  return types;
}

RangeSet<AddressNumber> EveryAddress(IpFamily family) {
  const AddressNumber last =
      family == IpFamily::kV4 ? AddressNumber{0xffffffff} : ~AddressNumber{0};
  return RangeSet<AddressNumber>({0, last});
}

const RangeSet<std::uint16_t> kEveryPort({0, 65535});

// The same flows and more: a box for each set of protocols, or, without addresses, one for all.
std::vector<FlowBox> Widened(std::span<const FlowBox> boxes, Detail detail) {
  std::map<std::tuple<IpFamily, bool, std::string>, FlowBox> wide;
  for (const FlowBox& box : boxes) {
    const bool by_protocol = detail != Detail::kNoAddresses;
    auto& into = wide[{box.family, box.has_ports, by_protocol ? box.protocols.to_string() : ""}];
    into.family = box.family;
    into.has_ports = box.has_ports;
    into.protocols |= box.protocols;
    into.source_ports = into.destination_ports = kEveryPort;
    into.sources = into.sources.With(box.sources);
    into.destinations = into.destinations.With(box.destinations);
    if (by_protocol) continue;
    into.sources = into.destinations = EveryAddress(box.family);
  }
  std::vector<FlowBox> widened;
  for (auto& [key, box] : wide) widened.push_back(std::move(box));
  return widened;
}

Wanted WantedOf(Copied copied, std::vector<std::uint16_t> never) {
  if (copied.flows.gave_up()) copied.flows = FlowSet::All();
  copied.flows.Simplify();
  const std::span<const FlowBox> boxes = copied.flows.boxes();
  return {.boxes = {boxes.begin(), boxes.end()},
          .without_flow = copied.without_flow,
          .never = std::move(never)};
}

// By what is known of a frame's direction.
struct WantedByDirection {
  Wanted ingress;
  Wanted egress;
  Wanted either;
};

WantedByDirection WantedByRules(std::span<const EniMirrors> enis, Detail detail) {
  const std::vector<std::uint16_t> never = NeverCopiedTypes(enis);
  Copied ingress = CopiedOnAny(enis, Direction::kIngress, detail);
  Copied egress = CopiedOnAny(enis, Direction::kEgress, detail);
  Copied either = ingress;
  either.Unite(egress);
  return {.ingress = WantedOf(std::move(ingress), never),
          .egress = WantedOf(std::move(egress), never),
          .either = WantedOf(std::move(either), never)};
}

void Widen(WantedByDirection& wanted, Detail detail) {
  for (Wanted* each : {&wanted.ingress, &wanted.egress, &wanted.either}) {
    each->boxes = Widened(each->boxes, detail);
  }
}

std::vector<Range<std::uint32_t>> RangesOf(const std::bitset<256>& protocols) {
  std::vector<Range<std::uint32_t>> ranges;
  for (std::uint32_t i = 0; i < protocols.size(); ++i) {
    if (!protocols[i]) continue;
    if (!ranges.empty() && ranges.back().last + 1 == i) {
      ranges.back().last = i;
    } else {
      ranges.push_back({i, i});
    }
  }
  return ranges;
}

Words WordsOf(AddressNumber number) {
  Words words{};
  for (std::size_t i = words.size(); i > 0; --i, number >>= 32) {
    words[i - 1] = static_cast<std::uint32_t>(number);
  }
  return words;
}

constexpr std::array kProtocolsWithPorts{kProtocolTcp, kProtocolUdp, kProtocolSctp};
// Behind whose headers others may follow, as ParseFrame has them.
constexpr std::array<std::uint8_t, 8> kExtensionHeaders{0, 43, 44, 51, 60, 135, 139, 140};

// Where an IP header's fields lie, counted from its first octet.
struct IpLayout {
  IpFamily family;
  std::uint32_t header_bytes;
  std::uint32_t protocol_at;
  std::uint32_t source_at;
  std::uint32_t destination_at;
};
constexpr IpLayout kIpv4Layout{IpFamily::kV4, kIpv4HeaderBytes, kIpv4ProtocolAt, kIpv4SourceAt,
                               kIpv4DestinationAt};
constexpr IpLayout kIpv6Layout{IpFamily::kV6, kIpv6FixedBytes, kIpv6NextHeaderAt, kIpv6SourceAt,
                               kIpv6DestinationAt};

class PrefilterCompiler {
 public:
  PrefilterCompiler(const WantedByDirection& wanted, const PrefilterSettings& settings,
                    LinkKind link)
      : wanted_(wanted),
        settings_(settings),
        has_link_(link != LinkKind::kBareIp),
        network_at_(has_link_ ? kEthernetHeaderBytes : 0),
        pass_(program_.NewLabel()),
        leave_out_(program_.NewLabel()) {
    LeaveOutMarked();
    if (link == LinkKind::kMixed) PassOtherLinks();
    AskByDirection();
    program_.Place(pass_);
    program_.Add(BPF_RET | BPF_K, Prefilter::kWholeFrame);
    program_.Place(leave_out_);
    program_.Add(BPF_RET | BPF_K, 0);
  }

  std::vector<sock_filter> program() const { return program_.Assemble(); }

 private:
  void LoadOfPacket(std::uint32_t what) {
    program_.Add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(SKF_AD_OFF) + what);
  }
  void Load(unsigned size, std::uint32_t network_offset) {
    program_.Add(BPF_LD | size | BPF_ABS, network_at_ + network_offset);
  }
  void PassUnless(unsigned comparison, std::uint32_t operand) {
    program_.Jump(comparison, operand, kNext, pass_);
  }

  void LeaveOutMarked() {
    if (settings_.copy_mark == 0) return;
    const Label others = program_.NewLabel();
    LoadOfPacket(SKF_AD_MARK);
    program_.Jump(BPF_JEQ, settings_.copy_mark, kNext, others);
    LoadOfPacket(SKF_AD_PKTTYPE);
    program_.Jump(BPF_JEQ, PACKET_OUTGOING, leave_out_, kNext);
    program_.Place(others);
  }

  void PassOtherLinks() {
    const Label ethernet = program_.NewLabel();
    LoadOfPacket(SKF_AD_HATYPE);
    program_.Jump(BPF_JEQ, ARPHRD_ETHER, ethernet, kNext);
    PassUnless(BPF_JEQ, ARPHRD_LOOPBACK);
    program_.Place(ethernet);
  }

  void AskByDirection() {
    const bool is_one = wanted_.ingress == wanted_.egress && wanted_.egress == wanted_.either;
    if (is_one || !settings_.direction_told) return Ask(wanted_.either);
    const Label egress = program_.NewLabel();
    const Label others = program_.NewLabel();
    LoadOfPacket(SKF_AD_PKTTYPE);
    program_.Jump(BPF_JEQ, PACKET_OUTGOING, egress, kNext);
    program_.Jump(BPF_JEQ, PACKET_OTHERHOST, others, kNext);
    if (wanted_.ingress == wanted_.either) program_.Place(others);
    Ask(wanted_.ingress);
    program_.Place(egress);
    if (wanted_.egress == wanted_.either) program_.Place(others);
    Ask(wanted_.egress);
    if (wanted_.ingress == wanted_.either || wanted_.egress == wanted_.either) return;
    program_.Place(others);
    Ask(wanted_.either);
  }

  void Ask(const Wanted& wanted) {
    if (wanted.IsNothing()) return program_.Go(leave_out_);
    const Label v4 = program_.NewLabel();
    const Label v6 = program_.NewLabel();
    if (has_link_) {
      program_.Add(BPF_LD | BPF_H | BPF_ABS, kEthernetHeaderBytes - 2);
    } else {
      LoadOfPacket(SKF_AD_PROTOCOL);
    }
    program_.Jump(BPF_JEQ, kEtherTypeIpv4, v4, kNext);
    program_.Jump(BPF_JEQ, kEtherTypeIpv6, v6, kNext);
    if (!wanted.without_flow || !wanted.never.empty()) {
      for (const std::uint16_t tag : {kEtherTypeVlan, kEtherTypeQinQ}) {
        program_.Jump(BPF_JEQ, tag, pass_, kNext);
      }
    }
    for (const std::uint16_t type : wanted.never) {
      program_.Jump(BPF_JEQ, type, leave_out_, kNext);
    }
    program_.Go(wanted.without_flow ? pass_ : leave_out_);
    program_.Place(v4);
    AskFamily(wanted, kIpv4Layout);
    program_.Place(v6);
    AskFamily(wanted, kIpv6Layout);
  }

  void AskFamily(const Wanted& wanted, const IpLayout& layout) {
    std::vector<FlowBox> with_ports;
    std::vector<FlowBox> without;
    for (const FlowBox& box : wanted.boxes) {
      if (box.family == layout.family) (box.has_ports ? with_ports : without).push_back(box);
    }
    if (with_ports.empty() && without.empty() && !wanted.without_flow) {
      return program_.Go(leave_out_);
    }
    if (HoldsAll(with_ports) && HoldsAll(without)) return program_.Go(pass_);
    PassIrregular(layout);
    const Label has_ports = program_.NewLabel();
    for (const std::uint8_t protocol : kProtocolsWithPorts) {
      program_.Jump(BPF_JEQ, protocol, has_ports, kNext);
    }
    AskBoxes(without, layout);
    program_.Place(has_ports);
    AskBoxes(with_ports, layout);
  }

  static bool NamesEveryProtocol(const FlowBox& box) {
    std::bitset<256> named = box.protocols;
    for (std::uint32_t i = 0; i < named.size(); ++i) {
      if (HasPorts(static_cast<std::uint8_t>(i)) != box.has_ports) named.set(i);
    }
    return named.all();
  }
  static bool HoldsAll(std::span<const FlowBox> boxes) {
    return std::ranges::any_of(boxes, [](const FlowBox& box) {
      return NamesEveryProtocol(box) && box.sources == EveryAddress(box.family) &&
             box.destinations == EveryAddress(box.family) && box.source_ports == kEveryPort &&
             box.destination_ports == kEveryPort;
    });
  }

  // Passes packets whose ports are not where those of others are, and leaves the protocol in the
  // accumulator.
  void PassIrregular(const IpLayout& layout) {
    program_.Add(BPF_LD | BPF_W | BPF_LEN, 0);
    PassUnless(BPF_JGE, network_at_ + layout.header_bytes);
    layout.family == IpFamily::kV4 ? PassIrregularIpv4() : PassIrregularIpv6();
    program_.Add(BPF_MISC | BPF_TAX, 0);
    program_.Add(BPF_LD | BPF_W | BPF_LEN, 0);
    program_.JumpX(BPF_JGE, kNext, pass_);
    Load(BPF_B, layout.protocol_at);
    if (layout.family == IpFamily::kV4) return;
    for (const std::uint8_t protocol : kExtensionHeaders) {
      program_.Jump(BPF_JEQ, protocol, pass_, kNext);
    }
  }

  static constexpr std::uint32_t kPortsBytes = 4;

  // Both leave in the accumulator where the packet says that it ends.
  void PassIrregularIpv4() {
    constexpr std::uint32_t kVersionAndWords = 0x45;  // without options
    constexpr std::uint32_t kMoreAndOffset = 0x3fff;  // bits of fragments
    Load(BPF_B, 0);
    PassUnless(BPF_JEQ, kVersionAndWords);
    Load(BPF_H, kIpv4FlagsAt);
    program_.Jump(BPF_JSET, kMoreAndOffset, pass_, kNext);
    Load(BPF_H, kIpv4LengthAt);
    PassUnless(BPF_JGE, kIpv4HeaderBytes + kPortsBytes);
    program_.Add(BPF_ALU | BPF_ADD | BPF_K, network_at_);
  }
  void PassIrregularIpv6() {
    Load(BPF_B, 0);
    program_.Add(BPF_ALU | BPF_AND | BPF_K, 0xf0);
    PassUnless(BPF_JEQ, 0x60);
    Load(BPF_H, kIpv6LengthAt);
    PassUnless(BPF_JGE, kPortsBytes);
    program_.Add(BPF_ALU | BPF_ADD | BPF_K, network_at_ + kIpv6FixedBytes);
  }

  void AskBoxes(std::span<const FlowBox> boxes, const IpLayout& layout) {
    for (const FlowBox& box : boxes) {
      const Label next = program_.NewLabel();
      if (!NamesEveryProtocol(box)) {
        AskNumber(BPF_B, layout.protocol_at, RangesOf(box.protocols), next);
      }
      AskAddress(box.sources, layout.source_at, box.family, next);
      AskAddress(box.destinations, layout.destination_at, box.family, next);
      AskPort(box.source_ports, layout.header_bytes, next);
      AskPort(box.destination_ports, layout.header_bytes + kUdpDestinationAt, next);
      program_.Go(pass_);
      program_.Place(next);
    }
    program_.Go(leave_out_);
  }

  void AskPort(const RangeSet<std::uint16_t>& ports, std::uint32_t at, Label otherwise) {
    if (ports == kEveryPort) return;
    std::vector<Range<std::uint32_t>> ranges;
    for (const auto& range : ports.ranges()) ranges.push_back({range.first, range.last});
    AskNumber(BPF_H, at, ranges, otherwise);
  }

  // Goes on where the number is in one of the ranges, which ascend.
  void AskNumber(unsigned size, std::uint32_t at, std::span<const Range<std::uint32_t>> ranges,
                 Label otherwise) {
    const Label inside = program_.NewLabel();
    Load(size, at);
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const Range<std::uint32_t>& range = ranges[i];
      const bool is_last = i + 1 == ranges.size();
      if (range.first == range.last) {
        program_.Jump(BPF_JEQ, range.first, inside, is_last ? otherwise : kNext);
        continue;
      }
      if (range.first != 0) program_.Jump(BPF_JGE, range.first, kNext, otherwise);
      program_.Jump(BPF_JGT, range.last, is_last ? otherwise : kNext, inside);
    }
    program_.Place(inside);
  }

  void AskAddress(const RangeSet<AddressNumber>& addresses, std::uint32_t at, IpFamily family,
                  Label otherwise) {
    if (addresses == EveryAddress(family)) return;
    if (family == IpFamily::kV4) {
      std::vector<Range<std::uint32_t>> ranges;
      for (const auto& range : addresses.ranges()) {
        ranges.push_back(
            {static_cast<std::uint32_t>(range.first), static_cast<std::uint32_t>(range.last)});
      }
      return AskNumber(BPF_W, at, ranges, otherwise);
    }
    const Label inside = program_.NewLabel();
    for (const auto& range : addresses.ranges()) {
      const Label next = program_.NewLabel();
      AskWords(WordsOf(range.first), WordsOf(range.last), at, next);
      program_.Go(inside);
      program_.Place(next);
    }
    program_.Go(otherwise);
    program_.Place(inside);
  }

  void LoadWord(std::uint32_t at, std::size_t word) {
    Load(BPF_W, at + 4 * static_cast<std::uint32_t>(word));
  }

  // Goes on where first <= the four words at `at` <= last.
  void AskWords(const Words& first, const Words& last, std::uint32_t at, Label otherwise) {
    std::size_t word = 0;
    for (; word < first.size() && first[word] == last[word]; ++word) {
      LoadWord(at, word);
      program_.Jump(BPF_JEQ, first[word], kNext, otherwise);
    }
    if (word == first.size()) return;
    const Label inside = program_.NewLabel();
    const Label at_first = program_.NewLabel();
    const Label at_last = program_.NewLabel();
    const auto rest = [&](const Words& words) { return std::span(words).subspan(word + 1); };
    const auto is = [](std::uint32_t value) {
      return [value](std::uint32_t each) { return each == value; };
    };
    const bool first_is_round = std::ranges::all_of(rest(first), is(0));
    const bool last_is_round = std::ranges::all_of(rest(last), is(~0u));
    LoadWord(at, word);
    program_.Jump(BPF_JGE, first[word], kNext, otherwise);
    program_.Jump(BPF_JGT, last[word], otherwise, kNext);
    if (!first_is_round) program_.Jump(BPF_JEQ, first[word], at_first, kNext);
    if (!last_is_round) program_.Jump(BPF_JEQ, last[word], at_last, kNext);
    program_.Go(inside);
    program_.Place(at_first);
    if (!first_is_round) AskRest(first, word + 1, at, inside, otherwise);
    program_.Go(inside);
    program_.Place(at_last);
    if (!last_is_round) AskRest(last, word + 1, at, otherwise, inside);
    program_.Place(inside);
  }

  // Goes where the words from `word` on are greater or less than those of `bound`, or on.
  void AskRest(const Words& bound, std::size_t word, std::uint32_t at, Label if_greater,
               Label if_less) {
    for (; word < bound.size(); ++word) {
      LoadWord(at, word);
      program_.Jump(BPF_JGT, bound[word], if_greater, kNext);
      program_.Jump(BPF_JEQ, bound[word], kNext, if_less);
    }
  }

  const WantedByDirection& wanted_;
  const PrefilterSettings& settings_;
  bool has_link_;
  std::uint32_t network_at_;
  BpfAssembler program_;
  Label pass_;
  Label leave_out_;
};

}  // namespace

EniMirrors MirrorsOn(const ValidScenario& scenario, std::size_t eni) {
  EniMirrors mirrors{.rules = TapRulesOf(scenario, eni).get()};
  for (std::size_t i = 0; i < scenario.mirrors.size(); ++i) {
    const PlacedMirror& placed = scenario.mirrors[i];
    const bool watches = std::ranges::find(placed.sources, eni) != placed.sources.end();
    if (watches) mirrors.mirrors.push_back(placed.mirror.get());
  }
  return mirrors;
}

Prefilter::Prefilter(std::span<const EniMirrors> enis, const PrefilterSettings& settings) {
  WantedByDirection wanted = WantedByRules(enis, Detail::kAll);
  wants_outgoing_ = !(settings.direction_told ? wanted.egress : wanted.either).IsNothing();
  const auto compile = [&] {
    bool is_short = true;
    for (std::size_t link = 0; link < programs_.size(); ++link) {
      programs_[link] = PrefilterCompiler(wanted, settings, static_cast<LinkKind>(link)).program();
      is_short = is_short && programs_[link].size() <= kMostInstructions;
    }
    return is_short;
  };
  if (compile()) return;
  is_widened_ = true;
  wanted = WantedByRules(enis, Detail::kNoNeverMirrored);
  if (compile()) return;
  Widen(wanted, Detail::kNoPorts);
  if (compile()) return;
  Widen(wanted, Detail::kNoAddresses);
  compile();
}

}  // namespace vpcmirror::sim
