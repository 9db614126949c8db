#include "tests/support/tshark.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace vpcmirror {
namespace {

struct ClosePipe {
  void operator()(std::FILE* pipe) const { pclose(pipe); }
};

}  // namespace

bool HasTshark() { return std::system("command -v tshark >/dev/null 2>&1") == 0; }

std::string OutputOf(const std::string& command) {
  const std::unique_ptr<std::FILE, ClosePipe> pipe(popen(command.c_str(), "r"));
  if (!pipe) return "";
  std::string output;
  std::array<char, 65536> part{};
  while (const std::size_t count = std::fread(part.data(), 1, part.size(), pipe.get())) {
    output.append(part.data(), count);
  }
  return output;
}

}  // namespace vpcmirror
