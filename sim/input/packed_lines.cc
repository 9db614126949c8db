#include "sim/input/packed_lines.h"

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <new>
#include <system_error>
#include <utility>

#include "models/scenario/error.h"

namespace vpcmirror::sim {
namespace {

constexpr std::size_t kLinesBufferBytes = std::size_t{1} << 18;
constexpr std::size_t kGzipBufferBytes = std::size_t{1} << 17;
constexpr char kWholeFile[] = "a whole file: download it again";

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

// The octets of a file as they are, of which the first can be looked at, also of a pipe.
class Source {
 public:
  explicit Source(const std::string& file)
      : name_(file), file_(std::fopen(file.c_str(), "rb"), std::fclose) {
    if (!file_) FailToOpen(file);
    std::setvbuf(file_.get(), nullptr, _IONBF, 0);  // what reads from it has a buffer
    head_.resize(kHeadBytes);
    head_.resize(std::fread(head_.data(), 1, head_.size(), file_.get()));
  }

  const std::string& name() const { return name_; }
  bool BeginsWith(std::string_view octets) const { return head_.starts_with(octets); }

  // 0 at the end alone.
  std::size_t Read(void* into, std::size_t room) {
    if (!head_.empty()) {
      const std::size_t size = std::min(room, head_.size());
      std::memcpy(into, head_.data(), size);
      head_.erase(0, size);
      return size;
    }
    const std::size_t got = std::fread(into, 1, room, file_.get());
    if (std::ferror(file_.get()) != 0) FailToOpen(name_);
    return got;
  }

 private:
  static constexpr std::size_t kHeadBytes = 4;

  std::string name_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::string head_;  // that is read, and not given yet
};

[[noreturn]] void FailBehind(const std::string& file, std::string_view packing) {
  FailToRead(file,
             "what stands behind the " + std::string(packing) + " data is no " +
                 std::string(packing) + " data, and would be left out",
             "one packing from the beginning to the end: unpack the file to see what is there");
}

class PlainOctets final : public PackedLines::Octets {
 public:
  explicit PlainOctets(Source source) : source_(std::move(source)) {}

  std::size_t Read(char* into, std::size_t room) override { return source_.Read(into, room); }

 private:
  Source source_;
};

// One member after the other (RFC 1952, 2.2). Zeros behind the last are what tapes and blocks
// are filled up with, and passed over as gzip does.
class GzipOctets final : public PackedLines::Octets {
 public:
  explicit GzipOctets(Source source) : source_(std::move(source)), packed_(kGzipBufferBytes) {
    constexpr int kGzipAlone = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, kGzipAlone) != Z_OK) throw std::bad_alloc();
  }
  ~GzipOctets() override { inflateEnd(&stream_); }

  std::size_t Read(char* into, std::size_t room) override {
    stream_.next_out = reinterpret_cast<Bytef*>(into);
    stream_.avail_out = static_cast<uInt>(room);
    while (stream_.avail_out == room) {
      if (stream_.avail_in == 0 && !holds_more_ && !Refill()) break;
      if (!in_member_ && !BeginMember()) continue;
      Inflate();
    }
    return room - stream_.avail_out;
  }

 private:
  // False at the end of the file.
  bool Refill() {
    const std::size_t got = source_.Read(packed_.data(), packed_.size());
    if (got == 0 && in_member_) {
      FailToRead(source_.name(), "the gzipped data ends in the middle", kWholeFile);
    }
    stream_.next_in = packed_.data();
    stream_.avail_in = static_cast<uInt>(got);
    return got > 0;
  }

  // False where there was nothing but zeros.
  bool BeginMember() {
    constexpr Bytef kFirst = 0x1f;  // RFC 1952, 2.3.1
    while (stream_.avail_in > 0 && *stream_.next_in == 0 && has_member_) {
      is_filled_up_ = true;
      ++stream_.next_in;
      --stream_.avail_in;
    }
    if (stream_.avail_in == 0) return false;
    if (has_member_ && (is_filled_up_ || *stream_.next_in != kFirst))
      FailBehind(source_.name(), "gzip");
    inflateReset(&stream_);
    in_member_ = true;
    return true;
  }

  void Inflate() {
    const int code = inflate(&stream_, Z_NO_FLUSH);
    holds_more_ = stream_.avail_out == 0 && code == Z_OK;
    if (code == Z_STREAM_END) {
      in_member_ = false;
      has_member_ = true;
    } else if (code == Z_DATA_ERROR && has_member_ && stream_.total_out == 0) {
      FailBehind(source_.name(), "gzip");
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      FailToRead(source_.name(),
                 "the file cannot be read: " +
                     std::string(stream_.msg == nullptr ? "no gzip" : stream_.msg),
                 kWholeFile);
    }
  }

  Source source_;
  std::vector<Bytef> packed_;
  z_stream stream_{};
  bool in_member_ = false;
  bool holds_more_ = false;    // of what it was given, there was no room for all
  bool has_member_ = false;    // one is read to its end
  bool is_filled_up_ = false;  // by zeros: nothing may follow
};

class ZstdOctets final : public PackedLines::Octets {
 public:
  explicit ZstdOctets(Source source)
      : source_(std::move(source)),
        stream_(ZSTD_createDStream(), ZSTD_freeDStream),
        packed_(ZSTD_DStreamInSize()) {}

  std::size_t Read(char* into, std::size_t room) override {
    ZSTD_outBuffer out{into, room, 0};
    while (out.pos == 0) {
      if (in_.pos == in_.size && !holds_more_ && !Refill()) return 0;
      const std::size_t left = ZSTD_decompressStream(stream_.get(), &out, &in_);
      if (ZSTD_isError(left) != 0) Fail(left);
      in_frame_ = left != 0;
      has_frame_ = has_frame_ || !in_frame_;
      holds_more_ = out.pos == out.size;
    }
    return out.pos;
  }

 private:
  // False at the end of the file.
  bool Refill() {
    const std::size_t got = source_.Read(packed_.data(), packed_.size());
    in_ = {packed_.data(), got, 0};
    if (got > 0) return true;
    if (in_frame_) {
      FailToRead(source_.name(), "the zstd data ends in the middle", kWholeFile);
    }
    return false;
  }

  [[noreturn]] void Fail(std::size_t code) const {
    if (has_frame_ && ZSTD_getErrorCode(code) == ZSTD_error_prefix_unknown) {
      FailBehind(source_.name(), "zstd");
    }
    FailToRead(source_.name(), std::string("the file cannot be read: ") + ZSTD_getErrorName(code),
               kWholeFile);
  }

  Source source_;
  std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_;
  std::vector<char> packed_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool in_frame_ = false;
  bool has_frame_ = false;   // one is read to its end
  bool holds_more_ = false;  // what it was given last has maybe not all been taken from it
};

std::unique_ptr<PackedLines::Octets> OctetsOf(const std::string& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    FailToRead(file, "there is no such file", "the path of a file");
  }
  if (std::filesystem::is_directory(status)) {
    FailToRead(file, "this is a folder", "the path of a file");
  }
  constexpr std::string_view kGzip = "\x1f\x8b";          // RFC 1952, 2.3.1
  constexpr std::string_view kZstd = "\x28\xb5\x2f\xfd";  // RFC 8878, 3.1.1
  Source source(file);
  if (source.BeginsWith(kZstd)) return std::make_unique<ZstdOctets>(std::move(source));
  if (source.BeginsWith(kGzip)) return std::make_unique<GzipOctets>(std::move(source));
  return std::make_unique<PlainOctets>(std::move(source));
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
