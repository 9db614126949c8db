#include "sim/cli/result_folder.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <memory>
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

constexpr std::string_view kPartial = ".partial-";

// Captures of a run that was killed: their folder names a process that is gone.
void RemoveAbandoned(const std::string& path) {
  std::error_code ignored;
  const fs::directory_iterator end;
  for (fs::directory_iterator at(path, ignored); !ignored && at != end; at.increment(ignored)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with(kPartial)) continue;
    pid_t process = 0;
    const char* digits = name.data() + kPartial.size();
    const auto [stop, error] = std::from_chars(digits, name.data() + name.size(), process);
    const bool is_process = error == std::errc() && stop == name.data() + name.size();
    if (!is_process || process <= 0) continue;
    if (::kill(process, 0) == -1 && errno == ESRCH) fs::remove_all(at->path(), ignored);
  }
}

// Of a file that is to be there; one that is not goes.
std::unique_ptr<PendingFile> Pending(const std::string& file,
                                     const PendingFile::Contents& contents) {
  if (contents) return std::make_unique<PendingFile>(file, contents);
  std::error_code ignored;
  fs::remove(file, ignored);
  return nullptr;
}

}  // namespace

ResultFolder::ResultFolder(std::string path)
    : path_(WithoutTrailingSlash(std::move(path))),
      partial_(fmt::format("{}/{}{}", path_, kPartial, ::getpid())) {
  std::error_code ignored;
  fs::remove_all(partial_, ignored);
  made_ = MakeFolders(path_);
  RemoveAbandoned(path_);
  MakeFolders(partial_);
}

ResultFolder::~ResultFolder() {
  std::error_code ignored;
  fs::remove_all(partial_, ignored);
  for (auto made = made_.rbegin(); made != made_.rend(); ++made) {
    fs::remove(*made, ignored);  // leaves a folder that holds something
  }
}

void ResultFolder::Keep(std::string_view result, const Beside& beside) {
  PendingFile pending(result_file(), result);
  const auto series = Pending(path_ + "/series.csv", beside.series);
  if (beside.captures) KeepCaptures();
  if (series) series->Commit();
  pending.Commit(path_ + "/" + kPreviousResultFile);
  Pending(report_file(), nullptr);
}

void ResultFolder::KeepReport(const PendingFile::Contents& report) {
  PendingFile(report_file(), report).Commit();
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
