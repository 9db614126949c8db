// A line of a source file with a mark below the place that is meant.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/report/text_layout.h"

namespace vpcmirror {

// A file's text by its lines. Keeps a view of it.
class SourceLines {
 public:
  explicit SourceLines(std::string_view text);

  // Of line `number`, 1-based, without its end; empty where there is none.
  std::string_view Line(int number) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

struct FrameStyle {
  int width = 80;
  Ink ink = Ink::kPlain;  // of the mark
  bool color = false;
};

// Two lines, the first with its number, the second with a caret below the character at
// `column`, 1-based in bytes; behind the last one where the line is shorter. What does not
// fit is cut on either side of the caret. No character of the file reaches a terminal that
// obeys it. Each line ends in a newline.
std::string SourceFrame(std::string_view line, int number, int column, const FrameStyle& style);

// The 1-based column in characters of the 1-based `column` in bytes; `column` itself where
// the line is shorter.
int CharacterColumn(std::string_view line, int column);

}  // namespace vpcmirror
