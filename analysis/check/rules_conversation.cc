// Rules about conversations of which a filter copies less than is meant.
#include <algorithm>

#include "analysis/check/rules.h"
#include "analysis/check/witness.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

Direction Other(Direction direction) {
  return direction == Direction::kIngress ? Direction::kEgress : Direction::kIngress;
}

std::string WayText(Direction direction) { return direction == Direction::kIngress ? "in" : "out"; }

// Packets that are copied, and whose answers, the other way, are not.
struct OneWay {
  Direction copied = Direction::kIngress;
  FlowSet flows;
};

// Of what comes in, if it is anything, else of what goes out.
std::optional<OneWay> FindOneWay(const CheckContext& context, std::size_t mirror) {
  for (const Direction copied : {Direction::kIngress, Direction::kEgress}) {
    FlowSet answered = context.FilteredFlows(mirror, Other(copied));
    answered.Reverse();
    FlowSet flows = context.FilteredFlows(mirror, copied);
    flows.Subtract(answered);
    if (!flows.IsEmpty() && !flows.gave_up()) return OneWay{copied, std::move(flows)};
  }
  return std::nullopt;
}

// Of what the workloads have the mirror copy, how much goes which way.
void AddRates(const CheckContext& context, std::size_t mirror, Finding& finding) {
  const MirrorTraffic& traffic = context.traffic.mirrors[mirror];
  const double all = traffic.mirrored.bits_per_second;
  if (all <= 0) return;
  const double out = traffic.mirrored_of_out.bits_per_second;
  finding.message += "; of what the workloads have it copy, " + PercentText(1 - out / all) +
                     " comes in and " + PercentText(out / all) + " goes out";
  finding.numbers.push_back({"copied_in", all - out, "bps"});
  finding.numbers.push_back({"copied_out", out, "bps"});
}

// The request that is copied, and the answer that is not.
void AddWitnesses(const CheckContext& context, const PlacedMirror& placed, const OneWay& one_way,
                  Finding& finding) {
  if (placed.sources.empty()) return;
  WitnessQuestion question{.mirror = context.IndexOf(placed),
                           .eni = placed.sources.front(),
                           .direction = one_way.copied};
  auto request = FindWitness(context, question, one_way.flows, true);
  if (!request) return;
  question.direction = Other(one_way.copied);
  auto answer = Observe(context, question, Reversed(request->flow));
  if (!answer || answer->is_mirrored) return;
  finding.witnesses = {*std::move(request), *std::move(answer)};
}

bool HasRulesFor(const MirrorSettings& settings, Direction direction) {
  return settings.filter.rules(direction).size() > settings.filter.service_rules();
}

// Rules for one direction only, and nothing that the others do would be copied.
bool IsOneSided(const MirrorSettings& settings) {
  const Filter& filter = settings.filter;
  const bool by_direction =
      !filter.all_must_hold() && !filter.copies_everything() && !filter.asks_next_hop();
  return by_direction && !filter.copies_what_no_rule_matches() &&
         HasRulesFor(settings, Direction::kIngress) != HasRulesFor(settings, Direction::kEgress);
}

}  // namespace

void FindOneSidedFilters(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const MirrorSettings& settings = placed.mirror->settings();
    if (!IsOneSided(settings)) continue;
    const Direction missing =
        HasRulesFor(settings, Direction::kIngress) ? Direction::kEgress : Direction::kIngress;
    const std::string name = missing == Direction::kIngress ? "ingress" : "egress";
    Finding finding = About(placed,
                            "the filter of " + settings.id + " has no " + name +
                                " rules: of each conversation one direction is copied",
                            "the same rules for " + name + ", source and destination exchanged");
    finding.path = FilterPath(context, placed);
    const std::size_t index = context.IndexOf(placed);
    AddRates(context, index, finding);
    if (const auto one_way = FindOneWay(context, index)) {
      AddWitnesses(context, placed, *one_way, finding);
    }
    findings.push_back(std::move(finding));
  }
}

void FindOneWayFilters(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const MirrorSettings& settings = placed.mirror->settings();
    const bool is_asked_for = settings.directions != DirectionSet::kAll;
    if (is_asked_for || settings.filter.copies_everything() || settings.filter.asks_next_hop() ||
        IsOneSided(settings)) {
      continue;
    }
    const std::size_t index = context.IndexOf(placed);
    const auto one_way = FindOneWay(context, index);
    if (!one_way) continue;
    Finding finding =
        About(placed,
              settings.id + " copies packets that go " + WayText(one_way->copied) +
                  " and not the answers to them, which go " + WayText(Other(one_way->copied)),
              "for each rule or condition the same of the other direction, source and destination "
              "exchanged: where one asks for destination port 443, another for source port 443");
    finding.path = FilterPath(context, placed);
    AddRates(context, index, finding);
    AddWitnesses(context, placed, *one_way, finding);
    findings.push_back(std::move(finding));
  }
}

void FindForeignFilters(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const MirrorSettings& settings = placed.mirror->settings();
    const std::size_t index = context.IndexOf(placed);
    if (placed.sources.empty() || settings.filter.copies_everything() ||
        settings.filter.asks_next_hop()) {
      continue;
    }
    bool copies_some = false;
    bool copies_own = false;
    for (const Direction direction : {Direction::kIngress, Direction::kEgress}) {
      const FlowSet& flows = context.CopiedFlows(index, direction);
      copies_some = copies_some || !flows.IsEmpty();
      copies_own = copies_own || flows.gave_up() ||
                   !OfOwnSubnets(context, flows, placed.sources, direction).IsEmpty();
    }
    if (!copies_some || copies_own) continue;
    Finding finding =
        About(placed,
              "the filter of " + settings.id +
                  " is about addresses that are in no subnet of its sources: of what they send and "
                  "receive for themselves nothing is copied",
              "source and destination exchanged, or other addresses: what comes in has the source "
              "ENI's address as its destination, what goes out as its source");
    finding.path = FilterPath(context, placed);
    finding.numbers = {{"sources", static_cast<double>(placed.sources.size()), ""}};
    const WitnessQuestion question{
        .mirror = index, .eni = placed.sources.front(), .direction = Direction::kIngress};
    if (auto witness = FindWitness(context, question, FlowSet::All(), false)) {
      finding.witnesses = {*std::move(witness)};
    }
    findings.push_back(std::move(finding));
  }
}

void FindFiltersBesideTheTraffic(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const std::size_t index = context.IndexOf(placed);
    const MirrorSettings& settings = placed.mirror->settings();
    const MirrorTraffic& traffic = context.traffic.mirrors[index];
    const bool copies_some =
        traffic.mirrored.frames_per_second > 0 || traffic.unfit.frames_per_second > 0;
    const bool copies_nothing = context.CopiedFlows(index, Direction::kIngress).IsEmpty() &&
                                context.CopiedFlows(index, Direction::kEgress).IsEmpty();
    if (settings.state != MirrorState::kRunning || traffic.offered.frames_per_second <= 0 ||
        copies_some || copies_nothing || !context.traffic.left_out.empty()) {
      continue;
    }
    const double offered = traffic.offered.bits_per_second;
    Finding finding =
        About(placed,
              "of the " + BitRateText(offered) + " that the workloads have at the sources of " +
                  settings.id + " nothing is copied: no packet of theirs is one that it asks for",
              "source and destination exchanged, if they are the wrong way round: what comes in "
              "has the source ENI and its port as the destination; or another direction, protocol "
              "or range");
    finding.path = FilterPath(context, placed);
    finding.numbers = {{"offered", offered, "bps"}};
    findings.push_back(std::move(finding));
  }
}

}  // namespace vpcmirror
