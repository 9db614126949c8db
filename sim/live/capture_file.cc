#include "sim/live/capture_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <system_error>
#include <utility>

#include "models/scenario/error.h"

namespace vpcmirror::sim {
namespace {

// Read at once. Larger blocks fall out of the second cache before they are parsed, and pages
// that are mapped cost a fault each (docs/performance.md).
constexpr std::size_t kBlockBytes = 256 * 1024;
// A rest that is no whole record, and a block behind it.
constexpr std::size_t kRoomBytes = CaptureRecords::kMostRecordBytes + kBlockBytes;
// Of 48 bytes each: they stay in the first cache between parser and mirror.
constexpr std::size_t kBatchFrames = 256;

[[noreturn]] void FailToOpen(const std::string& path, std::string message, std::string accepted) {
  ScenarioError error;
  error.file = path;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  throw ScenarioException({error});
}

constexpr char kPathAccepted[] = "the path of a pcap or pcapng file";

int OpenCaptureFile(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) FailToOpen(path, "there is no such file", kPathAccepted);
  if (descriptor < 0) {
    FailToOpen(path, "it cannot be opened: " + std::generic_category().message(errno),
               kPathAccepted);
  }
  return descriptor;
}

}  // namespace

CaptureFile::CaptureFile(std::string path)
    : path_(std::move(path)),
      descriptor_(OpenCaptureFile(path_)),
      bytes_(new std::byte[kRoomBytes]),  // its pages are there once they are written to
      batch_(kBatchFrames) {
  struct stat status {};
  const bool is_known = ::fstat(descriptor_, &status) == 0;
  is_regular_ = is_known && S_ISREG(status.st_mode);
  try {
    if (is_known && S_ISDIR(status.st_mode)) FailToOpen(path_, "this is a folder", kPathAccepted);
    ReadHeader();
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
  // So that whoever waits for frames may be told to stop.
  if (!is_regular_) ::fcntl(descriptor_, F_SETFL, O_NONBLOCK);
}

void CaptureFile::ReadHeader() {
  while (!records_.has_begun()) {
    if (ReadMore() == Got::kEnd) records_.End(end_ - begin_);
    begin_ += records_.Take(std::span(bytes_.get() + begin_, end_ - begin_), {}).bytes;
    if (records_.fault()) FailToOpen(path_, records_.fault()->message, records_.fault()->accepted);
  }
}

CaptureFile::~CaptureFile() { ::close(descriptor_); }

// At most kMostRecordBytes are left, for which CaptureRecords wanted more.
CaptureFile::Got CaptureFile::ReadMore() {
  if (begin_ > 0) std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
  end_ -= std::exchange(begin_, 0);
  while (true) {
    const ssize_t got = ::read(descriptor_, bytes_.get() + end_, kBlockBytes);
    if (got > 0) {
      end_ += static_cast<std::size_t>(got);
      return Got::kBytes;
    }
    if (got == 0) return Got::kEnd;
    if (errno == EAGAIN) return Got::kNothingYet;
    if (errno == EINTR) continue;
    FailToOpen(path_, "it cannot be read: " + std::generic_category().message(errno),
               kPathAccepted);
  }
}

std::vector<int> CaptureFile::descriptors() const {
  return is_regular_ ? std::vector<int>{} : std::vector<int>{descriptor_};
}

std::span<const CapturedFrame> CaptureFile::Next() {
  while (!ended_) {
    const auto taken =
        records_.Take(std::span(bytes_.get() + begin_, end_ - begin_), std::span(batch_));
    begin_ += taken.bytes;
    if (taken.frames > 0) return std::span(batch_).first(taken.frames);
    if (taken.bytes > 0) continue;
    const Got got = records_.fault() ? Got::kEnd : ReadMore();
    if (got == Got::kNothingYet) break;
    ended_ = got == Got::kEnd;
    if (ended_) records_.End(end_ - begin_);
  }
  return {};
}

}  // namespace vpcmirror::sim
