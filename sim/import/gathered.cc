#include "sim/import/gathered.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace vpcmirror::sim {
namespace {

// What may differ between two answers about one thing that nobody changed.
constexpr std::array<std::string_view, 6> kVolatile = {
    "AvailableIpAddressCount",  "TotalIpAddressCount", "RequestId", "LatestOperation", "StopTime",
    "UsageOperationUpdateTime",
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

std::string PlaceOf(const Origin& origin) {
  return origin.is_known() ? fmt::format("{}:{}", *origin.file, origin.at.line) : "";
}

bool Gathered::IsNew(std::string_view kind, std::string_view id, const Value& thing) {
  if (id.empty()) return true;
  const auto [known, fresh] = known_.try_emplace(fmt::format("{} {}", kind, id), thing);
  if (fresh || SameJson(known->second, thing, kVolatile)) return fresh;
  AddContradiction(fmt::format("{} {} is described twice, and differently: {} says something else, "
                               "and is taken",
                               kind, id, PlaceOf(known->second.origin())),
                   "answers that were asked for at one time: leave the older file out",
                   thing.origin());
  return false;
}

void Gathered::NoteRegion(std::string_view vpc, std::string_view region, const Origin& origin) {
  if (vpc.empty() || region.empty()) return;
  const auto [known, fresh] =
      regions_.try_emplace(std::string(vpc), Region{std::string(region), origin});
  if (fresh || known->second.name == region) return;
  AddContradiction(fmt::format("VPC {} has something in region {} here and in {} at {}", vpc,
                               region, known->second.name, PlaceOf(known->second.origin)),
                   "a VPC is in one region: answers of one estate, unedited", origin);
}

void Gathered::AddGap(std::string_view name, std::string message, std::string fix, Origin origin) {
  inventory.gaps.push_back(
      {std::string(name), std::move(message), std::move(fix), std::move(origin)});
}

void Gathered::AddContradiction(std::string message, std::string fix, Origin origin) {
  inventory.contradictions.push_back({std::move(message), std::move(fix), std::move(origin)});
}

void Gathered::NoteCount(std::string_view list, std::optional<double> total, std::size_t here,
                         const Origin& origin) {
  Count& count = counts_[std::string(list)];
  count.here += here;
  if (!total || *total <= count.total) return;
  count.total = *total;
  count.origin = origin;
}

void Gathered::CheckCounts(std::string_view paging) {
  for (const auto& [list, count] : counts_) {
    if (static_cast<double>(count.here) >= count.total) continue;
    AddGap("page_missing",
           fmt::format("{} of {} entries of {} are in the files; the others are assumed not to "
                       "exist.",
                       count.here, count.total, list),
           "add the other pages: " + std::string(paging), count.origin);
  }
}

std::optional<FoundText> TextAt(const std::optional<Value>& value, std::string_view name) {
  return value ? value->FoundText(name) : std::nullopt;
}

std::vector<FoundText> TextsOf(const std::optional<Value>& list) {
  std::vector<FoundText> texts;
  if (!list) return texts;
  for (const Value& item : list->Items()) {
    if (item.kind() == JsonKind::kText && !item.scalar().empty()) texts.push_back(item.found());
  }
  return texts;
}

std::vector<FoundText> TextsOf(const std::vector<Value>& items, std::string_view name) {
  std::vector<FoundText> texts;
  for (const Value& item : items) {
    if (auto text = item.FoundText(name)) texts.push_back(std::move(*text));
  }
  return texts;
}

SourcedJson CopyMembers(const Value& thing, std::span<const std::string_view> keys) {
  SourcedJson copy = SourcedJson::Object(thing.origin());
  for (const Value& member : thing.Members()) {
    const bool is_empty = member.kind() == JsonKind::kNull ||
                          (member.kind() == JsonKind::kText && member.scalar().empty());
    if (is_empty || std::find(keys.begin(), keys.end(), member.key()) == keys.end()) continue;
    copy.Set(member.key(), SourcedJson::CopyOf(member));
  }
  return copy;
}

std::string TagOf(const std::vector<Value>& tags, std::string_view key) {
  for (const Value& tag : tags) {
    if (tag.Text("Key") == key) return std::string(tag.Text("Value"));
    if (tag.Text("TagKey") == key) return std::string(tag.Text("TagValue"));
  }
  return {};
}

std::optional<FoundText> PortsOf(const Found<std::string>& text) {
  std::string ports = Lower(text.value);
  std::replace(ports.begin(), ports.end(), '/', '-');
  for (const std::string_view any : {"", "all", "-1--1", "-1", "1-65535", "0-65535"}) {
    if (ports == any) return std::nullopt;
  }
  const std::size_t dash = ports.find('-');
  if (dash != std::string::npos && ports.substr(0, dash) == ports.substr(dash + 1)) {
    ports.resize(dash);
  }
  return FoundText{std::move(ports), text.origin};
}

std::string ProtocolOf(std::string_view text) {
  const std::string name = Lower(text);
  // IANA: 6 TCP, 17 UDP, 1 ICMP.
  if (name == "tcp" || name == "6") return "tcp";
  if (name == "udp" || name == "17") return "udp";
  if (name == "icmp" || name == "1") return "icmp";
  if (name.empty() || name == "all" || name == "-1" || name == "any") return "all";
  return {};
}

}  // namespace vpcmirror::sim
