#include "analysis/report/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/report/usage.h"
#include "analysis/words/quantities.h"
#include "models/capacity/worker_rings.h"
#include "models/scenario/limit_margins.h"

namespace vpcmirror {
namespace {

// One limit and what was offered to it.
struct Use {
  std::string name;
  // Free share of the limit. From the difference of integers, so that 8 used of
  // 10 leave the very double that "20%" is, which 1 - 0.8 is not.
  double margin = 0;
  UsedAndLimit words;
  std::string_view direction;  // "in", "out", or nothing for a combined one
  TimeSpan span;               // of the run, in which that is so
};

// What all limits of one part leave, and the one that leaves least in words.
struct Uses {
  std::optional<Use> tightest;
  std::vector<LimitMargin> margins;

  // Whether the limit is tighter than those before it.
  bool Add(std::string name, double margin) {
    margins.push_back({std::move(name), margin});
    return !tightest || margin < tightest->margin;
  }
};

template <class Rate>
void Consider(Uses& uses, std::string_view name, const Usage<Rate>& usage,
              std::optional<Rate> limit) {
  if (!limit || limit->count() <= 0) return;
  const double margin =
      static_cast<double>((*limit - usage.rate).count()) / static_cast<double>(limit->count());
  std::string full_name(name);
  if (!usage.direction.empty()) full_name += fmt::format("_{}", usage.direction);
  if (!uses.Add(full_name, margin)) return;
  uses.tightest = Use{std::move(full_name), margin, Compared(usage.rate, *limit), usage.direction};
}

// In and out together, or either; in counts first, where both are the same.
template <class Rate>
void ConsiderDirections(Uses& uses, std::string_view name, const HostResult& host, Rate Load::*rate,
                        std::optional<Rate> limit) {
  const Rate in = host.used_in.*rate;
  const Rate out = host.used_out.*rate;
  if (host.limit_model == LimitModel::kCombined) {
    Consider(uses, name, {in + out, ""}, limit);
    return;
  }
  Consider(uses, name, {in, "in"}, limit);
  Consider(uses, name, {out, "out"}, limit);
}

// What the CVM pays of its vCPUs, production included.
void ConsiderCpu(Uses& uses, const CpuUse& cpu) {
  if (!cpu.cores_limit || *cpu.cores_limit <= 0) return;
  const double margin = 1 - cpu.cores_used / *cpu.cores_limit;
  if (!uses.Add("cpu", margin)) return;
  const OperationUse& clone = cpu.operations[static_cast<std::size_t>(CpuOperation::kClone)];
  const bool pays_copies = clone.payer == Payer::kGuest && clone.cores > 0;
  uses.tightest = Use{
      .name = "cpu",
      .margin = margin,
      .words = {fmt::format("{:.3g}", cpu.cores_used),
                fmt::format(
                    "{:.3g} vCPU{}", *cpu.cores_limit,
                    pays_copies ? fmt::format(", {:.3g} of it to make copies", clone.cores) : "")}};
}

Uses UsesOf(const HostResult& host) {
  Uses uses;
  ConsiderDirections(uses, "bandwidth", host, &Load::bandwidth, host.limit_bandwidth);
  ConsiderDirections(uses, "packet_rate", host, &Load::packet_rate, host.limit_packet_rate);
  ConsiderCpu(uses, host.cpu);
  return uses;
}

// The busiest worker counts: the others cannot help it with its flows.
Uses UsesOf(const ReceiverResult& receiver) {
  Uses uses;
  const int workers = receiver.workers ? receiver.workers->count : 1;
  const Load& load = receiver.workers ? receiver.workers->busiest : receiver.in;
  Consider(uses, "bandwidth", {load.bandwidth, ""},
           WorkerShare(receiver.capacity_bandwidth, workers));
  Consider(uses, "packet_rate", {load.packet_rate, ""},
           WorkerShare(receiver.capacity_packet_rate, workers));
  return uses;
}

Uses UsesOf(const LoadBalancerResult& balancer) {
  Uses uses;
  for (const LoadBalancerZoneResult& zone : balancer.zones) {
    Consider(uses, "bandwidth", {zone.in.bandwidth, ""}, balancer.limit_bandwidth);
  }
  return uses;
}

std::string Sentence(const LoadBalancerResult& balancer, const Use& use) {
  return fmt::format("load balancer {} ({}) is sent {} of the {} that a zone passes", balancer.id,
                     balancer.kind, use.words.used, use.words.limit);
}

std::string Sentence(const HostResult& host, const Use& use) {
  if (use.name == "cpu") {
    return fmt::format("{} needs {} of its {}", host.id, use.words.used, use.words.limit);
  }
  return use.direction.empty()
             ? fmt::format("{} needs {} of a combined {}", host.id, use.words.used, use.words.limit)
             : fmt::format("{} needs {} of {} {}", host.id, use.words.used, use.words.limit,
                           use.direction);
}

std::string Sentence(const ReceiverResult& receiver, const Use& use) {
  const std::string profile =
      receiver.profile.empty() ? "" : fmt::format(" ({})", receiver.profile);
  const std::string which =
      receiver.workers && receiver.workers->count > 1
          ? fmt::format("the busiest of the {} workers of ", receiver.workers->count)
          : "";
  return fmt::format("{}receiver {}{} is sent {} of the {} that it digests", which, receiver.host,
                     profile, use.words.used, use.words.limit);
}

// The tightest of all hosts, receivers and load balancers, in words.
struct Bottleneck {
  std::string of;
  double margin = 0;
  std::string sentence;
};

// A host whose own TCP flows fill its limit to the burst and the last queued byte asks for
// no more than there is.
bool IsFilled(const HostResult& host, Bytes burst, Picoseconds duration, double margin) {
  const double over = -margin * static_cast<double>(host.limit_bandwidth->count()) *
                      Seconds(duration) / kBitsPerByte;
  // Of rates that were rounded to whole frames and bytes.
  constexpr double kRounding = 1e-6;
  const double filled = static_cast<double>((burst + host.memory_peak).count());
  return over <= filled || -margin < kRounding;
}

void ForgiveFilling(const HostResult& host, Bytes burst, Picoseconds duration, Uses& uses) {
  for (LimitMargin& each : uses.margins) {
    const bool is_over = each.margin < 0 && each.limit.starts_with("bandwidth");
    if (!is_over || !IsFilled(host, burst, duration, each.margin)) continue;
    each.margin = 0;
    if (each.limit != uses.tightest->name) continue;
    uses.tightest->margin = 0;
    uses.tightest->words.used = uses.tightest->words.limit;
  }
}

bool HasLimitsOf(const HostResult& a, const HostResult& b) {
  return a.limit_bandwidth == b.limit_bandwidth;
}
bool HasLimitsOf(const ReceiverResult& a, const ReceiverResult& b) {
  return a.capacity_bandwidth == b.capacity_bandwidth &&
         a.capacity_packet_rate == b.capacity_packet_rate;
}
bool HasLimitsOf(const LoadBalancerResult&, const LoadBalancerResult&) { return true; }

// The parts that margins are judged of. Of the whole run only where its limits never
// change: their mean is no limit of what came before it was there.
template <class Subject>
struct Part {
  TimeSpan span;
  const Subject* subject = nullptr;
  bool is_all = false;
};
template <class Subject>
std::vector<Part<Subject>> PartsOf(const RunResult& result,
                                   std::vector<Subject> SpanResult::*subjects, const Subject& whole,
                                   std::size_t index) {
  std::vector<Part<Subject>> parts;
  bool is_judged = true;
  for (const SpanResult& each : result.spans) {
    const Subject& part = (each.*subjects)[index];
    parts.push_back({each.span, &part});
    is_judged = is_judged && HasLimitsOf(part, whole);
  }
  if (is_judged) parts.insert(parts.begin(), {{result.warm_up, result.duration}, &whole, true});
  return parts;
}

// Of the part of which `uses_of` leaves least.
template <class Subject, class UsesOfPart>
void JudgeMargin(const std::vector<Part<Subject>>& parts, const UsesOfPart& uses_of,
                 Subject& subject, std::optional<Bottleneck>& bottleneck) {
  subject.margins.clear();
  std::optional<Use> use;
  const Subject* when = &subject;
  bool is_of_all = false;
  for (const Part<Subject>& part : parts) {
    Uses uses = uses_of(*part.subject, part.span);
    KeepLeastMargins(uses.margins, subject.margins);
    std::optional<Use>& here = uses.tightest;
    if (!here || (use && use->margin <= here->margin)) continue;
    use = std::move(here);
    use->span = part.span;
    when = part.subject;
    is_of_all = part.is_all;
  }
  subject.margin.reset();
  subject.tightest.clear();
  if (!use) return;
  const std::string from_to =
      is_of_all ? ""
                : fmt::format(" from {} to {}", TimeText(use->span.start), TimeText(use->span.end));
  const std::string sentence = Sentence(*when, *use) + from_to;
  subject.margin = use->margin;
  subject.tightest = use->name;
  subject.margin_span = use->span;
  if (!bottleneck || use->margin < bottleneck->margin) {
    bottleneck = Bottleneck{subject.id, use->margin, sentence};
  }
}

// Of the hosts at the ends of TCP flows, by ID.
std::map<std::string, Bytes> BurstsOf(const ValidScenario& scenario) {
  std::map<std::string, Bytes> bursts;
  for (const Workload& workload : scenario.workloads) {
    for (const TcpStream& stream : workload.tcp_streams) {
      for (const Endpoint& end : {stream.client, stream.server}) {
        if (!end.eni) continue;
        const Cvm& cvm = scenario.deployment->cvms[scenario.deployment->enis[*end.eni].cvm];
        bursts.try_emplace(cvm.id, cvm.limits.burst);
      }
    }
  }
  return bursts;
}

// Margins that differ by less are one limit in two words: a receiver's vCPUs and
// its capacity, of which the second says more.
constexpr double kSameMargin = 1e-6;

std::optional<Bytes> CrossoverOf(const HostResult& host) {
  if (!host.limit_bandwidth || !host.limit_packet_rate || host.limit_packet_rate->count() <= 0) {
    return std::nullopt;
  }
  return Bytes(host.limit_bandwidth->count() / kBitsPerByte / host.limit_packet_rate->count());
}

// Lost or digested: what waits in a queue or is under way has no fate yet.
Loss CopiesLost(const RunResult& result) {
  Loss loss;
  for (const MirrorResult& mirror : result.mirrors) {
    loss.lost += mirror.ledger.TotalDropped().frames + TotalFrames(mirror.lost_after_source);
  }
  loss.of = loss.lost;
  for (const ReceiverResult& receiver : result.receivers) loss.of += receiver.digested.frames;
  return loss;
}

Loss ProductionLost(const RunResult& result) {
  Loss loss;
  for (const EniResult& eni : result.enis) {
    loss.of += eni.offered_in.frames - eni.copies_in.frames + eni.offered_out.frames;
    for (const auto& [reason, count] : eni.dropped) {
      const bool is_wanted = IsAsScenarioSays(reason);
      if (!is_wanted) loss.lost += count.frames;
    }
  }
  if (result.produced) loss.of = result.delivered.frames + loss.lost;
  loss.of = std::max(loss.of, loss.lost);
  return loss;
}

std::string LossText(const Loss& loss, std::string_view what) {
  return fmt::format("{} of {} {} ({}) {} lost", CountText(loss.lost), CountText(loss.of), what,
                     PercentText(loss.fraction()), loss.lost == 1 ? "is" : "are");
}

std::string LossesText(const RunResult& result) {
  if (result.production.lost == 0 && result.copies.lost == 0) return "nothing is lost";
  if (result.copies.lost == 0) return LossText(result.production, "production frames");
  const std::string copies = LossText(result.copies, "copies");
  return result.production.lost == 0
             ? copies
             : fmt::format("{}, and {}", LossText(result.production, "production frames"), copies);
}

void JudgeFit(const std::optional<Bottleneck>& bottleneck, RunResult& result) {
  if (!result.complete && result.duration == Picoseconds(0)) {
    result.verdict = Verdict::kAtRisk;
    result.because = "it was stopped before anything was simulated, so nothing is known";
    return;
  }
  if (!result.complete && result.duration == result.warm_up) {
    result.verdict = Verdict::kAtRisk;
    result.because = "it was stopped before its warm-up was over, so nothing is known";
    return;
  }
  const bool loses = result.copies.lost > 0 || result.production.lost > 0;
  const double margin = bottleneck ? bottleneck->margin : 1;
  if (loses || margin < 0) {
    result.verdict = Verdict::kDoesNotFit;
    result.because = margin < 0 ? fmt::format("{}; {}", bottleneck->sentence, LossesText(result))
                                : LossesText(result);
  } else if (margin < result.margin_goal) {
    result.verdict = Verdict::kAtRisk;
    result.because =
        fmt::format("{}, which leaves {} where {} should stay free", bottleneck->sentence,
                    PercentText(margin), PercentText(result.margin_goal));
  } else {
    result.verdict = Verdict::kFits;
    result.because = bottleneck ? fmt::format("{}, the tightest ({} used), and nothing is lost",
                                              bottleneck->sentence, PercentText(1 - margin))
                                : "nothing is lost, and nothing here has a known limit";
  }
}

// Of what delivered the same in both runs: less than a millisecond, which of short ones is
// a large share and nobody's matter.
bool IsLaterByLittle(const TcpResult& mirrored, const TcpResult& alone) {
  constexpr double kLittle = 1e-3;  // s
  if (mirrored.delivered != alone.delivered) return false;
  const auto seconds = [](const TcpResult& tcp) {
    const auto rate = static_cast<double>(std::max<std::int64_t>(1, tcp.goodput.count()));
    return static_cast<double>(tcp.delivered.count()) * kBitsPerByte / rate;
  };
  return seconds(mirrored) - seconds(alone) < kLittle;
}

// "egress_bandwidth", "ingress_cpu": reasons are named by whose budget was spent.
bool IsOfABudget(std::string_view reason) {
  return reason.starts_with("egress_") || reason.starts_with("ingress_");
}

}  // namespace

std::string_view ToString(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFits:
      return "FITS";
    case Verdict::kAtRisk:
      return "AT RISK";
    case Verdict::kDoesNotFit:
      return "DOES NOT FIT";
  }
  return "unknown";
}

std::optional<Verdict> VerdictNamed(std::string_view word) {
  for (const Verdict each : {Verdict::kFits, Verdict::kAtRisk, Verdict::kDoesNotFit}) {
    if (word == ToString(each)) return each;
  }
  return std::nullopt;
}

void Judge(const ValidScenario& scenario, double margin_goal, RunResult& result) {
  result.planned_duration = scenario.duration;
  result.margin_goal = margin_goal;

  std::optional<Bottleneck> bottleneck;
  const std::map<std::string, Bytes> bursts = BurstsOf(scenario);
  for (std::size_t i = 0; i < result.hosts.size(); ++i) {
    HostResult& host = result.hosts[i];
    const auto uses_of = [&](const HostResult& part, const TimeSpan& span) {
      Uses uses = UsesOf(part);
      const auto burst = bursts.find(part.id);
      if (burst != bursts.end()) ForgiveFilling(part, burst->second, span.end - span.start, uses);
      return uses;
    };
    JudgeMargin(PartsOf(result, &SpanResult::hosts, host, i), uses_of, host, bottleneck);
    host.crossover = CrossoverOf(host);
  }
  const auto uses_of = [](const auto& part, const TimeSpan&) { return UsesOf(part); };
  std::optional<Bottleneck> of_receivers;
  for (std::size_t i = 0; i < result.receivers.size(); ++i) {
    ReceiverResult& receiver = result.receivers[i];
    JudgeMargin(PartsOf(result, &SpanResult::receivers, receiver, i), uses_of, receiver,
                of_receivers);
  }
  if (of_receivers && (!bottleneck || of_receivers->margin < bottleneck->margin + kSameMargin)) {
    bottleneck = of_receivers;
  }
  for (std::size_t i = 0; i < result.load_balancers.size(); ++i) {
    LoadBalancerResult& balancer = result.load_balancers[i];
    JudgeMargin(PartsOf(result, &SpanResult::load_balancers, balancer, i), uses_of, balancer,
                bottleneck);
  }
  result.copies = CopiesLost(result);
  result.production = ProductionLost(result);
  result.mirror_loss = result.copies.fraction();
  result.production_loss = result.production.fraction();
  result.margin.reset();
  result.margin_of.clear();
  if (bottleneck) {
    result.margin = bottleneck->margin;
    result.margin_of = bottleneck->of;
  }
  JudgeFit(bottleneck, result);
}

void JudgeSlowdown(RunResult& result) {
  // Of all flows together, since how flows share a link is a matter of chance.
  constexpr double kSlower = 0.02;
  if (!result.baseline) return;
  BitsPerSecond with{};
  BitsPerSecond without{};
  for (std::size_t i = 0; i < result.tcp.size(); ++i) {
    const TcpResult& mirrored = result.tcp[i];
    const TcpResult& alone = result.baseline->tcp[i];
    with += IsLaterByLittle(mirrored, alone) ? alone.goodput : mirrored.goodput;
    without += alone.goodput;
  }
  const double least = static_cast<double>(without.count()) * (1 - kSlower);
  if (static_cast<double>(with.count()) >= least) return;
  result.verdict = Verdict::kDoesNotFit;
  result.because = fmt::format("TCP flows have {} instead of {} in all; {}", BitRateText(with),
                               BitRateText(without), result.because);
}

bool LostAtABudget(const RunResult& result) {
  for (const EniResult& eni : result.enis) {
    for (const auto& [reason, count] : eni.dropped) {
      if (count.frames > 0 && IsOfABudget(reason)) return true;
    }
  }
  for (const MirrorResult& mirror : result.mirrors) {
    for (std::size_t i = 0; i < mirror.ledger.dropped.size(); ++i) {
      const bool lost = mirror.ledger.dropped[i].frames > 0;
      if (lost && IsOfABudget(ToString(static_cast<DropReason>(i)))) return true;
    }
  }
  return false;
}

void JudgeDisciplines(RunResult& result) {
  result.holds.clear();
  if (result.disciplines.size() < 2) return;
  std::string tried;
  std::string flips;
  for (const DisciplineResult& each : result.disciplines) {
    tried += fmt::format("{}{}", tried.empty() ? "" : ", ", each.value);
    if (each.verdict == result.verdict) continue;
    flips += fmt::format("{}congestion={} ({})", flips.empty() ? "" : " or ", each.value,
                         ToString(each.verdict));
  }
  result.holds = flips.empty() ? fmt::format("under all assumptions tried (congestion={})", tried)
                               : fmt::format("flips if {}; tried: congestion={}", flips, tried);
}

}  // namespace vpcmirror
