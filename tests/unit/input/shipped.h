// The profiles, catalogues and costs that ship, as the readers find them.
#pragma once

#include <string>

#include "sim/input/library.h"

namespace vpcmirror::sim {

inline const std::string kDataFolder = std::string(VPCMIRROR_SOURCE_DIR) + "/scenarios";

inline const Library& Shipped() {
  static const Library library = LoadLibrary(kDataFolder);
  return library;
}

}  // namespace vpcmirror::sim
