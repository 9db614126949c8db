// A load balancer as the target of a mirror.
#include <algorithm>
#include <set>
#include <string_view>

#include "models/scenario/expand_mirrors.h"
#include "models/scenario/nearest.h"

namespace vpcmirror {
namespace {

// "arn:.../loadbalancer/net/nlb/50dc6c495c0c9188" and ".../forwardingRules/ilb" hold a
// name between slashes. Empty: nothing has it.
std::map<std::string, std::optional<std::size_t>>::const_iterator FindNamed(
    const Draft& draft, const std::string& text) {
  const auto whole = draft.load_balancers.find(text);
  if (whole != draft.load_balancers.end()) return whole;
  for (std::size_t at = text.find('/'); at != std::string::npos;) {
    const std::size_t end = text.find('/', at + 1);
    const auto part = draft.load_balancers.find(text.substr(at + 1, end - at - 1));
    if (part != draft.load_balancers.end()) return part;
    at = end;
  }
  return draft.load_balancers.end();
}

// False, with an error, for a load balancer that the provider does not take.
bool MayBeTarget(MirrorDraft& mirror, const LoadBalancer& balancer) {
  const LoadBalancerTarget& given = *mirror.spec.load_balancer;
  if (balancer.kind.target != given.target) {
    mirror.FailAs("target_not_supported", given.name.path,
                  "load balancer " + balancer.name + " is a " + balancer.kind.title +
                      ", which is a target of kind " + balancer.kind.target + ", not " +
                      given.target,
                  "a load balancer of that kind, or " + balancer.kind.target + " as its kind");
    return false;
  }
  if (balancer.is_public && balancer.kind.internal_only) {
    mirror.FailAs("public_load_balancer", given.name.path,
                  "load balancer " + balancer.name + " has a public address",
                  "an internal one: \"public\": false");
    return false;
  }
  return true;
}

std::string ZoneText(const std::string& zone) { return zone.empty() ? "its zone" : "zone " + zone; }

void Warn(Draft& draft, const PlacedMirror& placed, const char* rule, const std::string& sentence,
          const std::string& accepted, std::vector<Edit> edits = {}) {
  ScenarioError caution;
  caution.rule = rule;
  caution.path = placed.path;
  caution.message = sentence;
  caution.accepted = accepted;
  caution.edits = std::move(edits);
  draft.Warn(caution);
}

// A setting of a load balancer, where it is written.
std::vector<Edit> EditOf(const Draft& draft, const LoadBalancer& balancer, const char* key,
                         const std::string& value) {
  for (const VpcSpec& vpc : draft.scenario.vpcs) {
    if (vpc.name != draft.deployment->vpcs[balancer.vpc].name) continue;
    for (const LoadBalancerSpec& spec : vpc.load_balancers) {
      if (spec.name == balancer.name) return {{spec.path + "/" + key, value}};
    }
  }
  return {};
}

void AssumeSpread(Draft& draft, const LoadBalancer& balancer) {
  draft.assumptions.Default(
      "load_balancer_spread", "outer_5_tuple",
      "A load balancer passes a copy on by a hash of its outer addresses, protocol and ports; the "
      "hash is this model's.",
      "a load balancer sees no more of a copy; the function is not documented");
  if (balancer.zones.size() < 2) return;
  draft.assumptions.Default(
      "load_balancer_zone", "source",
      "Copies come in at the load balancer in the zone of their source, or else in its first zone.",
      "not documented");
}

// True, with a note, where no copy finds a listener.
bool NoteSilence(Draft& draft, const PlacedMirror& placed, const LoadBalancer& balancer) {
  const Encapsulation& encapsulation = placed.mirror->encapsulation();
  if (!balancer.kind.needs_listener || encapsulation.header_bytes() == 0) return false;
  const auto port = encapsulation.destination_port();
  const auto& listener = balancer.listener;
  if (listener && port && *listener == Listener{.port = *port}) return false;
  Warn(draft, placed, "no_listener",
       "No copy of " + placed.mirror->settings().id + " gets through load balancer " +
           balancer.name + ", which listens on " +
           (listener ? ToString(*listener) : std::string("nothing")) +
           ": it drops them, and no one is told.",
       port ? "\"listener\": \"" + ToString(Listener{.port = *port}) + "\" of the load balancer"
            : "copies over UDP, for which a load balancer may listen",
       port ? EditOf(draft, balancer, "listener", "\"" + ToString(Listener{.port = *port}) + "\"")
            : std::vector<Edit>());
  return true;
}

// Zones that sources' copies come in at and that have no backend; returns how many backends
// the others have at most.
std::size_t NoteZones(Draft& draft, const PlacedMirror& placed, const LoadBalancer& balancer) {
  const Deployment& deployment = *draft.deployment;
  const BackendChoice choice(balancer);
  std::set<std::size_t> zones;
  for (const std::size_t source : placed.sources) {
    zones.insert(balancer.ZoneFor(deployment.subnets[deployment.enis[source].subnet].zone));
  }
  std::size_t most = 0;
  for (const std::size_t zone : zones) {
    most = std::max(most, choice.Eligible(zone).size());
    if (!choice.Eligible(zone).empty()) continue;
    Warn(draft, placed, "no_backend_in_zone",
         "Copies of " + placed.mirror->settings().id + " that come in at load balancer " +
             balancer.name + " in " + ZoneText(balancer.zones[zone]) +
             " are lost: no healthy backend is there" +
             (balancer.cross_zone ? "." : ", and it does not balance across zones."),
         balancer.cross_zone
             ? "a healthy backend"
             : "\"cross_zone\": true of the load balancer, or a healthy backend there",
         balancer.cross_zone ? std::vector<Edit>() : EditOf(draft, balancer, "cross_zone", "true"));
  }
  return most;
}

}  // namespace

void ResolveLoadBalancer(MirrorDraft& mirror) {
  const LoadBalancerTarget& given = *mirror.spec.load_balancer;
  const auto named = FindNamed(mirror.draft, given.name.value);
  if (named == mirror.draft.load_balancers.end()) {
    mirror.Fail(given.name.path, "there is no load balancer \"" + given.name.value + "\"",
                mirror.draft.load_balancers.empty()
                    ? "one of load_balancers of a VPC, which has none"
                    : AcceptedNames(given.name.value, NamesOf(mirror.draft.load_balancers)));
    return;
  }
  if (!named->second) {
    mirror.failed = true;
    return;
  }
  const LoadBalancer& balancer = mirror.deployment().load_balancers[*named->second];
  if (mirror.vpc && !MayBeTarget(mirror, balancer)) return;
  const auto& addresses = mirror.deployment().enis[balancer.eni].addresses;
  if (addresses.empty()) {  // an error was given where it is defined
    mirror.failed = true;
    return;
  }
  mirror.load_balancer = named->second;
  mirror.receivers.push_back({balancer.eni, addresses.front(), given.name.path});
}

void NoteLoadBalancer(Draft& draft, const PlacedMirror& placed) {
  const LoadBalancer& balancer = draft.deployment->load_balancers[*placed.load_balancer];
  AssumeSpread(draft, balancer);
  if (NoteSilence(draft, placed, balancer)) return;
  const std::size_t most = NoteZones(draft, placed, balancer);
  const bool apart = placed.mirror->settings().port_hash_symmetry == HashSymmetry::kDirectional;
  if (!apart || most < 2 || placed.mirror->encapsulation().header_bytes() == 0) return;
  Warn(draft, placed, "directions_apart",
       "The two directions of a flow have different outer ports, so that load balancer " +
           balancer.name + " may pass the copies of each to another backend.",
       "one ENI as the target, or a receiver that needs only one direction of a flow");
}

}  // namespace vpcmirror
