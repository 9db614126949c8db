// Lines of a text file, packed by gzip or zstd or not at all, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vpcmirror::sim {

class PackedLines {
 public:
  // A longer line is not a record of anything: it is passed over and `was_too_long` says so.
  static constexpr std::size_t kMostLineBytes = std::size_t{1} << 16;
  // So many bytes behind a line may be read; what they hold means nothing.
  static constexpr std::size_t kReadableBehind = 8;

  // How the file is packed is told by its first bytes. Throws ScenarioException (file set) when
  // the file is missing or cannot be read.
  explicit PackedLines(const std::string& file);

  // Where its bytes come from, unpacked.
  class Octets {
   public:
    virtual ~Octets() = default;
    // At most `room`, which is over 0; 0 at the end alone.
    virtual std::size_t Read(char* into, std::size_t room) = 0;
  };
  explicit PackedLines(std::unique_ptr<Octets> octets);

  // The next line without its end, valid until the next call; false at the end. Throws
  // ScenarioException when reading fails, as where packed data is damaged or cut short.
  bool Next(std::string_view& line);

  std::int64_t number() const { return number_; }  // of the line, from 1
  bool was_too_long() const { return was_too_long_; }

 private:
  // Reads more behind what is left; false at the end of the file.
  bool Fill();

  std::unique_ptr<Octets> octets_;
  std::vector<char> buffer_;  // with kReadableBehind more than it is filled with
  std::size_t begin_ = 0;     // of what is left in the buffer
  std::size_t end_ = 0;
  bool at_end_ = false;
  std::int64_t number_ = 0;
  bool was_too_long_ = false;
};

}  // namespace vpcmirror::sim
