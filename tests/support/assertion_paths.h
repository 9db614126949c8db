// Paths of assertions, step by step, as the reader makes them.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario/assertion.h"

namespace vpcmirror::testing_assertions {

inline PathStep Key(const std::string& key) { return {key, std::nullopt}; }

inline PathStep Each(const std::string& list, const std::string& name_key = "id") {
  return {list, ElementChoice{.text = "*", .name_key = name_key}};
}

inline PathStep Numbered(const std::string& list, std::size_t number,
                         const std::string& name_key = "id") {
  return {list, ElementChoice{.text = std::to_string(number),
                              .name_key = name_key,
                              .kind = ElementChoice::Kind::kNumbered,
                              .number = number}};
}

// `names`: those that Validate found; none before.
inline PathStep Named(const std::string& list, const std::string& text,
                      const std::set<std::string>& names = {}, const std::string& name_key = "id") {
  return {
      list,
      ElementChoice{
          .text = text, .name_key = name_key, .kind = ElementChoice::Kind::kNamed, .names = names}};
}

inline Assertion Asserted(std::vector<PathStep> path, FigureUnit unit, Comparison comparison,
                          Figure bound) {
  return {"text", std::move(path), unit, comparison, std::move(bound)};
}

}  // namespace vpcmirror::testing_assertions
