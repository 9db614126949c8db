// A JSON object on a line, read without making anything of it.
#pragma once

#include <cstddef>
#include <string_view>

namespace vpcmirror::sim {

// A cursor. Each Take says whether what it asks for is next, and passes over it. Texts are
// those of the line, escapes and all; what is nested is passed over and may be anything.
class JsonScan {
 public:
  explicit JsonScan(std::string_view text) : text_(text) {}

  bool Take(char c) {
    SkipBlanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool IsNext(char c) {
    SkipBlanks();
    return at_ < text_.size() && text_[at_] == c;
  }
  // What is not passed over yet.
  std::string_view Rest() const { return text_.substr(at_); }
  bool IsAtEnd() {
    SkipBlanks();
    return at_ == text_.size();
  }

  // Its text as it stands, escapes and all.
  bool TakeString(std::string_view& value) {
    if (!Take('"')) return false;
    const std::size_t begin = at_;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        value = text_.substr(begin, at_ - begin);
        ++at_;
        return true;
      }
    }
    return false;
  }

  // A string, a number or a word; of an object or a list, nothing.
  bool TakeValue(std::string_view& value) {
    SkipBlanks();
    value = {};
    if (at_ >= text_.size()) return false;
    if (text_[at_] == '"') return TakeString(value);
    if (text_[at_] == '{' || text_[at_] == '[') return SkipNested();
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}' && text_[at_] != ' ') ++at_;
    value = text_.substr(begin, at_ - begin);
    return !value.empty();
  }

 private:
  void SkipBlanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool SkipNested() {
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        std::string_view aside;
        if (!TakeString(aside)) return false;
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return true;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace vpcmirror::sim
