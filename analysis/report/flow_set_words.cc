#include "analysis/report/flow_set_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "analysis/report/explain_words.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kMostRangesInWords = 4;

AddressNumber LargestOf(IpFamily family) {
  return family == IpFamily::kV4 ? AddressNumber{0xffffffff} : ~AddressNumber{0};
}

template <class T>
bool IsEverything(const RangeSet<T>& set, T largest) {
  return set.ranges().size() == 1 && set.ranges()[0].first == 0 && set.ranges()[0].last == largest;
}

bool IsEveryPort(const RangeSet<std::uint16_t>& set) {
  return IsEverything<std::uint16_t>(set, 65535);
}

std::bitset<256> PortProtocols() {
  std::bitset<256> protocols;
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    protocols[i] = HasPorts(static_cast<std::uint8_t>(i));
  }
  return protocols;
}

// A box, or several that read as one.
struct Phrase {
  FlowBox box;
  bool is_any_family = false;  // the same of the other family, too
  bool is_whole = false;       // with ports known or not
};

bool HasAnyAddress(const FlowBox& box) {
  return IsEverything(box.sources, LargestOf(box.family)) &&
         IsEverything(box.destinations, LargestOf(box.family));
}

// A box of every port, and one of the same packets without ports.
bool JoinWithPortless(Phrase& with, const FlowBox& without) {
  const FlowBox& box = with.box;
  const bool joins = box.has_ports && !without.has_ports && box.family == without.family &&
                     IsEveryPort(box.source_ports) && IsEveryPort(box.destination_ports) &&
                     (without.protocols & PortProtocols()) == box.protocols &&
                     box.sources == without.sources && box.destinations == without.destinations;
  if (!joins) return false;
  with.box.protocols |= without.protocols;
  with.is_whole = true;
  return true;
}

bool JoinFamilies(Phrase& one, const Phrase& other) {
  const FlowBox& a = one.box;
  const FlowBox& b = other.box;
  const bool joins = !one.is_any_family && !other.is_any_family && a.family != b.family &&
                     one.is_whole == other.is_whole && a.has_ports == b.has_ports &&
                     a.protocols == b.protocols && a.source_ports == b.source_ports &&
                     a.destination_ports == b.destination_ports && HasAnyAddress(a) &&
                     HasAnyAddress(b);
  if (joins) one.is_any_family = true;
  return joins;
}

template <class Join>
void JoinAll(std::vector<Phrase>& phrases, const Join& join) {
  for (std::size_t i = 0; i < phrases.size(); ++i) {
    for (std::size_t j = 0; j < phrases.size();) {
      if (i == j || !join(phrases[i], phrases[j])) {
        ++j;
        continue;
      }
      phrases.erase(phrases.begin() + static_cast<std::ptrdiff_t>(j));
      if (j < i) --i;
    }
  }
}

std::string ListWords(const std::vector<std::string>& items) {
  std::string words;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) words += i + 1 == items.size() ? " and " : ", ";
    words += items[i];
  }
  return words;
}

std::vector<std::string> Shortened(std::vector<std::string> items) {
  if (items.size() <= kMostRangesInWords + 1) return items;
  const std::size_t more = items.size() - kMostRangesInWords;
  items.resize(kMostRangesInWords);
  items.push_back(fmt::format("{} more", more));
  return items;
}

std::vector<std::string> ProtocolNames(const std::bitset<256>& protocols) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    if (protocols[i]) names.push_back(ProtocolWord(static_cast<std::uint8_t>(i)));
  }
  return names;
}

std::string ProtocolsWords(const std::bitset<256>& protocols) {
  if (protocols.count() <= kMostRangesInWords + 1) return ListWords(ProtocolNames(protocols));
  return "all but " + ListWords(Shortened(ProtocolNames(~protocols)));
}

// What kind of packets they are, without their ends.
std::string SubjectWords(const Phrase& phrase) {
  const FlowBox& box = phrase.box;
  const std::bitset<256> all = std::bitset<256>().set();
  const bool says_family = !phrase.is_any_family && HasAnyAddress(box);
  const std::string family = says_family ? (box.family == IpFamily::kV4 ? "IPv4 " : "IPv6 ") : "";
  if (phrase.is_whole) {
    if (box.protocols != all) return family + ProtocolsWords(box.protocols);
    return says_family ? "all " + family.substr(0, 4) : "all IP";
  }
  if (box.has_ports) {
    return family +
           (box.protocols == PortProtocols() ? "tcp, udp and sctp" : ProtocolsWords(box.protocols));
  }
  if ((box.protocols & PortProtocols()).none()) return family + ProtocolsWords(box.protocols);
  if ((box.protocols & ~PortProtocols()).none()) {
    return fmt::format("{}later fragments of {}", family, ProtocolsWords(box.protocols));
  }
  if (box.protocols == all) return family + "packets without ports (later fragments, icmp, ...)";
  return fmt::format("{}packets without ports of {}", family, ProtocolsWords(box.protocols));
}

std::string PortWords(const RangeSet<std::uint16_t>& ports) {
  const RangeSet<std::uint16_t> others = RangeSet<std::uint16_t>({0, 65535}).Without(ports);
  if (others.ranges().size() < ports.ranges().size()) {
    return "any port but " + ListWords(Shortened(PortRangeTexts(others)));
  }
  return "port " + ListWords(Shortened(PortRangeTexts(ports)));
}

std::string AddressWords(const RangeSet<AddressNumber>& addresses, IpFamily family) {
  const RangeSet<AddressNumber> others =
      RangeSet<AddressNumber>({0, LargestOf(family)}).Without(addresses);
  if (others.ranges().size() < addresses.ranges().size()) {
    return fmt::format("any {} but {}", family == IpFamily::kV4 ? "IPv4" : "IPv6",
                       ListWords(Shortened(AddressRangeTexts(others, family))));
  }
  return ListWords(Shortened(AddressRangeTexts(addresses, family)));
}

std::string EndOf(const FlowBox& box, const RangeSet<AddressNumber>& addresses,
                  const RangeSet<std::uint16_t>& ports) {
  std::string words;
  if (!IsEverything(addresses, LargestOf(box.family))) {
    words = " " + AddressWords(addresses, box.family);
  }
  if (box.has_ports && !IsEveryPort(ports)) words += " " + PortWords(ports);
  return words;
}

std::string WordsOfPhrase(const Phrase& phrase) {
  const FlowBox& box = phrase.box;
  std::string words = SubjectWords(phrase);
  if (const std::string from = EndOf(box, box.sources, box.source_ports); !from.empty()) {
    words += " from" + from;
  }
  if (const std::string to = EndOf(box, box.destinations, box.destination_ports); !to.empty()) {
    words += " to" + to;
  }
  return words;
}

int TrailingZeros(AddressNumber number, int bits) {
  int zeros = 0;
  while (zeros < bits && (number & 1) == 0) {
    number >>= 1;
    ++zeros;
  }
  return zeros;
}

// As prefixes where it is one.
std::string AddressRangeText(const Range<AddressNumber>& range, IpFamily family) {
  const int bits = family == IpFamily::kV4 ? 32 : 128;
  const std::string first = ToString(AddressOf(range.first, family));
  if (range.first == range.last) return first;
  const AddressNumber span = range.last - range.first;  // all ones where it is a prefix
  if ((span & (span + 1)) == 0) {
    const int host_bits = span + 1 == 0 ? bits : TrailingZeros(span + 1, bits);
    if (TrailingZeros(range.first, bits) >= host_bits) {
      return fmt::format("{}/{}", first, bits - host_bits);
    }
  }
  return fmt::format("{}-{}", first, ToString(AddressOf(range.last, family)));
}

}  // namespace

std::vector<std::string> AddressRangeTexts(const RangeSet<AddressNumber>& set, IpFamily family) {
  std::vector<std::string> texts;
  for (const Range<AddressNumber>& range : set.ranges()) {
    texts.push_back(AddressRangeText(range, family));
  }
  return texts;
}

std::vector<std::string> PortRangeTexts(const RangeSet<std::uint16_t>& set) {
  std::vector<std::string> texts;
  for (const Range<std::uint16_t>& range : set.ranges()) {
    texts.push_back(range.first == range.last ? std::to_string(range.first)
                                              : fmt::format("{}-{}", range.first, range.last));
  }
  return texts;
}

std::vector<std::string> FlowSetPhrases(const FlowSet& flows) {
  std::vector<Phrase> phrases;
  for (const FlowBox& box : flows.boxes()) phrases.push_back({box});
  // Of many boxes few read as one, and to find them takes time by their square.
  constexpr std::size_t kMostJoined = 500;
  if (phrases.size() <= kMostJoined) {
    JoinAll(phrases, [](Phrase& a, const Phrase& b) {
      return !a.is_whole && !b.is_whole && JoinWithPortless(a, b.box);
    });
    JoinAll(phrases, JoinFamilies);
  }
  std::vector<std::string> words;
  for (const Phrase& phrase : phrases) words.push_back(WordsOfPhrase(phrase));
  return words;
}

}  // namespace vpcmirror
