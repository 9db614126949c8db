// Rules about mirrors: their states, sources, receivers and settings.
#include <algorithm>
#include <set>

#include "analysis/check/rules.h"

namespace vpcmirror {
namespace {

// A mirror that copies, or would.
bool IsThere(const PlacedMirror& placed) { return !placed.sources.empty(); }

std::optional<std::int64_t> QuotaOf(const ProviderProfile& profile, std::string_view name) {
  for (const Quota& quota : profile.quotas) {
    if (quota.name == name) return quota.most;
  }
  return std::nullopt;
}

}  // namespace

void FindStoppedMirrors(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const MirrorSettings& settings = placed.mirror->settings();
    if (settings.state == MirrorState::kRunning || !IsThere(placed)) continue;
    findings.push_back(About(placed,
                             "mirror " + settings.id + " is stopped: it sends no copy of its " +
                                 std::to_string(placed.sources.size()) + " sources",
                             "start it, or leave it out"));
    const MirrorSpec* spec = context.SpecOf(placed);
    if (spec != nullptr && spec->state) findings.back().path = spec->state->path;
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
    findings.push_back(std::move(finding));
  }
}

void FindTooManyMirrors(const CheckContext& context, std::vector<Finding>& findings) {
  std::map<std::size_t, std::int64_t> in_vpc;
  for (const PlacedMirror& placed : context.valid.mirrors) {
    if (!IsThere(placed) || context.SpecOf(placed) == nullptr) continue;
    const auto most = QuotaOf(context.ProfileOf(placed), "mirrors_per_vpc");
    if (!most || ++in_vpc[placed.vpc] != *most + 1) continue;
    Finding finding =
        About(placed,
              "mirror " + placed.mirror->settings().id + " is number " + std::to_string(*most + 1) +
                  " of VPC " + context.deployment().vpcs[placed.vpc].name + ", where " +
                  std::to_string(*most) + " are the most",
              "at most " + std::to_string(*most) + " mirrors of wider ranges");
    finding.numbers = {{"most", static_cast<double>(*most), ""}};
    findings.push_back(std::move(finding));
  }
}

void FindOverlaps(const CheckContext& context, std::vector<Finding>& findings) {
  std::map<std::pair<std::size_t, std::size_t>, std::vector<std::size_t>> shared;
  for (std::size_t eni = 0; eni < context.watching.size(); ++eni) {
    const auto& mirrors = context.watching[eni];
    for (std::size_t i = 1; i < mirrors.size(); ++i)
      shared[{mirrors[0], mirrors[i]}].push_back(eni);
  }
  for (const auto& [pair, enis] : shared) {
    const PlacedMirror& later = context.valid.mirrors[pair.second];
    if (!context.ProfileOf(later).sessions.at_most_one_copy) continue;
    const std::string& first = context.valid.mirrors[pair.first].mirror->settings().id;
    const std::string& second = later.mirror->settings().id;
    Finding finding = About(later,
                            first + " and " + second + " watch " + context.EnisText(enis) +
                                " both: of a packet that both would copy, only the one of the "
                                "smaller number makes its copy",
                            "filters that do not overlap, or one session");
    finding.numbers = {{"enis", static_cast<double>(enis.size()), ""}};
    findings.push_back(std::move(finding));
  }
}

void FindSharedVnis(const CheckContext& context, std::vector<Finding>& findings) {
  std::map<std::pair<std::size_t, std::uint32_t>, const PlacedMirror*> seen;
  std::set<std::pair<const PlacedMirror*, const PlacedMirror*>> told;
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const TunnelSettings& tunnel = placed.mirror->settings().tunnel;
    if (!IsThere(placed) || !HasVni(tunnel.kind)) continue;
    for (const std::size_t receiver : placed.receiver_enis) {
      const auto [at, fresh] = seen.emplace(std::pair{receiver, tunnel.vni}, &placed);
      if (fresh || at->second == &placed || !told.emplace(at->second, &placed).second) continue;
      Finding finding =
          About(placed,
                at->second->mirror->settings().id + " and " + placed.mirror->settings().id +
                    " send copies of VNI " + std::to_string(tunnel.vni) + " to " +
                    context.deployment().enis[receiver].id + ", which cannot tell them apart",
                "a VNI of its own for each, where the API has one");
      finding.numbers = {{"vni", static_cast<double>(tunnel.vni), ""}};
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
