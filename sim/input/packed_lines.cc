#include "sim/input/packed_lines.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "models/scenario/error.h"

namespace vpcmirror::sim {
namespace {

constexpr std::size_t kLinesBufferBytes = std::size_t{1} << 18;
constexpr unsigned kGzipBufferBytes = 1u << 17;

[[noreturn]] void FailToRead(const std::string& file, std::string message, std::string accepted) {
  ScenarioError error;
  error.file = file;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  throw ScenarioException({error});
}

[[noreturn]] void FailToOpen(const std::string& file) {
  FailToRead(file, "the file cannot be opened", "a file that you may read");
}

// Of gzip, and of what is not packed.
class GzipOctets final : public PackedLines::Octets {
 public:
  explicit GzipOctets(const std::string& file)
      : name_(file), file_(gzopen(file.c_str(), "rb"), gzclose) {
    if (!file_) FailToOpen(file);
    gzbuffer(file_.get(), kGzipBufferBytes);
  }

  std::size_t Read(char* into, std::size_t room) override {
    const int got = gzread(file_.get(), into, static_cast<unsigned>(room));
    int code = Z_OK;
    const char* message = gzerror(file_.get(), &code);
    if (got < 0 || (code != Z_OK && code != Z_STREAM_END)) {
      FailToRead(name_,
                 code == Z_BUF_ERROR ? "the gzipped data ends in the middle"
                                     : "the file cannot be read: " + std::string(message),
                 "a whole file: download it again");
    }
    return static_cast<std::size_t>(got);
  }

 private:
  std::string name_;
  std::unique_ptr<gzFile_s, decltype(&gzclose)> file_;
};

class ZstdOctets final : public PackedLines::Octets {
 public:
  explicit ZstdOctets(const std::string& file)
      : name_(file),
        file_(std::fopen(file.c_str(), "rb"), std::fclose),
        stream_(ZSTD_createDStream(), ZSTD_freeDStream),
        packed_(ZSTD_DStreamInSize()) {
    if (!file_) FailToOpen(file);
  }

  std::size_t Read(char* into, std::size_t room) override {
    ZSTD_outBuffer out{into, room, 0};
    while (out.pos == 0) {
      if (in_.pos == in_.size && !holds_more_ && !Refill()) return 0;
      const std::size_t left = ZSTD_decompressStream(stream_.get(), &out, &in_);
      if (ZSTD_isError(left) != 0) {
        FailToRead(name_, std::string("the file cannot be read: ") + ZSTD_getErrorName(left),
                   "a whole file: download it again");
      }
      in_frame_ = left != 0;
      holds_more_ = out.pos == out.size;
    }
    return out.pos;
  }

 private:
  // False at the end of the file.
  bool Refill() {
    const std::size_t got = std::fread(packed_.data(), 1, packed_.size(), file_.get());
    if (std::ferror(file_.get()) != 0) FailToOpen(name_);
    in_ = {packed_.data(), got, 0};
    if (got > 0) return true;
    if (in_frame_) {
      FailToRead(name_, "the zstd data ends in the middle", "a whole file: download it again");
    }
    return false;
  }

  std::string name_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_;
  std::vector<char> packed_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool in_frame_ = false;
  bool holds_more_ = false;  // what it was given last has maybe not all been taken from it
};

bool IsZstd(const std::string& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> opened(std::fopen(file.c_str(), "rb"),
                                                               std::fclose);
  if (!opened) FailToOpen(file);
  constexpr std::string_view kMagic = "\x28\xb5\x2f\xfd";  // RFC 8878, 3.1.1
  char first[kMagic.size()] = {};
  const std::size_t got = std::fread(first, 1, sizeof first, opened.get());
  return std::string_view(first, got) == kMagic;
}

std::unique_ptr<PackedLines::Octets> OctetsOf(const std::string& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    FailToRead(file, "there is no such file", "the path of a file");
  }
  if (std::filesystem::is_directory(status)) {
    FailToRead(file, "this is a folder", "the path of a file");
  }
  if (std::filesystem::is_regular_file(status) && IsZstd(file)) {
    return std::make_unique<ZstdOctets>(file);
  }
  return std::make_unique<GzipOctets>(file);
}

}  // namespace

PackedLines::PackedLines(const std::string& file) : PackedLines(OctetsOf(file)) {}

PackedLines::PackedLines(std::unique_ptr<Octets> octets)
    : octets_(std::move(octets)), buffer_(kLinesBufferBytes + kReadableBehind) {}

bool PackedLines::Fill() {
  if (at_end_) return false;
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  const std::size_t got = octets_->Read(buffer_.data() + end_, kLinesBufferBytes - end_);
  end_ += got;
  at_end_ = got == 0;
  return got > 0;
}

bool PackedLines::Next(std::string_view& line) {
  was_too_long_ = false;
  std::size_t searched = 0;
  for (;;) {
    const char* const first = buffer_.data() + begin_;
    const std::size_t left = end_ - begin_;
    const void* found = std::memchr(first + searched, '\n', left - searched);
    if (found != nullptr || (at_end_ && left > 0)) {
      const std::size_t size =
          found == nullptr ? left
                           : static_cast<std::size_t>(static_cast<const char*>(found) - first);
      line = {first, size};
      begin_ += std::min(left, size + 1);
      ++number_;
      was_too_long_ = was_too_long_ || size > kMostLineBytes;
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      return true;
    }
    searched = left;
    if (left == kLinesBufferBytes) {  // of a line without end nothing is kept
      was_too_long_ = true;
      begin_ = end_ = searched = 0;
    }
    if (!Fill() && end_ == begin_) return false;
  }
}

}  // namespace vpcmirror::sim
