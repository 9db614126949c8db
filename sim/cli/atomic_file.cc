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

// Closes on every way out.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  int Close() { return ::close(std::exchange(number_, -1)); }

 private:
  int number_;
};

// Zero, or the errno of what failed.
int Write(int descriptor, std::string_view part) {
  while (!part.empty()) {
    const ssize_t written = ::write(descriptor, part.data(), part.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    part.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

int WriteToDisk(const std::string& file, const PendingFile::Contents& contents) {
  Descriptor descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (descriptor.number() < 0) return errno;
  int error = 0;
  contents([&](std::string_view part) {
    if (error == 0) error = Write(descriptor.number(), part);
  });
  if (error != 0) return error;
  // Some file systems report a full disk no earlier than here.
  const bool is_synced = ::fsync(descriptor.number()) == 0 || errno == EINVAL;  // of a device
  if (!is_synced) return errno;
  return descriptor.Close() == 0 ? 0 : errno;
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

PendingFile::PendingFile(std::string target, const Contents& contents)
    : target_(BehindLinks(std::move(target))),
      temporary_(fmt::format("{}.tmp-{}", target_, ::getpid())) {
  if (IsSpecial(target_)) {
    committed_ = true;
    if (const int error = WriteToDisk(target_, contents); error != 0) ThrowErrno(target_, error);
    return;
  }
  if (const int error = WriteToDisk(temporary_, contents); error != 0) {
    ::unlink(temporary_.c_str());
    ThrowErrno(target_, error);
  }
}

PendingFile::~PendingFile() {
  if (!committed_) ::unlink(temporary_.c_str());
}

void PendingFile::Commit(const std::string& previous) {
  if (committed_) return;  // it was written into a device
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
  committed_ = true;
}

}  // namespace vpcmirror::sim
