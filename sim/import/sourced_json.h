// JSON that is being written, each value with its origin.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/import/origin.h"

namespace vpcmirror::sim {

class Value;

class SourcedJson {
 public:
  static SourcedJson Object(Origin origin = {});
  static SourcedJson List(Origin origin = {});
  static SourcedJson Text(std::string_view text, Origin origin = {});
  static SourcedJson Text(const Found<std::string>& text);
  static SourcedJson Number(std::int64_t number, Origin origin = {});
  static SourcedJson Flag(bool flag, Origin origin = {});
  // All of `value`, each part with its own origin.
  static SourcedJson CopyOf(const Value& value);

  // Behind what is there. Of an object only; a member of that name must not be there yet.
  SourcedJson& Set(std::string_view name, SourcedJson value);
  // In place of the member of that name, or behind all where there is none.
  SourcedJson& Replace(std::string_view name, SourcedJson value);
  // Of a list only, at its end.
  SourcedJson& Add(SourcedJson value);
  // Null where there is none.
  SourcedJson* Get(std::string_view name);
  const SourcedJson* Get(std::string_view name) const;
  void Remove(std::string_view name);

  bool is_empty() const { return members_.empty(); }
  const std::vector<std::pair<std::string, SourcedJson>>& members() const { return members_; }
  const Origin& origin() const { return origin_; }
  // Of a text its contents, of another scalar its JSON; empty otherwise.
  const std::string& scalar() const { return scalar_; }

  // Indented by two; objects of scalars on one line where they fit. Fills `origins` with
  // the origin of each value that has one, by JSON Pointer.
  std::string Pretty(std::map<std::string, Origin, std::less<>>& origins) const;

 private:
  enum class Kind : std::uint8_t { kObject, kList, kText, kLiteral };
  SourcedJson(Kind kind, std::string scalar, Origin origin)
      : kind_(kind), scalar_(std::move(scalar)), origin_(std::move(origin)) {}
  friend class PrettyWriter;

  Kind kind_;
  std::string scalar_;                                        // kText: decoded; kLiteral: JSON
  std::vector<std::pair<std::string, SourcedJson>> members_;  // of a list, without names
  Origin origin_;
};

}  // namespace vpcmirror::sim
