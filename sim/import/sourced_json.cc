#include "sim/import/sourced_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/import/document.h"

namespace vpcmirror::sim {

SourcedJson SourcedJson::Object(Origin origin) { return {Kind::kObject, "", std::move(origin)}; }
SourcedJson SourcedJson::List(Origin origin) { return {Kind::kList, "", std::move(origin)}; }
SourcedJson SourcedJson::Text(std::string_view text, Origin origin) {
  return {Kind::kText, std::string(text), std::move(origin)};
}
SourcedJson SourcedJson::Text(const Found<std::string>& text) {
  return Text(text.value, text.origin);
}
SourcedJson SourcedJson::Number(std::int64_t number, Origin origin) {
  return {Kind::kLiteral, std::to_string(number), std::move(origin)};
}
SourcedJson SourcedJson::Flag(bool flag, Origin origin) {
  return {Kind::kLiteral, flag ? "true" : "false", std::move(origin)};
}

SourcedJson SourcedJson::CopyOf(const Value& value) {
  switch (value.kind()) {
    case JsonKind::kObject: {
      SourcedJson object = Object(value.origin());
      for (const Value& member : value.Members()) object.Set(member.key(), CopyOf(member));
      return object;
    }
    case JsonKind::kList: {
      SourcedJson list = List(value.origin());
      for (const Value& item : value.Items()) list.Add(CopyOf(item));
      return list;
    }
    case JsonKind::kText:
      return Text(value.scalar(), value.origin());
    default:
      return {Kind::kLiteral, std::string(value.scalar()), value.origin()};
  }
}

SourcedJson& SourcedJson::Set(std::string_view name, SourcedJson value) {
  return members_.emplace_back(std::string(name), std::move(value)).second;
}

SourcedJson& SourcedJson::Replace(std::string_view name, SourcedJson value) {
  SourcedJson* member = Get(name);
  return member == nullptr ? Set(name, std::move(value)) : *member = std::move(value);
}

SourcedJson& SourcedJson::Add(SourcedJson value) {
  return members_.emplace_back(std::string(), std::move(value)).second;
}

SourcedJson* SourcedJson::Get(std::string_view name) {
  return const_cast<SourcedJson*>(std::as_const(*this).Get(name));
}

const SourcedJson* SourcedJson::Get(std::string_view name) const {
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const auto& member) { return member.first == name; });
  return found == members_.end() ? nullptr : &found->second;
}

void SourcedJson::Remove(std::string_view name) {
  std::erase_if(members_, [&](const auto& member) { return member.first == name; });
}

// Writes a value and notes where each part of it came from.
class PrettyWriter {
 public:
  explicit PrettyWriter(std::map<std::string, Origin, std::less<>>& origins) : origins_(origins) {}

  std::string Write(const SourcedJson& value) {
    Put(value, 0, 0);
    return std::move(text_);
  }

 private:
  using Kind = SourcedJson::Kind;
  static constexpr std::size_t kWidth = 100;  // of a line, where it can be kept
  static constexpr std::size_t kStep = 2;     // of indentation

  static bool IsScalar(const SourcedJson& value) {
    return value.kind_ == Kind::kText || value.kind_ == Kind::kLiteral;
  }
  static bool IsFlat(const SourcedJson& value, int depth) {
    return IsScalar(value) ||
           (depth > 0 && std::all_of(value.members_.begin(), value.members_.end(),
                                     [&](const auto& m) { return IsFlat(m.second, depth - 1); }));
  }

  static std::string Quoted(const std::string& text) { return nlohmann::json(text).dump(); }

  static std::string Inline(const SourcedJson& value) {
    if (value.kind_ == Kind::kText) return Quoted(value.scalar_);
    if (value.kind_ == Kind::kLiteral) return value.scalar_;
    const bool is_object = value.kind_ == Kind::kObject;
    std::string text(1, is_object ? '{' : '[');
    for (const auto& [name, member] : value.members_) {
      if (text.size() > 1) text += ", ";
      if (is_object) text += Quoted(name) + ": ";
      text += Inline(member);
    }
    return text + (is_object ? '}' : ']');
  }

  // `used` is how much of the line is taken.
  void Put(const SourcedJson& value, std::size_t indent, std::size_t used) {
    if (IsFlat(value, 2)) {
      std::string line = Inline(value);
      if (IsScalar(value) || value.members_.empty() || used + line.size() < kWidth) {
        Note(value);
        text_ += line;
        return;
      }
    }
    if (value.origin_.is_known()) origins_.emplace(pointer_, value.origin_);
    const bool is_object = value.kind_ == Kind::kObject;
    text_ += is_object ? '{' : '[';
    std::size_t number = 0;
    for (const auto& [name, member] : value.members_) {
      if (number > 0) text_ += ',';
      text_ += '\n' + std::string(indent + kStep, ' ');
      std::size_t taken = indent + kStep;
      if (is_object) {
        const std::string key = Quoted(name) + ": ";
        taken += key.size();
        text_ += key;
      }
      const std::size_t before = Step(is_object ? name : std::to_string(number));
      Put(member, indent + kStep, taken);
      pointer_.resize(before);
      ++number;
    }
    text_ += '\n' + std::string(indent, ' ') + (is_object ? '}' : ']');
  }

  std::size_t Step(const std::string& name) {
    const std::size_t before = pointer_.size();
    pointer_ += "/" + EscapePointer(name);
    return before;
  }

  void Note(const SourcedJson& value) {
    if (value.origin_.is_known()) origins_.emplace(pointer_, value.origin_);
    std::size_t number = 0;
    for (const auto& [name, member] : value.members_) {
      const std::size_t before = Step(value.kind_ == Kind::kObject ? name : std::to_string(number));
      Note(member);
      pointer_.resize(before);
      ++number;
    }
  }

  std::map<std::string, Origin, std::less<>>& origins_;
  std::string text_;
  std::string pointer_;
};

std::string SourcedJson::Pretty(std::map<std::string, Origin, std::less<>>& origins) const {
  return PrettyWriter(origins).Write(*this);
}

}  // namespace vpcmirror::sim
