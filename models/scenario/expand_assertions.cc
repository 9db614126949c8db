// Assertions: whether there is what they name.
#include <algorithm>
#include <set>
#include <utility>

#include "models/scenario/draft.h"
#include "models/scenario/nearest.h"
#include "models/scenario/selectors.h"
#include "models/scenario/variants.h"

namespace vpcmirror {
namespace {

using Names = std::vector<std::string>;

std::string InQuotes(const std::string& text) { return '"' + text + '"'; }

bool IsAmong(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Names HostNames(const Deployment& deployment) {
  Names names;
  for (const Cvm& cvm : deployment.cvms) {
    if (!cvm.is_load_balancer) names.push_back(cvm.id);
  }
  return names;
}

Names EniNames(const Deployment& deployment) {
  Names names;
  for (const Eni& eni : deployment.enis) {
    if (!eni.load_balancer) names.push_back(eni.id);
  }
  return names;
}

Names ReceiverNames(const Draft& draft) {
  const std::set<std::size_t> receivers =
      ReceiversEver(*draft.deployment, draft.mirrors, draft.timeline);
  Names names;
  for (const std::size_t eni : receivers) names.push_back(draft.deployment->enis[eni].id);
  return names;
}

Names DisciplineNames(const Draft& draft) {
  ValidScenario scenario;
  scenario.providers = draft.providers;
  const std::optional<Discipline> assumed = AssumedDiscipline(scenario);
  if (!assumed) return {};
  Names names = {ToString(*assumed)};
  for (const Discipline& each : OtherDisciplines(scenario)) names.push_back(ToString(each));
  return names;
}

Names TcpNames(const Draft& draft) {
  Names names;
  for (const Workload& each : draft.workloads) {
    if (each.tcp) names.push_back(each.name);
  }
  return names;
}

bool AnyHostFailed(const Draft& draft) {
  return std::any_of(draft.hosts.begin(), draft.hosts.end(),
                     [](const auto& host) { return host.second.failed; });
}

bool AnyMirrorFailed(const Draft& draft) {
  return draft.mirrors.size() < draft.scenario.mirrors.size();
}

bool AnyLoadBalancerFailed(const Draft& draft) {
  return std::any_of(draft.load_balancers.begin(), draft.load_balancers.end(),
                     [](const auto& balancer) { return !balancer.second; });
}

// The elements of a list as far as they are known before the run.
struct KnownList {
  Names names;
  bool failed = false;  // some may be missing, each for an error of its own
};

// Looks up what one assertion names, from the first step of its path to the last.
class AssertionLookup {
 public:
  AssertionLookup(Draft& draft, const AssertionSpec& spec)
      : draft_(draft), spec_(spec), assertion_(spec.assertion) {}

  void Run() {
    if (!RunHas(assertion_.path.front())) return;
    for (std::size_t i = 0; i < assertion_.path.size(); ++i) {
      PathStep& step = assertion_.path[i];
      if (step.choice && !Settle(i == 0 ? "" : assertion_.path[i - 1].key, step)) return;
    }
    draft_.assertions.push_back(std::move(assertion_));
  }

 private:
  bool Fail(const std::string& message, const std::string& accepted) {
    draft_.errors.Add(spec_.path, message, accepted);
    return false;
  }

  // Not every run is compared with others.
  bool RunHas(const PathStep& first) {
    if (first.key == "baseline" && !draft_.baseline) {
      return Fail("this run has no baseline",
                  "\"baseline\": true in the scenario, or run --baseline");
    }
    if (first.key == "baseline" && draft_.scenario.mirrors.empty()) {
      return Fail("there is no mirror, so that no run without one is compared",
                  "a path outside \"baseline\"");
    }
    if (first.key == "disciplines" && DisciplineNames(draft_).empty()) {
      return Fail("no other discipline is tried: the congestion discipline is not assumed here",
                  "a path outside \"disciplines\"");
    }
    return true;
  }

  // Of the list `key` in an element of the list `outer`, if in any; empty when only the
  // run can tell.
  std::optional<KnownList> Known(const std::string& outer, const std::string& key) const {
    const Deployment& deployment = *draft_.deployment;
    if (outer == "load_balancers") return KnownBehind(key);
    if (key == "tcp") return KnownList{TcpNames(draft_), false};
    if (!outer.empty()) return std::nullopt;
    if (key == "hosts") return KnownList{HostNames(deployment), AnyHostFailed(draft_)};
    if (key == "enis") return KnownList{EniNames(deployment), AnyHostFailed(draft_)};
    if (key == "receivers") {
      return KnownList{ReceiverNames(draft_), AnyHostFailed(draft_) || AnyMirrorFailed(draft_)};
    }
    KnownList known;
    if (key == "mirrors") {
      for (const PlacedMirror& placed : draft_.mirrors) {
        known.names.push_back(placed.mirror->settings().id);
      }
      known.failed = AnyMirrorFailed(draft_);
    } else if (key == "load_balancers") {
      for (const LoadBalancer& each : deployment.load_balancers) known.names.push_back(each.id);
      known.failed = AnyLoadBalancerFailed(draft_);
    } else if (key == "disciplines") {
      known.names = DisciplineNames(draft_);
    } else if (key == "timeline") {
      // They have no names: they are numbered.
      known.names.assign(draft_.timeline.size(), "");
      known.failed = !draft_.errors.empty();
    } else if (key == "assumptions") {
      for (const Assumption& each : draft_.assumptions.all()) known.names.push_back(each.name);
    } else {
      return std::nullopt;
    }
    return known;
  }

  // Of the load balancers that the path has chosen, together.
  KnownList KnownBehind(const std::string& key) const {
    const Deployment& deployment = *draft_.deployment;
    KnownList known{.failed = AnyLoadBalancerFailed(draft_)};
    for (const std::size_t index : balancers_) {
      const LoadBalancer& balancer = deployment.load_balancers[index];
      if (key == "zones") {
        known.names.insert(known.names.end(), balancer.zones.begin(), balancer.zones.end());
        continue;
      }
      for (const Backend& each : balancer.backends) {
        known.names.push_back(deployment.enis[each.eni].id);
      }
    }
    return known;
  }

  bool Settle(const std::string& outer, PathStep& step) {
    const std::optional<KnownList> known = Known(outer, step.key);
    if (!known) return true;
    if (known->names.empty()) {
      return known->failed ? false : Fail("\"" + step.key + "\" is empty in this scenario", "");
    }
    ElementChoice& choice = *step.choice;
    if (IsAmong(known->names, choice.text)) {
      choice.kind = ElementChoice::Kind::kNamed;
      choice.names = {choice.text};
    } else if (choice.kind == ElementChoice::Kind::kNumbered) {
      if (!HasNumber(step, *known)) return false;
    } else if (choice.kind == ElementChoice::Kind::kNamed && !Find(step, *known)) {
      return false;
    }
    if (step.key == "load_balancers") Remember(choice);
    return true;
  }

  bool HasNumber(const PathStep& step, const KnownList& known) {
    const std::size_t last = known.names.size() - 1;
    if (step.choice->number <= last) return true;
    if (known.failed) return false;
    return Fail(step.key + " has no element " + step.choice->text,
                last == 0 ? "0" : "0 to " + std::to_string(last));
  }

  bool Find(PathStep& step, const KnownList& known) {
    ElementChoice& choice = *step.choice;
    if (step.key == "load_balancers") {
      const auto found = draft_.load_balancers.find(choice.text);
      if (found != draft_.load_balancers.end()) {
        if (!found->second) return false;
        choice.names = {draft_.deployment->load_balancers[*found->second].id};
        return true;
      }
    }
    if (step.key == "hosts" || step.key == "enis" || step.key == "receivers" ||
        step.key == "backends") {
      if (!Select(step)) return false;
      const std::set<std::string> all(known.names.begin(), known.names.end());
      std::erase_if(choice.names, [&](const std::string& each) { return !all.contains(each); });
      if (!choice.names.empty()) return true;
    }
    if (known.failed) return false;
    return Fail(step.key + " has no " + InQuotes(choice.text),
                AcceptedNames(choice.text, known.names));
  }

  // By whatever names hosts and ENIs elsewhere: "web[*]", "subnet:web", an address.
  bool Select(PathStep& step) {
    const Deployment& deployment = *draft_.deployment;
    const Selection selection = ResolveEnis(draft_, {step.choice->text, spec_.path, std::nullopt});
    for (const std::size_t index : selection.enis) {
      const Eni& eni = deployment.enis[index];
      step.choice->names.insert(step.key == "hosts" ? deployment.cvms[eni.cvm].id : eni.id);
    }
    return !selection.failed;
  }

  void Remember(const ElementChoice& choice) {
    const auto& all = draft_.deployment->load_balancers;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const bool is_chosen =
          choice.kind == ElementChoice::Kind::kAll ||
          (choice.kind == ElementChoice::Kind::kNumbered && choice.number == i) ||
          (choice.kind == ElementChoice::Kind::kNamed && choice.names.count(all[i].id) != 0);
      if (is_chosen) balancers_.push_back(i);
    }
  }

  Draft& draft_;
  const AssertionSpec& spec_;
  Assertion assertion_;
  std::vector<std::size_t> balancers_;
};

}  // namespace

void ExpandAssertions(Draft& draft) {
  for (const AssertionSpec& spec : draft.scenario.assertions) AssertionLookup(draft, spec).Run();
}

}  // namespace vpcmirror
