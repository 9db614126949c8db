#include "sim/cli/load_side.h"

namespace vpcmirror::sim {

ValidScenario LoadSide(const std::string& file, const Library& library, const ReadOptions& read) {
  return LoadScenario(file, library, read);
}

}  // namespace vpcmirror::sim
