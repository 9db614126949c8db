// ReadProfile on any bytes: a profile that keeps what its header promises, or
// errors with their place.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "models/cloud/provider_assumptions.h"
#include "models/scenario/error.h"
#include "models/wire/encapsulation.h"
#include "sim/input/data_folder.h"
#include "sim/input/profile_reader.h"
#include "tests/fuzz/require.h"

namespace vpcmirror::sim {
namespace {

void CheckErrors(const ScenarioException& thrown) {
  Require(!thrown.errors().empty(), "an exception has an error");
  for (const ScenarioError& error : thrown.errors()) {
    Require(error.file == "fuzz.json", "an error names the file");
    Require(error.line >= 1 && error.column >= 1, "an error has a place");
    Require(!error.message.empty(), "an error says what was found");
    Require(error.path.empty() || error.path.front() == '/', "a path is a JSON Pointer");
  }
}

void CheckFilter(const FilterRules& rules) {
  Require(rules.port_limits.first <= rules.port_limits.last, "ports are ordered");
  const bool ordered = rules.model == FilterModel::kFirstMatch;
  Require(ordered == !rules.accept.empty(), "ordered rules have actions, and others none");
  if (ordered) Require(rules.priority.first <= rules.priority.last, "priorities are ordered");
}

void CheckLengths(const LengthRule& rule) {
  if (!rule.least) return;
  if (rule.most) Require(*rule.least <= *rule.most, "lengths are ordered");
  if (rule.by_default) Require(*rule.least <= *rule.by_default, "the default may be asked for");
}

void CheckProfile(const ProviderProfile& profile) {
  Require(!profile.name.empty() && !profile.sources.empty(), "a profile has a name and sources");
  CheckFilter(profile.filter);
  if (profile.rule_mode) CheckFilter(*profile.rule_mode);
  CheckLengths(profile.packet_length);
  if (profile.load_balancer_length) CheckLengths(*profile.load_balancer_length);
  const Encapsulation tunnel(profile.tunnel);  // throws when it cannot be
  if (profile.sessions.per_eni) {
    Require(*profile.sessions.per_eni >= 1 &&
                *profile.sessions.per_eni <= static_cast<int>(kMaxSessions),
            "a tap can hold an ENI's sessions");
  }
  std::set<std::string> names;
  for (const Assumption& each : profile.assumptions) {
    Require(names.insert(each.name).second, "an assumption is named once");
    const AssumptionRule* rule = FindAssumptionRule(each.name);
    if (rule != nullptr) Require(rule->get(profile) == each.value, "an assumption is what is set");
  }
}

}  // namespace
}  // namespace vpcmirror::sim

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const auto schema = vpcmirror::sim::Schema::Load(vpcmirror::sim::FindDataFolder() +
                                                          "/schema/profile.schema.json");
  try {
    vpcmirror::sim::CheckProfile(vpcmirror::sim::ReadProfile(text, "fuzz.json", *schema));
  } catch (const vpcmirror::ScenarioException& e) {
    vpcmirror::sim::CheckErrors(e);
  }
  return 0;
}
