#include "analysis/report/html/page_data.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <string>
#include <vector>

#include "analysis/report/characters.h"
#include "analysis/report/figure_text.h"
#include "analysis/report/html/tones.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kBigRows = 100;

// A JSON string of one line.
void AppendString(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : LineText(text)) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '<':  // no "</script>", and no "<!--"
        out += "\\u003c";
        break;
      default:
        out += c;
    }
  }
  out += '"';
}

void AppendNumber(std::string& out, double number, int digits) {
  if (std::isfinite(number)) {
    fmt::format_to(std::back_inserter(out), "{:.{}g}", number, digits);
  } else {
    out += "null";
  }
}

std::string_view NameOf(Role role) {
  switch (role) {
    case Role::kFigure:
      return "figure";
    case Role::kId:
      return "id";
    case Role::kWords:
      break;
  }
  return "words";
}

// Empty of a number that is shown as it is.
std::string_view NameOf(FigureUnit unit) {
  return unit == FigureUnit::kCount ? "count" : ToString(unit);
}

class Data {
 public:
  explicit Data(const std::function<void(std::string_view)>& write) : write_(write) {}

  void Write(const Report& report) {
    out_ = "{\"tables\":{";
    ForEach<Table>(report, [this](const Table& table) { Append(table); });
    out_ += "},\"charts\":{";
    is_first_ = true;
    ForEach<LineChart>(report, [this](const LineChart& chart) { Append(chart); });
    out_ += "}}";
    write_(out_);
  }

 private:
  template <class Kind, class Visit>
  void ForEach(const Report& report, Visit visit) {
    for (const Section& section : report.sections) {
      for (const ReportPart& block : section.blocks) {
        if (const Kind* found = std::get_if<Kind>(&block)) visit(*found);
        write_(out_);
        out_.clear();
      }
    }
  }

  void Key(std::string_view key) {
    if (!is_first_) out_ += ',';
    is_first_ = false;
    AppendString(out_, key);
    out_ += ':';
  }

  template <class List, class One>
  void AppendList(const List& list, One append) {
    out_ += '[';
    bool is_first = true;
    for (const auto& element : list) {
      if (!is_first) out_ += ',';
      is_first = false;
      append(element);
    }
    out_ += ']';
  }

  void Append(const Table& table) {
    if (!IsBig(table)) return;
    Key(table.key);
    out_ += "{\"columns\":";
    AppendList(table.columns, [this](const Column& column) {
      out_ += "{\"title\":";
      AppendString(out_, column.title);
      fmt::format_to(std::back_inserter(out_), ",\"role\":\"{}\"}}", NameOf(column.role));
    });
    out_ += ",\"texts\":[";
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (i > 0) out_ += ',';
      AppendList(table.rows,
                 [&](const std::vector<Value>& row) { AppendString(out_, row[i].text); });
    }
    out_ += "],\"numbers\":[";
    constexpr int kDigits = 9;  // enough to sort by
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (i > 0) out_ += ',';
      if (table.columns[i].role != Role::kFigure) {
        out_ += "null";
        continue;
      }
      AppendList(table.rows, [&](const std::vector<Value>& row) {
        AppendNumber(out_, row[i].number.value_or(NAN), kDigits);
      });
    }
    out_ += "],\"tones\":";
    AppendTones(table);
    out_ += '}';
  }

  // [row, column, tone] of the few that have one.
  void AppendTones(const Table& table) {
    out_ += '[';
    bool is_first = true;
    for (std::size_t y = 0; y < table.rows.size(); ++y) {
      for (std::size_t x = 0; x < table.rows[y].size(); ++x) {
        const Tone tone = table.rows[y][x].tone;
        if (tone == Tone::kPlain) continue;
        fmt::format_to(std::back_inserter(out_), "{}[{},{},\"{}\"]", is_first ? "" : ",", y, x,
                       ClassOf(tone));
        is_first = false;
      }
    }
    out_ += ']';
  }

  void AppendValues(std::string_view key, const std::vector<double>& values) {
    constexpr int kDigits = 6;
    fmt::format_to(std::back_inserter(out_), ",\"{}\":", key);
    AppendList(values, [this](double value) { AppendNumber(out_, value, kDigits); });
  }

  void Append(const LineChart& chart) {
    Key(chart.key);
    out_ += "{\"title\":";
    AppendString(out_, chart.title);
    out_ += ",\"x_title\":";
    AppendString(out_, chart.x_title);
    fmt::format_to(std::back_inserter(out_), ",\"unit\":\"{}\"", NameOf(chart.unit));
    AppendValues("x", chart.x);
    out_ += ",\"lines\":";
    AppendList(chart.lines, [this](const ChartLine& line) {
      out_ += "{\"name\":";
      AppendString(out_, line.name);
      out_ += line.is_limit ? ",\"limit\":1" : "";
      AppendValues("values", line.values);
      if (!line.low.empty()) {
        AppendValues("low", line.low);
        AppendValues("high", line.high);
      }
      out_ += '}';
    });
    out_ += '}';
  }

  const std::function<void(std::string_view)>& write_;
  std::string out_;
  bool is_first_ = true;
};

}  // namespace

bool IsBig(const Table& table) { return table.rows.size() > kBigRows; }

void WritePageData(const Report& report, const std::function<void(std::string_view)>& write) {
  Data(write).Write(report);
}

}  // namespace vpcmirror
