#include "analysis/report/report_prometheus.h"

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "analysis/report/characters.h"
#include "analysis/report/part_writer.h"
#include "analysis/report/prometheus_text.h"
#include "analysis/report/rows.h"

namespace vpcmirror {
namespace {

// Units at the end of keys, as Prometheus names them, and how many are one of its base unit.
struct UnitName {
  std::string_view suffix;
  std::string_view name;
  double per_base;
};
constexpr UnitName kUnits[] = {{"_bps", "_bits_per_second", 1},
                               {"_pps", "_packets_per_second", 1},
                               {"_ns", "_seconds", 1e9},
                               {"_share", "_ratio", 1},
                               {"_loss", "_loss_ratio", 1}};

struct Metric {
  std::string name;
  double per_base = 1;
};

Metric MetricOf(std::string_view table, std::string_view key) {
  Metric metric{fmt::format("vpcmirror_{}{}{}", table, table.empty() ? "" : "_", key)};
  for (const UnitName& unit : kUnits) {
    if (!key.ends_with(unit.suffix)) continue;
    metric.name.resize(metric.name.size() - unit.suffix.size());
    metric.name += unit.name;
    metric.per_base = unit.per_base;
  }
  return metric;
}

// A label's name has letters, digits and '_' alone.
std::string LabelName(std::string_view key) {
  std::string name(key);
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain) c = '_';
  }
  return name;
}

class PrometheusWriter {
 public:
  PrometheusWriter(const Report& report, const std::function<void(std::string_view)>& write)
      : report_(report), out_(write), scenario_("scenario=" + QuotedLabel(report.title)) {}

  void Write() {
    if (!report_.verdict.empty()) {
      Head("vpcmirror_verdict", "1 for the verdict that holds");
      out_.Add("vpcmirror_verdict{{{},verdict={}}} 1\n", scenario_, QuotedLabel(report_.verdict));
    }
    for (const Headline& headline : report_.headlines) Write(headline);
    ForEachTable(report_, [this](const Table& table) { Write(table); });
    out_.Finish();
  }

 private:
  void Head(std::string_view name, std::string_view help) {
    out_.Add("# HELP {0} {1}\n# TYPE {0} gauge\n", name, LineText(help));
  }

  void Write(const Headline& headline) {
    if (!headline.with.number) return;
    const Metric metric = MetricOf("", headline.key);
    Head(metric.name, headline.title);
    const auto sample = [&](const Value& value, std::string_view mirror) {
      if (!value.number || !std::isfinite(*value.number)) return;
      out_.Add("{}{{{},mirror=\"{}\"}} {}\n", metric.name, scenario_, mirror,
               *value.number / metric.per_base);
    };
    sample(headline.with, "with");
    if (headline.without) sample(*headline.without, "without");
  }

  // All samples of a metric stand together.
  void Write(const Table& table) {
    std::vector<std::string> labels;
    for (const std::vector<Value>& row : table.rows) labels.push_back(LabelsOf(table, row));
    for (std::size_t at = 0; at < table.columns.size(); ++at) {
      const Column& column = table.columns[at];
      if (column.role != Role::kFigure) continue;
      const Metric metric = MetricOf(table.key, column.key);
      bool is_first = true;
      for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const std::optional<double>& number = table.rows[i][at].number;
        if (!number || !std::isfinite(*number)) continue;
        if (is_first) Head(metric.name, table.title + ": " + column.title);
        is_first = false;
        out_.Add("{}{{{}}} {}\n", metric.name, labels[i], *number / metric.per_base);
      }
    }
  }

  std::string LabelsOf(const Table& table, const std::vector<Value>& row) const {
    std::string labels = scenario_;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (table.columns[i].role != Role::kId) continue;
      labels += fmt::format(",{}={}", LabelName(table.columns[i].key), QuotedLabel(row[i].text));
    }
    return labels;
  }

  const Report& report_;
  PartWriter out_;
  std::string scenario_;
};

}  // namespace

void WritePrometheusReport(const Report& report,
                           const std::function<void(std::string_view)>& write) {
  PrometheusWriter(report, write).Write();
}

}  // namespace vpcmirror
