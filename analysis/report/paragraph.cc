#include "analysis/report/paragraph.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "analysis/report/characters.h"

namespace vpcmirror {
namespace {

// As many characters as fit, at least one; in bytes.
std::size_t BytesThatFit(std::string_view text, int columns) {
  std::size_t at = 0;
  for (int used = 0; at < text.size();) {
    const Character character = CharacterAt(text, at);
    used += ColumnsOf(character.code);
    if (used > columns && at > 0) break;
    at += character.bytes;
  }
  return at;
}

class ParagraphWriter {
 public:
  ParagraphWriter(std::string_view head, int width, int indent)
      : lines_(head),
        column_(WidthOf(head)),
        width_(std::max(width, std::max(indent, column_) + 2)),  // 2: a wide character
        indent_(indent) {}

  void AddWord(std::string_view word) {
    int width = WidthOf(word);
    if (!begins_ && column_ + 1 + width > width_) {
      BreakLine();
    } else if (!begins_) {
      lines_ += ' ';
      ++column_;
    }
    while (column_ + width > width_) {
      const std::size_t bytes = BytesThatFit(word, width_ - column_);
      if (bytes == word.size()) break;
      lines_ += word.substr(0, bytes);
      word.remove_prefix(bytes);
      width = WidthOf(word);
      BreakLine();
    }
    lines_ += word;
    column_ += width;
    begins_ = false;
  }

  std::string Take() { return std::move(lines_); }

 private:
  void BreakLine() {
    lines_ += '\n' + std::string(static_cast<std::size_t>(indent_), ' ');
    column_ = indent_;
    begins_ = true;
  }

  std::string lines_;
  int column_;
  int width_;
  int indent_;
  bool begins_ = true;  // nothing stands in the line yet but what is before its words
};

}  // namespace

std::string Paragraph(std::string_view head, std::string_view text, int width, int indent) {
  const std::string words = LineText(text);
  ParagraphWriter writer(head, width, indent);
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    if (end > at) writer.AddWord(std::string_view(words).substr(at, end - at));
    at = end + 1;
  }
  return writer.Take();
}

}  // namespace vpcmirror
