// ratios [CASES...]: runs cases against their peers and prints the table, which
// ratios.sh says how to read. Cases: classify, cache, frames, memory; without any, all.
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/bench/ratios/acl_peer.h"
#include "tests/bench/ratios/cases.h"
#include "tests/bench/ratios/table.h"

int main(int argc, char** argv) {
  using namespace vpcmirror::ratios;
  constexpr std::array<std::pair<std::string_view, void (*)()>, 4> kCases = {
      {{"classify", RaceClassifiers},
       {"cache", RaceFlowCaches},
       {"frames", RaceFrames},
       {"memory", WeighMemory}}};
  const std::vector<std::string_view> wanted(argv + 1, argv + argc);
  const auto is_wanted = [&](std::string_view name) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
  };
  try {
    StartDpdk();
    PrintHeader();
    for (const auto& [name, run] : kCases) {
      if (is_wanted(name)) run();
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ratios: %s\n", error.what());
    return 1;
  }
  return 0;
}
