#include "analysis/report/plan_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "analysis/report/member_groups.h"
#include "analysis/report/text_layout.h"
#include "analysis/report/verdict.h"
#include "analysis/words/counted.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

std::string FactorText(double factor) { return "x" + SignificantText(factor, 3); }

// Of a number of them that is known.
std::string AtLoad(double factor) {
  return factor == 1
             ? "At this load"
             : fmt::format("At {} ({}) of this load", FactorText(factor), GrowthText(factor));
}

std::string_view WhatWords(LostWhat what) {
  switch (what) {
    case LostWhat::kProduction:
      return "production";
    case LostWhat::kCopyAtSource:
      return "copies at their source";
    case LostWhat::kCopyBehindSource:
      return "copies behind their source";
  }
  return "";
}

std::string LostShareWords(const Loss& loss, std::string_view what) {
  return loss.lost == 0 ? fmt::format("no {}", what)
                        : fmt::format("{} of {}", PercentText(loss.fraction()), what);
}

}  // namespace

std::string VerdictWords(const RunResult& result, const std::vector<Obstacle>& obstacles) {
  if (!obstacles.empty()) {
    return fmt::format("{}, because {}.", ToString(WithObstacles(result.verdict, obstacles)),
                       Printable(ObstacleWords(obstacles)));
  }
  return fmt::format("{}, because {}{}.", ToString(result.verdict), result.because,
                     result.holds.empty() ? "" : "; " + result.holds);
}

std::string ByTrafficWords(const RunResult& result) {
  return fmt::format("By its traffic alone: {}, because {}.", ToString(result.verdict),
                     result.because);
}

std::string GrowthText(double factor) {
  const double growth = factor - 1;
  return fmt::format("{}{}", growth < 0 ? "-" : "+", PercentText(std::abs(growth)));
}

std::string RunsWords(const Plan& plan) {
  const std::string runs =
      fmt::format("{} engine, {}", plan.result.engine, Counted(plan.runs, "run"));
  if (plan.load_lasts) {
    return runs + " of a load that lasts: queues that fill are full, token buckets are empty.";
  }
  return fmt::format(
      "{} of {}. What queues and token buckets take for so long is not counted as lost: {}.", runs,
      TimeText(plan.result.duration),
      plan.result.engine == "packet"
          ? "a load that lasts may lose more, as --engine fluid shows"
          : "the load changes under way, so that no long run stands for it");
}

std::string PartWords(const Bottleneck& bottleneck) {
  const PartUse& use = bottleneck.use;
  const std::string name = Printable(bottleneck.part.name);
  switch (bottleneck.part.kind) {
    case PartKind::kHost:
      return use.members == 1 ? name : fmt::format("{}, {} hosts", name, CountText(use.members));
    case PartKind::kReceiver:
      return use.members == 1 ? name + ", receiver"
                              : fmt::format("{}, {} receivers", name, CountText(use.members));
    case PartKind::kLoadBalancer:
      return name + ", load balancer";
  }
  return name;
}

std::string LimitWords(const Bottleneck& bottleneck) {
  const PartUse& use = bottleneck.use;
  if (use.limit == "cpu") return fmt::format("{:.3g} vCPU", use.capacity);
  return use.limit.starts_with("bandwidth") ? BitRateText(use.capacity)
                                            : PacketRateText(use.capacity);
}

std::string BreakWords(const Bottleneck& bottleneck) {
  const auto& bracket = bottleneck.breaks;
  if (!bracket) return "-";
  if (const auto at = bracket->at()) {
    return fmt::format("{} ({})", FactorText(*at), GrowthText(*at));
  }
  if (bracket->holds == 0) return "at any load";
  const bool would_break = (1 - bottleneck.use.margin) * bracket->holds > 1;
  return would_break ? "others first" : "over " + FactorText(bracket->holds);
}

bool SendsNothing(const RunResult& result) {
  return result.production.of == 0 && result.copies.of == 0;
}

std::vector<std::string> GrowthSentences(const RunResult& result, const Headroom& headroom) {
  if (SendsNothing(result)) return {"Nothing is sent: there is no traffic to plan by."};
  return {LastsWords(headroom), FitsWords(headroom, result.margin_goal)};
}

std::string FitsWords(const Headroom& headroom, double margin_goal) {
  const LoadBracket& fits = headroom.fits;
  const std::string goal = PercentText(margin_goal);
  const auto at = fits.at();
  if (!at && fits.holds == 0) {
    return fmt::format("No load fits with {} of every limit free.", goal);
  }
  if (!at) return fmt::format("It fits up to {} of this load.", FactorText(fits.holds));
  return *at >= 1 ? fmt::format("FITS until {} ({}): then less than {} of some limit is free.",
                                GrowthText(*at), FactorText(*at), goal)
                  : fmt::format("FITS, with {} of every limit free, below {} ({}) of this load.",
                                goal, FactorText(*at), GrowthText(*at));
}

std::string LastsWords(const Headroom& headroom) {
  const LoadBracket& lasts = headroom.without_loss;
  const auto at = lasts.at();
  if (!at && lasts.holds == 0) return "Something is lost at any load.";
  if (!at) return fmt::format("Nothing is lost up to {} of this load.", FactorText(lasts.holds));
  return *at >= 1 ? fmt::format("Lasts until {} ({}): then it DOES NOT FIT.", GrowthText(*at),
                                FactorText(*at))
                  : fmt::format("Nothing is lost below {} ({}) of this load.", FactorText(*at),
                                GrowthText(*at));
}

std::string LossWords(const LossesAtLoad& losses) {
  return fmt::format("{}, {} and {} {} lost (congestion={}, {}).", AtLoad(losses.load),
                     LostShareWords(losses.production, "production"),
                     LostShareWords(losses.copies, "copies"),
                     losses.production.lost == 0 && losses.copies.lost == 0 ? "is" : "are",
                     losses.congestion, losses.rests_on);
}

std::string PlaceWords(const LossPlace& place) {
  return fmt::format("{}, {}: {}, {}", WhatWords(place.what), place.reason,
                     BitRateText(place.bandwidth), PacketRateText(place.packet_rate));
}

std::string CounterWords(const LossPlace& place) {
  if (place.counters.empty()) {
    return fmt::format("no counter of {} is documented to show it", Printable(place.provider));
  }
  return fmt::format("shown by {} ({})", fmt::join(place.counters, ", "), place.source);
}

std::string MarginText(const std::optional<double>& margin) {
  if (!margin) return "no limit";
  return *margin < 0 ? "-" + PercentText(-*margin) : PercentText(*margin);
}

std::string OutlineWords(const Outline& outline) {
  std::string words =
      fmt::format("{:12} {:>8}", ToString(outline.verdict), MarginText(outline.margin));
  if (outline.production.lost > 0) {
    words += fmt::format("  production -{}", PercentText(outline.production.fraction()));
  } else if (outline.copies.lost > 0) {
    words += fmt::format("  copies -{}", PercentText(outline.copies.fraction()));
  }
  return words;
}

std::string LeverWords(const Lever& lever) {
  const std::string of = Printable(lever.mirror_id) + ": ";
  switch (lever.kind) {
    case LeverKind::kOutboundOnly:
      return of + "only what sources send";
    case LeverKind::kInboundOnly:
      return of + "only what sources receive";
    case LeverKind::kPortOnly:
      return fmt::format("{}only port {}", of, lever.port);
    case LeverKind::kTruncated:
      return fmt::format("{}cut copies to {} bytes", of, kShortCopy.count());
  }
  return of;
}

std::string OutageWords(const Outage& outage) {
  std::string words =
      outage.kind == OutageKind::kReceiver
          ? fmt::format("Receiver {}:", Printable(outage.name))
          : fmt::format("Zone {} ({} receivers, {} sources):", Printable(outage.name),
                        outage.receivers,
                        CountText(static_cast<std::int64_t>(outage.sources_lost)));
  if (outage.blind.empty() && outage.partly_blind == 0) {
    words += " nobody else goes blind";
  } else {
    words += fmt::format(" {} of the copies of what is left are not seen",
                         PercentText(outage.share_unseen));
    if (!outage.blind.empty()) words += "; blind: " + GroupedNames(outage.blind);
    if (outage.partly_blind > 0) {
      words += fmt::format("; in part: {} ENIs",
                           CountText(static_cast<std::int64_t>(outage.partly_blind)));
    }
  }
  if (!outage.then) return words + "; no receiver is left.";
  words += fmt::format("; with copies sent to those that are left it {}",
                       ToString(outage.then->verdict));
  if (outage.receiver_margin) {
    words += fmt::format(", the fullest of them, {}, {} used", Printable(outage.tightest_receiver),
                         PercentText(1 - *outage.receiver_margin));
  }
  if (outage.then->copies.lost > 0) {
    words += fmt::format(", {} of copies lost", PercentText(outage.then->copies.fraction()));
  }
  return words + ".";
}

std::string DemandWords(const Sizing& sizing) {
  const FleetDemand& demand = sizing.demand;
  const std::string source = demand.largest_source == BitsPerSecond(0)
                                 ? ""
                                 : ", the largest source " + BitRateText(demand.largest_source);
  return fmt::format(
      "For {} and {} of copies of {}, the largest flow {}{}, with {} of every limit "
      "free; software: {}.",
      BitRateText(demand.bandwidth), PacketRateText(demand.packet_rate),
      CountedText(demand.sources, "source"), BitRateText(demand.largest_flow), source,
      PercentText(1 - sizing.most_used), fmt::join(sizing.profiles, ", "));
}

std::string NeedRange(const FleetSize& size, std::int64_t spare) {
  if (!size.fewest || !size.most) return "-";
  const std::string fewest = CountText(*size.fewest + spare);
  return size.fewest == size.most ? fewest : fewest + ".." + CountText(*size.most + spare);
}

std::set<std::string> FamiliesOfReceivers(const RunResult& result) {
  std::set<std::string> hosts;
  for (const ReceiverResult& receiver : result.receivers) hosts.insert(receiver.host);
  std::set<std::string> families;
  for (const HostResult& host : result.hosts) {
    if (hosts.count(host.id) != 0 && !host.type.empty()) {
      families.emplace(FamilyOf(host.type));
    }
  }
  return families;
}

std::vector<const FleetSize*> ShownSizes(const Sizing& sizing,
                                         const std::set<std::string>& families, std::size_t most) {
  std::vector<const FleetSize*> shown;
  for (const bool of_family : {true, false}) {
    for (const FleetSize& size : sizing.fleet.sizes) {
      const bool has_twin = !shown.empty() && shown.back()->vcpus == size.vcpus;
      if (!size.fewest || shown.size() == most || has_twin) continue;
      const bool is_of_family = families.count(std::string(FamilyOf(size.type))) != 0;
      if (is_of_family == of_family) shown.push_back(&size);
    }
    if (!shown.empty()) break;
  }
  return shown;
}

namespace {

// "2 x S5.LARGE16 + 1 x S5.SMALL1 (9 vCPU)".
std::string FleetWords(const CheapestFleet& fleet, const std::string& currency) {
  std::string parts;
  for (const FleetPart& part : fleet.parts) {
    parts += fmt::format("{}{} x {}", parts.empty() ? "" : " + ", CountText(part.receivers),
                         Printable(part.type));
  }
  const std::string unit = currency.empty() ? "vCPU" : Printable(currency) + " an hour";
  return fmt::format("{} ({} {})", parts, SignificantText(fleet.cost, 6), unit);
}

std::string CheapestSentence(std::string_view what, const CheapestFleet& cheapest,
                             const CheapestFleet& fewest, const std::string& currency) {
  const std::string start = fmt::format("{}, {}: ", what, Printable(cheapest.pace));
  if (!cheapest.why_not.empty()) return start + Printable(cheapest.why_not);
  std::string words = start + FleetWords(cheapest, currency);
  if (cheapest.most_receivers > 0) {
    words += fmt::format(", of at most {} receivers", CountText(cheapest.most_receivers));
  }
  if (!cheapest.is_exact) words += ", the best of one size and of two";
  if (fewest.receivers < cheapest.receivers) {
    words += "; fewest receivers: " + FleetWords(fewest, currency);
  }
  return words;
}

}  // namespace

std::vector<std::string> CheapestWords(const Sizing& sizing) {
  std::vector<std::string> all;
  const auto add = [&](std::string_view what, const std::vector<CheapestFleet>& cheapest,
                       const std::vector<CheapestFleet>& fewest) {
    for (std::size_t i = 0; i < cheapest.size(); ++i) {
      all.push_back(CheapestSentence(what, cheapest[i], fewest[i], sizing.fleet.currency));
    }
  };
  add("Cheapest", sizing.fleet.cheapest, sizing.fleet.fewest);
  add("N+1", sizing.with_spare, sizing.fewest_with_spare);
  return all;
}

std::vector<std::string> SizingNotes(const Sizing& sizing) {
  std::vector<std::string> notes = sizing.fleet.notes;
  const auto is_bounded = [](const CheapestFleet& each) { return each.most_receivers > 0; };
  const auto& spare = sizing.with_spare;
  if (std::any_of(spare.begin(), spare.end(), is_bounded)) {
    notes.push_back(fmt::format(
        "Cheaper fleets of more receivers are left out: of more than {}, at most twice the fewest "
        "are taken.",
        kHandfulOfReceivers));
  }
  notes.insert(notes.end(), sizing.notes.begin(), sizing.notes.end());
  return notes;
}

std::string BudgetWords(const CopyBudget& budget) {
  std::string words = budget.bandwidth ? BitRateText(*budget.bandwidth) : "any bandwidth";
  if (budget.packet_rate) words += " and " + PacketRateText(*budget.packet_rate);
  if (budget.sources) words += fmt::format(", of at most {} sources", CountText(*budget.sources));
  if (budget.source_bandwidth) {
    words += fmt::format(", of sources with {} in all", BitRateText(*budget.source_bandwidth));
  }
  if (budget.sources || budget.source_bandwidth) words += ", as the cloud allows";
  return words;
}

std::string ChoiceWords(const BudgetChoice& choice) {
  if (!choice.lever) return "whole copies";
  switch (*choice.lever) {
    case LeverKind::kOutboundOnly:
      return "only what sources send";
    case LeverKind::kInboundOnly:
      return "only what sources receive";
    case LeverKind::kPortOnly:
      return "only the largest port";
    case LeverKind::kTruncated:
      return fmt::format("copies cut to {} bytes", kShortCopy.count());
  }
  return "";
}

std::string AmountText(double amount) {
  const std::string cents = fmt::format("{:.2f}", std::abs(amount));
  const std::size_t point = cents.size() - 3;
  const std::string whole = CountText(std::stoll(cents.substr(0, point)));
  return (amount < 0 ? "-" : "") + whole + cents.substr(point);
}

std::string MoneyText(double amount, const std::string& currency) {
  return AmountText(amount) + " " + Printable(currency);
}

std::string CostWords(const CostLine& line) {
  const std::string of = line.of.empty() ? "" : " " + Printable(line.of);
  const bool is_hours = line.item != CostItem::kCopied && line.item != CostItem::kCrossZone;
  const std::string count =
      is_hours ? fmt::format("{} x {:.6g} h", SignificantText(line.count, 6), line.month_units)
               : SignificantText(line.count * line.month_units, 6) + " GB";
  std::string words =
      fmt::format("{} {}{}: {}", Printable(line.provider), ToString(line.item), of, count);
  words += line.price ? fmt::format(" x {:.6g} {} = {}", line.price->amount,
                                    Printable(line.price->currency),
                                    MoneyText(line.amount, line.price->currency))
                      : ", price not known";
  if (line.is_free_now) words += ", free now";
  return line.note.empty() ? words : words + " (" + Printable(line.note) + ")";
}

}  // namespace vpcmirror
