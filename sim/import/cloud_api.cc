#include "sim/import/cloud_api.h"

#include <algorithm>
#include <array>
#include <optional>

namespace vpcmirror::sim {
namespace {

// The value at the end of "Vpcs.Vpc"; the answer itself for an empty way.
std::optional<Value> AtEndOf(std::string_view way, const Value& answer) {
  std::optional<Value> at = answer;
  while (!way.empty() && at) {
    const std::size_t dot = std::min(way.find('.'), way.size());
    at = at->Get(way.substr(0, dot));
    way.remove_prefix(std::min(dot + 1, way.size()));
  }
  return at;
}

bool HasMark(const Value& thing, std::string_view mark) {
  return thing.is_object() && (mark.empty() || thing.Get(mark).has_value());
}

}  // namespace

std::span<const CloudApi* const> CloudApis() {
  static const std::array<const CloudApi*, 3> apis = {&TencentApi(), &AwsApi(), &AlibabaApi()};
  return apis;
}

const CloudApi* FindCloudApi(std::string_view name) {
  for (const CloudApi* each : CloudApis()) {
    if (each->name == name) return each;
  }
  return nullptr;
}

Value Unwrapped(const Value& root) { return root.Get("Response").value_or(root); }

std::optional<std::vector<Value>> ThingsOf(const AnswerKind& kind, const Value& answer) {
  const auto at = AtEndOf(kind.list, answer);
  if (!at || (!at->is_object() && !at->is_list())) return std::nullopt;
  std::vector<Value> things = at->is_list() ? at->Items() : std::vector<Value>{*at};
  const bool is_whole_answer = kind.list.empty();
  if (things.empty()) return is_whole_answer ? std::nullopt : std::optional(std::move(things));
  if (!HasMark(things.front(), kind.mark)) return std::nullopt;
  return things;
}

std::vector<const AnswerKind*> KindsIn(const Value& answer, const CloudApi& api) {
  std::vector<const AnswerKind*> kinds;
  for (const AnswerKind& each : api.answers) {
    if (ThingsOf(each, answer)) kinds.push_back(&each);
  }
  return kinds;
}

}  // namespace vpcmirror::sim
