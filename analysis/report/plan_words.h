// Sentences of a plan that its text and its Markdown share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/plan/plan.h"

namespace vpcmirror {

// "FITS, because ids needs ...", a sentence: with what stands in the way, beside its traffic.
std::string VerdictWords(const RunResult& result, const std::vector<Obstacle>& obstacles);
// "By its traffic alone: FITS, because ids needs ..."
std::string ByTrafficWords(const RunResult& result);
// "fluid engine, 12 runs of a load that lasts: ...", what losses rest on.
std::string RunsWords(const Plan& plan);

// "web, 2 hosts", "ids, receiver".
std::string PartWords(const Bottleneck& bottleneck);
// "3 Gbps in+out", "571.4 kpps (busiest of 16 workers)".
std::string LimitWords(const Bottleneck& bottleneck);
// "x1.5 (+50 %)"; "over x64"; "others first" where they lose what would fill it; "-" where it
// was not searched for.
std::string BreakWords(const Bottleneck& bottleneck);
// "+50 %", "-12 %" of a factor.
std::string GrowthText(double factor);

// "FITS until +20 % (x1.2): then less than 20 % of some limit is free."
std::string FitsWords(const Headroom& headroom, double margin_goal);
// "Lasts until +50 % (x1.5): then it DOES NOT FIT."
std::string LastsWords(const Headroom& headroom);
bool SendsNothing(const RunResult& result);
// Of growth, a sentence each: those two, or that there is no traffic.
std::vector<std::string> GrowthSentences(const RunResult& result, const Headroom& headroom);

// "At x1.58 (+58 %) of this load, 4.7 % of production and 3 % of copies are lost ..."
std::string LossWords(const LossesAtLoad& losses);
// "copies at their source, by its bandwidth (egress_bandwidth): 12 Mbps, 10 kpps".
std::string PlaceWords(const LossPlace& place);
// "shown by NetworkSkipMirrorIn, ... (source)", or that no document names a counter.
std::string CounterWords(const LossPlace& place);

// "DOES NOT FIT   -6.7 %   copies lost 3 %": verdict, margin and losses of a run in columns.
std::string OutlineWords(const Outline& outline);
// "mirror-1: copy only what goes out".
std::string LeverWords(const Lever& lever);
// Free share of a limit: "11.2 %", "-6.7 %"; "no limit".
std::string MarginText(const std::optional<double>& margin);

// "Receiver ids[0]: blind are web[0]/eni0 ...; the rest then ...".
std::string OutageWords(const Outage& outage);

// What all receivers are to take, and under which margin.
std::string DemandWords(const Sizing& sizing);
// "3", "3..12" over the paces, each with `spare` more; "-" where no number does.
std::string NeedRange(const FleetSize& size, std::int64_t spare);
// "S5", of the instance types of receivers.
std::set<std::string> FamiliesOfReceivers(const RunResult& result);
// Sizes of these families, or else of any: at most so many, one of each number of vCPUs.
std::vector<const FleetSize*> ShownSizes(const Sizing& sizing,
                                         const std::set<std::string>& families, std::size_t most);
// The cheapest fleet by pace, without and with a spare receiver, a sentence each.
std::vector<std::string> CheapestWords(const Sizing& sizing);

// Which cheaper fleets are left out, and the like: a sentence each.
std::vector<std::string> SizingNotes(const Sizing& sizing);

// "4 Gbps, 400 kpps".
std::string BudgetWords(const CopyBudget& budget);
// "only what sources send", "all, whole".
std::string ChoiceWords(const BudgetChoice& choice);

// "21,900.00", to the hundredth.
std::string AmountText(double amount);
// "21,900.00 USD".
std::string MoneyText(double amount, const std::string& currency);
// "aws sessions: 2,000 x 730 h x 0.015 USD = 21,900.00 USD".
std::string CostWords(const CostLine& line);

}  // namespace vpcmirror
