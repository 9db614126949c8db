#include "tests/fidelity/support/agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

#include "analysis/compare/mean_interval.h"
#include "tests/fidelity/support/simulate.h"

namespace vpcmirror::fidelity {
namespace {

constexpr double kConfidence = 0.99;
constexpr double kLeastShare = 0.05;  // of the largest throughput; what is less is noise

struct Figure {
  double value = 0;
  bool is_loss = false;  // in percentage points of what was offered, and not in bits a second
};
using Figures = std::map<std::string, Figure>;

double RateOf(const vpcmirror::Load& load) { return static_cast<double>(load.bandwidth.count()); }

// Losses in bytes: of frames of several sizes a queue may lose more of one than of another.
Figures FiguresOf(const RunResult& result) {
  Figures figures;
  for (const EniResult& eni : result.enis) {
    figures[eni.id + " in"] = {RateOf(eni.in)};
    figures[eni.id + " out"] = {RateOf(eni.out)};
    figures[eni.id + " copies out"] = {RateOf(eni.mirror_out)};
    Bytes lost{};
    for (const auto& [reason, count] : eni.dropped) lost += count.bytes;
    const Bytes offered = eni.offered_in.bytes - eni.copies_in.bytes + eni.offered_out.bytes;
    figures[eni.id + " production lost"] = {Percent(lost, offered), true};
  }
  for (const MirrorResult& mirror : result.mirrors) {
    const Ledger& ledger = mirror.ledger;
    const double seconds = static_cast<double>((result.duration - result.warm_up).count()) * 1e-12;
    figures[mirror.id + " wire"] = {static_cast<double>(ledger.wire_bytes.count()) * 8 / seconds};
    figures[mirror.id + " dropped"] = {Percent(ledger.TotalDropped().bytes, ledger.offered.bytes),
                                       true};
    Bytes lost{};
    for (const auto& [reason, count] : mirror.lost_after_source) lost += count.bytes;
    figures[mirror.id + " lost behind the source"] = {Percent(lost, ledger.offered.bytes), true};
  }
  for (const ReceiverResult& receiver : result.receivers) {
    figures[receiver.id + " digested"] = {RateOf(receiver.digested)};
  }
  return figures;
}

bool IsInDoubt(const RunResult& result, const Tolerance& tolerance) {
  return std::any_of(result.notes.begin(), result.notes.end(), [&](const std::string& note) {
    return std::any_of(tolerance.doubts.begin(), tolerance.doubts.end(),
                       [&](std::string_view doubt) { return note.find(doubt) != note.npos; });
  });
}

}  // namespace

double Percent(Bytes part, Bytes of) {
  return of > Bytes(0) ? 100.0 * static_cast<double>(part.count()) / static_cast<double>(of.count())
                       : 0;
}

std::vector<Comparison> Compare(const std::string& name, const std::string& scenario,
                                const Tolerance& tolerance) {
  const RunResult result = SimulateFluid(scenario);
  const Figures fluid = FiguresOf(result);
  const bool is_in_doubt = IsInDoubt(result, tolerance);
  double largest = 0;
  for (const auto& [figure_name, figure] : fluid) {
    if (!figure.is_loss) largest = std::max(largest, figure.value);
  }
  std::map<std::string, std::vector<double>> by_figure;
  std::vector<Comparison> comparisons;
  for (int i = 1; i <= tolerance.most_replications; ++i) {
    const RunResult packets = Simulate(scenario, static_cast<std::uint64_t>(i));
    for (const auto& [key, figure] : FiguresOf(packets)) by_figure[key].push_back(figure.value);
    if (i < tolerance.least_replications) continue;
    comparisons.clear();
    bool is_settled = true;
    for (const auto& [key, figure] : fluid) {
      const MeanInterval truth = IntervalOf(by_figure.at(key), kConfidence);
      if (!figure.is_loss && truth.mean < kLeastShare * largest) continue;
      const double scale = figure.is_loss ? 1 : truth.mean / 100;
      comparisons.push_back({.what = name + ": " + key,
                             .fluid = figure.value,
                             .packets = truth.mean,
                             .half_width = truth.half_width.value_or(0) / scale,
                             .error = (figure.value - truth.mean) / scale,
                             .is_in_doubt = is_in_doubt,
                             .allowed = figure.is_loss ? tolerance.points : tolerance.percent});
      is_settled &= comparisons.back().half_width <= comparisons.back().allowed / 2;
    }
    if (is_settled) break;
  }
  return comparisons;
}

void AddWorst(std::vector<Comparison> all, double times, Table& table) {
  std::sort(all.begin(), all.end(), [](const Comparison& a, const Comparison& b) {
    return std::abs(a.error) / a.allowed > std::abs(b.error) / b.allowed;
  });
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Comparison& each = all[i];
    const double allowed = each.allowed * times;
    if (i >= 10 && std::abs(each.error) <= allowed) break;
    table.Add(each.what, each.fluid, each.packets, each.error, allowed);
  }
  const auto too_wide = std::count_if(all.begin(), all.end(), [&](const Comparison& each) {
    return each.half_width > each.allowed * times / 2;
  });
  table.AddRemark("", fmt::format("{} figures; of {} the packets' own 99 % interval is wider than "
                                  "half of what is allowed",
                                  all.size(), too_wide));
}

}  // namespace vpcmirror::fidelity
