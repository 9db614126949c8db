#include "analysis/report/sweep_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>

#include "analysis/report/figure_text.h"
#include "analysis/report/values.h"
#include "analysis/report/verdict.h"
#include "models/scenario/figure_unit.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kMostPictures = 6;  // of each kind
constexpr std::size_t kMostLines = 6;     // of a chart

// Figures that have pictures.
struct PicturedFigure {
  std::string_view name;
  std::string_view title;
};
constexpr PicturedFigure kPictured[] = {{"margin", "Margin of the tightest limit"},
                                        {"mirror_loss", "Copies lost"},
                                        {"production_loss", "Production lost"}};

FigureUnit UnitOfColumn(std::string_view figure) {
  if (const std::optional<FigureUnit> unit = UnitAtEndOf(figure)) return *unit;
  if (figure.ends_with("margin") || figure.ends_with("_loss")) return FigureUnit::kShare;
  return figure.ends_with("frames") ? FigureUnit::kCount : FigureUnit::kNumber;
}

// The number that a value begins with, behind an 'x' or '+' of a change, and its unit: "1.5 Gbps".
struct ReadValue {
  double number = 0;
  std::string unit;
};
std::optional<ReadValue> NumberIn(std::string_view text) {
  ReadValue read;
  if (text.size() > 1 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  if (!text.empty() && (text.front() == 'x' || text.front() == '+')) {
    read.unit = text.substr(0, 1);
    text.remove_prefix(1);
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read.number);
  if (error != std::errc()) return std::nullopt;
  std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  read.unit += rest;
  return read;
}

// What one of it is of its base unit; others stand for themselves.
struct Scale {
  std::string_view unit;
  std::string_view base;
  double factor;
};
constexpr Scale kScales[] = {
    {"bps", "bps", 1},     {"kbps", "bps", 1e3}, {"Mbps", "bps", 1e6},        {"Gbps", "bps", 1e9},
    {"Tbps", "bps", 1e12}, {"pps", "pps", 1},    {"kpps", "pps", 1e3},        {"Mpps", "pps", 1e6},
    {"ns", "s", 1e-9},     {"us", "s", 1e-6},    {"ms", "s", 1e-3},           {"s", "s", 1},
    {"B", "B", 1},         {"KiB", "B", 1024.0}, {"MiB", "B", 1024.0 * 1024},
};

// The values of an axis that are numbers, in one unit.
struct Numbers {
  std::vector<double> by_value;    // of each of the axis's values
  std::vector<std::size_t> order;  // of the values, ascending
  std::string unit;
};

std::optional<Numbers> InBaseUnits(std::vector<ReadValue> read) {
  Numbers numbers;
  for (ReadValue& each : read) {
    const auto scale = std::find_if(std::begin(kScales), std::end(kScales),
                                    [&](const Scale& known) { return known.unit == each.unit; });
    if (scale == std::end(kScales)) return std::nullopt;
    if (!numbers.unit.empty() && numbers.unit != scale->base) return std::nullopt;
    numbers.unit = scale->base;
    numbers.by_value.push_back(each.number * scale->factor);
  }
  return numbers;
}

// Only these make a line: at least two, no two alike.
std::optional<Numbers> AsNumbers(const SweepAxisValues& axis) {
  std::vector<ReadValue> read;
  for (const std::string& value : axis.values) {
    const std::optional<ReadValue> each = NumberIn(value);
    if (!each) return std::nullopt;
    read.push_back(*each);
  }
  if (read.size() < 2) return std::nullopt;
  const bool is_one_unit = std::all_of(read.begin(), read.end(), [&](const ReadValue& each) {
    return each.unit == read.front().unit;
  });
  std::optional<Numbers> numbers = Numbers{.unit = read.front().unit};
  if (is_one_unit) {
    for (const ReadValue& each : read) numbers->by_value.push_back(each.number);
  } else {
    numbers = InBaseUnits(std::move(read));
  }
  if (!numbers) return std::nullopt;
  for (std::size_t i = 0; i < numbers->by_value.size(); ++i) numbers->order.push_back(i);
  std::sort(numbers->order.begin(), numbers->order.end(), [&](std::size_t a, std::size_t b) {
    return numbers->by_value[a] < numbers->by_value[b];
  });
  for (std::size_t i = 1; i < numbers->order.size(); ++i) {
    if (numbers->by_value[numbers->order[i - 1]] == numbers->by_value[numbers->order[i]]) {
      return std::nullopt;
    }
  }
  return numbers;
}

// Of the runs that share something: their mean, and how far they lie apart.
struct Spread {
  double sum = 0;
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  int count = 0;

  void Add(double value) {
    sum += value;
    low = std::min(low, value);
    high = std::max(high, value);
    ++count;
  }
  double mean() const { return count == 0 ? NAN : sum / count; }
};

Tone ToneOfSummary(const std::vector<SweepRun>& runs) {
  Tone tone = Tone::kGood;
  for (const SweepRun& run : runs) {
    tone = std::max(tone, run.verdict ? value::ToneOfVerdict(*run.verdict) : Tone::kBad);
  }
  return tone;
}

Tone ToneOfFigure(std::string_view figure, double number) {
  if (figure == "margin") return number < 0 ? Tone::kBad : Tone::kPlain;
  return number > 0 ? Tone::kBad : Tone::kPlain;
}

class SweepReportBuilder {
 public:
  explicit SweepReportBuilder(const SweepOutcome& sweep) : sweep_(sweep) {}

  Report Build() {
    Report report{.kind = "Sweep", .title = sweep_.scenario, .verdict = sweep_.summary};
    report.tone = ToneOfSummary(sweep_.runs);
    report.because = Extremes();
    AddPictures(report);
    AddSection(report, RunTable());
    report.provenance = sweep_.provenance;
    report.command = sweep_.command;
    return report;
  }

 private:
  std::optional<std::size_t> FigureAt(std::string_view name) const {
    const auto found = std::find(sweep_.figures.begin(), sweep_.figures.end(), name);
    if (found == sweep_.figures.end()) return std::nullopt;
    return static_cast<std::size_t>(found - sweep_.figures.begin());
  }

  std::string PointWords(const SweepRun& run) const {
    std::string words;
    for (std::size_t i = 0; i < run.point.size(); ++i) {
      words += fmt::format("{}{}={}", words.empty() ? "" : ", ", sweep_.axes[i].path,
                           sweep_.axes[i].values[run.point[i]]);
    }
    return words;
  }

  // Where there is least left, and where most.
  std::string Extremes() const {
    const std::optional<std::size_t> margin = FigureAt("margin");
    if (!margin) return "";
    const SweepRun* least = nullptr;
    const SweepRun* most = nullptr;
    const auto of = [&](const SweepRun* run) { return *run->figures[*margin].number; };
    for (const SweepRun& run : sweep_.runs) {
      if (run.figures.empty() || !run.figures[*margin].number) continue;
      if (least == nullptr || of(&run) < of(least)) least = &run;
      if (most == nullptr || of(&run) > of(most)) most = &run;
    }
    if (least == nullptr) return "";
    return fmt::format("margins from {} ({}) to {} ({})", value::Share(of(least)).text,
                       PointWords(*least), value::Share(of(most)).text, PointWords(*most));
  }

  void AddPictures(Report& report) const {
    Section section{.key = "pictures", .title = "What changes what"};
    std::size_t pictures = 0;
    for (std::size_t x = 0; x < sweep_.axes.size(); ++x) {
      for (const PicturedFigure& pictured : kPictured) {
        const std::optional<std::size_t> figure = FigureAt(pictured.name);
        if (!figure || IsAlwaysZero(*figure) || pictures >= kMostPictures) continue;
        if (std::optional<LineChart> chart = Lines(x, *figure, pictured)) {
          section.blocks.push_back(std::move(*chart));
          ++pictures;
        }
      }
    }
    pictures = 0;
    for (std::size_t x = 0; x < sweep_.axes.size(); ++x) {
      for (std::size_t y = x + 1; y < sweep_.axes.size(); ++y) {
        for (const PicturedFigure& pictured : kPictured) {
          const std::optional<std::size_t> figure = FigureAt(pictured.name);
          if (!figure || IsAlwaysZero(*figure) || pictures >= kMostPictures) continue;
          section.blocks.push_back(Heat(x, y, *figure, pictured));
          ++pictures;
        }
      }
    }
    if (!section.blocks.empty()) report.sections.push_back(std::move(section));
  }

  bool IsAlwaysZero(std::size_t figure) const {
    return std::all_of(sweep_.runs.begin(), sweep_.runs.end(), [&](const SweepRun& run) {
      return run.figures.empty() || run.figures[figure].number.value_or(0) == 0;
    });
  }

  // The axis by whose values the lines are told apart: the one with most of them besides `x`,
  // as far as they can be told apart.
  std::optional<std::size_t> LineAxis(std::size_t x) const {
    std::optional<std::size_t> chosen;
    for (std::size_t i = 0; i < sweep_.axes.size(); ++i) {
      const std::size_t values = sweep_.axes[i].values.size();
      if (i == x || values < 2 || values > kMostLines) continue;
      if (!chosen || values > sweep_.axes[*chosen].values.size()) chosen = i;
    }
    return chosen;
  }

  // Empty where the axis has no numbers.
  std::optional<LineChart> Lines(std::size_t x, std::size_t figure,
                                 const PicturedFigure& pictured) const {
    const std::optional<Numbers> numbers = AsNumbers(sweep_.axes[x]);
    if (!numbers) return std::nullopt;
    const std::optional<std::size_t> by = LineAxis(x);
    const std::size_t lines = by ? sweep_.axes[*by].values.size() : 1;
    std::vector<std::vector<Spread>> spreads(lines, std::vector<Spread>(numbers->by_value.size()));
    bool has_band = false;
    for (const SweepRun& run : sweep_.runs) {
      if (run.figures.empty() || !run.figures[figure].number) continue;
      Spread& spread = spreads[by ? run.point[*by] : 0][run.point[x]];
      spread.Add(*run.figures[figure].number);
      has_band |= spread.low < spread.high;
    }
    LineChart chart{.key = fmt::format("line-{}-{}", x, pictured.name),
                    .title = fmt::format("{} by {}", pictured.title, sweep_.axes[x].path),
                    .x_title = numbers->unit.empty()
                                   ? sweep_.axes[x].path
                                   : fmt::format("{}, {}", sweep_.axes[x].path, numbers->unit),
                    .unit = UnitOfColumn(pictured.name),
                    .x = {}};
    for (const std::size_t at : numbers->order) chart.x.push_back(numbers->by_value[at]);
    if (has_band) {
      chart.caption = "The mean of the runs that share a value; the band holds all of them.";
    }
    for (std::size_t i = 0; i < lines; ++i) {
      ChartLine line{
          .name = by ? fmt::format("{} {}", sweep_.axes[*by].path, sweep_.axes[*by].values[i])
                     : std::string(pictured.title)};
      for (const std::size_t at : numbers->order) {
        const Spread& spread = spreads[i][at];
        line.values.push_back(spread.mean());
        if (!has_band) continue;
        line.low.push_back(spread.count > 0 ? spread.low : NAN);
        line.high.push_back(spread.count > 0 ? spread.high : NAN);
      }
      chart.lines.push_back(std::move(line));
    }
    return chart;
  }

  HeatMap Heat(std::size_t x, std::size_t y, std::size_t figure,
               const PicturedFigure& pictured) const {
    std::map<std::pair<std::size_t, std::size_t>, Spread> spreads;
    for (const SweepRun& run : sweep_.runs) {
      if (run.figures.empty() || !run.figures[figure].number) continue;
      spreads[{run.point[y], run.point[x]}].Add(*run.figures[figure].number);
    }
    HeatMap map{.more_is_worse = pictured.name != "margin",
                .title = fmt::format("{} by {} and {}", pictured.title, sweep_.axes[x].path,
                                     sweep_.axes[y].path),
                .caption = "Means of the runs that share both values; the redder, the worse.",
                .x_title = sweep_.axes[x].path,
                .y_title = sweep_.axes[y].path,
                .x = sweep_.axes[x].values,
                .y = sweep_.axes[y].values};
    for (std::size_t row = 0; row < map.y.size(); ++row) {
      std::vector<Value> cells;
      for (std::size_t column = 0; column < map.x.size(); ++column) {
        const auto found = spreads.find({row, column});
        if (found == spreads.end()) {
          cells.push_back(value::Words("-"));
          continue;
        }
        const double mean = found->second.mean();
        cells.push_back({FigureText(Figure(mean), UnitOfColumn(pictured.name)), mean,
                         ToneOfFigure(pictured.name, mean)});
      }
      map.cells.push_back(std::move(cells));
    }
    return map;
  }

  Table RunTable() const {
    Table table{.key = "runs", .title = "All runs"};
    for (const SweepAxisValues& axis : sweep_.axes) {
      table.columns.push_back({axis.path, axis.path, Role::kId});
    }
    table.columns.push_back({"replication", "Run", Role::kId});
    table.columns.push_back({"verdict", "Verdict", Role::kWords});
    for (const std::string& figure : sweep_.figures) table.columns.push_back({figure, figure});
    for (const SweepRun& run : sweep_.runs) {
      std::vector<Value> row;
      for (std::size_t i = 0; i < run.point.size(); ++i) {
        row.push_back(value::Words(sweep_.axes[i].values[run.point[i]]));
      }
      row.push_back(value::Words(fmt::format("{}", run.replication)));
      row.push_back(VerdictOf(run));
      for (std::size_t i = 0; i < sweep_.figures.size(); ++i) {
        row.push_back(run.figures.empty() ? value::Words("-") : CellOf(run.figures[i], i));
      }
      table.rows.push_back(std::move(row));
    }
    return table;
  }

  // Words as they are.
  Value CellOf(const Value& figure, std::size_t index) const {
    if (!figure.number) return value::Words(figure.text.empty() ? "-" : figure.text);
    return {FigureText(Figure(*figure.number), UnitOfColumn(sweep_.figures[index])), figure.number};
  }

  static Value VerdictOf(const SweepRun& run) {
    if (!run.verdict) {
      return value::Words(fmt::format("{}: {}", run.status, run.error), Tone::kBad);
    }
    return value::Words(std::string(ToString(*run.verdict)), value::ToneOfVerdict(*run.verdict));
  }

  const SweepOutcome& sweep_;
};

}  // namespace

Report ReportOfSweep(const SweepOutcome& sweep) { return SweepReportBuilder(sweep).Build(); }

}  // namespace vpcmirror
