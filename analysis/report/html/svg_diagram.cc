#include "analysis/report/html/svg_diagram.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <string_view>
#include <vector>

#include "analysis/report/characters.h"
#include "analysis/report/html/tones.h"
#include "analysis/report/markdown_text.h"

namespace vpcmirror {
namespace {

// In units of the view box, of which a text line takes 16.
constexpr double kWidth = 960;
constexpr double kBoxWidth = 200;
constexpr double kLine = 16;
constexpr double kPadding = 8;
constexpr double kGap = 18;                // between boxes of a column
constexpr double kTop = 30;                // of the columns' titles
constexpr double kBandRoom = 220;          // that all bands of the fullest column take together
constexpr double kFrameRoom = 22;          // above the first box of a frame, for its name
constexpr double kThinnest = 1.5;          // a band that is there is seen
constexpr std::size_t kLongestFrame = 31;  // and of a frame, in smaller letters
constexpr std::size_t kLongest = 26;       // letters of a label that fit a box

struct Box {
  double x = 0;
  double y = 0;
  double height = 0;
  double in = 0;  // rates of its bands
  double out = 0;
  double next_in = 0;  // where the next band ends
  double next_out = 0;
};

// Of at most `longest` letters; the title has all of it.
std::string Shortened(std::string_view text, std::size_t longest = kLongest) {
  std::size_t letters = 0;
  std::size_t end = 0;  // of the letters that stay beside the ellipsis
  for (std::size_t at = 0; at < text.size(); at += CharacterAt(text, at).bytes) {
    if (letters == longest) return std::string(text.substr(0, end)) + "\u2026";
    if (++letters == longest) end = at;
  }
  return std::string(text);
}

class Picture {
 public:
  explicit Picture(const Diagram& diagram) : diagram_(diagram), boxes_(diagram.nodes.size()) {}

  std::string Draw() {
    Measure();
    Order();
    Place();
    return Write();
  }

 private:
  void Measure() {
    for (const DiagramBand& band : diagram_.bands) {
      boxes_[band.from].out += band.rate;
      boxes_[band.to].in += band.rate;
    }
    std::vector<double> of_column(diagram_.columns.size());
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      of_column[static_cast<std::size_t>(diagram_.nodes[i].column)] +=
          std::max(boxes_[i].in, boxes_[i].out);
    }
    const double most = *std::max_element(of_column.begin(), of_column.end());
    scale_ = most > 0 ? kBandRoom / most : 0;
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      const double words =
          kLine * static_cast<double>(1 + diagram_.nodes[i].details.size()) + 2 * kPadding;
      boxes_[i].height =
          std::max(words, Thickness(std::max(boxes_[i].in, boxes_[i].out)) + kPadding);
    }
  }

  double Thickness(double rate) const { return std::max(kThinnest, rate * scale_); }

  // Each box at the mean height of those that it hangs on, columns from the left: few
  // crossings, and the same picture of the same figures.
  void Order() {
    columns_.resize(diagram_.columns.size());
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      columns_[static_cast<std::size_t>(diagram_.nodes[i].column)].push_back(i);
    }
    std::vector<double> position(boxes_.size());
    for (std::size_t at = 0; at < columns_.size(); ++at) {
      std::vector<std::size_t>& column = columns_[at];
      if (at > 0) {
        std::vector<double> wanted(boxes_.size());
        std::vector<double> weight(boxes_.size());
        for (const DiagramBand& band : diagram_.bands) {
          wanted[band.to] += band.rate * position[band.from];
          weight[band.to] += band.rate;
        }
        std::stable_sort(column.begin(), column.end(), [&](std::size_t a, std::size_t b) {
          return wanted[a] * weight[b] < wanted[b] * weight[a];
        });
      }
      KeepFramesTogether(column);
      for (std::size_t i = 0; i < column.size(); ++i) {
        position[column[i]] = static_cast<double>(i);
      }
    }
  }

  // Each frame where its first box is.
  void KeepFramesTogether(std::vector<std::size_t>& column) const {
    std::map<std::string_view, std::size_t> first;
    std::map<std::size_t, std::size_t> rank;  // by box
    for (std::size_t i = 0; i < column.size(); ++i) {
      const std::string& frame = diagram_.nodes[column[i]].frame;
      rank[column[i]] = frame.empty() ? i : first.try_emplace(frame, i).first->second;
    }
    std::stable_sort(column.begin(), column.end(),
                     [&](std::size_t a, std::size_t b) { return rank[a] < rank[b]; });
  }

  bool BeginsFrame(const std::vector<std::size_t>& column, std::size_t at) const {
    const std::string& frame = diagram_.nodes[column[at]].frame;
    return !frame.empty() && (at == 0 || diagram_.nodes[column[at - 1]].frame != frame);
  }

  void Place() {
    std::vector<double> heights;
    for (const auto& column : columns_) {
      double height = 0;
      for (std::size_t i = 0; i < column.size(); ++i) {
        height += boxes_[column[i]].height + kGap + (BeginsFrame(column, i) ? kFrameRoom : 0);
      }
      heights.push_back(std::max(0.0, height - kGap));
    }
    height_ = *std::max_element(heights.begin(), heights.end());
    const double step =
        columns_.size() > 1 ? (kWidth - kBoxWidth) / static_cast<double>(columns_.size() - 1) : 0;
    for (std::size_t at = 0; at < columns_.size(); ++at) {
      double y = kTop + (height_ - heights[at]) / 2;
      for (std::size_t row = 0; row < columns_[at].size(); ++row) {
        if (BeginsFrame(columns_[at], row)) y += kFrameRoom;
        Box& box = boxes_[columns_[at][row]];
        box.x = step * static_cast<double>(at);
        box.y = y;
        box.next_in = y + (box.height - Thickness(box.in)) / 2;
        box.next_out = y + (box.height - Thickness(box.out)) / 2;
        y += box.height + kGap;
      }
    }
  }

  template <class... Args>
  void Add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }

  std::string Write() {
    Add("<svg class=\"diagram\" viewBox=\"-8 0 {:.0f} {:.0f}\" role=\"img\" "
        "aria-label=\"{}: {} boxes, {} bands; the table below has them\">",
        kWidth + 16, kTop + height_ + 10, HtmlText(diagram_.title), boxes_.size(),
        diagram_.bands.size());
    Add("<defs><pattern id=\"hatch-{}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
        "patternTransform=\"rotate(45)\"><rect class=\"hatch-back\" width=\"6\" height=\"6\"/>"
        "<rect class=\"hatch-line\" width=\"3\" height=\"6\"/></pattern></defs>",
        diagram_.key);
    for (std::size_t at = 0; at < columns_.size(); ++at) {
      if (columns_[at].empty()) continue;
      Add("<text class=\"column\" x=\"{:.0f}\" y=\"14\">{}</text>",
          boxes_[columns_[at].front()].x + kPadding, HtmlText(diagram_.columns[at]));
    }
    for (const auto& column : columns_) WriteFrames(column);
    for (const std::size_t band : BandsInOrder()) WriteBand(diagram_.bands[band]);
    for (std::size_t i = 0; i < boxes_.size(); ++i) WriteBox(diagram_.nodes[i], boxes_[i]);
    return std::move(out_) + "</svg>";
  }

  // What the boxes lie in, its name above the first of them.
  void WriteFrames(const std::vector<std::size_t>& column) {
    constexpr double kMargin = 6;
    for (std::size_t i = 0; i < column.size(); ++i) {
      if (!BeginsFrame(column, i)) continue;
      const std::string& frame = diagram_.nodes[column[i]].frame;
      std::size_t last = i;
      while (last + 1 < column.size() && diagram_.nodes[column[last + 1]].frame == frame) ++last;
      const Box& top = boxes_[column[i]];
      const Box& bottom = boxes_[column[last]];
      const double y = top.y - kFrameRoom + 2;
      Add("<g class=\"frame\"><title>{}</title><rect x=\"{:.1f}\" y=\"{:.1f}\" "
          "width=\"{:.0f}\" height=\"{:.1f}\" rx=\"8\"/><text x=\"{:.1f}\" "
          "y=\"{:.1f}\">{}</text></g>",
          HtmlText(frame), top.x - kMargin, y, kBoxWidth + 2 * kMargin,
          bottom.y + bottom.height + kMargin - y, top.x + 2, y + kLine - 1,
          HtmlText(Shortened(frame, kLongestFrame)));
    }
  }

  // From the top down at both ends.
  std::vector<std::size_t> BandsInOrder() const {
    std::vector<std::size_t> order(diagram_.bands.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const DiagramBand& one = diagram_.bands[a];
      const DiagramBand& other = diagram_.bands[b];
      if (boxes_[one.from].y != boxes_[other.from].y) {
        return boxes_[one.from].y < boxes_[other.from].y;
      }
      return boxes_[one.to].y < boxes_[other.to].y;
    });
    return order;
  }

  // A ribbon from edge to edge, and behind half of the way what is lost of it.
  void WriteBand(const DiagramBand& band) {
    Box& from = boxes_[band.from];
    Box& to = boxes_[band.to];
    const double thick = Thickness(band.rate);
    const double x1 = from.x + kBoxWidth;
    const double x2 = to.x;
    const double middle = (x1 + x2) / 2;
    const double y1 = from.next_out;
    const double y2 = to.next_in;
    from.next_out += thick;
    to.next_in += thick;
    const std::string ribbon = Ribbon(x1, y1, x2, y2, middle, thick);
    Add("<g class=\"band{}\"><title>{} to {}: {}</title><path class=\"flow\" d=\"{}\"/>",
        band.lost > 0 ? " loses" : "", HtmlText(diagram_.nodes[band.from].label),
        HtmlText(diagram_.nodes[band.to].label), HtmlText(band.text), ribbon);
    if (band.lost > 0) {
      const double lost = std::clamp(band.lost * scale_, kThinnest, thick);
      Add("<path class=\"lost\" fill=\"url(#hatch-{})\" d=\"{}\"/>", diagram_.key,
          Ribbon(x1, y1 + thick - lost, x2, y2 + thick - lost, middle, lost));
    }
    Add("</g>");
  }

  static std::string Ribbon(double x1, double y1, double x2, double y2, double middle,
                            double thick) {
    return fmt::format(
        "M{0:.1f} {1:.1f}C{2:.1f} {1:.1f} {2:.1f} {3:.1f} {4:.1f} {3:.1f}V{5:.1f}"
        "C{2:.1f} {5:.1f} {2:.1f} {6:.1f} {0:.1f} {6:.1f}Z",
        x1, y1, middle, y2, x2, y2 + thick, y1 + thick);
  }

  void WriteBox(const DiagramNode& node, const Box& box) {
    std::string all = HtmlText(node.label);
    for (const std::string& detail : node.details) all += "; " + HtmlText(detail);
    Add("<g class=\"box {}\"><title>{}</title><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.0f}\" "
        "height=\"{:.1f}\" rx=\"6\"/>",
        ClassOf(node.tone), all, box.x, box.y, kBoxWidth, box.height);
    const double words = kLine * static_cast<double>(1 + node.details.size());
    double y = box.y + (box.height - words) / 2 + kLine - 4;
    Add("<text class=\"name\" x=\"{:.1f}\" y=\"{:.1f}\">{}{}</text>", box.x + kPadding, y,
        node.tone == Tone::kBad       ? "\u2716 "
        : node.tone == Tone::kWarning ? "\u25b2 "
                                      : "",
        HtmlText(Shortened(node.label)));
    for (const std::string& detail : node.details) {
      y += kLine;
      Add("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", box.x + kPadding, y,
          HtmlText(Shortened(detail)));
    }
    Add("</g>");
  }

  const Diagram& diagram_;
  std::vector<Box> boxes_;
  std::vector<std::vector<std::size_t>> columns_;  // boxes of each, from the top
  double scale_ = 0;                               // units a bit/s
  double height_ = 0;
  std::string out_;
};

}  // namespace

std::string SvgDiagram(const Diagram& diagram) {
  if (diagram.nodes.empty() || diagram.columns.empty()) return "";
  return Picture(diagram).Draw();
}

}  // namespace vpcmirror
