// Where in a provider's file something was found.
#pragma once

#include <memory>
#include <string>

#include "sim/input/json_document.h"

namespace vpcmirror::sim {

struct Origin {
  std::shared_ptr<const std::string> file;  // null: in no file
  std::string pointer;                      // JSON Pointer in it
  TextPosition at;

  bool is_known() const { return file != nullptr; }
};

template <class T>
struct Found {
  T value{};
  Origin origin;
};

}  // namespace vpcmirror::sim
