#include "analysis/report/source_frame.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/characters.h"

namespace vpcmirror {
namespace {

constexpr std::string_view kTab = "  ";
constexpr std::string_view kCut = "...";
constexpr int kLeastColumns = 20;  // of the file, however narrow the terminal

// A character as it is shown.
struct Cell {
  std::string text;
  int columns = 0;
};

struct Cells {
  std::vector<Cell> cells;
  std::size_t marked = 0;  // the cell at the column; as many as there are, behind them
  bool cut_before = false;
  bool cut_behind = false;
};

// The start of the character that the byte at `at` is of.
std::size_t CharacterStart(std::string_view line, std::size_t at) {
  constexpr std::size_t kMostContinued = 3;  // bytes behind a first one
  for (std::size_t back = 1; back <= std::min(kMostContinued, at); ++back) {
    const std::size_t start = at - back;
    if (at < line.size() && start + CharacterAt(line, start).bytes > at) return start;
  }
  return at;
}

// Of the line as much as can be shown, so that one of megabytes takes no time.
Cells CellsOf(std::string_view line, int column, int room) {
  const std::size_t reach = 4 * static_cast<std::size_t>(room);  // 4: bytes of a character
  const std::size_t mark = std::min(static_cast<std::size_t>(std::max(column, 1)) - 1, line.size());
  const std::size_t first = mark > reach ? CharacterStart(line, mark - reach) : 0;
  const std::size_t last = std::min(line.size(), mark + reach);
  Cells shown{.cut_before = first > 0, .cut_behind = last < line.size()};
  for (std::size_t at = first; at < last;) {
    const std::size_t bytes = CharacterAt(line, at).bytes;
    if (at + bytes <= mark) ++shown.marked;
    std::string text = line[at] == '\t' ? std::string(kTab) : LineText(line.substr(at, bytes));
    const int columns = WidthOf(text);
    shown.cells.push_back({std::move(text), columns});
    at += bytes;
  }
  return shown;
}

struct Window {
  std::size_t first = 0;
  std::size_t last = 0;  // behind the last
};

int ColumnsIn(const std::vector<Cell>& cells, const Window& window) {
  int columns = 0;
  for (std::size_t i = window.first; i < window.last; ++i) columns += cells[i].columns;
  return columns;
}

// As many around the mark as fit.
Window WindowAround(const Cells& line, int room) {
  Window window{line.marked, line.marked};
  int used = 0;
  const auto take = [&](std::size_t cell) {
    if (used + line.cells[cell].columns > room) return false;
    used += line.cells[cell].columns;
    return true;
  };
  bool grows = true;
  while (grows) {
    grows = false;
    if (window.last < line.cells.size() && take(window.last)) {
      ++window.last;
      grows = true;
    }
    if (window.first > 0 && take(window.first - 1)) {
      --window.first;
      grows = true;
    }
  }
  return window;
}

// Leaves what fits between two cuts, where not all fits.
void Cut(Cells& line, int room) {
  const Window all{0, line.cells.size()};
  if (!line.cut_before && !line.cut_behind && ColumnsIn(line.cells, all) <= room) return;
  const Window window = WindowAround(line, room - 2 * static_cast<int>(kCut.size()));
  line.cut_before = line.cut_before || window.first > 0;
  line.cut_behind = line.cut_behind || window.last < line.cells.size();
  line.cells = {line.cells.begin() + static_cast<std::ptrdiff_t>(window.first),
                line.cells.begin() + static_cast<std::ptrdiff_t>(window.last)};
  line.marked -= window.first;
}

}  // namespace

SourceLines::SourceLines(std::string_view text) : text_(text) {
  if (text.empty()) return;
  starts_.push_back(0);
  for (std::size_t end = text.find('\n'); end != std::string_view::npos;
       end = text.find('\n', end + 1)) {
    starts_.push_back(end + 1);
  }
}

std::string_view SourceLines::Line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > starts_.size()) return {};
  const std::size_t start = starts_[static_cast<std::size_t>(number) - 1];
  std::string_view line = text_.substr(start, text_.find('\n', start) - start);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string SourceFrame(std::string_view line, int number, int column, const FrameStyle& style) {
  const std::string gutter = fmt::format("{:>5} | ", number);
  const int room = std::max(style.width - static_cast<int>(gutter.size()), kLeastColumns);
  Cells shown = CellsOf(line, column, room);
  Cut(shown, room - 1);  // 1: of a caret behind the last
  const std::string_view before_cut = shown.cut_before ? kCut : "";
  std::string text(before_cut);
  for (const Cell& cell : shown.cells) text += cell.text;
  if (shown.cut_behind) text += kCut;
  const int before =
      static_cast<int>(before_cut.size()) + ColumnsIn(shown.cells, {0, shown.marked});
  std::string out;
  AppendLine(out, "{}{}", gutter, text);
  AppendLine(out, "{:>6}| {:{}}{}", "", "", before, Painted("^", style.ink, style.color));
  return out;
}

int CharacterColumn(std::string_view line, int column) {
  if (column < 1 || static_cast<std::size_t>(column) > line.size()) return column;
  const auto end = static_cast<std::size_t>(column) - 1;
  int characters = 1;
  for (std::size_t at = 0; at < end;) {
    at += CharacterAt(line, at).bytes;
    if (at <= end) ++characters;
  }
  return characters;
}

}  // namespace vpcmirror
