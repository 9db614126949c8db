#include "analysis/report/result_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <variant>
#include <vector>

#include "analysis/report/assertions.h"
#include "analysis/report/comparison_text.h"
#include "analysis/report/figure_text.h"
#include "analysis/report/member_groups.h"
#include "analysis/report/mirroring_cost.h"
#include "analysis/report/mirrors_text.h"
#include "analysis/report/run_parts.h"
#include "analysis/report/sparkline.h"
#include "analysis/report/tcp_text.h"
#include "analysis/report/text_layout.h"
#include "analysis/report/usage.h"
#include "analysis/report/verdict.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

// The load chooses the unit of a row, unless the limit would then have seven digits.
constexpr double kLimitInUnit = 1000;

Ink InkOfVerdict(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFits:
      return Ink::kGood;
    case Verdict::kAtRisk:
      return Ink::kWarning;
    case Verdict::kDoesNotFit:
      return Ink::kBad;
  }
  return Ink::kPlain;
}

// Limits of one kind of host or receiver, and what the kind is called.
std::string LimitText(const std::optional<std::int64_t>& limit, const RowUnit& unit,
                      LimitModel model) {
  if (!limit) return "no limit";
  return fmt::format("{} {}", SignificantText(static_cast<double>(*limit) / unit.size, 4),
                     model == LimitModel::kCombined ? "in+out" : "each way");
}

template <class Unit>
std::optional<std::int64_t> CountOf(const std::optional<Quantity<Unit>>& quantity) {
  return quantity ? std::optional(quantity->count()) : std::nullopt;
}

// Bits or packets: which face of a Load a row of a table shows.
struct Face {
  bool bits = true;

  double Of(const Load& load) const {
    return static_cast<double>(bits ? load.bandwidth.count() : load.packet_rate.count());
  }
  RowUnit UnitFor(double largest) const {
    return bits ? BitRateUnit(largest) : PacketRateUnit(largest);
  }
};
constexpr Face kFaces[] = {{true}, {false}};

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

class TextReport {
 public:
  TextReport(const RunResult& result, const TextStyle& style) : result_(result), style_(style) {}

  std::string Write() {
    WriteVerdict();
    WriteHeadline();
    WriteAssertions();
    out_ += ComparisonText(result_, style_.color);
    out_ += TcpText(result_, style_.color);
    WriteSeries();
    WriteTimeline();
    WriteHosts();
    WriteEnis();
    WriteMirrors();
    WriteReceivers();
    WriteLoadBalancers();
    WriteAssumptions();
    return std::move(out_);
  }

 private:
  template <class... Args>
  void Line(fmt::format_string<Args...> format, Args&&... args) {
    AppendLine(out_, format, std::forward<Args>(args)...);
  }
  void Title(std::string_view title) {
    out_ += '\n';
    Line("{}", Painted(title, Ink::kBold, style_.color));
  }
  void Sentence(std::string_view text, int indent = 0) {
    Line("{}", Wrapped(text, style_.width, indent));
  }

  Ink InkOf(const ValueRange& used) const;  // of shares of a limit

  void WriteVerdict();
  void WriteVerdictsOfRuns();
  void WriteHeadline();
  void WriteSeries();
  void WriteHosts();
  void WriteHostRow(const MemberGroup& group, Face face);
  void WriteHostCpu(const MemberGroup& group);
  void WriteEnis();
  void WriteEniRow(const MemberGroup& group, Face face);
  void WriteMirrors();
  void WriteReceivers();
  void WriteReceiverRow(const MemberGroup& group, Face face);
  void WriteWorkers(const MemberGroup& group);
  void WriteLoadBalancers();
  void WriteLoadBalancer(const LoadBalancerResult& balancer);
  void WriteDrops(const DropCounts& drops, std::int64_t of_frames);
  void WriteTimeline();
  void WriteAssertions();
  void WriteAssumptions();

  const RunResult& result_;
  TextStyle style_;
  std::string out_;
};

void TextReport::WriteVerdict() {
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
  WriteVerdictsOfRuns();
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

// The verdict is that of the run that is shown.
void TextReport::WriteVerdictsOfRuns() {
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

void TextReport::WriteHeadline() {
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
  const auto loss_text = [](const Loss& loss) {
    return loss.lost == 0 ? std::string("none lost")
                          : fmt::format("{} of {} lost ({})", CountText(loss.lost),
                                        CountText(loss.of), PercentText(loss.fraction()));
  };
  Sentence(fmt::format("Production frames: {}. Copies: {}.", loss_text(result_.production),
                       loss_text(result_.copies)));
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

// Each curve of the report by its ends, and as a curve where the terminal can.
void TextReport::WriteSeries() {
  constexpr std::size_t kSparkColumns = 20;
  for (const ReportPart& part : SeriesCharts(result_)) {
    const LineChart* chart = std::get_if<LineChart>(&part);
    if (chart == nullptr) continue;
    out_ += '\n';
    Line("{}{:>14}{:>14}",
         Painted(fmt::format("{:30.30}", Printable(chart->title)), Ink::kBold, style_.color),
         "least", "most");
    for (const ChartLine& line : chart->lines) {
      if (line.values.empty()) continue;
      const auto [low, high] = std::minmax_element(line.values.begin(), line.values.end());
      Line("  {:28.28}{:>14}{:>14}  {}", line.name, FigureText(Figure(*low), chart->unit),
           FigureText(Figure(*high), chart->unit),
           style_.sparks && !line.is_limit ? Sparkline(line.values, kSparkColumns) : "");
    }
  }
}

void TextReport::WriteHosts() {
  if (result_.hosts.empty()) return;
  std::vector<Member> members;
  for (const HostResult& host : result_.hosts) {
    members.push_back({host.id, fmt::format("{} {} {} {}", host.type, ToString(host.limit_model),
                                            CountOf(host.limit_bandwidth).value_or(-1),
                                            CountOf(host.limit_packet_rate).value_or(-1))});
  }
  out_ += '\n';
  Line("{:7}{:^24}{:^24}", "", "offered production", "offered copies");
  Line("{}{:>12}{:>12}{:>12}{:>12}{:>14}{:>11}", Painted("Hosts  ", Ink::kBold, style_.color), "in",
       "out", "in", "out", "limit", "used");
  for (const MemberGroup& group : GroupMembers(members)) {
    Line("{}  {}", group.label, result_.hosts[group.members.front()].type);
    for (const Face face : kFaces) WriteHostRow(group, face);
    WriteHostCpu(group);
  }
}

Ink TextReport::InkOf(const ValueRange& used) const {
  if (used.high() > 1) return Ink::kBad;
  return used.high() > 1 - result_.margin_goal + 1e-9 ? Ink::kWarning : Ink::kPlain;
}

std::string CoresText(double cores) {
  return cores < 0.001 ? "under 0.001" : SignificantText(cores, 3);
}

// Where cores are busy, of the member whose cores are busiest.
void TextReport::WriteHostCpu(const MemberGroup& group) {
  constexpr std::string_view kWork[kCpuOperations] = {
      "production in", "production out", "making copies", "receiving copies", "analysing them"};
  const CpuUse* busiest = &result_.hosts[group.members.front()].cpu;
  for (const std::size_t member : group.members) {
    const CpuUse& cpu = result_.hosts[member].cpu;
    if (cpu.cores_used > busiest->cores_used) busiest = &cpu;
  }
  std::string work;
  std::string of_host;
  for (std::size_t i = 0; i < kCpuOperations; ++i) {
    const OperationUse& use = busiest->operations[i];
    if (use.cores == 0) continue;
    std::string& into = use.payer == Payer::kGuest ? work : of_host;
    into += fmt::format("{}{} {}", into.empty() ? "" : ", ", kWork[i], CoresText(use.cores));
  }
  if (busiest->cores_used > 0) {
    const std::string text =
        fmt::format("{} vCPU{}{}{}", CoresText(busiest->cores_used),
                    busiest->cores_limit ? fmt::format(" of {:g}", *busiest->cores_limit) : "",
                    work.empty() ? "" : ": ", work);
    Line("  CPU    {}", Wrapped(text, style_.width - 9, 9));
  }
  if (!of_host.empty()) Line("         the cloud's own: {}", of_host);
  if (busiest->poll_mode) {
    Line("         poll mode: tools show these cores busy at any load, which is no sign of it");
  }
}

void TextReport::WriteHostRow(const MemberGroup& group, Face face) {
  const HostResult& first = result_.hosts[group.members.front()];
  const std::optional<std::int64_t> limit =
      face.bits ? CountOf(first.limit_bandwidth) : CountOf(first.limit_packet_rate);
  ValueRange production_in;
  ValueRange production_out;
  ValueRange copies_in;
  ValueRange copies_out;
  ValueRange used;
  double largest = static_cast<double>(limit.value_or(0)) / kLimitInUnit;
  for (const std::size_t member : group.members) {
    const HostResult& host = result_.hosts[member];
    const double in = face.Of(host.used_in);
    const double out = face.Of(host.used_out);
    production_in.Add(in - face.Of(host.copies_in));
    production_out.Add(out - face.Of(host.copies_out));
    copies_in.Add(face.Of(host.copies_in));
    copies_out.Add(face.Of(host.copies_out));
    if (limit) {
      used.Add(UsageOf(first.limit_model, in, out).rate / static_cast<double>(*limit));
    }
    largest = std::max({largest, in, out});
  }
  if (largest == 0) return;
  const RowUnit unit = face.UnitFor(largest);
  const std::string share = limit ? " " + PercentRangeText(used) : "";
  // A long limit takes of the room for its share.
  constexpr std::size_t kRoom = 25;
  const std::string limit_text = fmt::format(" {:>13}", LimitText(limit, unit, first.limit_model));
  const std::size_t left = kRoom > limit_text.size() ? kRoom - limit_text.size() : 0;
  Line("  {:5}{:>12}{:>12}{:>12}{:>12}{}{}", unit.name, CellText(production_in, unit),
       CellText(production_out, unit), CellText(copies_in, unit), CellText(copies_out, unit),
       limit_text, Painted(fmt::format("{:>{}}", share, left), InkOf(used), style_.color));
}

void TextReport::WriteEnis() {
  if (result_.enis.empty()) return;
  std::vector<Member> members;
  for (const EniResult& eni : result_.enis) members.push_back({eni.id, ""});
  out_ += '\n';
  Line("{:7}{:^24}{:^36}", "", "offered production", "passed");
  Line("{}{:>12}{:>12}{:>12}{:>12}{:>12}", Painted("ENIs   ", Ink::kBold, style_.color), "in",
       "out", "in", "out", "copies out");
  for (const MemberGroup& group : GroupMembers(members)) {
    Line("{}", group.label);
    for (const Face face : kFaces) WriteEniRow(group, face);
    DropCounts drops;
    std::int64_t offered = 0;
    for (const std::size_t member : group.members) {
      const EniResult& eni = result_.enis[member];
      offered += eni.offered_in.frames - eni.copies_in.frames + eni.offered_out.frames;
      for (const auto& [reason, count] : eni.dropped) drops[reason] += count;
    }
    WriteDrops(drops, offered);
  }
}

void TextReport::WriteEniRow(const MemberGroup& group, Face face) {
  ValueRange cells[5];
  double largest = 0;
  for (const std::size_t member : group.members) {
    const EniResult& eni = result_.enis[member];
    const double rates[] = {face.Of(eni.offered_in) - face.Of(eni.copies_in),
                            face.Of(eni.offered_out), face.Of(eni.in), face.Of(eni.out),
                            face.Of(eni.mirror_out)};
    for (std::size_t i = 0; i < std::size(cells); ++i) {
      cells[i].Add(rates[i]);
      largest = std::max(largest, rates[i]);
    }
  }
  if (largest == 0) return;
  const RowUnit unit = face.UnitFor(largest);
  Line("  {:5}{:>12}{:>12}{:>12}{:>12}{:>12}", unit.name, CellText(cells[0], unit),
       CellText(cells[1], unit), CellText(cells[2], unit), CellText(cells[3], unit),
       CellText(cells[4], unit));
}

void TextReport::WriteDrops(const DropCounts& drops, std::int64_t of_frames) {
  for (const auto& [reason, count] : drops) {
    if (count.frames == 0) continue;
    const Loss share{count.frames, of_frames};
    Line("  dropped by {}: {} frames ({}), {}", reason, CountText(count.frames),
         PercentText(share.fraction()), SizeText(count.bytes));
  }
}

void TextReport::WriteMirrors() {
  if (!result_.mirrors.empty()) out_ += '\n' + MirrorsText(result_.mirrors, style_);
}

void TextReport::WriteReceivers() {
  if (result_.receivers.empty()) return;
  std::vector<Member> members;
  for (const ReceiverResult& receiver : result_.receivers) {
    members.push_back(
        {receiver.id, fmt::format("{} {} {}", receiver.profile,
                                  CountOf(receiver.capacity_bandwidth).value_or(-1),
                                  CountOf(receiver.capacity_packet_rate).value_or(-1))});
  }
  out_ += '\n';
  Line("{}{:>14}{:>14}{:>14}{:>14}", Painted("Receivers", Ink::kBold, style_.color), "arrived",
       "digested", "capacity", "used");
  for (const MemberGroup& group : GroupMembers(members)) {
    Line("{}  {}", group.label, result_.receivers[group.members.front()].profile);
    for (const Face face : kFaces) WriteReceiverRow(group, face);
    WriteWorkers(group);
    DropCounts drops;
    Count duplicates;
    std::int64_t arrived = 0;
    for (const std::size_t member : group.members) {
      const ReceiverResult& receiver = result_.receivers[member];
      arrived += receiver.in.frames;
      duplicates += Count{receiver.duplicate_frames, receiver.duplicate_bytes};
      for (const auto& [reason, count] : receiver.dropped) drops[reason] += count;
    }
    WriteDrops(drops, arrived);
    if (duplicates.frames > 0) {
      Line("  seen twice: {} frames ({}), {}", CountText(duplicates.frames),
           PercentText(Loss{duplicates.frames, arrived}.fraction()), SizeText(duplicates.bytes));
    }
  }
}

// One flow cannot be spread: of the receiver with the busiest worker.
void TextReport::WriteWorkers(const MemberGroup& group) {
  const ReceiverResult* busiest = nullptr;
  for (const std::size_t member : group.members) {
    const ReceiverResult& receiver = result_.receivers[member];
    if (!receiver.workers || receiver.workers->count < 2 || !receiver.margin) continue;
    if (busiest == nullptr || *receiver.margin < *busiest->margin) busiest = &receiver;
  }
  if (busiest == nullptr) return;
  const WorkersUse& workers = *busiest->workers;
  const bool of_bits = busiest->tightest == "bandwidth";
  const Face face{of_bits};
  const double mean_share = face.Of(workers.mean) / std::max(1.0, face.Of(workers.busiest));
  const double used = 1 - *busiest->margin;
  Line("  {} workers: the busiest {} used, {} on average", workers.count, PercentText(used),
       PercentText(used * mean_share));
}

void TextReport::WriteReceiverRow(const MemberGroup& group, Face face) {
  const ReceiverResult& first = result_.receivers[group.members.front()];
  const std::optional<std::int64_t> capacity =
      face.bits ? CountOf(first.capacity_bandwidth) : CountOf(first.capacity_packet_rate);
  ValueRange arrived;
  ValueRange digested;
  ValueRange used;
  double largest = static_cast<double>(capacity.value_or(0)) / kLimitInUnit;
  for (const std::size_t member : group.members) {
    const ReceiverResult& receiver = result_.receivers[member];
    arrived.Add(face.Of(receiver.in));
    digested.Add(face.Of(receiver.digested));
    if (capacity) used.Add(face.Of(receiver.in) / static_cast<double>(*capacity));
    largest = std::max(largest, face.Of(receiver.in));
  }
  if (largest == 0) return;
  const RowUnit unit = face.UnitFor(largest);
  Line("  {:7}{:>14}{:>14}{:>14}{}", unit.name, CellText(arrived, unit), CellText(digested, unit),
       capacity ? SignificantText(static_cast<double>(*capacity) / unit.size, 4) : "no limit",
       Painted(fmt::format(" {:>13}", capacity ? PercentRangeText(used) : ""), InkOf(used),
               style_.color));
}

void TextReport::WriteLoadBalancers() {
  if (result_.load_balancers.empty()) return;
  out_ += '\n';
  Line("{}{:>10}{:>14}{:>14}",
       Painted(fmt::format("{:34}", "Load balancers"), Ink::kBold, style_.color), "copies", "rate",
       "share");
  for (const LoadBalancerResult& balancer : result_.load_balancers) WriteLoadBalancer(balancer);
}

void TextReport::WriteLoadBalancer(const LoadBalancerResult& balancer) {
  const auto row = [&](const std::string& what, const Load& load, std::int64_t of) {
    Line("  {:32}{:>10}{:>14}{:>14}", what, CountText(load.frames), BitRateText(load.bandwidth),
         PercentText(Loss{load.frames, of}.fraction()));
  };
  Line("{}  {}", balancer.id, balancer.title);
  const std::int64_t arrived = balancer.in.frames;
  for (const LoadBalancerZoneResult& zone : balancer.zones) {
    const std::string limit = balancer.limit_bandwidth
                                  ? fmt::format(" of {}", BitRateText(*balancer.limit_bandwidth))
                                  : "";
    row(fmt::format("in{}{}", zone.zone.empty() ? "" : " at zone " + zone.zone, limit), zone.in,
        arrived);
  }
  for (const BackendResult& backend : balancer.backends) {
    row(fmt::format("to {}{}", backend.id, backend.healthy ? "" : " (unhealthy)"), backend.out,
        arrived);
  }
  if (balancer.queued_at_end > 0) {
    Line("  queued at the end: {}", CountText(balancer.queued_at_end));
  }
  WriteDrops(balancer.dropped, arrived);
  if (balancer.may_be_reordered > 0) {
    Line("  may be out of order: {} frames ({})", CountText(balancer.may_be_reordered),
         PercentText(Loss{balancer.may_be_reordered, arrived}.fraction()));
  }
}

// As many as a reader looks through.
void TextReport::WriteTimeline() {
  if (result_.timeline.empty()) return;
  Title("Timeline");
  constexpr int kIndent = 14;  // of what does not fit behind the time
  constexpr std::size_t kMostRows = 40;
  const std::size_t rows = std::min(result_.timeline.size(), kMostRows);
  for (std::size_t i = 0; i < rows; ++i) {
    const TimelineAction& action = result_.timeline[i];
    std::string text = action.what + " " + action.subject;
    if (!action.detail.empty()) text += ": " + action.detail;
    Line("  {:>10}  {}", TimeText(action.at),
         Wrapped(Printable(text), style_.width - kIndent, kIndent));
    if (!action.refusal) continue;
    const std::string& code = action.refusal->code;
    const std::string why =
        fmt::format("refused{}: {}", code.empty() ? "" : " with " + code, action.refusal->message);
    Line("  {:10}  {}", "",
         Painted(Wrapped(Printable(why), style_.width - kIndent, kIndent), Ink::kWarning,
                 style_.color));
  }
  if (rows < result_.timeline.size()) {
    Line("  and {} more: result.json has them all", result_.timeline.size() - rows);
  }
}

std::string OutcomeWord(const AssertionResult& assertion, bool color) {
  const int width = assertion.replicated ? 9 : 6;  // UNDECIDED, MISSED
  switch (OutcomeOf(assertion)) {
    case AssertionOutcome::kMet:
      return Painted(fmt::format("{:{}}", "met", width), Ink::kGood, color);
    case AssertionOutcome::kMissed:
      return Painted(fmt::format("{:{}}", "MISSED", width), Ink::kBad, color);
    default:
      return Painted("UNDECIDED", Ink::kWarning, color);
  }
}

void TextReport::WriteAssertions() {
  if (result_.assertions.empty()) return;
  Title("Assertions");
  for (const AssertionResult& assertion : result_.assertions) {
    const int indent = assertion.replicated ? 13 : 10;  // behind the word
    std::string text =
        fmt::format("{}  ({})", Printable(assertion.text), Printable(OutcomeText(assertion)));
    if (indent + static_cast<int>(text.size()) > style_.width) {
      text = Wrapped(text, style_.width - indent, indent);
    }
    Line("  {}  {}", OutcomeWord(assertion, style_.color), text);
  }
}

void TextReport::WriteAssumptions() {
  if (result_.assumptions.empty()) return;
  Title("Assumptions (result.json says what each means)");
  std::string text;
  for (const Assumption& assumption : result_.assumptions) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{}={}{}", assumption.name, Printable(assumption.value),
                        assumption.overridden ? " (yours)" : "");
  }
  Line("  {}", Wrapped(text, style_.width - 2, 2));
}

}  // namespace

std::string ResultText(const RunResult& result, const TextStyle& style) {
  return TextReport(result, style).Write();
}

}  // namespace vpcmirror
