#include "analysis/report/fleet_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "analysis/report/paragraph.h"
#include "analysis/report/plan_words.h"
#include "analysis/report/text_layout.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

std::string CountRange(std::int64_t low, std::int64_t high) {
  return low == high ? CountText(low) : CountText(low) + ".." + CountText(high);
}

// Of the pace that asks for most receivers; where no number does, of the first.
FleetLimit LimitOfMost(const FleetSize& size) {
  const FleetNeed* most = &size.needs.front();
  for (const FleetNeed& need : size.needs) {
    if (need.receivers.value_or(0) > most->receivers.value_or(0)) most = &need;
  }
  return most->limit;
}

void AppendSizes(const FleetPlan& plan, const TextStyle& style, std::string& out) {
  std::string head;
  AppendLine(head, "{:20}{:>5}{:>15}{:>15}  {}", "Size", "vCPU", "receivers", "with a spare",
             "decided by");
  out += Painted(head.substr(0, head.size() - 1), Ink::kBold, style.color) + "\n";
  for (const FleetSize& size : plan.sizes) {
    if (size.needs.empty()) continue;
    std::string_view limit = ToString(LimitOfMost(size));
    constexpr std::size_t kLimitColumns = 23;
    AppendLine(out, "{:20}{:>5}{:>15}{:>15}  {}", Printable(size.type),
               size.vcpus == 0 ? "-" : std::to_string(size.vcpus),
               size.fewest ? CountRange(*size.fewest, *size.most) : "none",
               size.fewest ? CountRange(*size.fewest + 1, *size.most + 1) : "-",
               limit.substr(0, kLimitColumns));
  }
}

std::string PartsText(const CheapestFleet& fleet) {
  std::string text;
  for (const FleetPart& part : fleet.parts) {
    text += (text.empty() ? "" : " + ") + CountText(part.receivers) + " x " + part.type;
  }
  return text;
}

std::string CostWords(double cost, const std::string& currency) {
  if (currency.empty()) return SignificantText(cost, 6) + " vCPUs";
  return fmt::format("{:.4g} {} an hour, {} a month", cost, currency,
                     AmountText(cost * kHoursOfMonth));
}

std::string WhatOf(const CostLine& line) {
  std::string what(ToString(line.item));
  if (!line.of.empty()) what += ", " + Printable(line.of);
  return what;
}

bool IsByVolume(CostItem item) { return item == CostItem::kCopied || item == CostItem::kCrossZone; }

std::string CountWords(const CostLine& line) {
  return IsByVolume(line.item) ? SignificantText(line.month_units, 6) + " GB"
                               : CountText(static_cast<std::int64_t>(line.count));
}

std::string PriceWords(const CostLine& line) {
  if (!line.price) return "not known";
  return fmt::format("{:g} {}/{}", line.price->amount, line.price->currency,
                     IsByVolume(line.item) ? "GB" : "h");
}

void AppendSources(const MonthlyCost& cost, const TextStyle& style, std::string& out) {
  std::set<std::string> told;
  for (const CostLine& line : cost.lines) {
    if (!line.price || line.price->source.empty()) continue;
    std::string text = fmt::format("{} of {}: {}, as of {}", ToString(line.item), line.provider,
                                   line.price->source, line.price->as_of);
    if (line.is_free_now) text += "; free until " + line.price->free_until;
    if (told.insert(text).second) out += Paragraph("  ", text, style.width, 4) + "\n";
  }
}

}  // namespace

std::string FleetText(const FleetPlan& plan, const FleetSettings& settings,
                      const TextStyle& style) {
  std::string out = fmt::format("Receivers needed, each limit at most {} used\n",
                                PercentText(settings.most_used));
  AppendSizes(plan, style, out);
  out += Painted(fmt::format("\nCheapest fleet by {}{}", plan.currency.empty() ? "vCPUs" : "price",
                             settings.spare ? ", with a spare receiver" : ""),
                 Ink::kBold, style.color) +
         "\n";
  for (const CheapestFleet& fleet : plan.cheapest) {
    std::string text = fleet.why_not;
    if (text.empty()) text = PartsText(fleet) + ": " + CostWords(fleet.cost, plan.currency);
    if (!fleet.is_exact) text += " (the best of one size and of two; too many to try all)";
    out += Paragraph(fmt::format("  {:24}", Printable(fleet.pace)), text, style.width, 26) + "\n";
  }
  if (!plan.notes.empty()) out += "\n";
  for (const std::string& note : plan.notes) out += Paragraph("", note, style.width, 2) + "\n";
  return out;
}

std::string MonthlyCostText(const MonthlyCost& cost, const TextStyle& style) {
  std::string head;
  AppendLine(head, "{:10}{:30}{:>12}{:>13}{:>15}", "Cloud", "What", "count", "price", "a month");
  std::string out = Painted(head.substr(0, head.size() - 1), Ink::kBold, style.color) + "\n";
  for (const CostLine& line : cost.lines) {
    AppendLine(out, "{:10}{:30}{:>12}{:>13}{:>15}", Printable(line.provider), WhatOf(line),
               CountWords(line), PriceWords(line),
               line.price ? MoneyText(line.amount, line.price->currency) : "not known");
    if (!line.note.empty()) out += Paragraph("          ", line.note, style.width, 10) + "\n";
  }
  for (const auto& [currency, total] : cost.totals) {
    const double due = cost.due.at(currency);
    out += fmt::format("Together {}{}{}\n", MoneyText(total, currency),
                       cost.is_complete ? "" : ", and what is not known",
                       due == total ? "" : "; of it due today " + MoneyText(due, currency));
  }
  if (cost.totals.empty()) out += "No price of any of this is known.\n";
  AppendSources(cost, style, out);
  for (const std::string& each : cost.assumptions) {
    out += Paragraph("  ", each, style.width, 4) + "\n";
  }
  return out;
}

}  // namespace vpcmirror
