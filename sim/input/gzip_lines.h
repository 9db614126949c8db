// Lines of a text file, gzipped or not, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vpcmirror::sim {

class GzipLines {
 public:
  // A longer line is not a record of anything: it is passed over and `was_too_long` says so.
  static constexpr std::size_t kMostLineBytes = std::size_t{1} << 16;

  // Throws ScenarioException (file set) when the file is missing or cannot be read.
  explicit GzipLines(const std::string& file);
  ~GzipLines();
  GzipLines(const GzipLines&) = delete;
  GzipLines& operator=(const GzipLines&) = delete;

  // The next line without its end, valid until the next call; false at the end. Throws
  // ScenarioException when reading fails, as where gzipped data is damaged or cut short.
  bool Next(std::string_view& line);

  std::int64_t number() const { return number_; }  // of the line, from 1
  bool was_too_long() const { return was_too_long_; }

 private:
  struct Closer {
    void operator()(void* file) const;
  };
  // Reads more behind what is left; false at the end of the file.
  bool Fill();

  std::string name_;
  std::unique_ptr<void, Closer> file_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // of what is left in the buffer
  std::size_t end_ = 0;
  bool at_end_ = false;
  std::int64_t number_ = 0;
  bool was_too_long_ = false;
};

}  // namespace vpcmirror::sim
