// What happens under way: actions of a provider's API, faults, and changes of settings.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "sim/input/mirror_shapes.h"
#include "sim/input/scenario_parts.h"

namespace vpcmirror::sim {
namespace {

using EventAction = decltype(TimelineSpec::action);

// "x2", "x0.25".
std::optional<At<double>> ReadFactor(const Cursor& event) {
  return ReadAt(event, "by", [](const Cursor& value) -> std::optional<double> {
    const auto* text = value.value().get_ptr<const std::string*>();
    if (text == nullptr || text->empty() || text->front() != 'x') return std::nullopt;
    double factor = 0;
    const char* end = text->data() + text->size();
    const auto [at, error] = std::from_chars(text->data() + 1, end, factor);
    if (error != std::errc() || at != end) return std::nullopt;
    return factor;
  });
}

std::optional<At<double>> NeedFactor(const Cursor& event, std::string_view what) {
  auto factor = ReadFactor(event);
  if (!factor && !event.Get("by")) {
    event.Complain({fmt::format("{} without by", what), "\"by\": \"x2\", or another factor"});
  }
  return factor;
}

std::optional<EventAction> ReadReceiverFault(const Cursor& event, std::string_view what) {
  using Kind = ReceiverFaultSpec::Kind;
  const auto receiver = ReadText(event, what);
  if (!receiver) return std::nullopt;
  ReceiverFaultSpec fault{.kind = what == "receiver_down" ? Kind::kDown
                                  : what == "receiver_up" ? Kind::kUp
                                                          : Kind::kSlow,
                          .receiver = *receiver,
                          .factor = std::nullopt};
  if (fault.kind != Kind::kSlow) return fault;
  fault.factor = NeedFactor(event, what);
  if (!fault.factor) return std::nullopt;
  if (fault.factor->value <= 0) {
    event.Get("by")->Complain({"a receiver of no speed", "receiver_down, or more than x0"});
    return std::nullopt;
  }
  return fault;
}

std::optional<EventAction> ReadScale(const Cursor& event, std::string_view what) {
  const auto workload = ReadText(event, what);
  const auto factor = NeedFactor(event, what);
  if (!workload || !factor) return std::nullopt;
  return ScaleSpec{*workload, *factor};
}

std::optional<EventAction> ReadAttachment(const Cursor& event, std::string_view what) {
  const auto enis = ReadText(event, what);
  if (!enis) return std::nullopt;
  return AttachmentSpec{*enis, what == "attach_eni"};
}

std::optional<EventAction> ReadSettingsChange(const Cursor& event, std::string_view what) {
  const auto of = ReadText(event, what);
  if (!of) return std::nullopt;
  SettingsChangeSpec change{.of = *of};
  change.bandwidth = ReadBandwidth(event, "bandwidth");
  change.mtu = ReadBytes(event, "mtu");
  change.route_table = ReadText(event, "route_table");
  if (event.Get("security_groups")) change.security_groups = ReadTexts(event, "security_groups");
  const bool says_something = event.Get("bandwidth") || event.Get("mtu") ||
                              event.Get("route_table") || event.Get("security_groups");
  if (!says_something) {
    event.Complain({"a change of nothing", "bandwidth, mtu, security_groups or route_table"});
    return std::nullopt;
  }
  return change;
}

struct FaultKey {
  std::string_view name;
  std::optional<EventAction> (*read)(const Cursor& event, std::string_view what);
  std::vector<std::string_view> settings;  // keys beside it
};

const std::vector<FaultKey>& FaultKeys() {
  static const std::vector<FaultKey> keys = {
      {"receiver_down", &ReadReceiverFault, {}},
      {"receiver_up", &ReadReceiverFault, {}},
      {"receiver_slow", &ReadReceiverFault, {"by"}},
      {"scale", &ReadScale, {"by"}},
      {"attach_eni", &ReadAttachment, {}},
      {"detach_eni", &ReadAttachment, {}},
      {"change", &ReadSettingsChange, {"bandwidth", "mtu", "security_groups", "route_table"}},
  };
  return keys;
}

// As it was written.
std::string TextOfValue(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const auto& item : value) text += (text.empty() ? "" : ", ") + TextOfValue(item);
  return text.empty() ? "none" : text;
}

std::string DetailOf(const Cursor& event, const FaultKey& key) {
  std::string text;
  for (const std::string_view name : key.settings) {
    const auto setting = event.Get(name);
    if (!setting) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, TextOfValue(setting->value()));
  }
  return text;
}

std::optional<EventAction> ReadFault(const Cursor& event, const FaultKey& key, TimelineSpec& spec) {
  for (const FaultKey& other : FaultKeys()) {
    for (const std::string_view name : other.settings) {
      const bool is_own =
          std::find(key.settings.begin(), key.settings.end(), name) != key.settings.end();
      if (is_own || !event.Get(name)) continue;
      event.Get(name)->Complain({fmt::format("{} beside {}, which has none", name, key.name),
                                 fmt::format("no {}", name)});
    }
  }
  spec.detail = DetailOf(event, key);
  return key.read(event, key.name);
}

// The keys of an event that say what happens.
std::vector<std::string_view> ActionKeysOf(const Cursor& event) {
  std::vector<std::string_view> keys;
  for (const FaultKey& key : FaultKeys()) {
    if (event.Get(key.name)) keys.push_back(key.name);
  }
  for (const auto& names : {NamesOfTencentActions(), NamesOfAwsActions()}) {
    for (const std::string_view name : names) {
      if (event.Get(name)) keys.push_back(name);
    }
  }
  return keys;
}

std::optional<EventAction> ReadAction(const Cursor& event, std::string_view name,
                                      TimelineSpec& spec) {
  for (const FaultKey& key : FaultKeys()) {
    if (key.name == name) return ReadFault(event, key, spec);
  }
  const Cursor body = *event.Get(name);
  const auto of_aws = NamesOfAwsActions();
  const bool is_aws = std::find(of_aws.begin(), of_aws.end(), name) != of_aws.end();
  auto action = is_aws ? ReadAwsAction(name, body) : ReadTencentAction(name, body);
  if (!action) return std::nullopt;
  return std::move(*action);
}

std::optional<TimelineSpec> ReadEvent(const Cursor& event) {
  if (!event.value().is_object()) return std::nullopt;
  TimelineSpec spec;
  spec.path = event.path();
  const auto keys = ActionKeysOf(event);
  if (keys.empty()) {
    event.Complain({"an event in which nothing happens",
                    "an action of the provider's API, receiver_down, receiver_up, receiver_slow, "
                    "scale, attach_eni, detach_eni or change"});
    return std::nullopt;
  }
  if (keys.size() > 1) {
    event.Get(keys[1])->Complain(
        {fmt::format("{} beside {} in one event", keys[1], keys[0]), "an event for each"});
  }
  spec.what = keys[0];
  auto action = ReadAction(event, keys[0], spec);
  const auto at = ReadDuration(event, "at", Zero::kAllowed);
  spec.every = ReadDuration(event, "every", Zero::kRefused);
  spec.until = ReadDuration(event, "until", Zero::kAllowed);
  if (!action || !at) return std::nullopt;
  spec.at = *at;
  spec.action = std::move(*action);
  return spec;
}

}  // namespace

std::vector<TimelineSpec> ReadTimeline(const Cursor& timeline) {
  std::vector<TimelineSpec> specs;
  for (const Cursor& event : timeline.Items()) {
    if (auto spec = ReadEvent(event)) specs.push_back(std::move(*spec));
  }
  return specs;
}

}  // namespace vpcmirror::sim
