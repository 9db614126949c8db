#include "sim/cli/progress_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/words/quantities.h"
#include "models/units/rates.h"

namespace vpcmirror::sim {
namespace {

constexpr int kBarWidth = 20;
constexpr double kBetweenDrawings = 0.1;   // seconds
constexpr double kBeforeEstimating = 0.5;  // seconds
constexpr char kWipeLine[] = "\r\x1b[K";

// " 45 % [#########...........] "
std::string BarText(double share) {
  const auto filled = static_cast<std::size_t>(share * kBarWidth);
  return fmt::format("{:3.0f} % [{}{}] ", std::floor(share * 100), std::string(filled, '#'),
                     std::string(kBarWidth - filled, '.'));
}

}  // namespace

std::string DurationText(double seconds) {
  const auto whole = static_cast<long>(std::ceil(seconds));
  if (whole < 120) return fmt::format("{} s", whole);
  if (whole < 7200) return fmt::format("{} min", (whole + 59) / 60);
  return fmt::format("{} h", (whole + 3599) / 3600);
}

std::string ProgressLine(const Progress& progress, double elapsed_seconds) {
  const double share = std::clamp(progress.share, 0.0, 1.0);
  std::string line = BarText(share);
  if (progress.runs > 1) line += fmt::format("run {} of {}: ", progress.run, progress.runs);
  line += fmt::format("{} of {}", TimeText(progress.done), TimeText(progress.total));
  if (elapsed_seconds >= kBeforeEstimating && share > 0) {
    if (progress.runs == 1) {
      line += fmt::format(", {} s a second",
                          SignificantText(Seconds(progress.done) / elapsed_seconds, 2));
    }
    line += fmt::format(", {} left", DurationText(elapsed_seconds * (1 - share) / share));
  }
  return line.substr(0, 79);
}

std::string RunsLine(const RunsProgress& progress, double elapsed_seconds) {
  const double share = std::clamp(progress.share, 0.0, 1.0);
  std::string line = BarText(share);
  line += fmt::format("{} of {} {}", progress.done, progress.total, progress.what);
  if (progress.failed > 0) line += fmt::format(", {} failed", progress.failed);
  if (progress.under_way > 0) line += fmt::format(", {} under way", progress.under_way);
  const double since = share - progress.share_then;
  if (elapsed_seconds >= kBeforeEstimating && since > 0) {
    line += fmt::format(", {} left", DurationText(elapsed_seconds * (1 - share) / since));
  }
  return line.substr(0, 79);
}

ProgressBar::ProgressBar(std::ostream& terminal, std::function<double()> seconds)
    : terminal_(terminal), seconds_(std::move(seconds)), started_(seconds_()) {}

ProgressBar::~ProgressBar() {
  if (visible_) terminal_ << kWipeLine << std::flush;
}

template <class Line>
void ProgressBar::Draw(const Line& line) {
  const double now = seconds_();
  if (visible_ && now - drawn_ < kBetweenDrawings) return;
  drawn_ = now;
  visible_ = true;
  terminal_ << kWipeLine << line(now - started_) << std::flush;
}

void ProgressBar::Show(const Progress& progress) {
  Draw([&](double elapsed) { return ProgressLine(progress, elapsed); });
}

void ProgressBar::Show(const RunsProgress& progress) {
  Draw([&](double elapsed) { return RunsLine(progress, elapsed); });
}

}  // namespace vpcmirror::sim
