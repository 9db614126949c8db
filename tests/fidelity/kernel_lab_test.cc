// What a Linux kernel does with production and copies in one shaped egress
// (data/kernel-lab.tsv; docs/validation.md says what each row may be held to).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/fidelity/support/simulate.h"
#include "tests/fidelity/support/table.h"
#include "tests/fidelity/support/tsv.h"

namespace vpcmirror::fidelity {
namespace {

constexpr double kAllowedPoints = 3;
constexpr int kReplications =
    5;  // a row of 3 s draws its counts within 1 %: their mean, within 0.5

struct Machine {
  bool is_ideal = false;  // else with the delays that were fitted to the measured machine
};

// Offered counts are those of the row, not its target load.
std::string ScenarioOf(const TsvRow& row, const Machine& machine) {
  const std::int64_t frame = row.Integer("frame_bytes");
  const double seconds = row.Number("seconds");
  const auto rate = [&](const char* count) {
    return row.Number(count) * static_cast<double>(frame) * 8 / seconds;
  };
  const bool is_fifo = row.Text("discipline") == "fifo";
  constexpr double kDrain = 0.5;  // s: a full queue of the slowest rows takes 0.06
  return fmt::format(
      R"({{"duration": "{:.1f} s",
          "hosts": {{
            "source": {{"mtu": "9000 B", "queue": "{} frames", {}
                       "limits": {{"bandwidth": "{} bps", "model": "per_direction",
                                  "burst": "{} B"}}}},
            "ids": {{"mtu": "9000 B", "receiver": "generic"}}}},
          "workloads": {{
            "in": {{"at": "source", "in": "{:.0f} bps", "sizes": "{} B", "protocol": "udp",
                   "flows": 1, "arrivals": "{}", "stop": "{:.0f} s"{}}},
            "out": {{"at": "source", "out": "{:.0f} bps", "sizes": "{} B", "protocol": "udp",
                    "flows": 1, "arrivals": "{}", "stop": "{:.0f} s"{}}}}},
          "mirrors": [{{"CollectorSrcs": ["source"], "Direction": "{}",
                       "CollectorTarget": {{"TargetIps": ["ids"]}}}}],
          "assumptions": {{"encapsulation": "vxlan", {}}}}})",
      seconds + kDrain, row.Text("queue_packets"),
      machine.is_ideal ? "" : R"("timer_delay": "20 us",)", row.Text("rate_bps"),
      row.Text("burst_bytes"), rate("in_sent"), frame,
      row.Text("pacing") == "cbr" ? "constant" : "poisson", seconds,
      machine.is_ideal ? "" : R"(, "wake_delay": "100 us")", rate("out_sent"), frame,
      row.Text("pacing") == "cbr" ? "constant" : "poisson", seconds,
      machine.is_ideal ? "" : R"(, "wake_delay": "100 us")", row.Text("direction"),
      is_fifo ? R"("congestion": "fifo", "copy_order": "before")"
              : R"("congestion": "production_first")");
}

struct Counts {
  double production = 0;
  double production_lost = 0;
  double copies = 0;
  double copies_lost = 0;
  double offered_bytes = 0;
  double carried_bytes = 0;

  double production_loss() const { return 100 * production_lost / production; }
  double copy_loss() const { return 100 * copies_lost / copies; }
  double loss() const { return 100 * (production_lost + copies_lost) / (production + copies); }
};

void AddRun(const RunResult& result, Counts& counts) {
  const EniResult& eni = EniOf(result, "source/eni0");
  const Ledger& ledger = result.mirrors.at(0).ledger;
  const auto produced = static_cast<double>(eni.offered_out.frames);
  const auto left = static_cast<double>(eni.out.frames - eni.mirror_out.frames);
  counts.production += produced;
  counts.production_lost += produced - left;
  const auto copied = static_cast<double>(ledger.mirrored.frames);
  const auto lost = static_cast<double>(ledger.TotalDropped().frames);
  counts.copies += copied + lost;
  counts.copies_lost += lost;
  counts.offered_bytes += static_cast<double>(result.hosts.at(0).used_out.bytes.count());
  counts.carried_bytes += static_cast<double>(eni.out.bytes.count());
}

Counts Predict(const TsvRow& row, const Machine& machine) {
  Counts counts;
  const std::string scenario = ScenarioOf(row, machine);
  for (int i = 1; i <= kReplications; ++i) AddRun(Simulate(scenario, i), counts);
  return counts;
}

Counts Measured(const TsvRow& row) {
  return {.production = row.Number("out_sent"),
          .production_lost = row.Number("out_dropped"),
          .copies = row.Number("copies_offered"),
          .copies_lost = row.Number("copies_dropped"),
          .offered_bytes = row.Number("out_sent_bytes") + row.Number("copies_offered_bytes"),
          .carried_bytes = row.Number("qdisc_sent_bytes")};
}

std::string PointOf(const TsvRow& row) {
  return fmt::format("{} {} {} {} B {:.0f} Mbps load {}", row.Text("discipline"),
                     row.Text("pacing"), row.Text("direction"), row.Text("frame_bytes"),
                     row.Number("rate_bps") / 1e6, row.Text("load_target"));
}

std::string NameOf(const TsvRow& row) { return PointOf(row) + " #" + row.Text("rep"); }

// Constant gaps lock the phases of production and copies, and which phase it is
// decides who loses: of those rows only both classes together are held.
bool ClassesAreHeld(const TsvRow& row) {
  return row.Text("discipline") == "priority" || row.Text("pacing") == "poisson";
}

// Of a finite run: what the rate takes in its time, one full queue and one burst.
double MostCarried(const TsvRow& row, const Counts& counts) {
  const double frame = row.Number("frame_bytes");
  const double mean_packet = counts.offered_bytes / (counts.production + counts.copies);
  const double queue =
      row.Number("queue_packets") * (row.Text("discipline") == "fifo" ? mean_packet : frame + 50);
  return row.Number("rate_bps") / 8 * row.Number("seconds") + queue + row.Number("burst_bytes");
}

void CompareRows(Table& together, Table& classes, Table& carried, const TsvRow& row) {
  const Counts predicted = Predict(row, {});
  const Counts measured = Measured(row);
  together.Add(NameOf(row), predicted.loss(), measured.loss(), predicted.loss() - measured.loss(),
               kAllowedPoints);
  if (ClassesAreHeld(row)) {
    classes.Add(NameOf(row), predicted.production_loss(), measured.production_loss(),
                predicted.production_loss() - measured.production_loss(), kAllowedPoints,
                "production");
    classes.Add("", predicted.copy_loss(), measured.copy_loss(),
                predicted.copy_loss() - measured.copy_loss(), kAllowedPoints, "copies");
  }
  const double most =
      std::min(predicted.offered_bytes / kReplications, MostCarried(row, predicted));
  carried.AddRelative(NameOf(row), predicted.carried_bytes / kReplications / 1e6, most / 1e6, 1);
}

void CompareDiscipline(const std::string& discipline, const std::string& pacing) {
  const std::string name = "kernel-" + discipline + "-" + pacing;
  Table together({name + "-loss", "loss of production and copies together, a row a run",
                  "percent of frames", "points", 2});
  Table classes({name + "-classes", "loss of each class", "percent of frames", "points", 2});
  Table carried({name + "-carried", "carried, against min(offered, rate + finite run)", "MB", "%"});
  for (const TsvRow& row : ReadTsv("kernel-lab.tsv")) {
    if (row.Text("discipline") != discipline || row.Text("pacing") != pacing) continue;
    CompareRows(together, classes, carried, row);
  }
}

TEST(KernelLabTest, FifoOfPoissonRows) { CompareDiscipline("fifo", "poisson"); }
TEST(KernelLabTest, FifoOfConstantRows) { CompareDiscipline("fifo", "cbr"); }
TEST(KernelLabTest, PriorityOfPoissonRows) { CompareDiscipline("priority", "poisson"); }
TEST(KernelLabTest, PriorityOfConstantRows) { CompareDiscipline("priority", "cbr"); }

// Without the machine's delays: between what a fluid and what ideal packets lose, by
// point (data/kernel-lab-summary.tsv).
TEST(KernelLabTest, IdealMachineLiesBetweenFluidAndPackets) {
  std::map<std::string, TsvRow> rows;
  for (const TsvRow& row : ReadTsv("kernel-lab.tsv")) rows.emplace(PointOf(row), row);
  Table table({"kernel-ideal", "fifo without the machine's delays, between two models",
               "percent of frames", "points beyond", 2});
  for (const TsvRow& point : ReadTsv("kernel-lab-summary.tsv")) {
    if (point.Text("discipline") != "fifo" || point.Text("pacing") != "poisson") continue;
    if (point.Text("direction") == "INGRESS") continue;
    const std::string name =
        fmt::format("{} {} {} {} B {:.0f} Mbps load {}", point.Text("discipline"),
                    point.Text("pacing"), point.Text("direction"), point.Text("frame_bytes"),
                    point.Number("rate_mbps"), point.Text("load_target"));
    const Counts predicted = Predict(rows.at(name), {.is_ideal = true});
    const auto between = [&](double loss, const char* fluid, const char* packet) {
      const auto [least, most] = std::minmax({point.Number(fluid), point.Number(packet)});
      const double nearest = std::clamp(loss, least, most);
      table.Add(name, loss, nearest, loss - nearest, kAllowedPoints, fluid);
    };
    between(predicted.production_loss(), "fluid_out_pct", "packet_out_pct");
    between(predicted.copy_loss(), "fluid_copy_pct", "packet_copy_pct");
  }
}

}  // namespace
}  // namespace vpcmirror::fidelity
