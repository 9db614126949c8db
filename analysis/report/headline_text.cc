#include "analysis/report/headline_text.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "analysis/report/mirroring_cost.h"
#include "analysis/report/verdict.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

// What the sources would send, unless some of it did not get out: then nobody knows
// but the run without the mirror.
std::string InsteadOf(const MirroringCost& cost) {
  const std::string passed = BitRateText(cost.production.bandwidth);
  if (cost.reacts)
    return fmt::format("in all, {} of it production; TCP takes what copies leave", passed);
  if (cost.is_whole()) return "instead of " + passed;
  return fmt::format("in all, {} of it production, of which {} came", passed,
                     BitRateText(cost.offered));
}

class Headlines : private TextLines {
 public:
  Headlines(const RunResult& result, const TextStyle& style) : TextLines(style), result_(result) {}

  std::string Write() {
    WriteVerdict();
    WriteVerdictsOfRuns();
    WriteRun();
    WriteCost();
    WriteLosses();
    WriteLossesByScenario();
    WriteCutCopies();
    return Take();
  }

 private:
  void WriteVerdict();
  void WriteVerdictsOfRuns();
  void WriteRun();
  void WriteCost();
  void WriteLosses();
  void WriteLossesByScenario();
  void WriteCutCopies();

  const RunResult& result_;
};

void Headlines::WriteVerdict() {
  const std::string_view verdict = ToString(result_.verdict);
  const std::string line = Wrapped(fmt::format("{}: {}{}.", verdict, result_.because,
                                               result_.holds.empty() ? "" : "; " + result_.holds),
                                   style_.width, 0);
  Line("{}{}", Painted(verdict, InkOfVerdict(result_.verdict), style_.color),
       std::string_view(line).substr(verdict.size()));
  if (!result_.complete) {
    Line("{}",
         Painted(Wrapped(fmt::format(
                             "Stopped {}after {} of {}: this is what was seen until then.",
                             result_.stopped_by.empty() ? ""
                                                        : fmt::format("by {} ", result_.stopped_by),
                             TimeText(result_.duration), TimeText(result_.planned_duration)),
                         style_.width, 0),
                 Ink::kWarning, style_.color));
  }
}

// The verdict is that of the run that is shown.
void Headlines::WriteVerdictsOfRuns() {
  if (!result_.replications || result_.replications->runs < 2) return;
  const Replications& all = *result_.replications;
  if (all.verdicts.size() == 1) {
    Sentence(fmt::format("So say all {} runs.", all.runs));
    return;
  }
  std::string counts;
  for (const auto& [verdict, runs] : all.verdicts) {
    counts += fmt::format("{}{} in {}", counts.empty() ? "" : ", ", ToString(verdict), runs);
  }
  Line("{}",
       Painted(Wrapped(fmt::format("So says the first of {} runs; of all: {}.", all.runs, counts),
                       style_.width, 0),
               Ink::kWarning, style_.color));
}

void Headlines::WriteRun() {
  out_ += '\n';
  std::string title = Printable(result_.scenario_name);
  if (!result_.scenario_description.empty()) {
    title += ": " + Printable(result_.scenario_description);
  }
  Sentence(title);
  const std::string cut =
      result_.warm_up > Picoseconds(0)
          ? fmt::format("; the first {}, its warm-up, is in no figure", TimeText(result_.warm_up))
          : "";
  Sentence(fmt::format("{} engine, seed {}, {} simulated{}.", result_.engine, result_.seed,
                       TimeText(result_.duration), cut));
  if (!result_.spans.empty()) {
    Sentence(
        "Tables give means of the whole run, also where limits changed. The verdict and the "
        "margins "
        "are of the busiest stretch between two events of the timeline.");
  }
  for (const std::string& note : result_.notes) Sentence(Printable(note));
}

void Headlines::WriteCost() {
  const MirroringCost cost = MirroringCostOf(result_);
  out_ += '\n';
  if (cost.sources == 0) {
    Sentence("Mirroring costs nothing: no copy left any ENI.");
  } else {
    Sentence(fmt::format(
        "Mirroring costs {} and {} of egress: {} {} {} {}.", BitRateText(cost.copies.bandwidth),
        PacketRateText(cost.copies.packet_rate),
        cost.sources == 1 ? "the source" : fmt::format("the {} sources together", cost.sources),
        cost.sources == 1 ? "sends" : "send",
        BitRateText(cost.copies.bandwidth + cost.production.bandwidth), InsteadOf(cost)));
  }
}

void Headlines::WriteLosses() {
  const auto loss_text = [](const Loss& loss) {
    return loss.lost == 0 ? std::string("none lost")
                          : fmt::format("{} of {} lost ({})", CountText(loss.lost),
                                        CountText(loss.of), PercentText(loss.fraction()));
  };
  Sentence(fmt::format("Production frames: {}. Copies: {}.", loss_text(result_.production),
                       loss_text(result_.copies)));
}

// What the scenario itself loses: rules that refuse, and ENIs that are not there.
void Headlines::WriteLossesByScenario() {
  std::int64_t refused = 0;
  std::int64_t detached = 0;
  for (const EniResult& eni : result_.enis) {
    for (const auto& [reason, count] : eni.dropped) {
      if (!IsAsScenarioSays(reason)) continue;
      (reason == "detached" ? detached : refused) += count.frames;
    }
  }
  if (refused > 0) {
    Sentence(fmt::format("Refused by security groups and ACLs, as they say: {} production frames.",
                         CountText(refused)));
  }
  if (detached > 0) {
    Sentence(fmt::format("Lost with ENIs that were not there: {} production frames.",
                         CountText(detached)));
  }
}

void Headlines::WriteCutCopies() {
  Loss cut;
  for (const MirrorResult& mirror : result_.mirrors) {
    cut.lost += mirror.ledger.truncated.frames;
    cut.of += mirror.ledger.mirrored.frames;
  }
  if (cut.lost > 0) {
    Sentence(fmt::format("Cut to the packet length or the MTU: {} of {} copies ({}).",
                         CountText(cut.lost), CountText(cut.of), PercentText(cut.fraction())));
  }
}

}  // namespace

std::string HeadlineText(const RunResult& result, const TextStyle& style) {
  return Headlines(result, style).Write();
}

}  // namespace vpcmirror
