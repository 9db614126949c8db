// What a Linux kernel does with production and copies in one shaped egress
// (data/kernel-lab.tsv; docs/validation.md says what each row may be held to).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/fidelity/support/simulate.h"
#include "tests/fidelity/support/table.h"
#include "tests/fidelity/support/tsv.h"

namespace vpcmirror::fidelity {
namespace {

constexpr double kAllowedPoints = 3;
constexpr int kReplications = 2;

struct Machine {
  bool is_ideal = false;  // else with the delays that were fitted to the measured machine
};

// The two directions of a row's production, in frames.
struct Frames {
  double in = 0;
  double out = 0;
};

std::string WorkloadOf(const TsvRow& row, const Machine& machine, const char* direction,
                       double frames) {
  const std::int64_t frame = row.Integer("frame_bytes");
  return fmt::format(
      R"({{"at": "source", "{}": "{:.0f} bps", "sizes": "{} B", "protocol": "udp", "flows": 1,
          "arrivals": "{}", "stop": "{:.0f} s"{}}})",
      direction, frames * static_cast<double>(frame) * 8 / row.Number("seconds"), frame,
      row.Text("pacing") == "cbr" ? "constant" : "poisson", row.Number("seconds"),
      machine.is_ideal ? "" : R"(, "wake_delay": "100 us")");
}

// `limits`: of the source, and the mirror; empty to see what is sent and no more.
std::string ScenarioOf(const TsvRow& row, const Machine& machine, const Frames& frames,
                       const std::string& limits, const std::string& mirrors) {
  constexpr double kDrain = 0.5;  // s: a full queue of the slowest rows takes 0.06
  const bool is_fifo = row.Text("discipline") == "fifo";
  return fmt::format(
      R"({{"duration": "{:.1f} s",
          "hosts": {{"source": {{"mtu": "9000 B"{}}},
                    "ids": {{"mtu": "9000 B", "receiver": "generic"}}}},
          "workloads": {{"in": {}, "out": {}}},
          "mirrors": [{}],
          "assumptions": {{"encapsulation": "vxlan", {}}}}})",
      row.Number("seconds") + kDrain, limits, WorkloadOf(row, machine, "in", frames.in),
      WorkloadOf(row, machine, "out", frames.out), mirrors,
      is_fifo ? R"("congestion": "fifo", "copy_order": "before")"
              : R"("congestion": "production_first")");
}

std::string LimitsOf(const TsvRow& row, const Machine& machine) {
  return fmt::format(R"(, "queue": "{} frames"{},
      "limits": {{"bandwidth": "{} bps", "model": "per_direction", "burst": "{} B"}})",
                     row.Text("queue_packets"),
                     machine.is_ideal ? "" : R"(, "timer_delay": "20 us")", row.Text("rate_bps"),
                     row.Text("burst_bytes"));
}

std::string MirrorOf(const TsvRow& row) {
  return fmt::format(R"({{"CollectorSrcs": ["source"], "Direction": "{}",
                        "CollectorTarget": {{"TargetIps": ["ids"]}}}})",
                     row.Text("direction"));
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

// Rates that send the row's numbers of frames, not its target load: a first run
// without a mirror tells what the draws of this replication make of the nominal
// ones, and the same draws at rates changed by that much make the row's.
Frames RatesFor(const TsvRow& row, const Machine& machine, int replication) {
  const Frames wanted{row.Number("in_sent"), row.Number("out_sent")};
  const RunResult result = Simulate(ScenarioOf(row, machine, wanted, "", ""), replication);
  const EniResult& eni = EniOf(result, "source/eni0");
  return {wanted.in * wanted.in / static_cast<double>(eni.offered_in.frames),
          wanted.out * wanted.out / static_cast<double>(eni.offered_out.frames)};
}

Counts Predict(const TsvRow& row, const Machine& machine) {
  Counts counts;
  for (int i = 1; i <= kReplications; ++i) {
    const Frames frames = RatesFor(row, machine, i);
    AddRun(Simulate(ScenarioOf(row, machine, frames, LimitsOf(row, machine), MirrorOf(row)), i),
           counts);
  }
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

// What a finite run of the predicted counts carries: what is offered, but no more
// than the rate takes in its time, one burst, and at the end what the queue then
// holds, from nothing to all that it can. Of that range, what is nearest to the
// prediction.
double Carried(const TsvRow& row, const Counts& predicted) {
  const double frame = row.Number("frame_bytes");
  const double mean_packet = predicted.offered_bytes / (predicted.production + predicted.copies);
  const double queue =
      row.Number("queue_packets") * (row.Text("discipline") == "fifo" ? mean_packet : frame + 50);
  const double offered = predicted.offered_bytes / kReplications;
  const double least =
      row.Number("rate_bps") / 8 * row.Number("seconds") + row.Number("burst_bytes");
  return std::clamp(predicted.carried_bytes / kReplications, std::min(offered, least),
                    std::min(offered, least + queue));
}

struct Compared {
  Counts predicted;
  Counts measured;
};

// The repeats of a point: by chance alone the kernel's own differ by up to 7 points
// (fifo, ALL, 1400 B, load 1.5: production lost 51.8 % and 45.1 %), so that it is
// their mean that is held, and each is shown.
class ClassTable {
 public:
  explicit ClassTable(const std::string& name)
      : table_({name, "loss of each class, means of three repeats", "percent of frames", "points",
                2}) {}
  ~ClassTable() {
    table_.AddRemark("repeats within 3 points each",
                     fmt::format("{} of {} losses", losses_within_, losses_));
  }

  void Add(const TsvRow& row, const Compared& compared) {
    repeats_.push_back(compared);
    const auto& [predicted, measured] = compared;
    Show(NameOf(row) + " production", predicted.production_loss(), measured.production_loss());
    Show(NameOf(row) + " copies", predicted.copy_loss(), measured.copy_loss());
    if (row.Integer("rep") < kRepeats) return;
    Hold(PointOf(row) + " production", &Counts::production_loss);
    Hold(PointOf(row) + " copies", &Counts::copy_loss);
    repeats_.clear();
  }

 private:
  static constexpr std::int64_t kRepeats = 3;

  void Show(const std::string& what, double predicted, double measured) {
    ++losses_;
    if (std::abs(predicted - measured) <= kAllowedPoints) ++losses_within_;
    table_.AddRemark(what, fmt::format("{:14.2f} {:14.2f} {:+10.3f}  one repeat", predicted,
                                       measured, predicted - measured));
  }

  void Hold(const std::string& what, double (Counts::*loss)() const) {
    double predicted = 0;
    double measured = 0;
    for (const Compared& each : repeats_) {
      predicted += (each.predicted.*loss)() / kRepeats;
      measured += (each.measured.*loss)() / kRepeats;
    }
    table_.Add(what, predicted, measured, predicted - measured, kAllowedPoints);
  }

  Table table_;
  std::vector<Compared> repeats_;
  int losses_ = 0;
  int losses_within_ = 0;
};

void CompareDiscipline(const std::string& discipline, const std::string& pacing) {
  const std::string name = "kernel-" + discipline + "-" + pacing;
  Table together({name + "-loss", "loss of production and copies together, each repeat",
                  "percent of frames", "points", 2});
  Table carried(
      {name + "-carried", "carried, against min(offered, rate and finite run)", "MB", "%"});
  std::optional<ClassTable> classes;
  for (const TsvRow& row : ReadTsv("kernel-lab.tsv")) {
    if (row.Text("discipline") != discipline || row.Text("pacing") != pacing) continue;
    const Compared compared{Predict(row, {}), Measured(row)};
    const auto& [predicted, measured] = compared;
    together.Add(NameOf(row), predicted.loss(), measured.loss(), predicted.loss() - measured.loss(),
                 kAllowedPoints);
    carried.AddRelative(NameOf(row), predicted.carried_bytes / kReplications / 1e6,
                        Carried(row, predicted) / 1e6, 1);
    if (!ClassesAreHeld(row)) continue;
    if (!classes) classes.emplace(name + "-classes");
    classes->Add(row, compared);
  }
}

// The fluid engine knows nothing of the machine's delays, nor of phases: how the classes of a
// fifo share the loss is known to be wrong by up to this, and shown.
constexpr double kKnownErrorByChance = 13;
constexpr double kKnownErrorOfPhases = 40;

Counts PredictByFluid(const TsvRow& row) {
  const Frames frames{row.Number("in_sent"), row.Number("out_sent")};
  Counts counts;
  AddRun(SimulateFluid(ScenarioOf(row, {}, frames, LimitsOf(row, {}), MirrorOf(row))), counts);
  return counts;
}

TEST(KernelLabTest, FluidLosesWhatTheKernelLoses) {
  Table together({"kernel-fluid-loss", "fluid: production and copies together, each repeat",
                  "percent of frames", "points", 2});
  Table priority({"kernel-fluid-priority", "fluid: each class, production first",
                  "percent of frames", "points", 2});
  Table fifo({"kernel-fluid-fifo", "fluid: each class, fifo, where errors are known",
              "percent of frames", "points", 2});
  for (const TsvRow& row : ReadTsv("kernel-lab.tsv")) {
    const Counts predicted = PredictByFluid(row);
    const Counts measured = Measured(row);
    const auto add = [&](Table& table, const char* what, double (Counts::*loss)() const,
                         double allowed) {
      const double error = (predicted.*loss)() - (measured.*loss)();
      table.Add(NameOf(row) + what, (predicted.*loss)(), (measured.*loss)(), error, allowed);
    };
    add(together, "", &Counts::loss, kAllowedPoints);
    const bool is_fifo = row.Text("discipline") == "fifo";
    Table& classes = is_fifo ? fifo : priority;
    const double of_fifo =
        row.Text("pacing") == "poisson" ? kKnownErrorByChance : kKnownErrorOfPhases;
    const double allowed = is_fifo ? of_fifo : kAllowedPoints;
    add(classes, " production", &Counts::production_loss, allowed);
    add(classes, " copies", &Counts::copy_loss, allowed);
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
