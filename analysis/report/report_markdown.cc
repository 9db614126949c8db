#include "analysis/report/report_markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <variant>

#include "analysis/report/figure_text.h"
#include "analysis/report/markdown_text.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kShownRows = 20;

std::string_view MarkOf(Tone tone) {
  switch (tone) {
    case Tone::kGood:
      return ":white_check_mark: ";
    case Tone::kWarning:
      return ":warning: ";
    case Tone::kBad:
      return ":x: ";
    case Tone::kPlain:
      break;
  }
  return "";
}

class MarkdownWriter {
 public:
  explicit MarkdownWriter(const Report& report) : report_(report) {}

  std::string Write() {
    WriteFirst();
    for (const Section& section : report_.sections) {
      Add("\n<details><summary>{}</summary>\n", HtmlText(section.title));
      for (const ReportPart& block : section.blocks) {
        std::visit([this](const auto& part) { WriteBlock(part); }, block);
      }
      Add("\n</details>\n");
    }
    WriteProvenance();
    return std::move(out_);
  }

 private:
  template <class... Args>
  void Add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }

  static std::string Cell(const Value& value) {
    const std::string text = StrangersMarkdown(value.text);
    const bool stands_out = value.tone == Tone::kBad || value.tone == Tone::kWarning;
    return stands_out ? fmt::format("**{}**", text) : text;
  }

  void WriteFirst() {
    Add("## {}{}\n", MarkOf(report_.tone),
        StrangersMarkdown(report_.verdict.empty() ? report_.title
                                                  : report_.title + ": " + report_.verdict));
    if (!report_.because.empty()) Add("\n{}.\n", StrangersMarkdown(report_.because));
    for (const Remark& remark : report_.remarks) WriteBlock(remark);
    WriteHeadlines();
    if (report_.bottlenecks) WriteBlock(*report_.bottlenecks);
  }

  void WriteHeadlines() {
    if (report_.headlines.empty()) return;
    WriteCaption(report_.figures_rest_on);
    Add("\n| | without mirror | with mirror | | rests on |\n| --- | ---: | ---: | ---: | --- |\n");
    for (const Headline& headline : report_.headlines) {
      Add("| {} | {} | {} | {} | {} |\n", StrangersMarkdown(headline.title),
          headline.without ? Cell(*headline.without) : "", Cell(headline.with),
          StrangersMarkdown(headline.difference), StrangersMarkdown(headline.rests_on));
    }
  }

  void WriteCaption(const std::string& caption) {
    if (!caption.empty()) Add("\n{}\n", StrangersMarkdown(caption));
  }

  void WriteBlock(const Remark& remark) {
    Add("\n{}{}\n", MarkOf(remark.tone), StrangersMarkdown(remark.text));
  }

  // Indented: no text of it ends a block that is.
  void WriteBlock(const Listing& listing) {
    Add("\n");
    std::string_view rest = listing.text;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      Add("    {}\n", rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  void WriteBlock(const Table& table) {
    WriteCaption(table.caption);
    Add("\n|");
    for (const Column& column : table.columns) Add(" {} |", StrangersMarkdown(column.title));
    Add("\n|");
    for (const Column& column : table.columns) {
      Add(" {} |", column.role == Role::kFigure ? "---:" : "---");
    }
    Add("\n");
    const std::size_t shown = std::min(kShownRows, table.rows.size());
    for (std::size_t i = 0; i < shown; ++i) {
      Add("|");
      for (const Value& value : table.rows[i]) Add(" {} |", Cell(value));
      Add("\n");
    }
    if (shown < table.rows.size()) Add("\nand {} more.\n", table.rows.size() - shown);
  }

  void WriteBlock(const Bars& bars) {
    WriteCaption(bars.caption);
    Add("\n| {} | | |\n| --- | --- | ---: |\n", StrangersMarkdown(bars.title));
    for (const Bar& bar : bars.bars) {
      Add("| {} | {} | {} |\n", StrangersMarkdown(bar.label), StrangersMarkdown(bar.detail),
          Cell({bar.text, std::nullopt, bar.tone}));
    }
  }

  // The curve itself is for pages: here its ends.
  void WriteBlock(const LineChart& chart) {
    Add("\n| {} | least | most |\n| --- | ---: | ---: |\n", StrangersMarkdown(chart.title));
    for (const ChartLine& line : chart.lines) {
      if (line.values.empty()) continue;
      const auto [low, high] = std::minmax_element(line.values.begin(), line.values.end());
      Add("| {} | {} | {} |\n", StrangersMarkdown(line.name), FigureText(Figure(*low), chart.unit),
          FigureText(Figure(*high), chart.unit));
    }
  }

  void WriteBlock(const Diagram& diagram) {
    WriteCaption(diagram.caption);
    Add("\n| from | to | rate |\n| --- | --- | --- |\n");
    for (const DiagramBand& band : diagram.bands) {
      Add("| {} | {} | {} |\n", StrangersMarkdown(diagram.nodes[band.from].label),
          StrangersMarkdown(diagram.nodes[band.to].label), StrangersMarkdown(band.text));
    }
  }

  void WriteBlock(const HeatMap& map) {
    WriteCaption(map.caption);
    Add("\n| {} by {} |", StrangersMarkdown(map.y_title), StrangersMarkdown(map.x_title));
    for (const std::string& x : map.x) Add(" {} |", StrangersMarkdown(x));
    Add("\n| --- |");
    for (std::size_t i = 0; i < map.x.size(); ++i) Add(" ---: |");
    Add("\n");
    for (std::size_t y = 0; y < map.cells.size(); ++y) {
      Add("| {} |", StrangersMarkdown(map.y[y]));
      for (const Value& value : map.cells[y]) Add(" {} |", Cell(value));
      Add("\n");
    }
  }

  void WriteProvenance() {
    Add("\n<sub>");
    bool is_first = true;
    for (const auto& [name, value] : report_.provenance) {
      Add("{}{} {}", is_first ? "" : ", ", StrangersMarkdown(name), StrangersMarkdown(value));
      is_first = false;
    }
    Add("</sub>\n");
  }

  const Report& report_;
  std::string out_;
};

}  // namespace

std::string MarkdownReport(const Report& report) { return MarkdownWriter(report).Write(); }

}  // namespace vpcmirror
