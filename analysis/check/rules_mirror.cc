// Rules about mirrors: their states, sources, receivers and settings.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "analysis/check/rules.h"
#include "models/scenario/subnet_cover.h"

namespace vpcmirror {
namespace {

// That holds the longest packet of a source, as far as the API goes.
std::optional<Bytes> NeededLength(const CheckContext& context, const PlacedMirror& placed) {
  Bytes longest{};
  for (const std::size_t source : placed.sources) {
    longest =
        std::max(longest, context.deployment().enis[source].mtu + Bytes(kEthernetHeaderBytes));
  }
  const LengthRule& rule = context.ProfileOf(placed).packet_length;
  if (!rule.least || longest < *rule.least) return std::nullopt;
  return rule.most ? std::min(longest, *rule.most) : longest;
}

// A mirror that copies, or would.
bool IsThere(const PlacedMirror& placed) { return !placed.sources.empty(); }

}  // namespace

void FindStoppedMirrors(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const MirrorSettings& settings = placed.mirror->settings();
    if (settings.state == MirrorState::kRunning || !IsThere(placed)) continue;
    findings.push_back(About(placed,
                             "mirror " + settings.id + " is stopped: it sends no copy of its " +
                                 std::to_string(placed.sources.size()) +
                                 (placed.sources.size() == 1 ? " source" : " sources"),
                             "start it, or leave it out"));
    Finding& finding = findings.back();
    finding.numbers = {{"sources", static_cast<double>(placed.sources.size()), ""}};
    const MirrorSpec* spec = context.SpecOf(placed);
    if (spec == nullptr || !spec->state) continue;
    finding.path = spec->state->path;
    const Lifecycle& lifecycle = context.ProfileOf(placed).lifecycle;
    if (lifecycle.runs_by_default && !lifecycle.by_default.empty()) {
      finding.edits = {{spec->state->path, "\"" + lifecycle.by_default + "\""}};
    }
  }
}

void FindMissingStates(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const Lifecycle& lifecycle = context.ProfileOf(placed).lifecycle;
    const MirrorSpec* spec = context.SpecOf(placed);
    if (!lifecycle.is_required || spec == nullptr || spec->state) continue;
    const std::string value = "\"" + lifecycle.by_default + "\"";
    const std::string key = "\"" + spec->words.state + "\"";
    Finding finding = About(placed,
                            "mirror " + placed.mirror->settings().id + " has no " + key +
                                ": a run takes it as " + value + ", and the API asks for one",
                            key + ": " + value);
    finding.edits = {{spec->path + "/" + spec->words.state, value}};
    findings.push_back(std::move(finding));
  }
}

void FindReceiversInRange(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    if (context.ProfileOf(placed).loop != LoopRule::kReceiverExcluded) continue;
    std::vector<std::size_t> inside;
    for (const std::size_t eni : placed.receiver_enis) {
      if (std::binary_search(placed.sources.begin(), placed.sources.end(), eni)) {
        inside.push_back(eni);
      }
    }
    if (inside.empty()) continue;
    Finding finding = About(placed,
                            "mirror " + placed.mirror->settings().id + " watches its receiver " +
                                context.EnisText(inside) +
                                ": copies that arrive there are left out, all else that it sends "
                                "and receives is copied",
                            "a range without the receiver, where that is not wanted");
    finding.numbers = {{"receivers", static_cast<double>(inside.size()), ""}};
    findings.push_back(std::move(finding));
  }
}

void FindShortDefaultLengths(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const MirrorSpec* spec = context.SpecOf(placed);
    const auto& by_default = context.ProfileOf(placed).packet_length.by_default;
    if (spec == nullptr || spec->packet_length || !by_default || placed.load_balancer) continue;
    const auto& kept = placed.mirror->settings().packet_length[0];
    if (!kept || *kept != *by_default) continue;
    Finding finding =
        About(placed,
              "mirror " + placed.mirror->settings().id + " names no " + spec->words.length +
                  ": only the first " + std::to_string(by_default->count()) +
                  " bytes of each packet are copied",
              "\"" + spec->words.length + "\" of the bytes that the receiver needs");
    finding.numbers = {{"packet_length", static_cast<double>(by_default->count()), "B"}};
    if (const auto needed = NeededLength(context, placed)) {
      finding.edits = {{spec->path + "/" + spec->words.length, std::to_string(needed->count())}};
    }
    findings.push_back(std::move(finding));
  }
}

void FindTooManyMirrors(const CheckContext& context, std::vector<Finding>& findings) {
  std::map<std::size_t, std::vector<const PlacedMirror*>> by_vpc;
  for (const PlacedMirror& placed : context.valid.mirrors) {
    if (IsThere(placed) && context.SpecOf(placed) != nullptr) by_vpc[placed.vpc].push_back(&placed);
  }
  for (const auto& [vpc, mirrors] : by_vpc) {
    const auto most = QuotaOf(context.ProfileOf(*mirrors.front()), "mirrors_per_vpc");
    if (!most || mirrors.size() <= static_cast<std::size_t>(*most)) continue;
    std::set<std::size_t> sources;
    for (const PlacedMirror* placed : mirrors) {
      sources.insert(placed->sources.begin(), placed->sources.end());
    }
    const SubnetCover cover =
        CoverBySubnets(context.deployment(), {sources.begin(), sources.end()});
    const PlacedMirror& first_over = *mirrors[static_cast<std::size_t>(*most)];
    Finding finding =
        About(first_over,
              "VPC " + context.deployment().vpcs[vpc].name + " has " +
                  std::to_string(mirrors.size()) + " mirrors, where " + std::to_string(*most) +
                  " are the most: " + first_over.mirror->settings().id + " is one too many",
              "at most " + std::to_string(*most) +
                  " mirrors of wider ranges: " + std::to_string(cover.subnets.size()) +
                  (cover.subnets.size() == 1 ? " subnet holds" : " subnets hold") + " all " +
                  std::to_string(sources.size()) + " sources, and " + std::to_string(cover.others) +
                  " other ENIs");
    finding.numbers = {{"most", static_cast<double>(*most), "mirrors"},
                       {"mirrors", static_cast<double>(mirrors.size()), ""},
                       {"subnets", static_cast<double>(cover.subnets.size()), ""},
                       {"unwanted", static_cast<double>(cover.others), "ENIs"}};
    findings.push_back(std::move(finding));
  }
}

void FindCrowdedTargets(const CheckContext& context, std::vector<Finding>& findings) {
  struct Use {
    const PlacedMirror* last = nullptr;
    std::set<std::size_t> sources;
    std::int64_t sessions = 0;
  };
  std::map<std::size_t, Use> by_receiver;
  for (const PlacedMirror& placed : context.valid.mirrors) {
    if (!IsThere(placed) || placed.load_balancer) continue;
    const bool one_each = context.ProfileOf(placed).sessions.one_source;
    const auto sources = static_cast<std::int64_t>(placed.sources.size());
    for (const std::size_t receiver : placed.receiver_enis) {
      Use& use = by_receiver[receiver];
      use.last = &placed;
      use.sources.insert(placed.sources.begin(), placed.sources.end());
      use.sessions += one_each ? sources : 1;
    }
  }
  for (const auto& [receiver, use] : by_receiver) {
    for (const auto& [quota, count, what] :
         {std::tuple("sources_per_eni_target", static_cast<std::int64_t>(use.sources.size()),
                     "sources"),
          std::tuple("sessions_per_eni_target", use.sessions, "sessions")}) {
      const Eni& of_receiver = context.deployment().enis[receiver];
      const std::string& type = context.deployment().cvms[of_receiver.cvm].type;
      const ProviderProfile& profile = context.ProfileOf(*use.last);
      const auto most = QuotaOf(profile, quota, type);
      if (!most || count <= *most) continue;
      const std::string& eni = of_receiver.id;
      Finding finding = About(*use.last,
                              "the receiver " + eni + " has " + std::to_string(count) + " " + what +
                                  ", where " + std::to_string(*most) + " are the most of one ENI",
                              "further receivers, or a load balancer as the target");
      finding.subject = {"eni", eni};
      const auto may_hold = QuotaThatMayHold(profile, quota, type);
      if (may_hold && count <= *may_hold) {
        finding.severity = Severity::kAssumption;
        finding.message += ", or " + std::to_string(*may_hold) +
                           " of large types: it is assumed to be of one";
      }
      const auto code = profile.error_codes.find("too_many_sources");
      const bool is_of_target = profile.sessions.one_source;  // else of a session
      if (is_of_target && code != profile.error_codes.end()) finding.api_code = code->second;
      finding.numbers = {{what, static_cast<double>(count), ""},
                         {"most", static_cast<double>(*most), ""}};
      findings.push_back(std::move(finding));
    }
  }
}

void FindRefusedActions(const CheckContext& context, std::vector<Finding>& findings) {
  for (const TimelineEvent& event : context.valid.timeline) {
    if (!event.action.refusal) continue;
    Finding finding;
    finding.subject = {"action", event.action.what};
    finding.path = event.action.path;
    finding.message = event.action.what + ": " + event.action.refusal->message;
    finding.fix = "another order of actions, or none";
    finding.api_code = event.action.refusal->code;
    findings.push_back(std::move(finding));
  }
}

}  // namespace vpcmirror
