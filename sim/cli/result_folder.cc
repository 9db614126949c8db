#include "sim/cli/result_folder.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "sim/cli/atomic_file.h"

namespace vpcmirror::sim {
namespace {

namespace fs = std::filesystem;

void ThrowIf(const std::error_code& error, const std::string& what) {
  if (error) throw FileException(fmt::format("cannot write {}: {}", what, error.message()));
}

std::string WithoutTrailingSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

// Makes `path` and returns the folders that were not there, outermost first.
std::vector<std::string> MakeFolders(const fs::path& path) {
  std::vector<std::string> missing;
  std::error_code error;
  for (fs::path at = path; !at.empty() && !fs::exists(at, error); at = at.parent_path()) {
    ThrowIf(error, path.string());
    missing.push_back(at.string());
  }
  ThrowIf(error, path.string());
  std::reverse(missing.begin(), missing.end());
  fs::create_directories(path, error);
  if (!error && !fs::is_directory(path, error))
    error = std::make_error_code(std::errc::not_a_directory);
  ThrowIf(error, path.string());
  return missing;
}

}  // namespace

ResultFolder::ResultFolder(std::string path)
    : path_(WithoutTrailingSlash(std::move(path))),
      partial_(fmt::format("{}/.partial-{}", path_, ::getpid())) {
  std::error_code ignored;
  fs::remove_all(partial_, ignored);
  made_ = MakeFolders(path_);
  MakeFolders(partial_);
}

ResultFolder::~ResultFolder() {
  std::error_code ignored;
  fs::remove_all(partial_, ignored);
  for (auto made = made_.rbegin(); made != made_.rend(); ++made) {
    fs::remove(*made, ignored);  // leaves a folder that holds something
  }
}

void ResultFolder::Keep(std::string_view result, bool keep_captures) {
  PendingFile pending(result_file(), result);
  if (keep_captures) KeepCaptures();
  pending.Commit(path_ + "/previous.json");
}

void ResultFolder::KeepCaptures() {
  std::vector<fs::path> files;
  std::error_code listing;
  const fs::directory_iterator end;
  for (fs::directory_iterator at(partial_, listing); !listing && at != end; at.increment(listing)) {
    files.push_back(at->path());
  }
  ThrowIf(listing, partial_);
  for (const fs::path& file : files) {
    const fs::path target = fs::path(path_) / file.filename();
    std::error_code error;
    fs::rename(file, target, error);
    ThrowIf(error, target.string());
  }
}

std::string DefaultResultFolder(std::string_view scenario_name) {
  std::string name;
  for (const char c : scenario_name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || (c == '.' && !name.empty());
    name += plain ? c : '-';
  }
  return "out/" + (name.empty() ? std::string("scenario") : name);
}

}  // namespace vpcmirror::sim
