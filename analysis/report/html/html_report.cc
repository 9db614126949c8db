#include "analysis/report/html/html_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <variant>

#include "analysis/report/figure_text.h"
#include "analysis/report/html/assets.h"
#include "analysis/report/html/page_data.h"
#include "analysis/report/html/svg_diagram.h"
#include "analysis/report/html/tones.h"
#include "analysis/report/markdown_text.h"
#include "analysis/report/part_writer.h"

namespace vpcmirror {
namespace {

constexpr double kRoomBehindBars = 1.02;

// The ends of all bars and of their mark.
struct Axis {
  double low = 0;
  double high = 0;

  explicit Axis(const Bars& bars) {
    const auto take = [this](double value) {
      low = std::min(low, value);
      high = std::max(high, value);
    };
    for (const Bar& bar : bars.bars) {
      take(bar.from);
      take(bar.to);
    }
    if (bars.mark) take(*bars.mark);
    high *= kRoomBehindBars;
    low *= kRoomBehindBars;
  }
  double Percent(double value) const { return high > low ? 100 * (value - low) / (high - low) : 0; }
};

class Page {
 public:
  Page(const Report& report, const std::function<void(std::string_view)>& write)
      : report_(report), out_(write) {}

  void Write() {
    WriteHead();
    WriteFirstScreen();
    WriteSections();
    WriteFooter();
    WriteScripts();
    out_.Finish();
  }

 private:
  template <class... Args>
  void Add(fmt::format_string<Args...> format, Args&&... args) {
    out_.Add(format, std::forward<Args>(args)...);
  }
  void AddText(std::string_view text) { out_.AddText(text); }

  void WriteHead() {
    const std::string title = HtmlText(report_.title);
    Add("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">"
        "<title>{}: {}</title>\n<style>\n",
        title, HtmlText(report_.verdict.empty() ? report_.kind : report_.verdict));
    AddText(kReportStyle);
    Add("</style></head>\n<body>\n<a class=\"skip\" href=\"#sections\">To the details</a>\n"
        "<header><p class=\"kind\">vpcmirror \u00b7 {}</p>"
        "<button type=\"button\" id=\"theme\" hidden>Dark or light</button>"
        "<h1><bdi>{}</bdi></h1>",
        HtmlText(report_.kind), title);
    if (!report_.description.empty()) Add("<p><bdi>{}</bdi></p>", HtmlText(report_.description));
    Add("</header>\n<main>\n");
  }

  void WriteFirstScreen() {
    if (!report_.verdict.empty()) {
      Add("<section class=\"verdict {}\" aria-label=\"Verdict\"><p><strong>{}{}</strong> "
          "<span>{}</span></p></section>\n",
          ClassOf(report_.tone), SignOf(report_.tone), HtmlText(report_.verdict),
          HtmlText(report_.because));
    }
    for (const Remark& remark : report_.remarks) WriteBlock(remark);
    Add("<div class=\"first\">\n");
    if (report_.bottlenecks) WriteBlock(*report_.bottlenecks);
    WriteHeadlines();
    Add("</div>\n<nav aria-label=\"Sections\"><ul>");
    for (const Section& section : report_.sections) {
      Add("<li><a href=\"#{}\">{}</a></li>", section.key, HtmlText(section.title));
    }
    Add("<li><a href=\"#again\">The same again</a></li></ul></nav>\n<div id=\"sections\">\n");
  }

  void WriteHeadlines() {
    if (report_.headlines.empty()) return;
    const auto has = [&](auto member) {
      return std::any_of(report_.headlines.begin(), report_.headlines.end(), member);
    };
    const bool compares =
        has([](const Headline& headline) { return headline.without.has_value(); });
    Add("<div class=\"headlines\"><h2>At a glance</h2>");
    WriteCaption(report_.figures_rest_on);
    Add("<div class=\"scroll\" tabindex=\"0\"><table{}><thead><tr><th scope=\"col\"></th>",
        compares ? " class=\"compares\"" : "");
    if (compares) {
      Add("<th scope=\"col\" class=\"figure\">Without<br>mirror</th>"
          "<th scope=\"col\" class=\"figure\">With<br>mirror</th>"
          "<th scope=\"col\" class=\"figure\"><br>Difference</th>");
    } else {
      Add("<th scope=\"col\" class=\"figure\"></th>");
    }
    Add("</tr></thead><tbody>");
    std::vector<std::string> grounds;
    for (const Headline& headline : report_.headlines) {
      Add("<tr><th scope=\"row\">{}", HtmlText(headline.title));
      if (!headline.rests_on.empty()) Add("<sup>{}</sup>", PositionIn(grounds, headline.rests_on));
      Add("</th>");
      if (compares) WriteCell(headline.without.value_or(Value{"-"}), true);
      WriteCell(headline.with, true);
      if (compares) WriteCell(Value{headline.difference}, true);
      Add("</tr>");
    }
    Add("</tbody></table></div>");
    WriteGrounds(grounds);
    Add("</div>\n");
  }

  // From 1 on; `text` is added where it is not there yet.
  static std::ptrdiff_t PositionIn(std::vector<std::string>& texts, const std::string& text) {
    const auto found = std::find(texts.begin(), texts.end(), text);
    if (found != texts.end()) return found - texts.begin() + 1;
    texts.push_back(text);
    return std::ssize(texts);
  }

  // The notes that headlines refer to by number.
  void WriteGrounds(const std::vector<std::string>& grounds) {
    if (grounds.empty()) return;
    Add("<p class=\"caption\">They rest on what is</p><ol class=\"grounds\">");
    for (const std::string& ground : grounds) Add("<li>{}</li>", HtmlText(ground));
    Add("</ol>");
  }

  void WriteSections() {
    in_section_ = true;
    for (const Section& section : report_.sections) {
      Add("<section id=\"{}\"><h2>{}</h2>\n", section.key, HtmlText(section.title));
      for (const ReportPart& block : section.blocks) {
        std::visit([this](const auto& part) { WriteBlock(part); }, block);
      }
      Add("</section>\n");
    }
    Add("</div>\n");
  }

  void WriteBlock(const Remark& remark) {
    Add("<p class=\"remark {}\">{}{}</p>\n", ClassOf(remark.tone), SignOf(remark.tone),
        HtmlText(remark.text));
  }

  void WriteBlock(const Listing& listing) {
    Add("<pre tabindex=\"0\">");
    std::string_view rest = listing.text;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      Add("{}\n", HtmlText(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    Add("</pre>\n");
  }

  void WriteCaption(const std::string& caption) {
    if (!caption.empty()) Add("<p class=\"caption\">{}</p>", HtmlText(caption));
  }

  void WriteBlock(const Bars& bars) {
    const Axis axis(bars);
    const int level = in_section_ ? 3 : 2;
    Add("<div class=\"bars\"><h{0}>{1}</h{0}>", level, HtmlText(bars.title));
    WriteCaption(bars.caption);
    Add("<table><tbody>");
    for (const Bar& bar : bars.bars) {
      const double low = axis.Percent(std::min(bar.from, bar.to));
      const double high = axis.Percent(std::max(bar.from, bar.to));
      Add("<tr class=\"{}\"><th scope=\"row\"><bdi>{}</bdi><small>{}</small></th>"
          "<td class=\"track\"><div><span class=\"bar\" style=\"left:{:.2f}%;width:{:.2f}%\">"
          "</span>",
          ClassOf(bar.tone), HtmlText(bar.label), HtmlText(bar.detail), low,
          std::max(0.4, high - low));
      if (bars.mark) {
        Add("<span class=\"mark\" style=\"left:{:.2f}%\" title=\"{}\"></span>",
            axis.Percent(*bars.mark), HtmlText(bars.mark_text));
      }
      Add("</div></td><td class=\"said\">{}{}</td></tr>", SignOf(bar.tone), HtmlText(bar.text));
    }
    Add("</tbody></table></div>\n");
  }

  void WriteBlock(const Table& table) {
    WriteCaption(table.caption);
    const bool big = IsBig(table);
    Add("<div class=\"table\" data-table=\"{}\" data-title=\"{}\">", table.key,
        HtmlText(table.title));
    if (big) Add("<noscript>");
    Add("<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>");
    for (const Column& column : table.columns) {
      Add("<th scope=\"col\"{}>{}</th>", column.role != Role::kFigure ? "" : " class=\"figure\"",
          HtmlText(column.title));
    }
    Add("</tr></thead><tbody>\n");
    for (const std::vector<Value>& row : table.rows) {
      AddText("<tr>");
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (big) {
          AddText("<td>");
          AddText(HtmlText(row[i].text));
        } else {
          WriteCell(row[i], table.columns[i].role == Role::kFigure);
        }
      }
    }
    Add("</tbody></table></div>");
    if (big) Add("</noscript>");
    Add("</div>\n");
  }

  void WriteCell(const Value& value, bool is_figure) {
    std::string number;
    if (value.number && std::isfinite(*value.number)) {
      number = fmt::format(" data-n=\"{}\"", *value.number);
    }
    std::string classes = is_figure ? "figure" : "";
    if (value.tone != Tone::kPlain)
      fmt::format_to(std::back_inserter(classes), " {}", ClassOf(value.tone));
    Add("<td{}{}>{}<bdi>{}</bdi></td>",
        classes.empty() ? "" : fmt::format(" class=\"{}\"", classes), number, SignOf(value.tone),
        HtmlText(value.text));
  }

  void WriteBlock(const LineChart& chart) {
    has_charts_ = true;
    Add("<figure class=\"chart\" data-chart=\"{}\"><h3>{}</h3>", chart.key, HtmlText(chart.title));
    WriteCaption(chart.caption);
    Add("<noscript><div class=\"scroll\" tabindex=\"0\"><table><thead><tr>"
        "<th scope=\"col\">{}</th>",
        HtmlText(chart.x_title));
    for (const ChartLine& line : chart.lines) {
      Add("<th scope=\"col\" class=\"figure\">{}{}</th>", HtmlText(line.name),
          UnitSuffix(chart.unit));
    }
    Add("</tr></thead><tbody>\n");
    for (std::size_t i = 0; i < chart.x.size(); ++i) {
      Add("<tr><td>{:.6g}", chart.x[i]);
      for (const ChartLine& line : chart.lines) {
        const double value = line.values[i];
        Add("<td>{}", std::isfinite(value) ? fmt::format("{:.6g}", value) : "-");
      }
    }
    Add("</tbody></table></div></noscript></figure>\n");
  }

  void WriteBlock(const Diagram& diagram) {
    WriteCaption(diagram.caption);
    Add("<div class=\"scroll picture\" tabindex=\"0\">{}</div>", SvgDiagram(diagram));
    Add("<details><summary>The picture as a table</summary><div class=\"scroll\" tabindex=\"0\">"
        "<table><thead><tr><th scope=\"col\">From</th><th scope=\"col\">To</th>"
        "<th scope=\"col\">Rate</th></tr></thead><tbody>");
    for (const DiagramBand& band : diagram.bands) {
      Add("<tr><td><bdi>{}</bdi></td><td><bdi>{}</bdi></td><td>{}</td></tr>",
          HtmlText(diagram.nodes[band.from].label), HtmlText(diagram.nodes[band.to].label),
          HtmlText(band.text));
    }
    Add("</tbody></table></div></details>\n");
  }

  // Shades from the least to the most; the figures stand in the cells.
  void WriteBlock(const HeatMap& map) {
    double low = 0;
    double high = 0;
    bool is_first = true;
    for (const auto& row : map.cells) {
      for (const Value& cell : row) {
        if (!cell.number || !std::isfinite(*cell.number)) continue;
        low = is_first ? *cell.number : std::min(low, *cell.number);
        high = is_first ? *cell.number : std::max(high, *cell.number);
        is_first = false;
      }
    }
    Add("<h3>{}</h3>", HtmlText(map.title));
    WriteCaption(map.caption);
    Add("<div class=\"scroll\" tabindex=\"0\"><table class=\"heat\"><thead><tr>"
        "<th scope=\"col\">{} \\ {}</th>",
        HtmlText(map.y_title), HtmlText(map.x_title));
    for (const std::string& x : map.x) Add("<th scope=\"col\">{}</th>", HtmlText(x));
    Add("</tr></thead><tbody>");
    for (std::size_t y = 0; y < map.cells.size(); ++y) {
      Add("<tr><th scope=\"row\">{}</th>", HtmlText(map.y[y]));
      for (const Value& cell : map.cells[y]) {
        const bool shaded = cell.number && std::isfinite(*cell.number);
        const double above = shaded && high > low ? (*cell.number - low) / (high - low) : 0;
        const double share = map.more_is_worse || !shaded ? above : 1 - above;
        Add("<td class=\"{}\" style=\"--heat:{:.3f}\">{}{}</td>", ClassOf(cell.tone), share,
            SignOf(cell.tone), HtmlText(cell.text));
      }
      Add("</tr>");
    }
    Add("</tbody></table></div>\n");
  }

  void WriteFooter() {
    Add("</main>\n<footer id=\"again\"><h2>The same again</h2><dl>");
    for (const auto& [name, value] : report_.provenance) {
      Add("<dt>{}</dt><dd><bdi>{}</bdi></dd>", HtmlText(name), HtmlText(value));
    }
    Add("</dl>");
    if (!report_.command.empty()) {
      Add("<pre tabindex=\"0\">{}</pre>", HtmlText(report_.command));
    }
    if (has_charts_) {
      Add("<p>Charts are drawn by Chart.js, which this file carries with it under the MIT licence; "
          "its text stands in the source of this page.</p>");
    }
    Add("</footer>\n");
  }

  void WriteScripts() {
    Add("<script type=\"application/json\" id=\"report-data\">");
    WritePageData(report_, [this](std::string_view part) { AddText(part); });
    Add("</script>\n");
    if (has_charts_) {
      Add("<!--\n{}-->\n<script>", kChartLicense);
      AddText(kChartScript);
      Add("</script>\n");
    }
    Add("<script>\n");
    AddText(kReportScript);
    Add("</script>\n</body></html>\n");
  }

  const Report& report_;
  bool has_charts_ = false;
  bool in_section_ = false;  // of the details, below the first screen
  PartWriter out_;
};

}  // namespace

void WriteHtmlReport(const Report& report, const std::function<void(std::string_view)>& write) {
  Page(report, write).Write();
}

std::string HtmlReport(const Report& report) {
  std::string page;
  WriteHtmlReport(report, [&](std::string_view part) { page += part; });
  return page;
}

}  // namespace vpcmirror
