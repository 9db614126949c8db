// What result.json holds, in parts: a whole one of 100,000 hosts as one tree takes
// several times as long and as much memory as its text.
#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/run_result.h"

namespace vpcmirror {

// A list that grows with the estate, an element at a time. Refers to the result.
struct ResultList {
  std::string_view parent;  // the key of the object that has the list; empty: the document
  std::string_view key;
  std::size_t size = 0;
  std::function<const std::string&(std::size_t)> id;
  std::function<nlohmann::ordered_json(std::size_t)> element;
};

// All of the document, in its order, but for what is in those lists.
nlohmann::ordered_json ResultHead(const RunResult& result);
// An element of "asserts".
nlohmann::ordered_json AssertionJson(const AssertionResult& assertion);
// An element of "mirrors".
nlohmann::ordered_json MirrorJson(const MirrorResult& mirror);
std::vector<ResultList> ResultLists(const RunResult& result);

}  // namespace vpcmirror
