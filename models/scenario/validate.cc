#include <algorithm>

#include "models/scenario/draft.h"
#include "models/scenario/expand_mirrors.h"
#include "models/scenario/series.h"
#include "models/scenario/visit_changes.h"

namespace vpcmirror {
namespace {

// ns-3's Time in picoseconds ends at 106 days.
constexpr std::int64_t kLongestDays = 100;
constexpr Picoseconds kLongestRun{kLongestDays * 86'400 * kPicosecondsPerSecond};
constexpr Picoseconds kFabricDelay{50'000 * kPicosecondsPerNanosecond};

void SettleDuration(Draft& draft) {
  const auto& given = draft.scenario.duration;
  if (!given) {
    draft.assumptions.Default("duration", "1 s", "A run lasts 1 s where no duration is given.",
                              "chosen for this model");
    return;
  }
  draft.duration = given->value;
  if (given->value.count() <= 0) {
    draft.errors.Add(given->path, "the duration is not above zero", "a time such as \"1 s\"");
  } else if (given->value > kLongestRun) {
    draft.errors.Add(given->path, "the duration is longer than 100 days",
                     "at most 100 days: simulated time is counted in picoseconds");
  }
}

Picoseconds SettleWarmUp(Draft& draft) {
  const auto& given = draft.scenario.warm_up;
  if (!given) return Picoseconds(0);
  if (given->value >= draft.duration) {
    draft.errors.Add(given->path, "the warm-up is not over when the run ends",
                     "a time under the `duration`, which it is part of");
  }
  return given->value;
}

std::uint64_t SettleSeed(Draft& draft) {
  if (draft.scenario.seed) return draft.scenario.seed->value;
  draft.assumptions.Default("seed", "1", "The random seed is 1 where none is given.",
                            "chosen for this model");
  return 1;
}

Picoseconds SettleFabricDelay(Draft& draft) {
  const auto& given = draft.scenario.fabric_delay;
  if (!given) {
    draft.assumptions.Default("fabric_delay", "50 us",
                              "The network takes 50 us one way between any two ENIs.",
                              "not documented: a typical figure inside one zone");
    return kFabricDelay;
  }
  if (given->value.count() < 0) {
    draft.errors.Add(given->path, "the fabric delay is negative", "0 s or more");
  }
  return given->value;
}

// Where a load balancer passes copies on to.
void AddBackendPorts(const Draft& draft, std::size_t index,
                     const std::vector<MirrorPort>& of_mirror, std::vector<MirrorPort>& ports) {
  const Deployment& deployment = *draft.deployment;
  const LoadBalancer& balancer = deployment.load_balancers[index];
  for (const Backend& backend : balancer.backends) {
    for (MirrorPort port : of_mirror) {
      port.receiver = deployment.enis[backend.eni].addresses.front();
      if (balancer.kind.geneve_options) port.port = kGenevePort;
      ports.push_back(port);
    }
  }
}

// What is addressed to a mirror port is mirror traffic whichever mirror sent it,
// so the rules of every provider know all ports: those that the timeline brings from the
// beginning, and those that it takes away to the end, since copies are still under way.
std::vector<MirrorPort> MirrorPorts(const Draft& draft) {
  std::vector<MirrorPort> ports;
  const auto add = [&](const PlacedMirror& placed) {
    const std::vector<MirrorPort> of_mirror = placed.mirror->MirrorPorts();
    ports.insert(ports.end(), of_mirror.begin(), of_mirror.end());
    if (placed.load_balancer) AddBackendPorts(draft, *placed.load_balancer, of_mirror, ports);
  };
  for (const PlacedMirror& placed : draft.mirrors) add(placed);
  VisitChanges<MirrorChange>(draft.timeline,
                             [&](Picoseconds, const MirrorChange& change) { add(change.placed); });
  std::sort(ports.begin(), ports.end());
  ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
  return ports;
}

std::vector<std::shared_ptr<const TapRules>> RulesOf(const Draft& draft) {
  std::vector<std::shared_ptr<const TapRules>> rules;
  for (const ProviderProfile& profile : draft.providers) {
    TapRules each;
    each.never_mirrored = profile.never_mirrored;
    each.mirror_ports = MirrorPorts(draft);
    each.mirrors_what_security_drops = profile.security.mirrors_what_source_drops;
    each.mirrors_outbound_drops = profile.security.mirrors_outbound_drops;
    each.at_most_one_copy = profile.sessions.at_most_one_copy;
    each.reject_stops_later = profile.sessions.reject_stops_later;
    rules.push_back(std::make_shared<const TapRules>(std::move(each)));
  }
  return rules;
}

// One of each provider that is experimental, then what was noted on the way.
std::vector<std::string> NotesOf(const Draft& draft) {
  std::vector<std::string> notes;
  for (const ProviderProfile& profile : draft.providers) {
    if (profile.experimental) notes.push_back(ExperimentalNote(profile));
  }
  notes.insert(notes.end(), draft.notes.begin(), draft.notes.end());
  return notes;
}

// Routes are asked about only in a network that is sound.
void ExpandNetworkAndHosts(Draft& draft) {
  const std::size_t errors_before = draft.errors.all().size();
  ExpandNetwork(draft);
  ExpandHosts(draft);
  ExpandLoadBalancers(draft);
  ExpandRoutes(draft);
  if (draft.errors.all().size() != errors_before) return;
  draft.topology = std::make_shared<const Topology>(*draft.deployment);
}

// A mirror that slows TCP flows down may do so without one frame lost: only a run
// without it tells.
void SettleBaseline(Draft& draft) {
  draft.baseline = draft.scenario.baseline;
  const bool has_tcp = std::any_of(draft.workloads.begin(), draft.workloads.end(),
                                   [](const Workload& each) { return each.tcp.has_value(); });
  if (draft.baseline || !has_tcp || draft.scenario.mirrors.empty()) return;
  draft.baseline = true;
  draft.notes.emplace_back(
      "There are TCP flows, which a mirror may slow down without a loss: a run without the mirror "
      "is compared.");
}

}  // namespace

void SetSeriesBin(ValidScenario& scenario, Picoseconds wanted) {
  const std::string note =
      "The bins of the series are longer than was asked for: a run has at most 1,000.";
  std::erase(scenario.notes, note);
  scenario.series_bin = SeriesBin(wanted, scenario.duration);
  if (*scenario.series_bin != wanted) scenario.notes.push_back(note);
}

Examination Examine(const Scenario& scenario, const Library& library) {
  Draft draft(scenario, library);
  ValidScenario valid;
  SettleDuration(draft);
  valid.warm_up = SettleWarmUp(draft);
  valid.seed = SettleSeed(draft);
  valid.fabric_delay = SettleFabricDelay(draft);
  CheckAssumptionNames(draft);
  ExpandNetworkAndHosts(draft);
  const std::size_t before_mirrors = draft.errors.all().size();
  MirrorDrafts mirrors = ExpandMirrors(draft);
  const std::vector<PlacedMirror> at_first = draft.mirrors;
  const std::size_t of_mirrors = draft.errors.all().size() - before_mirrors;
  ExpandWorkloads(draft);
  ExpandTimeline(draft, mirrors);
  NoteAdmissions(draft, at_first);
  SettleBaseline(draft);
  ExpandOutputs(draft);
  ExpandAssertions(draft);
  Examination examination{.errors = draft.errors.all(), .sound = std::nullopt};
  for (ScenarioError& error : examination.errors) error.file = scenario.file;
  if (draft.errors.all().size() != of_mirrors) return examination;

  valid.name = scenario.name;
  valid.description = scenario.description;
  valid.file = scenario.file;
  valid.sha256 = scenario.sha256;
  valid.changes = scenario.changes;
  valid.duration = draft.duration;
  valid.baseline = draft.baseline;
  valid.costs = std::move(draft.costs);
  valid.providers = draft.providers;
  valid.deployment = draft.deployment;
  valid.topology = draft.topology;
  valid.tap_rules = RulesOf(draft);
  valid.mirrors = std::move(draft.mirrors);
  valid.workloads = std::move(draft.workloads);
  valid.timeline = std::move(draft.timeline);
  valid.detached = std::move(draft.detached);
  valid.pcaps = std::move(draft.pcaps);
  valid.assertions = std::move(draft.assertions);
  valid.assumptions = draft.assumptions.all();
  valid.notes = NotesOf(draft);
  valid.cautions = std::move(draft.cautions);
  if (scenario.series_bin) SetSeriesBin(valid, scenario.series_bin->value);
  examination.sound = std::move(valid);
  return examination;
}

ValidScenario Validate(const Scenario& scenario, const Library& library) {
  Examination examination = Examine(scenario, library);
  if (!examination.errors.empty()) throw ScenarioException(std::move(examination.errors));
  return *std::move(examination.sound);
}

}  // namespace vpcmirror
