#include "sim/cli/sweep_figures.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "analysis/report/assertions.h"
#include "analysis/report/verdict.h"
#include "models/units/quantity.h"

namespace vpcmirror::sim {
namespace {

Cell MarginOf(const std::optional<double>& margin) { return margin ? Cell(*margin) : Cell(); }

const ReceiverResult* Tightest(const RunResult& result) {
  const ReceiverResult* tightest = nullptr;
  for (const ReceiverResult& receiver : result.receivers) {
    if (!receiver.margin) continue;
    if (tightest == nullptr || *receiver.margin < *tightest->margin) tightest = &receiver;
  }
  return tightest;
}

template <class Rows, class Figure>
Cell Sum(const Rows& rows, Figure figure) {
  std::int64_t sum = 0;
  for (const auto& row : rows) sum += figure(row);
  return sum;
}

Cell P99Of(const DelayResult& delay) {
  if (delay.frames == 0) return {};
  return static_cast<double>(delay.p99.count()) / kPicosecondsPerNanosecond;
}

Cell TcpGoodput(const RunResult& result) {
  if (result.tcp.empty()) return {};
  return Sum(result.tcp, [](const TcpResult& each) { return each.goodput.count(); });
}

Cell MissedAssertions(const RunResult& result) {
  if (result.assertions.empty()) return {};
  return std::int64_t{std::count_if(result.assertions.begin(), result.assertions.end(),
                                    [](const AssertionResult& assertion) {
                                      return OutcomeOf(assertion) != AssertionOutcome::kMet;
                                    })};
}

struct Figure {
  const char* name;
  Cell (*of)(const RunResult& result);
};

const Figure kFigures[] = {
    {"verdict", [](const RunResult& r) -> Cell { return std::string(ToString(r.verdict)); }},
    {"margin", [](const RunResult& r) { return MarginOf(r.margin); }},
    {"margin_of", [](const RunResult& r) -> Cell { return r.margin_of; }},
    {"mirror_loss", [](const RunResult& r) -> Cell { return r.mirror_loss; }},
    {"production_loss", [](const RunResult& r) -> Cell { return r.production_loss; }},
    {"goodput_bps", [](const RunResult& r) -> Cell { return r.delivered.bandwidth.count(); }},
    {"tcp_goodput_bps", TcpGoodput},
    {"production_frames", [](const RunResult& r) -> Cell { return r.production.of; }},
    {"production_lost_frames", [](const RunResult& r) -> Cell { return r.production.lost; }},
    {"copies_frames", [](const RunResult& r) -> Cell { return r.copies.of; }},
    {"copies_lost_frames", [](const RunResult& r) -> Cell { return r.copies.lost; }},
    {"mirror_out_bps",
     [](const RunResult& r) {
       return Sum(r.enis, [](const EniResult& each) { return each.mirror_out.bandwidth.count(); });
     }},
    {"receiver_in_bps",
     [](const RunResult& r) {
       return Sum(r.receivers,
                  [](const ReceiverResult& each) { return each.in.bandwidth.count(); });
     }},
    {"receiver_margin",
     [](const RunResult& r) -> Cell {
       const ReceiverResult* tightest = Tightest(r);
       return tightest != nullptr ? Cell(*tightest->margin) : Cell();
     }},
    {"duplicate_frames",
     [](const RunResult& r) {
       return Sum(r.receivers, [](const ReceiverResult& each) { return each.duplicate_frames; });
     }},
    {"production_delay_p99_ns", [](const RunResult& r) { return P99Of(r.production_delay); }},
    {"copy_delay_p99_ns", [](const RunResult& r) { return P99Of(r.copy_delay); }},
    {"assertions_missed", MissedAssertions},
};

}  // namespace

std::vector<std::string> SweepFigureNames() {
  std::vector<std::string> names;
  for (const Figure& figure : kFigures) names.emplace_back(figure.name);
  return names;
}

std::vector<Cell> SweepFigures(const RunResult& result) {
  std::vector<Cell> cells;
  for (const Figure& figure : kFigures) cells.push_back(figure.of(result));
  return cells;
}

}  // namespace vpcmirror::sim
