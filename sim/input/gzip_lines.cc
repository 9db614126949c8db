#include "sim/input/gzip_lines.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "models/scenario/error.h"

namespace vpcmirror::sim {
namespace {

constexpr std::size_t kLinesBufferBytes = std::size_t{1} << 20;

[[noreturn]] void FailToRead(const std::string& file, std::string message, std::string accepted) {
  ScenarioError error;
  error.file = file;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  throw ScenarioException({error});
}

}  // namespace

void GzipLines::Closer::operator()(void* file) const { gzclose(static_cast<gzFile>(file)); }

GzipLines::GzipLines(const std::string& file) : name_(file), buffer_(kLinesBufferBytes) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    FailToRead(file, "there is no such file", "the path of a file");
  }
  if (std::filesystem::is_directory(status)) {
    FailToRead(file, "this is a folder", "the path of a file");
  }
  file_.reset(gzopen(file.c_str(), "rb"));
  if (!file_) FailToRead(file, "the file cannot be opened", "a file that you may read");
  gzbuffer(static_cast<gzFile>(file_.get()), 1u << 18);
}

GzipLines::~GzipLines() = default;

bool GzipLines::Fill() {
  if (at_end_) return false;
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  const auto file = static_cast<gzFile>(file_.get());
  const int got = gzread(file, buffer_.data() + end_, static_cast<unsigned>(buffer_.size() - end_));
  int code = Z_OK;
  const char* message = gzerror(file, &code);
  if (got < 0 || (code != Z_OK && code != Z_STREAM_END)) {
    FailToRead(name_,
               code == Z_BUF_ERROR ? "the gzipped data ends in the middle"
                                   : "the file cannot be read: " + std::string(message),
               "a whole file: download it again");
  }
  end_ += static_cast<std::size_t>(got);
  at_end_ = got == 0;
  return got > 0;
}

bool GzipLines::Next(std::string_view& line) {
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
    if (left == buffer_.size()) {  // of a line without end nothing is kept
      was_too_long_ = true;
      begin_ = end_ = searched = 0;
    }
    if (!Fill() && end_ == begin_) return false;
  }
}

}  // namespace vpcmirror::sim
