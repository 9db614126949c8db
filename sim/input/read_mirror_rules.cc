#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "models/wire/protocol_names.h"
#include "sim/input/mirror_shapes.h"

namespace vpcmirror::sim {
namespace {

constexpr int kLastPort = 65535;

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::optional<std::int64_t> NumberIn(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || at != end) return std::nullopt;
  return number;
}

std::optional<std::int64_t> NumberOf(const nlohmann::json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  const auto* text = value.get_ptr<const std::string*>();
  return text == nullptr ? std::nullopt : NumberIn(*text);
}

bool IsPort(const std::optional<std::int64_t>& number) {
  return number && *number >= 0 && *number <= kLastPort;
}

PortRange RangeOf(std::int64_t first, std::int64_t last) {
  return {static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(last)};
}

std::optional<PortRange> ReadSlashedPorts(const Cursor& value) {
  const auto* text = value.value().get_ptr<const std::string*>();
  if (text == nullptr || *text == "-1/-1") return std::nullopt;
  const std::size_t slash = std::min(text->find('/'), text->size());
  const std::string_view view = *text;
  const auto first = NumberIn(view.substr(0, slash));
  const auto last =
      slash == view.size() ? std::optional<std::int64_t>{} : NumberIn(view.substr(slash + 1));
  if (!IsPort(first) || !IsPort(last)) {
    value.Complain({fmt::format("\"{}\" is not a range of ports", *text),
                    "two numbers from 0 to 65535 and a slash, as in \"80/120\", or \"-1/-1\""});
    return std::nullopt;
  }
  if (*first > *last) {
    value.Complain({fmt::format("\"{}\" ends before it begins", *text),
                    fmt::format("did you mean \"{}/{}\"?", *last, *first)});
    return std::nullopt;
  }
  return RangeOf(*first, *last);
}

std::optional<PortRange> ReadFromAndTo(const Cursor& value) {
  const auto first = ReadWhole(value, "FromPort");
  const auto last = ReadWhole(value, "ToPort");
  if (!first || !last || !IsPort(first->value) || !IsPort(last->value)) return std::nullopt;
  if (first->value > last->value) {
    value.Complain({fmt::format("FromPort {} is above ToPort {}", first->value, last->value),
                    "the smaller port as FromPort"});
    return std::nullopt;
  }
  return RangeOf(first->value, last->value);
}

}  // namespace

std::optional<At<std::int64_t>> ReadWhole(const Cursor& object, std::string_view name) {
  const std::optional<Cursor> member = object.Get(name);
  if (!member) return std::nullopt;
  const auto number = NumberOf(member->value());
  if (!number) return std::nullopt;
  return At<std::int64_t>{*number, member->path()};
}

std::optional<At<bool>> ReadBool(const Cursor& object, std::string_view name) {
  const std::optional<Cursor> member = object.Get(name);
  if (!member) return std::nullopt;
  if (member->value().is_boolean()) return At<bool>{member->value().get<bool>(), member->path()};
  const auto* text = member->value().get_ptr<const std::string*>();
  if (text == nullptr) return std::nullopt;
  return At<bool>{Lower(*text) == "true", member->path()};
}

std::optional<At<IpPrefix>> ReadPrefixAt(const Cursor& object, std::string_view name) {
  // Some answers write an absent range as an empty string.
  if (const auto text = ReadText(object, name); text && text->value.empty()) return std::nullopt;
  return ReadAt(object, name, [](const Cursor& value) { return ReadPrefix(value); });
}

std::optional<ProtocolSpec> ReadProtocol(const Cursor& value) {
  constexpr std::int64_t kLastProtocol = 255;
  if (const auto number = NumberOf(value.value())) {
    if (*number < 0 || *number > kLastProtocol) {
      value.Complain({fmt::format("{} is not a protocol number", *number), "0 to 255"});
      return std::nullopt;
    }
    return ProtocolSpec{std::to_string(*number), static_cast<std::uint8_t>(*number)};
  }
  const auto* text = value.value().get_ptr<const std::string*>();
  if (text == nullptr) return std::nullopt;
  if (Lower(*text) == "all") return ProtocolSpec{*text, std::nullopt};
  if (const auto number = ProtocolNamed(*text)) return ProtocolSpec{*text, *number};
  value.Complain({fmt::format("no protocol is known as \"{}\"", *text),
                  "a name such as TCP, UDP, ICMP or GRE, or ALL"});
  return std::nullopt;
}

std::optional<At<PortRange>> ReadPortsAt(const Cursor& object, std::string_view name,
                                         PortStyle style) {
  if (const auto text = ReadText(object, name); text && text->value.empty()) return std::nullopt;
  switch (style) {
    case PortStyle::kDash:
      return ReadAt(object, name, &ReadPorts);
    case PortStyle::kSlash:
      return ReadAt(object, name, &ReadSlashedPorts);
    case PortStyle::kFromAndTo:
      return ReadAt(object, name, &ReadFromAndTo);
  }
  return std::nullopt;
}

MatchSpec ReadMatch(const Cursor& at, const MatchKeys& keys) {
  MatchSpec match;
  match.protocol =
      ReadAt(at, keys.protocol, [](const Cursor& value) { return ReadProtocol(value); });
  match.source = ReadPrefixAt(at, keys.source);
  match.destination = ReadPrefixAt(at, keys.destination);
  match.source_ports = ReadPortsAt(at, keys.source_ports, keys.ports);
  match.destination_ports = ReadPortsAt(at, keys.destination_ports, keys.ports);
  if (const auto family = ReadText(at, keys.family)) {
    match.family =
        At<IpFamily>{Lower(family->value) == "ipv6" ? IpFamily::kV6 : IpFamily::kV4, family->path};
  }
  return match;
}

RuleSpec ReadRule(const Cursor& at, const RuleKeys& keys) {
  RuleSpec rule;
  rule.path = at.path();
  if (const auto id = ReadText(at, keys.id)) rule.id = id->value;
  rule.priority = ReadWhole(at, keys.priority);
  if (const auto action = ReadText(at, keys.action)) {
    const bool copies = Lower(action->value) == Lower(std::string(keys.accept));
    rule.action = At<Action>{copies ? Action::kAccept : Action::kReject, action->path};
  }
  rule.match = ReadMatch(at, keys.match);
  return rule;
}

std::vector<RuleSpec> ReadRules(const Cursor& object, std::string_view list, const RuleKeys& keys) {
  std::vector<RuleSpec> rules;
  const std::optional<Cursor> at = object.Get(list);
  if (!at) return rules;
  for (const Cursor& item : at->Items()) rules.push_back(ReadRule(item, keys));
  return rules;
}

}  // namespace vpcmirror::sim
