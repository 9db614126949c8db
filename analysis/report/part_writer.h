// Text too long to hold, given away in parts.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace vpcmirror {

class PartWriter {
 public:
  // `write` outlives it.
  explicit PartWriter(const std::function<void(std::string_view)>& write) : write_(write) {}

  template <class... Args>
  void Add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(held_), format, std::forward<Args>(args)...);
    if (held_.size() >= kPartBytes) Finish();
  }
  void AddText(std::string_view text) {
    held_ += text;
    if (held_.size() >= kPartBytes) Finish();
  }
  // Gives away what is still held.
  void Finish() {
    write_(held_);
    held_.clear();
  }

 private:
  static constexpr std::size_t kPartBytes = 1 << 16;

  const std::function<void(std::string_view)>& write_;
  std::string held_;
};

}  // namespace vpcmirror
