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

struct Override {
  const char* name;
  bool (*apply)(ProviderProfile&, const std::string&);
  const char* accepted;
  const char* text;  // for profiles that do not list it as an assumption
};

constexpr Override kOverrides[] = {
    {"encapsulation", SetEncapsulation, "\"vxlan\" or \"none\"", "How copies are wrapped."},
    {"vni", SetVni, "a number from 0 to 16777215", "The VXLAN network identifier of copies."},
    {"flow_hash_symmetric", SetFlowHash, "\"true\" or \"false\"",
     "Whether both directions of a flow go to the same receiver."},
    {"mtu_policy", SetMtuPolicy, "\"truncate\" or \"drop\"",
     "What happens to a copy that is larger than the MTU."},
    {"congestion", SetCongestion, "\"shared_random\" or \"fifo\"",
     "Who loses when a CVM's budget is spent."},
    {"mirrors_what_security_drops", SetMirrorsDropped, "\"true\" or \"false\"",
     "Whether frames that a security group or ACL drops are copied."},
};

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
    at = listed.insert(at, Assumption{change.name, "", change.text, "", false});
  }
  at->value = to.value;
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
  for (const Assumption& assumption : profile.assumptions) draft.assumptions.Add(assumption);
  used.push_back(name.value);
  draft.providers.push_back(std::move(profile));
  return used.size() - 1;
}

}  // namespace vpcmirror
