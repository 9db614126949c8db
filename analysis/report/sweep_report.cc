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

FigureUnit UnitOf(std::string_view figure) {
  if (figure.ends_with("_bps")) return FigureUnit::kBitsPerSecond;
  if (figure.ends_with("_pps")) return FigureUnit::kPacketsPerSecond;
  if (figure.ends_with("_ns")) return FigureUnit::kNanoseconds;
  if (figure.ends_with("margin") || figure.ends_with("_loss")) return FigureUnit::kShare;
  return figure.ends_with("frames") ? FigureUnit::kCount : FigureUnit::kNumber;
}

// The number that a value begins with, and the unit behind it: "1.5 Gbps".
struct ReadValue {
  double number = 0;
  std::string_view unit;
};
std::optional<ReadValue> NumberIn(std::string_view text) {
  if (!text.empty() && text.front() == '"') text.remove_prefix(1);
  if (!text.empty() && text.back() == '"') text.remove_suffix(1);
  ReadValue read;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read.number);
  if (error != std::errc()) return std::nullopt;
  read.unit = text.substr(static_cast<std::size_t>(end - text.data()));
  while (!read.unit.empty() && read.unit.front() == ' ') read.unit.remove_prefix(1);
  return read;
}

// Numbers in one unit, ascending: only these make a line.
std::optional<std::vector<double>> AsNumbers(const SweepAxisValues& axis) {
  std::vector<double> numbers;
  std::string_view unit;
  for (const std::string& value : axis.values) {
    const std::optional<ReadValue> read = NumberIn(value);
    if (!read || (!numbers.empty() && read->unit != unit)) return std::nullopt;
    if (!numbers.empty() && read->number <= numbers.back()) return std::nullopt;
    unit = read->unit;
    numbers.push_back(read->number);
  }
  if (numbers.size() < 2) return std::nullopt;
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
    const Tone own = run.verdict == "FITS"      ? Tone::kGood
                     : run.verdict == "AT RISK" ? Tone::kWarning
                                                : Tone::kBad;
    tone = std::max(tone, own);
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
    const auto of = [&](const SweepRun* run) { return *run->figures[*margin]; };
    for (const SweepRun& run : sweep_.runs) {
      if (run.figures.empty() || !run.figures[*margin]) continue;
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
    for (std::size_t x = 0; x < sweep_.axes.size() && pictures < kMostPictures; ++x) {
      for (const PicturedFigure& pictured : kPictured) {
        const std::optional<std::size_t> figure = FigureAt(pictured.name);
        if (!figure || IsAlwaysZero(*figure)) continue;
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
      return run.figures.empty() || run.figures[figure].value_or(0) == 0;
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
    const std::optional<std::vector<double>> numbers = AsNumbers(sweep_.axes[x]);
    if (!numbers) return std::nullopt;
    const std::optional<std::size_t> by = LineAxis(x);
    const std::size_t lines = by ? sweep_.axes[*by].values.size() : 1;
    std::vector<std::vector<Spread>> spreads(lines, std::vector<Spread>(numbers->size()));
    bool has_band = false;
    for (const SweepRun& run : sweep_.runs) {
      if (run.figures.empty() || !run.figures[figure]) continue;
      Spread& spread = spreads[by ? run.point[*by] : 0][run.point[x]];
      spread.Add(*run.figures[figure]);
      has_band |= spread.low < spread.high;
    }
    LineChart chart{.key = fmt::format("line-{}-{}", x, pictured.name),
                    .title = fmt::format("{} by {}", pictured.title, sweep_.axes[x].path),
                    .x_title = AxisTitle(sweep_.axes[x]),
                    .unit = UnitOf(pictured.name),
                    .x = *numbers};
    if (has_band) {
      chart.caption = "The mean of the runs that share a value; the band holds all of them.";
    }
    for (std::size_t i = 0; i < lines; ++i) {
      ChartLine line{
          .name = by ? fmt::format("{} {}", sweep_.axes[*by].path, sweep_.axes[*by].values[i])
                     : std::string(pictured.title)};
      for (const Spread& spread : spreads[i]) {
        line.values.push_back(spread.mean());
        if (!has_band) continue;
        line.low.push_back(spread.count > 0 ? spread.low : NAN);
        line.high.push_back(spread.count > 0 ? spread.high : NAN);
      }
      chart.lines.push_back(std::move(line));
    }
    return chart;
  }

  static std::string AxisTitle(const SweepAxisValues& axis) {
    const std::optional<ReadValue> first = NumberIn(axis.values.front());
    return first && !first->unit.empty() ? fmt::format("{}, {}", axis.path, first->unit)
                                         : axis.path;
  }

  HeatMap Heat(std::size_t x, std::size_t y, std::size_t figure,
               const PicturedFigure& pictured) const {
    std::map<std::pair<std::size_t, std::size_t>, Spread> spreads;
    for (const SweepRun& run : sweep_.runs) {
      if (run.figures.empty() || !run.figures[figure]) continue;
      spreads[{run.point[y], run.point[x]}].Add(*run.figures[figure]);
    }
    HeatMap map{.key = fmt::format("heat-{}-{}-{}", x, y, pictured.name),
                .title = fmt::format("{} by {} and {}", pictured.title, sweep_.axes[x].path,
                                     sweep_.axes[y].path),
                .caption = "Means of the runs that share both values; the darker, the more.",
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
        cells.push_back({FigureText(Figure(mean), UnitOf(pictured.name)), mean,
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
        const std::optional<double> number = run.figures.empty() ? std::nullopt : run.figures[i];
        row.push_back(number ? Value{FigureText(Figure(*number), UnitOf(sweep_.figures[i])), number}
                             : value::Words("-"));
      }
      table.rows.push_back(std::move(row));
    }
    return table;
  }

  static Value VerdictOf(const SweepRun& run) {
    if (run.verdict.empty()) {
      return value::Words(fmt::format("{}: {}", run.status, run.error), Tone::kBad);
    }
    return value::Words(run.verdict, run.verdict == "FITS"      ? Tone::kGood
                                     : run.verdict == "AT RISK" ? Tone::kWarning
                                                                : Tone::kBad);
  }

  const SweepOutcome& sweep_;
};

}  // namespace

Report ReportOfSweep(const SweepOutcome& sweep) { return SweepReportBuilder(sweep).Build(); }

}  // namespace vpcmirror
