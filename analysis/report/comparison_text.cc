#include "analysis/report/comparison_text.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>
#include <utility>

#include "analysis/report/text_layout.h"
#include "analysis/report/verdict.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

class ComparisonReport {
 public:
  ComparisonReport(const RunResult& result, bool color) : result_(result), color_(color) {}

  std::string Write() {
    WriteReplications();
    WriteDelays();
    WriteBaseline();
    WriteDisciplines();
    return std::move(out_);
  }

 private:
  template <class... Args>
  void Line(fmt::format_string<Args...> format, Args&&... args) {
    AppendLine(out_, format, std::forward<Args>(args)...);
  }

  void WriteReplications();
  void WriteReplicated(std::string_view what, std::string_view path,
                       std::string (*to_text)(double));
  void WriteDelays();
  void WriteDelayRow(std::string_view what, const DelayResult& delay);
  void WriteBaseline();
  void WriteBaselineDelay(std::string_view what, Picoseconds without, Picoseconds with);
  void WriteDisciplines();

  const RunResult& result_;
  bool color_;
  std::string out_;
};

std::string NanosecondsText(double ns) {
  return TimeText(Picoseconds(std::llround(ns * static_cast<double>(kPicosecondsPerNanosecond))));
}
std::string RateOfNumberText(double bps) { return BitRateText(BitsPerSecond(std::llround(bps))); }

void ComparisonReport::WriteReplications() {
  if (!result_.replications) return;
  const Replications& all = *result_.replications;
  out_ += '\n';
  Line("{}",
       Painted(fmt::format("{} runs on random streams of their own; below is the first", all.runs),
               Ink::kBold, color_));
  if (all.figures.empty()) {
    Line("  All figures came out alike.");
    return;
  }
  Line("  {:25}{:>12}{:>13}  {}", "", "mean", fmt::format("+- ({})", PercentText(all.confidence)),
       "all of them");
  WriteReplicated("copies lost", "mirror_loss", PercentText);
  WriteReplicated("production lost", "production_loss", PercentText);
  WriteReplicated("margin", "margin", PercentText);
  WriteReplicated("production delivered", "goodput.bps", RateOfNumberText);
  WriteReplicated("delay of production, 99 %", "delay.production.p99_ns", NanosecondsText);
  WriteReplicated("delay of copies, 99 %", "delay.copies.p99_ns", NanosecondsText);
  WriteReplicated("mirror adds to loss", "baseline.difference.loss", PercentText);
  WriteReplicated("mirror adds to delivered", "baseline.difference.delivered_bps",
                  RateOfNumberText);
}

// Nothing of a figure that was alike in all runs: it is the one below.
void ComparisonReport::WriteReplicated(std::string_view what, std::string_view path,
                                       std::string (*to_text)(double)) {
  for (const ReplicatedFigure& figure : result_.replications->figures) {
    if (figure.path != path) continue;
    Line("  {:25}{:>12}{:>13}  {} to {}", what, to_text(figure.mean),
         figure.half_width ? to_text(*figure.half_width) : "-", to_text(figure.smallest),
         to_text(figure.largest));
  }
}

void ComparisonReport::WriteDelays() {
  if (result_.production_delay.frames == 0 && result_.copy_delay.frames == 0) return;
  out_ += '\n';
  Line("{}{:>11}{:>11}{:>11}{:>11}{:>11}{:>11}", Painted("Delay        ", Ink::kBold, color_),
       "mean", "median", "99 %", "99.9 %", "99.99 %", "longest");
  WriteDelayRow("production", result_.production_delay);
  WriteDelayRow("copies", result_.copy_delay);
}

void ComparisonReport::WriteDelayRow(std::string_view what, const DelayResult& delay) {
  if (delay.frames == 0) return;
  Line("  {:11}{:>11}{:>11}{:>11}{:>11}{:>11}{:>11}", what, TimeText(delay.mean),
       TimeText(delay.p50), TimeText(delay.p99), TimeText(delay.p999), TimeText(delay.p9999),
       TimeText(delay.largest));
}

// "+1.2 us", "-3 Mbps", "none" of nothing.
template <class Amount, class ToText>
std::string DifferenceText(Amount amount, ToText to_text) {
  if (amount == Amount{}) return "none";
  const bool less = amount < Amount{};
  return (less ? "-" : "+") + to_text(less ? Amount{} - amount : amount);
}

void ComparisonReport::WriteBaseline() {
  if (!result_.baseline) return;
  const ProductionResult& without = result_.baseline->production;
  out_ += '\n';
  Line("{}{:>15}{:>16}{:>16}",
       Painted(fmt::format("{:31}", "What mirroring costs production"), Ink::kBold, color_),
       "without", "with", "difference");
  const auto rate_text = [](BitsPerSecond rate) { return BitRateText(rate); };
  Line("  {:28}{:>16}{:>16}{:>16}", "production delivered",
       BitRateText(without.delivered.bandwidth), BitRateText(result_.delivered.bandwidth),
       DifferenceText(result_.delivered.bandwidth - without.delivered.bandwidth, rate_text));
  Line("  {:28}{:>16}{:>16}{:>16}", "frames lost", CountText(without.loss.lost),
       CountText(result_.production.lost),
       DifferenceText(result_.production.lost - without.loss.lost, CountText));
  Line("  {:28}{:>16}{:>16}{:>16}", "share of frames lost", PercentText(without.loss.fraction()),
       PercentText(result_.production.fraction()),
       DifferenceText(result_.production.fraction() - without.loss.fraction(), PercentText));
  for (std::size_t i = 0; i < result_.tcp.size(); ++i) {
    const BitsPerSecond before = result_.baseline->tcp.at(i).goodput;
    const BitsPerSecond with = result_.tcp[i].goodput;
    Line("  {:28}{:>16}{:>16}{:>16}", "TCP goodput, " + Printable(result_.tcp[i].id),
         BitRateText(before), BitRateText(with), DifferenceText(with - before, rate_text));
  }
  const DelayResult& now = result_.production_delay;
  if (now.frames == 0 || without.delay.frames == 0) return;  // nothing was timed
  WriteBaselineDelay("delay, median", without.delay.p50, now.p50);
  WriteBaselineDelay("delay, 99 % of frames", without.delay.p99, now.p99);
  WriteBaselineDelay("delay, 99.9 % of frames", without.delay.p999, now.p999);
}

void ComparisonReport::WriteBaselineDelay(std::string_view what, Picoseconds without,
                                          Picoseconds with) {
  Line("  {:28}{:>16}{:>16}{:>16}", what, TimeText(without), TimeText(with),
       DifferenceText(with - without, [](Picoseconds time) { return TimeText(time); }));
}

void ComparisonReport::WriteDisciplines() {
  if (result_.disciplines.size() < 2) return;
  out_ += '\n';
  Line("{}{:>18}{:>18}  {}",
       Painted(fmt::format("{:30}", "Who loses, by congestion"), Ink::kBold, color_),
       "production lost", "copies lost", "verdict");
  for (const DisciplineResult& each : result_.disciplines) {
    Line("  {:28}{:>18}{:>18}  {}", each.value, PercentText(each.production.fraction()),
         PercentText(each.copies.fraction()), ToString(each.verdict));
  }
}

}  // namespace

std::string ComparisonText(const RunResult& result, bool color) {
  return ComparisonReport(result, color).Write();
}

}  // namespace vpcmirror
