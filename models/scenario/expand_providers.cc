// Provider profiles with the scenario's assumptions applied.
#include <algorithm>
#include <charconv>

#include "models/scenario/draft.h"
#include "models/scenario/nearest.h"

namespace vpcmirror {
namespace {

std::optional<bool> ParseBool(const std::string& value) {
  if (value == "true") return true;
  if (value == "false") return false;
  return std::nullopt;
}

bool SetEncapsulation(ProviderProfile& profile, const std::string& value) {
  if (value != "vxlan" && value != "none") return false;
  profile.tunnel.kind = value == "vxlan" ? EncapsulationKind::kVxlan : EncapsulationKind::kNone;
  return true;
}

bool SetVni(ProviderProfile& profile, const std::string& value) {
  std::uint32_t vni = 0;
  const char* end = value.data() + value.size();
  const auto [at, error] = std::from_chars(value.data(), end, vni);
  if (error != std::errc() || at != end || vni > kVniMax) return false;
  profile.tunnel.vni = vni;
  return true;
}

bool SetFlowHash(ProviderProfile& profile, const std::string& value) {
  const auto symmetric = ParseBool(value);
  if (!symmetric) return false;
  profile.hash_symmetry = *symmetric ? HashSymmetry::kSymmetric : HashSymmetry::kDirectional;
  return true;
}

bool SetMtuPolicy(ProviderProfile& profile, const std::string& value) {
  if (value != "truncate" && value != "drop") return false;
  profile.mtu_policy = value == "drop" ? MtuPolicy::kDrop : MtuPolicy::kTruncate;
  return true;
}

bool SetCongestion(ProviderProfile& profile, const std::string& value) {
  if (value != "shared_random" && value != "fifo") return false;
  profile.congestion = value == "fifo" ? Congestion::kFifo : Congestion::kSharedRandom;
  return true;
}

bool SetMirrorsDropped(ProviderProfile& profile, const std::string& value) {
  const auto mirrors = ParseBool(value);
  if (!mirrors) return false;
  profile.mirrors_what_security_drops = *mirrors;
  return true;
}

// What a setting means, for the report: a profile's own sentence is about its
// own value only.
struct Meaning {
  const char* value;  // null: any
  const char* text;
};

struct Override {
  const char* name;
  bool (*apply)(ProviderProfile&, const std::string&);
  const char* accepted;
  Meaning meanings[2];
};

constexpr Override kOverrides[] = {
    {"encapsulation",
     SetEncapsulation,
     "\"vxlan\" or \"none\"",
     {{"vxlan", "Copies travel in VXLAN over UDP port 4789."},
      {"none", "Copies have no outer headers: only the bytes of the frames count."}}},
    {"vni",
     SetVni,
     "a number from 0 to 16777215",
     {{nullptr, "The VXLAN network identifier of copies, as given."}, {}}},
    {"flow_hash_symmetric",
     SetFlowHash,
     "\"true\" or \"false\"",
     {{"true", "FIVE_TUPLE_FLOW sends both directions of a flow to the same receiver."},
      {"false", "FIVE_TUPLE_FLOW chooses a receiver for each direction of a flow."}}},
    {"mtu_policy",
     SetMtuPolicy,
     "\"truncate\" or \"drop\"",
     {{"truncate", "A copy that does not fit the MTU on its way is cut to it."},
      {"drop", "A copy that does not fit the MTU on its way is dropped."}}},
    {"congestion",
     SetCongestion,
     "\"shared_random\" or \"fifo\"",
     {{"shared_random", "Over the bandwidth limit, production and copies lose in proportion."},
      {"fifo", "Production and copies share one queue, and the last to come is lost."}}},
    {"mirrors_what_security_drops",
     SetMirrorsDropped,
     "\"true\" or \"false\"",
     {{"true", "Frames that a security group or network ACL drops are copied all the same."},
      {"false", "Frames that a security group or network ACL drops are not copied."}}},
};

std::string MeaningOf(const Override& change, const std::string& value) {
  for (const Meaning& meaning : change.meanings) {
    if (meaning.value == nullptr || value == meaning.value) return meaning.text;
  }
  return "";
}

// Without a tunnel its settings say nothing.
bool IsInForce(const ProviderProfile& profile, const Assumption& assumption) {
  if (profile.tunnel.kind != EncapsulationKind::kNone) return true;
  return assumption.name != "vni" && assumption.name != "outer_source_ports";
}

const Override* FindOverride(const std::string& name) {
  const auto* found = std::find_if(std::begin(kOverrides), std::end(kOverrides),
                                   [&](const Override& each) { return name == each.name; });
  return found == std::end(kOverrides) ? nullptr : found;
}

void Apply(Draft& draft, ProviderProfile& profile, const Override& change,
           const At<std::string>& to) {
  if (!change.apply(profile, to.value)) {
    draft.errors.Add(to.path, std::string(change.name) + " cannot be \"" + to.value + "\"",
                     change.accepted);
    return;
  }
  auto& listed = profile.assumptions;
  auto at = std::find_if(listed.begin(), listed.end(),
                         [&](const Assumption& each) { return each.name == change.name; });
  if (at == listed.end()) {
    at = listed.insert(at, Assumption{change.name, "", "", "", false});
  }
  at->value = to.value;
  at->text = MeaningOf(change, to.value);
  at->source = "the scenario";
  at->overridden = true;
}

}  // namespace

void CheckAssumptionNames(Draft& draft) {
  std::vector<std::string> known;
  for (const Override& each : kOverrides) known.emplace_back(each.name);
  for (const auto& [name, value] : draft.scenario.assumptions) {
    if (FindOverride(name) != nullptr) continue;
    draft.errors.Add(value.path, "there is no assumption \"" + name + "\"",
                     AcceptedNames(name, known));
  }
}

std::size_t ProviderIndex(Draft& draft, const At<std::string>& name) {
  auto& used = draft.deployment->providers;
  const auto at = std::find(used.begin(), used.end(), name.value);
  if (at != used.end()) return static_cast<std::size_t>(at - used.begin());

  ProviderProfile profile;
  const auto shipped = draft.library.providers.find(name.value);
  if (shipped == draft.library.providers.end()) {
    draft.errors.Add(name.path, "there is no provider \"" + name.value + "\"",
                     AcceptedNames(name.value, NamesOf(draft.library.providers)));
  } else {
    profile = shipped->second;
  }
  for (const auto& [key, value] : draft.scenario.assumptions) {
    const Override* change = FindOverride(key);
    if (change != nullptr) Apply(draft, profile, *change, value);
  }
  for (const Assumption& assumption : profile.assumptions) {
    if (IsInForce(profile, assumption)) draft.assumptions.Add(assumption);
  }
  used.push_back(name.value);
  draft.providers.push_back(std::move(profile));
  return used.size() - 1;
}

}  // namespace vpcmirror
