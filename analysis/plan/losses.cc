#include "analysis/plan/losses.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "models/cloud/frame_drop.h"
#include "models/units/rates.h"

namespace vpcmirror {
namespace {

// Names of ProviderProfile::loss_counters that count it.
std::vector<std::string_view> CountedAs(LostWhat what, std::string_view reason) {
  const auto is_of = [&](std::string_view limit) { return reason.ends_with(limit); };
  switch (what) {
    case LostWhat::kCopyAtSource:
      if (!reason.starts_with("egress_")) return {};
      return {"copies_of_inbound", "copies_of_outbound"};
    case LostWhat::kProduction:
      if (is_of("_packet_rate")) return {"packet_rate"};
      if (reason == "ingress_bandwidth") return {"inbound_bandwidth"};
      if (reason == "egress_bandwidth") return {"outbound_bandwidth"};
      return {};
    case LostWhat::kCopyBehindSource:
      if (reason == "receiver_packet_rate") return {"packet_rate"};
      if (reason == "receiver_bandwidth") return {"inbound_bandwidth"};
      return {};
  }
  return {};
}

class LossTable {
 public:
  explicit LossTable(const ValidScenario& scenario) : scenario_(scenario) {}

  void Add(LostWhat what, std::string_view reason, std::size_t vpc, const Count& count) {
    if (count.frames == 0) return;
    const std::size_t provider = scenario_.deployment->vpcs[vpc].provider;
    lost_[{what, std::string(reason), provider}] += count;
  }

  std::vector<LossPlace> Places(Picoseconds time) const {
    std::vector<LossPlace> places;
    for (const auto& [key, count] : lost_) {
      const auto& [what, reason, provider] = key;
      const ProviderProfile& profile = scenario_.providers[provider];
      LossPlace place{.what = what, .reason = reason, .provider = profile.name, .lost = count};
      const double seconds = Seconds(time);
      if (seconds > 0) {
        const auto bits = static_cast<double>(count.bytes.count()) * kBitsPerByte;
        place.bandwidth = BitsPerSecond(std::llround(bits / seconds));
        place.packet_rate =
            PacketsPerSecond(std::llround(static_cast<double>(count.frames) / seconds));
      }
      AddCounters(profile, place);
      places.push_back(std::move(place));
    }
    std::stable_sort(places.begin(), places.end(), [](const LossPlace& a, const LossPlace& b) {
      return a.lost.frames > b.lost.frames;
    });
    return places;
  }

 private:
  static void AddCounters(const ProviderProfile& profile, LossPlace& place) {
    for (const std::string_view name : CountedAs(place.what, place.reason)) {
      for (const LossCounter& each : profile.loss_counters) {
        if (each.lost != name) continue;
        place.counters.insert(place.counters.end(), each.names.begin(), each.names.end());
        place.source = each.source;
      }
    }
  }

  const ValidScenario& scenario_;
  std::map<std::tuple<LostWhat, std::string, std::size_t>, Count> lost_;
};

std::unordered_map<std::string_view, std::size_t> VpcsOfEnis(const Deployment& deployment) {
  std::unordered_map<std::string_view, std::size_t> vpcs;
  for (const Eni& eni : deployment.enis) vpcs.emplace(eni.id, deployment.subnets[eni.subnet].vpc);
  return vpcs;
}

// Where the discipline comes from.
std::string_view BasisOf(const ProviderProfile& provider) {
  for (const Assumption& each : provider.assumptions) {
    if (each.name == "congestion") return each.overridden ? "yours" : "assumed";
  }
  return "documented";
}

}  // namespace

std::string_view ToString(LostWhat what) {
  switch (what) {
    case LostWhat::kProduction:
      return "production";
    case LostWhat::kCopyAtSource:
      return "copy_at_source";
    case LostWhat::kCopyBehindSource:
      return "copy_behind_source";
  }
  return "";
}

LossesAtLoad LossesOf(const ValidScenario& scenario, const RunResult& result, double load) {
  const Deployment& deployment = *scenario.deployment;
  LossTable table(scenario);
  const std::unordered_map<std::string_view, std::size_t> vpcs = VpcsOfEnis(deployment);
  for (const EniResult& eni : result.enis) {
    const auto vpc = vpcs.find(eni.id);
    if (vpc == vpcs.end()) continue;
    for (const auto& [reason, count] : eni.dropped) {
      if (!IsAsScenarioSays(reason)) table.Add(LostWhat::kProduction, reason, vpc->second, count);
    }
  }
  for (std::size_t i = 0; i < result.mirrors.size() && i < scenario.mirrors.size(); ++i) {
    const std::size_t vpc = scenario.mirrors[i].vpc;
    const MirrorResult& mirror = result.mirrors[i];
    for (std::size_t reason = 0; reason < kDropReasons; ++reason) {
      table.Add(LostWhat::kCopyAtSource, ToString(static_cast<DropReason>(reason)), vpc,
                mirror.ledger.dropped[reason]);
    }
    for (const auto& [reason, count] : mirror.lost_after_source) {
      table.Add(LostWhat::kCopyBehindSource, reason, vpc, count);
    }
  }
  LossesAtLoad losses{.load = load, .production = result.production, .copies = result.copies};
  losses.places = table.Places(result.duration - result.warm_up);
  if (!scenario.providers.empty()) {
    losses.congestion = ToString(scenario.providers.front().congestion);
    losses.rests_on = BasisOf(scenario.providers.front());
  }
  return losses;
}

}  // namespace vpcmirror
