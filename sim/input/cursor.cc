#include "sim/input/cursor.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "models/wire/flow_key.h"
#include "sim/input/quantity.h"

namespace vpcmirror::sim {
namespace {

const std::string* TextOf(const Cursor& cursor) {
  return cursor.value().get_ptr<const std::string*>();
}

// `unit` is what a number without one most likely means.
template <class T>
std::optional<At<T>> ReadQuantity(const Cursor& object, std::string_view name,
                                  Parsed<T> (*parse)(std::string_view), std::string_view unit,
                                  Zero zero) {
  const std::optional<Cursor> member = object.Get(name);
  if (!member) return std::nullopt;
  if (member->value().is_number()) {
    member->Complain(FaultOfBareNumber(member->value().dump(), unit));
    return std::nullopt;
  }
  const std::string* text = TextOf(*member);
  if (text == nullptr) return std::nullopt;
  Parsed<T> parsed = parse(*text);
  if (parsed && zero == Zero::kRefused && *parsed.value == T{}) {
    parsed = {std::nullopt, {fmt::format("\"{}\" is zero", *text), "more than zero"}};
  }
  if (!parsed) {
    member->Complain(std::move(parsed.fault));
    return std::nullopt;
  }
  return At<T>{*parsed.value, member->path()};
}

std::optional<int> PortOf(std::string_view text) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  int port = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    port = port * 10 + (c - '0');
  }
  return port <= 65535 ? std::optional(port) : std::nullopt;
}

}  // namespace

Cursor Cursor::Inside(const nlohmann::json& value, const std::string& step) const {
  const std::string escaped = "/" + EscapePointer(step);
  Cursor inside(value, NearestPlace(*place_, escaped), *complaints_);
  inside.path_ = path_ + escaped;
  return inside;
}

std::optional<Cursor> Cursor::Get(std::string_view name) const {
  if (!value_->is_object()) return std::nullopt;
  const auto member = value_->find(name);
  if (member == value_->end()) return std::nullopt;
  return Inside(*member, std::string(name));
}

std::vector<Cursor> Cursor::Items() const {
  std::vector<Cursor> items;
  if (!value_->is_array()) return items;
  for (std::size_t i = 0; i < value_->size(); ++i) {
    items.push_back(Inside((*value_)[i], std::to_string(i)));
  }
  return items;
}

std::vector<std::pair<std::string, Cursor>> Cursor::Members() const {
  std::vector<std::pair<std::string, Cursor>> members;
  if (!value_->is_object()) return members;
  for (const auto& [name, value] : value_->items()) members.emplace_back(name, Inside(value, name));
  const auto order = [&](const std::string& name) {
    const auto place = place_->members.find(name);
    return place == place_->members.end() ? std::numeric_limits<std::size_t>::max()
                                          : place->second.order;
  };
  std::stable_sort(members.begin(), members.end(),
                   [&](const auto& a, const auto& b) { return order(a.first) < order(b.first); });
  return members;
}

std::optional<At<std::string>> ReadText(const Cursor& object, std::string_view name) {
  const std::optional<Cursor> member = object.Get(name);
  if (!member) return std::nullopt;
  const std::string* text = TextOf(*member);
  if (text == nullptr) return std::nullopt;
  return At<std::string>{*text, member->path()};
}

std::optional<At<int>> ReadInt(const Cursor& object, std::string_view name) {
  const std::optional<Cursor> member = object.Get(name);
  if (!member || !member->value().is_number_integer()) return std::nullopt;
  if (member->value() > std::numeric_limits<int>::max() ||
      member->value() < std::numeric_limits<int>::min()) {
    return std::nullopt;  // out of the schema's bounds
  }
  return At<int>{member->value().get<int>(), member->path()};
}

std::optional<double> ReadNumber(const Cursor& object, std::string_view name) {
  const std::optional<Cursor> member = object.Get(name);
  if (!member || !member->value().is_number()) return std::nullopt;
  return member->value().get<double>();
}

bool ReadFlag(const Cursor& object, std::string_view name) {
  const std::optional<Cursor> member = object.Get(name);
  return member && member->value().is_boolean() && member->value().get<bool>();
}

std::vector<At<std::string>> ReadTexts(const Cursor& object, std::string_view name) {
  std::vector<At<std::string>> texts;
  const std::optional<Cursor> list = object.Get(name);
  if (!list) return texts;
  for (const Cursor& item : list->Items()) {
    if (const std::string* text = TextOf(item)) texts.push_back({*text, item.path()});
  }
  return texts;
}

std::optional<IpAddress> ReadAddress(const Cursor& value) {
  const std::string* text = TextOf(value);
  if (text == nullptr) return std::nullopt;
  const std::optional<IpAddress> address = ParseIpAddress(*text);
  if (!address) {
    value.Complain({fmt::format("\"{}\" is not an IP address", *text),
                    "four numbers from 0 to 255, as in \"10.0.1.7\""});
  }
  return address;
}

std::optional<IpPrefix> ReadPrefix(const Cursor& value, bool or_address) {
  const std::string* text = TextOf(value);
  if (text == nullptr) return std::nullopt;
  if (or_address && text->find('/') == std::string::npos) {
    const std::optional<IpAddress> address = ReadAddress(value);
    if (!address) return std::nullopt;
    return IpPrefix(*address, address->is_v4() ? 32 : 128);
  }
  const std::optional<IpPrefix> prefix = ParseIpPrefix(*text);
  if (prefix) return prefix;
  const std::size_t slash = text->find('/');
  const std::optional<IpAddress> address = ParseIpAddress(std::string_view(*text).substr(0, slash));
  const std::optional<int> length =
      slash == std::string::npos ? std::nullopt : PortOf(std::string_view(*text).substr(slash + 1));
  if (address && length && *length <= (address->is_v4() ? 32 : 128)) {
    value.Complain({fmt::format("\"{}\" has bits set behind its {} bits", *text, *length),
                    fmt::format("did you mean \"{}\"?", ToString(IpPrefix(*address, *length)))});
  } else {
    value.Complain({fmt::format("\"{}\" is not an address range", *text),
                    "an address, a slash and a length, as in \"10.0.0.0/16\""});
  }
  return std::nullopt;
}

std::optional<PortRange> ReadPorts(const Cursor& value) {
  constexpr int kLastPort = 65535;
  if (value.value().is_number_integer()) {
    if (value.value() < 0 || value.value() > kLastPort) return std::nullopt;
    const auto port = value.value().get<std::uint16_t>();
    return PortRange{port, port};
  }
  const std::string* text = TextOf(value);
  if (text == nullptr) return std::nullopt;
  const std::size_t dash = std::min(text->find('-'), text->size());
  const std::optional<int> first = PortOf(std::string_view(*text).substr(0, dash));
  const std::optional<int> last =
      dash == text->size() ? first : PortOf(std::string_view(*text).substr(dash + 1));
  if (!first || !last) {
    value.Complain({fmt::format("\"{}\" is not a port or a range of ports", *text),
                    "numbers from 0 to 65535, as in \"5000\" or \"1001-2000\""});
    return std::nullopt;
  }
  if (*first > *last) {
    value.Complain({fmt::format("\"{}\" ends before it begins", *text),
                    fmt::format("did you mean \"{}-{}\"?", *last, *first)});
    return std::nullopt;
  }
  return PortRange{static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)};
}

std::optional<std::uint8_t> ReadProtocol(const Cursor& object, std::string_view name) {
  const auto text = ReadText(object, name);
  if (!text) return std::nullopt;
  if (text->value == "tcp" || text->value == "TCP") return kProtocolTcp;
  if (text->value == "udp" || text->value == "UDP") return kProtocolUdp;
  if (text->value == "icmp" || text->value == "ICMP") return kProtocolIcmp;
  return std::nullopt;
}

std::optional<At<BitsPerSecond>> ReadBandwidth(const Cursor& object, std::string_view name) {
  return ReadQuantity(object, name, &ParseBandwidth,
                      LikelyBandwidthUnit(ReadNumber(object, name).value_or(0)), Zero::kRefused);
}
std::optional<At<PacketsPerSecond>> ReadPacketRate(const Cursor& object, std::string_view name) {
  return ReadQuantity(object, name, &ParsePacketRate, "pps", Zero::kRefused);
}
std::optional<At<Picoseconds>> ReadDuration(const Cursor& object, std::string_view name,
                                            Zero zero) {
  return ReadQuantity(object, name, &ParseDuration, "s", zero);
}
std::optional<At<Bytes>> ReadBytes(const Cursor& object, std::string_view name,
                                   std::string_view likely_unit) {
  return ReadQuantity(object, name, &ParseBytes, likely_unit, Zero::kRefused);
}
std::optional<At<int>> ReadFrames(const Cursor& object, std::string_view name) {
  return ReadQuantity(object, name, &ParseFrames, "frames", Zero::kRefused);
}
std::optional<At<double>> ReadPerSecond(const Cursor& object, std::string_view name) {
  return ReadQuantity(object, name, &ParsePerSecond, "/s", Zero::kRefused);
}

std::string TextOf(const Cursor& object, std::string_view name) {
  auto text = ReadText(object, name);
  return text ? std::move(text->value) : std::string();
}

}  // namespace vpcmirror::sim
