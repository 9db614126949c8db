#include "sim/input/data_folder.h"

#include <cstdlib>
#include <filesystem>

namespace vpcmirror::sim {

std::string FindDataFolder(const std::string& given) {
  namespace fs = std::filesystem;
  if (!given.empty()) return given;
  if (const char* set = std::getenv("VPCMIRROR_DATA"); set != nullptr && *set != '\0') return set;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    const fs::path installed = program.parent_path().parent_path() / "share" / "vpcmirror";
    if (fs::is_directory(installed / "schema", error)) return installed.string();
  }
  return VPCMIRROR_SOURCE_DATA;
}

}  // namespace vpcmirror::sim
