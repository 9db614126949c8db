// What several mirrors may not have in common, by the rules of their provider.
#include <algorithm>
#include <utility>

#include "models/mirror/mirror_tap.h"
#include "models/scenario/expand_mirrors.h"

namespace vpcmirror {
namespace {

void CheckIds(const std::vector<MirrorDraft*>& mirrors) {
  std::set<std::string> ids;
  for (MirrorDraft* checked : mirrors) {
    MirrorDraft& mirror = *checked;
    if (ids.insert(mirror.id).second) continue;
    mirror.Fail(mirror.spec.id ? mirror.spec.id->path : mirror.spec.path,
                "two mirrors are called \"" + mirror.id + "\"", "a name of its own");
  }
}

std::string NameOf(const Deployment& deployment, Selection::Kind kind, std::size_t index) {
  if (kind == Selection::Kind::kVpc) return "VPC " + deployment.vpcs[index].name;
  if (kind == Selection::Kind::kSubnet) return "subnet " + deployment.subnets[index].name;
  return deployment.enis[index].id;
}

void CheckObjects(const std::vector<MirrorDraft*>& mirrors) {
  using Key = std::pair<Selection::Kind, std::size_t>;
  std::map<Key, std::string> used;  // by which mirror
  for (MirrorDraft* checked : mirrors) {
    MirrorDraft& mirror = *checked;
    if (!mirror.vpc || !mirror.profile().sessions.object_in_one_mirror) continue;
    std::map<Key, std::string> fresh;
    std::set<std::string> complained;  // once for a selector, not for each of its ENIs
    for (const CollectedObject& object : mirror.objects) {
      const auto other = used.find({object.kind, object.index});
      if (other != used.end() && complained.insert(object.path).second) {
        mirror.FailAs("object_in_use", object.path,
                      NameOf(mirror.deployment(), object.kind, object.index) +
                          " is already collected by mirror " + other->second,
                      "an object that no other mirror names");
      }
      fresh.emplace(Key{object.kind, object.index}, mirror.id);
    }
    used.insert(fresh.begin(), fresh.end());
  }
}

void NoteSameNumber(MirrorDraft& mirror, const std::string& other, const std::string& accepted) {
  mirror.FailAs("duplicate_session_number", mirror.spec.number->path,
                mirror.spec.words.number + " " + std::to_string(mirror.spec.number->value) +
                    " is that of " + other + " too",
                accepted);
}

void CheckNumbers(const std::vector<MirrorDraft*>& mirrors) {
  std::map<std::pair<const ProviderProfile*, std::int64_t>, std::string> of_account;
  std::map<std::pair<std::size_t, std::int64_t>, std::string> of_eni;
  for (MirrorDraft* checked : mirrors) {
    MirrorDraft& mirror = *checked;
    if (!mirror.vpc || !mirror.spec.number) continue;
    const ProviderProfile& profile = mirror.profile();
    const std::string& word = mirror.spec.words.number;
    const std::int64_t number = mirror.spec.number->value;
    if (profile.sessions.unique_within == NumberScope::kAccount) {
      const auto [at, fresh] = of_account.emplace(std::pair{&profile, number}, mirror.id);
      if (!fresh) NoteSameNumber(mirror, at->second, "a " + word + " that no other session has");
    } else if (profile.sessions.unique_within == NumberScope::kEni) {
      for (const std::size_t eni : mirror.sources) {
        const auto [at, fresh] = of_eni.emplace(std::pair{eni, number}, mirror.id);
        if (fresh) continue;
        NoteSameNumber(mirror, at->second + " on " + mirror.deployment().enis[eni].id,
                       "a " + word + " that no other session of the ENI has");
        break;
      }
    }
  }
}

void CheckSessionsPerEni(const std::vector<MirrorDraft*>& mirrors) {
  constexpr auto kFollowed = static_cast<int>(kMaxSessions);
  std::map<std::size_t, int> sessions;  // by ENI
  for (MirrorDraft* checked : mirrors) {
    MirrorDraft& mirror = *checked;
    if (!mirror.vpc) continue;
    const auto& limit = mirror.profile().sessions.per_eni;
    const int most = std::min(limit.value_or(kFollowed), kFollowed);
    for (const std::size_t eni : mirror.sources) {
      if (++sessions[eni] <= most) continue;
      mirror.FailAs("too_many_sessions_per_eni", mirror.spec.sources.front().path,
                    mirror.deployment().enis[eni].id + " is the source of " +
                        std::to_string(sessions[eni]) + " mirrors",
                    "at most " + std::to_string(most) +
                        (limit == most ? "" : ", which is what this version follows"));
      break;
    }
  }
}

// Where an ENI is source or target, never both, whichever mirrors name it.
void CheckLoops(const std::vector<MirrorDraft*>& mirrors) {
  std::map<std::size_t, std::string> watched;  // ENI to mirror
  for (const MirrorDraft* mirror : mirrors) {
    for (const std::size_t eni : mirror->sources) watched.emplace(eni, mirror->id);
  }
  for (MirrorDraft* checked : mirrors) {
    MirrorDraft& mirror = *checked;
    if (!mirror.vpc || mirror.profile().loop != LoopRule::kEniNotBoth) continue;
    for (const ReceiverDraft& receiver : mirror.receivers) {
      const auto source = watched.find(receiver.eni);
      if (source == watched.end()) continue;
      mirror.FailAs("source_is_target", receiver.path,
                    mirror.deployment().enis[receiver.eni].id + " receives copies of " + mirror.id +
                        " and is a source of " + source->second,
                    "a receiver that nothing mirrors");
    }
  }
}

// How many sessions name a load balancer, and how many sources they have.
void CheckLoadBalancers(const std::vector<MirrorDraft*>& mirrors) {
  std::map<std::size_t, std::int64_t> sessions;          // by load balancer
  std::map<std::size_t, std::set<std::size_t>> sources;  // the same
  for (MirrorDraft* checked : mirrors) {
    MirrorDraft& mirror = *checked;
    if (!mirror.vpc || !mirror.load_balancer) continue;
    const LoadBalancer& balancer = mirror.deployment().load_balancers[*mirror.load_balancer];
    const auto check = [&](const char* quota, const char* word, std::int64_t count,
                           const char* what) {
      const auto most = QuotaOf(mirror.profile(), quota);
      if (!most || count <= *most) return;
      mirror.FailAs(word, mirror.spec.load_balancer->name.path,
                    "load balancer " + balancer.name + " has " + std::to_string(count) + " " + what,
                    "at most " + std::to_string(*most));
    };
    auto& of_balancer = sources[*mirror.load_balancer];
    of_balancer.insert(mirror.sources.begin(), mirror.sources.end());
    check("sources_per_load_balancer", "too_many_sources",
          static_cast<std::int64_t>(of_balancer.size()), "sources");
    const bool one_each = mirror.profile().sessions.one_source;
    sessions[*mirror.load_balancer] +=
        one_each ? static_cast<std::int64_t>(mirror.sources.size()) : 1;
    check("sessions_per_load_balancer", "too_many_sessions_per_target",
          sessions[*mirror.load_balancer], "sessions");
  }
}

}  // namespace

void CheckMirrorsTogether(const std::vector<MirrorDraft*>& mirrors) {
  CheckIds(mirrors);
  CheckObjects(mirrors);
  CheckNumbers(mirrors);
  CheckSessionsPerEni(mirrors);
  CheckLoops(mirrors);
  CheckLoadBalancers(mirrors);
}

}  // namespace vpcmirror
