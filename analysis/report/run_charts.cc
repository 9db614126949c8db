#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "analysis/report/run_parts.h"
#include "models/scenario/series.h"

namespace vpcmirror {
namespace {

// A figure of all objects of a kind together, by bin; or of one of them.
class SeriesSums {
 public:
  explicit SeriesSums(const Series& series) : series_(series) {}

  std::vector<double> Sum(SeriesKind kind, std::string_view figure,
                          const std::string* only = nullptr) const {
    std::vector<double> sum(static_cast<std::size_t>(series_.bins));
    for (const SeriesObject& object : series_.objects) {
      if (object.kind != kind || (only != nullptr && object.id != *only)) continue;
      Add(object, figure, sum);
    }
    return sum;
  }

  // Of what is a sum over each bin, so much a second, times `factor`.
  std::vector<double> Rate(SeriesKind kind, std::string_view figure, double factor,
                           const std::string* only = nullptr) const {
    std::vector<double> rate = Sum(kind, figure, only);
    const double bin_s =
        static_cast<double>(series_.bin.count()) / static_cast<double>(kPicosecondsPerSecond);
    for (double& value : rate) value *= factor / bin_s;
    return rate;
  }

  std::map<std::string, std::vector<double>> Drops() const {
    std::map<std::string, std::vector<double>> by_reason;
    for (const SeriesObject& object : series_.objects) {
      for (const auto& [reason, frames] : object.dropped) {
        std::vector<double>& sum = by_reason[reason];
        sum.resize(static_cast<std::size_t>(series_.bins));
        for (std::size_t i = 0; i < frames.size(); ++i) {
          const std::size_t bin = static_cast<std::size_t>(object.first_bin) + i;
          if (bin < sum.size()) sum[bin] += static_cast<double>(frames[i]);
        }
      }
    }
    return by_reason;
  }

 private:
  static void Add(const SeriesObject& object, std::string_view figure, std::vector<double>& sum) {
    const std::vector<SeriesFigure>& figures = FiguresOf(object.kind);
    const auto found = std::find_if(figures.begin(), figures.end(),
                                    [&](const SeriesFigure& of) { return of.name == figure; });
    if (found == figures.end()) return;
    std::size_t bin = static_cast<std::size_t>(object.first_bin);
    for (std::size_t at = static_cast<std::size_t>(found - figures.begin());
         at < object.values.size() && bin < sum.size(); at += figures.size()) {
      sum[bin++] += object.values[at];
    }
  }

  const Series& series_;
};

bool IsZero(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return value == 0; });
}

class Charts {
 public:
  explicit Charts(const RunResult& result)
      : result_(result), series_(*result.series), sums_(series_) {
    const double bin_s =
        static_cast<double>(series_.bin.count()) / static_cast<double>(kPicosecondsPerSecond);
    for (std::int64_t i = 0; i < series_.bins; ++i) {
      seconds_.push_back(static_cast<double>(i) * bin_s);
    }
  }

  std::vector<ReportPart> Draw() {
    DrawTraffic();
    DrawTightestHost();
    DrawTightestReceiver();
    DrawDrops();
    return std::move(blocks_);
  }

 private:
  LineChart Chart(std::string key, std::string title, std::string caption, FigureUnit unit) const {
    return {.key = std::move(key),
            .title = std::move(title),
            .caption = std::move(caption),
            .x_title = "seconds of the run",
            .unit = unit,
            .x = seconds_};
  }
  static void AddLine(LineChart& chart, std::string name, std::vector<double> values) {
    if (!IsZero(values))
      chart.lines.push_back({.name = std::move(name), .values = std::move(values)});
  }
  void AddLimit(LineChart& chart, std::string name, double limit) const {
    chart.lines.push_back({.name = std::move(name),
                           .is_limit = true,
                           .values = std::vector<double>(seconds_.size(), limit)});
  }
  void Keep(LineChart chart) {
    const bool has_line = std::any_of(chart.lines.begin(), chart.lines.end(),
                                      [](const ChartLine& line) { return !line.is_limit; });
    if (has_line) blocks_.push_back(std::move(chart));
  }

  void DrawTraffic() {
    LineChart chart = Chart("traffic", "Traffic of all ENIs together",
                            "What left and came in, copies included; a mean for each bin.",
                            FigureUnit::kBitsPerSecond);
    AddLine(chart, "in", sums_.Rate(SeriesKind::kEni, "in_bytes", kBitsPerByte));
    AddLine(chart, "out", sums_.Rate(SeriesKind::kEni, "out_bytes", kBitsPerByte));
    AddLine(chart, "copies among it",
            sums_.Rate(SeriesKind::kEni, "mirror_out_bytes", kBitsPerByte));
    AddLine(chart, "digested by receivers",
            sums_.Rate(SeriesKind::kReceiver, "digested_bytes", kBitsPerByte));
    Keep(std::move(chart));
  }

  // The ENIs of a host share its limits.
  std::vector<double> HostRate(const std::string& host, std::string_view figure) const {
    std::vector<double> sum(seconds_.size());
    for (const EniResult& eni : result_.enis) {
      if (eni.host != host) continue;
      const std::vector<double> rate = sums_.Rate(SeriesKind::kEni, figure, kBitsPerByte, &eni.id);
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += rate[i];
    }
    return sum;
  }

  void DrawTightestHost() {
    const auto tightest = std::min_element(
        result_.hosts.begin(), result_.hosts.end(), [](const HostResult& a, const HostResult& b) {
          constexpr double kNone = std::numeric_limits<double>::infinity();
          return a.margin.value_or(kNone) < b.margin.value_or(kNone);
        });
    if (tightest == result_.hosts.end() || !tightest->margin) return;
    const HostResult& host = *tightest;
    LineChart chart = Chart("host_traffic", "Tightest host: " + host.id,
                            "What passed its ENIs, and its limit.", FigureUnit::kBitsPerSecond);
    std::vector<double> in = HostRate(host.id, "in_bytes");
    std::vector<double> out = HostRate(host.id, "out_bytes");
    if (host.limit_model == LimitModel::kCombined) {
      for (std::size_t i = 0; i < in.size(); ++i) in[i] += out[i];
      AddLine(chart, "in and out together", std::move(in));
    } else {
      AddLine(chart, "in", std::move(in));
    }
    AddLine(chart, "out", std::move(out));
    AddLine(chart, "copies out", HostRate(host.id, "mirror_out_bytes"));
    if (host.limit_bandwidth) {
      AddLimit(chart, "limit", static_cast<double>(host.limit_bandwidth->count()));
    }
    Keep(std::move(chart));
    DrawHostCpu(host);
    LineChart queue =
        Chart("host_queue", "Waiting at " + host.id, "At the end of each bin.", FigureUnit::kBytes);
    AddLine(queue, "in its queues", sums_.Sum(SeriesKind::kHost, "queue_bytes", &host.id));
    Keep(std::move(queue));
  }

  void DrawHostCpu(const HostResult& host) {
    LineChart chart =
        Chart("host_cpu", "vCPUs busy at " + host.id, "A mean for each bin.", FigureUnit::kNumber);
    AddLine(chart, "busy", sums_.Sum(SeriesKind::kHost, "cpu_cores", &host.id));
    if (host.cpu.cores_limit) AddLimit(chart, "vCPUs", *host.cpu.cores_limit);
    Keep(std::move(chart));
  }

  void DrawTightestReceiver() {
    const auto tightest =
        std::min_element(result_.receivers.begin(), result_.receivers.end(),
                         [](const ReceiverResult& a, const ReceiverResult& b) {
                           constexpr double kNone = std::numeric_limits<double>::infinity();
                           return a.margin.value_or(kNone) < b.margin.value_or(kNone);
                         });
    if (tightest == result_.receivers.end() || !tightest->margin) return;
    const std::string& id = tightest->id;
    LineChart chart =
        Chart("receiver_packets", "Fullest receiver: " + id,
              "Copies that came and that its software took.", FigureUnit::kPacketsPerSecond);
    AddLine(chart, "arrived", sums_.Rate(SeriesKind::kReceiver, "in_frames", 1, &id));
    AddLine(chart, "digested", sums_.Rate(SeriesKind::kReceiver, "digested_frames", 1, &id));
    if (tightest->capacity_packet_rate) {
      AddLimit(chart, "capacity", static_cast<double>(tightest->capacity_packet_rate->count()));
    }
    Keep(std::move(chart));
  }

  void DrawDrops() {
    LineChart chart =
        Chart("drops", "Frames lost, by cause", "Production and copies together, everywhere.",
              FigureUnit::kPacketsPerSecond);
    const double bins_per_second =
        static_cast<double>(kPicosecondsPerSecond) / static_cast<double>(series_.bin.count());
    for (auto& [reason, frames] : sums_.Drops()) {
      std::vector<double> rate = frames;
      for (double& value : rate) value *= bins_per_second;
      AddLine(chart, reason, std::move(rate));
    }
    Keep(std::move(chart));
  }

  const RunResult& result_;
  const Series& series_;
  SeriesSums sums_;
  std::vector<double> seconds_;
  std::vector<ReportPart> blocks_;
};

}  // namespace

std::vector<ReportPart> SeriesCharts(const RunResult& result) {
  constexpr std::int64_t kFewestBins = 3;  // of which a curve says more than a table
  if (!result.series || result.series->bins < kFewestBins) return {};
  return Charts(result).Draw();
}

}  // namespace vpcmirror
