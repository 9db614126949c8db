#include "analysis/report/result_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace vpcmirror {
namespace {

using ParsedJson = nlohmann::json;

// As RFC 6901, 3 writes a key into a pointer.
std::string PointerStep(std::string_view key) {
  std::string step = "/";
  for (const char c : key) {
    if (c == '~') {
      step += "~0";
    } else if (c == '/') {
      step += "~1";
    } else {
      step += c;
    }
  }
  return step;
}

bool IsWhole(const ParsedJson& json) {
  constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (json.is_number_unsigned()) return json.get<std::uint64_t>() <= kLargest;
  return json.is_number_integer();
}

}  // namespace

ResultFields::ResultFields(const ParsedJson& object, std::string_view step,
                           const ResultFields* parent, std::size_t index)
    : object_(object), step_(step), parent_(parent), index_(index) {
  if (!object.is_object()) {
    throw ResultFault(ResultFault::Kind::kWrong, Place(),
                      fmt::format("is no object: it is of type {}", object.type_name()));
  }
  taken_.reserve(object.size());
}

const ParsedJson& ResultFields::Take(std::string_view key) {
  const auto member = object_.find(key);
  if (member == object_.end()) {
    throw ResultFault(ResultFault::Kind::kMissing, PlaceOf(key), "is missing");
  }
  taken_.push_back(member.key());
  return *member;
}

const ParsedJson& ResultFields::TakeList(std::string_view key) {
  const ParsedJson& list = Take(key);
  if (!list.is_array()) Fail(key, fmt::format("is no list: it is of type {}", list.type_name()));
  return list;
}

bool ResultFields::IsNull(std::string_view key) const {
  const auto member = object_.find(key);
  return member != object_.end() && member->is_null();
}

std::int64_t ResultFields::Whole(std::string_view key) {
  const ParsedJson& value = Take(key);
  if (!IsWhole(value)) Fail(key, "is no whole number of 64 bits");
  return value.get<std::int64_t>();
}

std::uint64_t ResultFields::Unsigned(std::string_view key) {
  const ParsedJson& value = Take(key);
  if (!value.is_number_unsigned()) Fail(key, "is no whole number from 0 on");
  return value.get<std::uint64_t>();
}

double ResultFields::Number(std::string_view key) {
  const ParsedJson& value = Take(key);
  if (!value.is_number())
    Fail(key, fmt::format("is no number: it is of type {}", value.type_name()));
  return value.get<double>();
}

bool ResultFields::Flag(std::string_view key) {
  const ParsedJson& value = Take(key);
  if (!value.is_boolean()) Fail(key, "is neither true nor false");
  return value.get<bool>();
}

const std::string& ResultFields::Text(std::string_view key) {
  const ParsedJson& value = Take(key);
  if (!value.is_string()) Fail(key, fmt::format("is no text: it is of type {}", value.type_name()));
  return value.get_ref<const std::string&>();
}

std::optional<std::int64_t> ResultFields::WholeOrNull(std::string_view key) {
  if (!IsNull(key)) return Whole(key);
  Skip(key);
  return std::nullopt;
}

std::optional<double> ResultFields::NumberOrNull(std::string_view key) {
  if (!IsNull(key)) return Number(key);
  Skip(key);
  return std::nullopt;
}

std::string ResultFields::TextOrNull(std::string_view key) {
  if (!IsNull(key)) return Text(key);
  Skip(key);
  return "";
}

std::vector<std::string> ResultFields::Texts(std::string_view key) {
  std::vector<std::string> texts;
  for (const ParsedJson& each : TakeList(key)) {
    if (!each.is_string()) Fail(key, "has an element that is no text");
    texts.push_back(each.get<std::string>());
  }
  return texts;
}

Picoseconds ResultFields::Nanoseconds(std::string_view key) {
  constexpr std::int64_t kMost =
      std::numeric_limits<std::int64_t>::max() / kPicosecondsPerNanosecond;
  const ParsedJson& value = Take(key);
  if (!value.is_number() || std::abs(value.get<double>()) > static_cast<double>(kMost)) {
    Fail(key, "is no time of at most 106 days");
  }
  if (IsWhole(value)) {
    return Picoseconds(value.get<std::int64_t>() * kPicosecondsPerNanosecond);
  }
  return Picoseconds(
      std::llround(value.get<double>() * static_cast<double>(kPicosecondsPerNanosecond)));
}

void ResultFields::Finish() const {
  if (taken_.size() >= object_.size()) return;
  for (const auto& [key, value] : object_.items()) {
    if (std::find(taken_.begin(), taken_.end(), key) != taken_.end()) continue;
    throw ResultFault(ResultFault::Kind::kUnknown, PlaceOf(key), "is not known here");
  }
}

std::string ResultFields::Place() const {
  if (parent_ == nullptr) return step_.empty() ? "" : PointerStep(step_);
  std::string place = parent_->Place() + PointerStep(step_);
  if (index_ != kNoIndex) place += fmt::format("/{}", index_);
  return place;
}

std::string ResultFields::PlaceOf(std::string_view key) const { return Place() + PointerStep(key); }

void ResultFields::Fail(std::string_view key, const std::string& what) const {
  throw ResultFault(ResultFault::Kind::kWrong, PlaceOf(key), what);
}

void ResultFields::FailWord(std::string_view key, const std::string& word) const {
  Fail(key, fmt::format("is \"{}\", which is none of the words that it may be", word));
}

}  // namespace vpcmirror
