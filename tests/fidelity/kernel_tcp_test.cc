// A greedy TCP flow of a Linux kernel, with and without its egress mirrored
// (data/kernel-lab-tcp.tsv).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/fidelity/support/simulate.h"
#include "tests/fidelity/support/table.h"
#include "tests/fidelity/support/tsv.h"

namespace vpcmirror::fidelity {
namespace {

constexpr double kAllowedPercent = 2;  // of goodput
constexpr double kAllowedPoints = 2;   // of copies lost

// The lab: data/README.md. 1,334 bytes of data make a frame of 1,400; the first second of
// six was left out there, which TCP takes to open its window.
std::string ScenarioOf(const TsvRow& row) {
  const bool is_fifo = row.Text("discipline") == "fifo";
  const std::string mirror = row.Text("mirror") == "NONE"
                                 ? ""
                                 : fmt::format(R"({{"CollectorSrcs": ["source"], "Direction": "{}",
                           "CollectorTarget": {{"TargetIps": ["ids"]}}}})",
                                               row.Text("mirror"));
  return fmt::format(
      R"({{"duration": "6 s",
          "hosts": {{"source": {{"mtu": "9000 B", "queue": "100 frames",
              "limits": {{"bandwidth": "50 Mbps", "model": "per_direction", "burst": "64000 B"}}}},
            "client": {{"mtu": "9000 B"}}, "ids": {{"mtu": "9000 B", "receiver": "generic"}}}},
          "workloads": {{"flow": {{"from": "source", "to": "client",
              "tcp": {{"variant": "{}", "segment": "1334 B"}}}}}},
          "mirrors": [{}],
          "assumptions": {{"encapsulation": "vxlan", {}}}}})",
      row.Text("algorithm"), mirror,
      is_fifo ? R"("congestion": "fifo", "copy_order": "before")"
              : R"("congestion": "production_first")");
}

double CopyLoss(const RunResult& result) {
  const Ledger& ledger = result.mirrors.at(0).ledger;
  const auto lost = static_cast<double>(ledger.TotalDropped().frames);
  return 100 * lost / (lost + static_cast<double>(ledger.mirrored.frames));
}

TEST(KernelTcpTest, AGreedyFlowHasTheKernelsGoodput) {
  Table goodput(
      {"kernel-tcp-goodput", "goodput of a TCP flow whose egress is mirrored", "Mbit/s", "%", 2});
  Table losses({"kernel-tcp-copies", "copies of a TCP flow that are lost", "percent of frames",
                "points", 2});
  std::map<std::string, RunResult> results;  // repeats of a point are one scenario
  for (const TsvRow& row : ReadTsv("kernel-lab-tcp.tsv")) {
    const std::string name = fmt::format("{} {} {} #{}", row.Text("algorithm"), row.Text("mirror"),
                                         row.Text("discipline"), row.Text("rep"));
    const std::string scenario = ScenarioOf(row);
    const auto [at, is_new] = results.try_emplace(scenario);
    if (is_new) at->second = Simulate(scenario);
    const RunResult& result = at->second;
    goodput.AddRelative(name, static_cast<double>(result.tcp.at(0).goodput.count()) / 1e6,
                        row.Number("goodput_mbps"), kAllowedPercent);
    if (row.Text("mirror") == "NONE") continue;
    const double measured = 100 * row.Number("copy_loss");
    const double predicted = CopyLoss(result);
    losses.Add(name, predicted, measured, predicted - measured, kAllowedPoints);
  }
}

TEST(KernelTcpTest, FluidHasTheKernelsGoodputToo) {
  Table goodput({"kernel-tcp-fluid", "fluid: goodput of a TCP flow whose egress is mirrored",
                 "Mbit/s", "%", 2});
  Table losses({"kernel-tcp-fluid-copies", "fluid: copies of a TCP flow that are lost",
                "percent of frames", "points", 2});
  for (const TsvRow& row : ReadTsv("kernel-lab-tcp.tsv")) {
    const std::string name = fmt::format("{} {} {} #{}", row.Text("algorithm"), row.Text("mirror"),
                                         row.Text("discipline"), row.Text("rep"));
    const RunResult result = SimulateFluid(ScenarioOf(row));
    goodput.AddRelative(name, static_cast<double>(result.tcp.at(0).goodput.count()) / 1e6,
                        row.Number("goodput_mbps"), kAllowedPercent);
    if (row.Text("mirror") == "NONE") continue;
    const double measured = 100 * row.Number("copy_loss");
    const double predicted = CopyLoss(result);
    losses.Add(name, predicted, measured, predicted - measured, kAllowedPoints);
  }
}

}  // namespace
}  // namespace vpcmirror::fidelity
