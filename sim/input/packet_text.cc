#include "sim/input/packet_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario/nearest.h"
#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/frame.h"
#include "models/wire/header_offsets.h"

namespace vpcmirror::sim {
namespace {

constexpr std::int64_t kDefaultFrame = 64;      // bytes, without FCS
constexpr std::int64_t kLargestPacket = 65535;  // bytes of an IP packet: RFC 791, 3.1
constexpr std::uint16_t kLargestVlan = 4094;    // IEEE 802.1Q: 4095 is reserved
constexpr std::size_t kVlanTagBytes = 4;
constexpr std::size_t kArpBytes = 28;           // RFC 826 with IPv4 over Ethernet
constexpr std::size_t kIpv6FragmentBytes = 8;   // RFC 8200, 4.5
constexpr std::uint8_t kProtocolFragment = 44;  // RFC 8200, 4.5
// Of a later fragment, in units of 8 bytes: the second one at an MTU of 1500.
constexpr std::uint16_t kLaterOffset = (1500 - 20) / 8;

struct ProtocolWord {
  std::string_view word;
  std::uint8_t protocol;
  bool has_ports;
  std::size_t header_bytes;
};
constexpr ProtocolWord kProtocols[] = {
    {"tcp", kProtocolTcp, true, 20},        // RFC 9293
    {"udp", kProtocolUdp, true, 8},         // RFC 768
    {"icmp", kProtocolIcmp, false, 8},      // RFC 792, an echo request
    {"icmpv6", kProtocolIcmpV6, false, 8},  // RFC 4443, an echo request
    {"sctp", kProtocolSctp, true, 12},      // RFC 9260
    {"gre", kProtocolGre, false, 4},        // RFC 2784
    {"esp", 50, false, 8},                  // RFC 4303
};

struct Token {
  std::string text;  // in lower case
  int column = 1;
};

// At spaces, and '>' by itself.
std::vector<Token> TokensOf(std::string_view text) {
  std::vector<Token> tokens;
  bool joins = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_arrow = c == '>';
    if (c == ' ' || c == '\t') {
      joins = false;
      continue;
    }
    if (!joins || is_arrow) tokens.push_back({"", static_cast<int>(i) + 1});
    tokens.back().text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    joins = !is_arrow;
  }
  return tokens;
}

std::optional<std::int64_t> ParseWhole(std::string_view text, std::int64_t most) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || at != end || number < 0 || number > most) return std::nullopt;
  return number;
}

struct End {
  IpAddress address;
  std::optional<std::uint16_t> port;
};

// What the words say, before there is a frame.
struct Packet {
  Direction direction = Direction::kEgress;
  bool is_arp = false;
  ProtocolWord protocol{"", 0, false, 0};
  std::optional<End> source;
  std::optional<End> destination;
  std::optional<std::int64_t> length;
  std::optional<std::uint16_t> vlan;
  bool is_fragment = false;

  bool is_v4() const { return !source || source->address.is_v4(); }
  bool is_later_fragment() const { return is_fragment && !(source && source->port); }
};

class PacketParser {
 public:
  PacketParser(std::string_view text, std::string_view name)
      : name_(name), tokens_(TokensOf(text)), end_column_(static_cast<int>(text.size()) + 1) {}

  Packet Run() {
    ReadDirection();
    ReadProtocol();
    ReadEnds();
    while (next_ < tokens_.size()) ReadWord();
    CheckEnds();
    if (!errors_.empty()) throw ScenarioException(errors_);
    return packet_;
  }

  // Column of the number behind "len", for what only the headers can tell.
  int length_column() const { return length_column_; }

 private:
  void Fail(int column, std::string message, std::string accepted) {
    ScenarioError error;
    error.file = name_;
    error.line = 1;
    error.column = column;
    error.message = std::move(message);
    error.accepted = std::move(accepted);
    errors_.push_back(std::move(error));
  }

  const Token* Peek() const { return next_ < tokens_.size() ? &tokens_[next_] : nullptr; }
  const Token* Take() { return next_ < tokens_.size() ? &tokens_[next_++] : nullptr; }
  int Column() const { return Peek() != nullptr ? Peek()->column : end_column_; }

  void ReadDirection() {
    const Token* token = Peek();
    const std::string word = token == nullptr ? "" : token->text;
    if (word == "in" || word == "out") {
      packet_.direction = word == "in" ? Direction::kIngress : Direction::kEgress;
      ++next_;
      return;
    }
    Fail(Column(), word.empty() ? "no packet" : fmt::format("\"{}\" is no direction", word),
         "in or out, as the ENI sees it: \"out tcp 10.0.1.7:51000 > 10.0.2.9:443\"");
    if (!IsProtocol(word)) Take();
  }

  static bool IsProtocol(std::string_view word) {
    return word == "arp" || FindProtocol(word) || ParseWhole(word, 255);
  }
  static const ProtocolWord* Known(std::string_view word) {
    const auto* found = std::find_if(std::begin(kProtocols), std::end(kProtocols),
                                     [&](const ProtocolWord& each) { return each.word == word; });
    return found == std::end(kProtocols) ? nullptr : found;
  }
  static std::optional<ProtocolWord> FindProtocol(std::string_view word) {
    if (const ProtocolWord* known = Known(word)) return *known;
    const auto number = ParseWhole(word, 255);
    if (!number) return std::nullopt;
    for (ProtocolWord each : kProtocols) {
      if (each.protocol != *number) continue;
      each.word = "";  // a number means itself, over IPv6 too
      return each;
    }
    return ProtocolWord{"", static_cast<std::uint8_t>(*number), false, 0};
  }

  void ReadProtocol() {
    const int column = Column();
    const Token* token = Take();
    const std::string word = token == nullptr ? "" : token->text;
    packet_.is_arp = word == "arp";
    if (packet_.is_arp) return;
    if (const auto protocol = FindProtocol(word)) {
      packet_.protocol = *protocol;
      return;
    }
    protocol_failed_ = true;
    Fail(column, word.empty() ? "no protocol" : fmt::format("\"{}\" is no protocol", word),
         "tcp, udp, icmp, icmpv6, sctp, gre, esp, arp, or a protocol number from 0 to 255");
  }

  static bool IsWord(std::string_view text) {
    return text == "len" || text == "vlan" || text == "fragment";
  }

  void ReadEnds() {
    if (packet_.is_arp && (Peek() == nullptr || IsWord(Peek()->text))) return;
    ends_column_ = Column();
    packet_.source = ReadEnd("source");
    if (const Token* arrow = Peek(); arrow != nullptr && arrow->text == ">") {
      ++next_;
    } else {
      Fail(Column(), "no '>' between source and destination", "SRC > DST");
    }
    packet_.destination = ReadEnd("destination");
  }

  std::optional<End> ReadEnd(std::string_view which) {
    const Token* token = Peek();
    if (token == nullptr || token->text == ">" || IsWord(token->text)) {
      Fail(Column(), fmt::format("no {}", which), "an address, such as 10.0.1.7:51000");
      ends_failed_ = true;
      return std::nullopt;
    }
    ++next_;
    std::string_view address = token->text;
    std::optional<std::string_view> port;
    if (const auto colon = PortColon(address)) {
      port = address.substr(*colon + 1);
      address = address.substr(0, *colon);
    }
    const bool in_brackets = address.starts_with('[') && address.ends_with(']');
    if (in_brackets) address = address.substr(1, address.size() - 2);
    const auto parsed = ParseIpAddress(address);
    const auto number = port ? ParseWhole(*port, 65535) : std::nullopt;
    if (!parsed || (in_brackets && parsed->is_v4())) {
      Fail(token->column, fmt::format("\"{}\" is no IP address", address),
           "10.0.1.7:443, or [2001:db8::1]:443");
    } else if (port && !number) {
      Fail(token->column + static_cast<int>(token->text.size() - port->size()),
           fmt::format("\"{}\" is no port", *port), "0 to 65535");
    } else {
      End end{*parsed, std::nullopt};
      if (number) end.port = static_cast<std::uint16_t>(*number);
      return end;
    }
    ends_failed_ = true;
    return std::nullopt;
  }

  // The colon before a port: behind the bracket, or the only one.
  static std::optional<std::size_t> PortColon(std::string_view text) {
    if (text.starts_with('[')) {
      const std::size_t at = text.rfind("]:");
      return at == std::string_view::npos ? std::nullopt : std::optional(at + 1);
    }
    const std::size_t at = text.find(':');
    if (at == std::string_view::npos || text.find(':', at + 1) != std::string_view::npos) {
      return std::nullopt;
    }
    return at;
  }

  void ReadWord() {
    const Token word = *Take();
    if (word.text == "fragment") {
      packet_.is_fragment = true;
      if (packet_.is_arp) Fail(word.column, "ARP has no fragments", "arp without \"fragment\"");
    } else if (word.text == "len") {
      length_column_ = Column();
      packet_.length = ReadNumber("len", kLargestPacket + 18);
    } else if (word.text == "vlan") {
      const auto vlan = ReadNumber("vlan", kLargestVlan);
      if (vlan) packet_.vlan = static_cast<std::uint16_t>(*vlan);
    } else {
      Fail(word.column, fmt::format("\"{}\" is not known here", word.text),
           "len N, vlan N or fragment");
      if (Peek() != nullptr && ParseWhole(Peek()->text, kLargestPacket)) ++next_;  // its number
    }
  }

  std::optional<std::int64_t> ReadNumber(std::string_view word, std::int64_t most) {
    const int column = Column();
    const Token* token = Take();
    const auto number = token == nullptr ? std::nullopt : ParseWhole(token->text, most);
    if (!number) {
      Fail(column,
           token == nullptr ? fmt::format("no number behind {}", word)
                            : fmt::format("\"{}\" is no number for {}", token->text, word),
           fmt::format("{} 0 to {}", word, most));
    }
    return number;
  }

  void CheckEnds() {
    if (ends_failed_ || !packet_.source || !packet_.destination) return;
    const End& source = *packet_.source;
    const End& destination = *packet_.destination;
    if (source.address.family() != destination.address.family()) {
      Fail(ends_column_, "one address is IPv4 and the other IPv6", "addresses of one family");
    }
    if (packet_.is_arp && !source.address.is_v4()) {
      Fail(ends_column_, "ARP asks for IPv4 addresses", "arp 10.0.1.7 > 10.0.1.1");
    }
    if (!protocol_failed_) CheckPorts(source, destination);
  }

  void CheckPorts(const End& source, const End& destination) {
    const std::string word = packet_.is_arp ? "arp"
                             : packet_.protocol.word.empty()
                                 ? fmt::format("protocol {}", packet_.protocol.protocol)
                                 : std::string(packet_.protocol.word);
    const bool any = source.port || destination.port;
    const bool both = source.port && destination.port;
    if (!packet_.protocol.has_ports && any) {
      Fail(ends_column_, fmt::format("{} has no ports", word), "addresses alone");
    } else if (packet_.protocol.has_ports && !both && (any || !packet_.is_fragment)) {
      Fail(ends_column_, fmt::format("{} needs a port at both ends", word),
           "10.0.1.7:51000 > 10.0.2.9:443; a later \"fragment\" has no ports");
    }
  }

  std::string name_;
  std::vector<Token> tokens_;
  int end_column_;
  std::size_t next_ = 0;
  Packet packet_;
  bool protocol_failed_ = false;
  bool ends_failed_ = false;
  int ends_column_ = 1;
  int length_column_ = 1;
  std::vector<ScenarioError> errors_;
};

// Headers of a packet one behind the other, in a frame as long as it is to be.
class FrameWriter {
 public:
  explicit FrameWriter(const Packet& packet) : packet_(packet) {}

  std::size_t header_bytes() const {
    const std::size_t link = kEthernetHeaderBytes + (packet_.vlan ? kVlanTagBytes : 0);
    return packet_.is_arp ? link + kArpBytes : link + ip_header_bytes() + transport_bytes();
  }

  std::vector<std::byte> Write(std::size_t frame_bytes) {
    frame_.resize(frame_bytes);
    const std::size_t network = WriteLink();
    if (packet_.is_arp) {
      WriteArp(&frame_[network]);
      return std::move(frame_);
    }
    if (packet_.is_v4()) {
      WriteIpv4(&frame_[network], frame_bytes - network);
    } else {
      WriteIpv6(&frame_[network], frame_bytes - network);
    }
    const std::size_t transport = network + ip_header_bytes();
    if (!packet_.is_later_fragment()) WriteTransport(transport, frame_bytes - transport);
    return std::move(frame_);
  }

 private:
  std::size_t ip_header_bytes() const {
    if (packet_.is_v4()) return kIpv4HeaderBytes;
    return kIpv6FixedBytes + (packet_.is_fragment ? kIpv6FragmentBytes : 0);
  }
  std::size_t transport_bytes() const {
    return packet_.is_later_fragment() ? 0 : packet_.protocol.header_bytes;
  }
  std::uint8_t protocol() const {
    return packet_.protocol.word == "icmp" && !packet_.is_v4() ? kProtocolIcmpV6
                                                               : packet_.protocol.protocol;
  }

  // Returns where the network header begins.
  std::size_t WriteLink() {
    frame_[0] = frame_[6] = std::byte{0x02};
    frame_[5] = std::byte{0x02};
    frame_[11] = std::byte{0x01};
    std::size_t at = 12;
    if (packet_.vlan) {
      StoreBe16(&frame_[at], kEtherTypeVlan);
      StoreBe16(&frame_[at + 2], *packet_.vlan);
      at += kVlanTagBytes;
    }
    StoreBe16(&frame_[at], packet_.is_arp    ? kEtherTypeArp
                           : packet_.is_v4() ? kEtherTypeIpv4
                                             : kEtherTypeIpv6);
    return at + 2;
  }

  // RFC 826: who has the destination, tell the source.
  void WriteArp(std::byte* arp) const {
    StoreBe16(arp, 1);  // Ethernet
    StoreBe16(arp + 2, kEtherTypeIpv4);
    arp[4] = std::byte{6};
    arp[5] = std::byte{4};
    StoreBe16(arp + 6, 1);  // a request
    if (!packet_.source || !packet_.destination) return;
    StoreBe32(arp + 14, packet_.source->address.v4());
    StoreBe32(arp + 24, packet_.destination->address.v4());
  }

  void WriteIpv4(std::byte* ip, std::size_t bytes) const {
    constexpr std::uint16_t kDontFragment = 0x4000;
    constexpr std::uint16_t kMoreFragments = 0x2000;
    ip[0] = std::byte{0x45};
    StoreBe16(ip + kIpv4LengthAt, static_cast<std::uint16_t>(bytes));
    StoreBe16(ip + kIpv4FlagsAt, !packet_.is_fragment          ? kDontFragment
                                 : packet_.is_later_fragment() ? kLaterOffset
                                                               : kMoreFragments);
    ip[kIpv4TtlAt] = std::byte{64};
    ip[kIpv4ProtocolAt] = std::byte{protocol()};
    StoreBe32(ip + kIpv4SourceAt, packet_.source->address.v4());
    StoreBe32(ip + kIpv4DestinationAt, packet_.destination->address.v4());
    StoreBe16(ip + kIpv4ChecksumAt, FoldChecksum(SumWords({ip, kIpv4HeaderBytes})));
  }

  void WriteIpv6(std::byte* ip, std::size_t bytes) const {
    ip[0] = std::byte{0x60};
    StoreBe16(ip + kIpv6LengthAt, static_cast<std::uint16_t>(bytes - kIpv6FixedBytes));
    ip[kIpv6NextHeaderAt] = std::byte{packet_.is_fragment ? kProtocolFragment : protocol()};
    ip[kIpv6HopLimitAt] = std::byte{64};
    std::ranges::copy(packet_.source->address.octets(), ip + kIpv6SourceAt);
    std::ranges::copy(packet_.destination->address.octets(), ip + kIpv6DestinationAt);
    if (!packet_.is_fragment) return;
    std::byte* fragment = ip + kIpv6FixedBytes;
    fragment[0] = std::byte{protocol()};
    StoreBe16(fragment + 2,
              static_cast<std::uint16_t>(packet_.is_later_fragment() ? kLaterOffset << 3 : 1));
  }

  void WriteTransport(std::size_t at, std::size_t bytes) {
    if (packet_.protocol.has_ports) {
      StoreBe16(&frame_[at], *packet_.source->port);
      StoreBe16(&frame_[at + 2], *packet_.destination->port);
    }
    switch (protocol()) {
      case kProtocolTcp:
        frame_[at + 12] = std::byte{0x50};           // five words of header
        frame_[at + kTcpFlagsAt] = std::byte{0x10};  // ACK
        StoreBe16(&frame_[at + 14], 65535);          // window
        break;
      case kProtocolUdp:
        StoreBe16(&frame_[at + kUdpLengthAt], static_cast<std::uint16_t>(bytes));
        break;
      case kProtocolIcmp:
        frame_[at] = std::byte{8};  // echo request
        break;
      case kProtocolIcmpV6:
        frame_[at] = std::byte{128};  // echo request
        break;
      case kProtocolGre:
        StoreBe16(&frame_[at + kGreProtocolAt], kEtherTypeIpv4);
        break;
      default:
        break;
    }
  }

  const Packet& packet_;
  std::vector<std::byte> frame_;
};

[[noreturn]] void FailLength(std::string_view name, int column, const Packet& packet,
                             std::int64_t least, std::int64_t most) {
  ScenarioError error;
  error.file = name;
  error.line = 1;
  error.column = column;
  error.message = fmt::format("a frame of {} bytes", *packet.length);
  error.accepted = fmt::format("len {} to {}: its headers have {} bytes, an IP packet at most {}",
                               least, most, least, kLargestPacket);
  throw ScenarioException({error});
}

}  // namespace

PacketText ParsePacketText(std::string_view text, std::string_view name) {
  PacketParser parser(text, name);
  const Packet packet = parser.Run();
  FrameWriter writer(packet);
  const auto least = static_cast<std::int64_t>(writer.header_bytes());
  const std::int64_t link =
      packet.vlan ? kEthernetHeaderBytes + kVlanTagBytes : kEthernetHeaderBytes;
  const std::int64_t length = packet.length.value_or(std::max(kDefaultFrame, least));
  if (length < least || length > link + kLargestPacket) {
    FailLength(name, parser.length_column(), packet, least, link + kLargestPacket);
  }
  PacketText result;
  result.direction = packet.direction;
  if (packet.source) result.source = packet.source->address;
  if (packet.destination) result.destination = packet.destination->address;
  result.frame.wire_length = Bytes(length);
  result.frame.bytes = writer.Write(static_cast<std::size_t>(length));
  return result;
}

}  // namespace vpcmirror::sim
