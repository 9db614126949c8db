#include "sim/cli/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace vpcmirror::sim {
namespace {

[[noreturn]] void ThrowErrno(const std::string& file, int error) {
  throw FileException(
      fmt::format("cannot write {}: {}", file, std::generic_category().message(error)));
}

// Zero, or the errno of what failed.
int WriteAll(int descriptor, std::string_view part) {
  while (!part.empty()) {
    const ssize_t written = ::write(descriptor, part.data(), part.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    part.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// What a link leads to is written, not the link.
std::string BehindLinks(std::string target) {
  std::error_code error;
  if (!std::filesystem::is_symlink(target, error)) return target;
  const auto real = std::filesystem::weakly_canonical(target, error);
  return error ? target : real.string();
}

// A device or a pipe: nothing can be put in its place, only into it.
bool IsSpecial(const std::string& target) {
  std::error_code error;
  const auto status = std::filesystem::status(target, error);
  return !error && std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) &&
         !std::filesystem::is_directory(status);
}

}  // namespace

GrowingFile::GrowingFile(std::string target) : target_(BehindLinks(std::move(target))) {
  std::error_code error;
  if (std::filesystem::is_directory(target_, error)) ThrowErrno(target_, EISDIR);
  if (!IsSpecial(target_)) temporary_ = fmt::format("{}.tmp-{}", target_, ::getpid());
  const std::string& file = temporary_.empty() ? target_ : temporary_;
  descriptor_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor_ < 0) ThrowErrno(target_, errno);
}

GrowingFile::~GrowingFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void GrowingFile::Write(std::string_view part) {
  if (const int error = WriteAll(descriptor_, part); error != 0) ThrowErrno(target_, error);
}

void GrowingFile::Finish() {
  if (descriptor_ < 0) return;
  // Some file systems report a full disk no earlier than here.
  const bool is_synced = ::fsync(descriptor_) == 0 || errno == EINVAL;  // of a device
  if (!is_synced) ThrowErrno(target_, errno);
  if (::close(std::exchange(descriptor_, -1)) != 0) ThrowErrno(target_, errno);
}

PendingFile::PendingFile(std::string target, const Contents& contents) : file_(std::move(target)) {
  contents([&](std::string_view part) { file_.Write(part); });
  file_.Finish();
}

void GrowingFile::Commit(const std::string& previous) {
  Finish();
  if (temporary_.empty()) return;  // it was written into a device
  std::error_code lookup;
  const bool there = !previous.empty() && std::filesystem::exists(target_, lookup);
  if (lookup) ThrowErrno(target_, lookup.value());
  if (there) {
    // A second link, so that the target is there at every moment.
    const std::string link = fmt::format("{}.tmp-{}", previous, ::getpid());
    ::unlink(link.c_str());
    std::error_code error;
    std::filesystem::create_hard_link(target_, link, error);
    if (error) std::filesystem::copy_file(target_, link, error);
    if (error || std::rename(link.c_str(), previous.c_str()) != 0) {
      const int reason = error ? error.value() : errno;
      ::unlink(link.c_str());
      ThrowErrno(previous, reason);
    }
  }
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) ThrowErrno(target_, errno);
  temporary_.clear();
}

}  // namespace vpcmirror::sim
