// Mirrors, in whatever shape they were written, to mirrors on ENIs by the rules
// of the provider's profile. What the API would answer is quoted by its error code.
#include "models/scenario/expand_mirrors.h"

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace vpcmirror {
namespace {

void CheckIdentity(MirrorDraft& mirror) {
  const MirrorSpec& spec = mirror.spec;
  if (spec.id && !CheckId(mirror.draft, mirror.id, spec.id->path)) mirror.failed = true;
}

void NoteMissingParts(MirrorDraft& mirror) {
  for (const MissingPart& part : mirror.spec.missing) {
    mirror.FailAs(part.code.c_str(), part.path, part.message, part.accepted);
  }
}

void GiveReceiverProfile(Draft& draft, std::size_t eni) {
  const std::size_t place = draft.deployment->enis[eni].cvm;
  Cvm& cvm = draft.deployment->cvms[place];
  if (!draft.workers_given[place]) {
    draft.assumptions.Default(
        "workers", cvm.limits.vcpus ? "one a vCPU" : "1",
        cvm.limits.vcpus
            ? "A receiver's software has a worker for each vCPU, and a flow stays with one of them."
            : "A receiver whose vCPUs are not known has one worker.",
        kOurChoice);
  }
  if (!cvm.receiver) {
    const auto generic = draft.library.receivers.find("generic");
    if (generic == draft.library.receivers.end()) return;
    cvm.receiver = generic->second;
    draft.assumptions.Default(
        "receiver", "generic",
        "Host " + cvm.host + " receives copies and names no receiver profile.",
        generic->second.source);
  }
  if (!cvm.limits.vcpus && (cvm.receiver->bandwidth_per_vcpu || cvm.receiver->packets_per_vcpu)) {
    draft.assumptions.Default("receiver_vcpus", "not limited",
                              "The number of vCPUs of receiver " + cvm.host +
                                  " is not known, so its software is not limited.",
                              "the scenario gives none");
  }
}

void Place(MirrorDraft& mirror, VniSet& vnis) {
  if (!mirror.vpc) return;
  Filter filter = BuildMirrorFilter(mirror);
  MirrorSettings settings = SettleMirror(mirror, vnis);
  if (mirror.failed || mirror.sources.empty() || mirror.receivers.empty()) return;
  settings.filter = std::move(filter);
  PlacedMirror placed;
  placed.path = mirror.spec.path;
  placed.vpc = *mirror.vpc;
  placed.sources = mirror.sources;
  for (const ReceiverDraft& receiver : mirror.receivers) {
    placed.receiver_enis.push_back(receiver.eni);
    if (!mirror.load_balancer) GiveReceiverProfile(mirror.draft, receiver.eni);
  }
  placed.load_balancer = mirror.load_balancer;
  if (mirror.load_balancer) {
    for (const Backend& each : mirror.deployment().load_balancers[*mirror.load_balancer].backends) {
      GiveReceiverProfile(mirror.draft, each.eni);
    }
  }
  try {
    placed.mirror = std::make_shared<const Mirror>(std::move(settings));
  } catch (const std::invalid_argument& refusal) {
    const auto& tunnel = mirror.spec.tunnel;
    mirror.Fail(tunnel ? tunnel->path : mirror.spec.path,
                std::string("this mirror cannot be: ") + refusal.what(),
                "other settings for mirror " + mirror.id);
    return;
  }
  mirror.placed = std::move(placed);
}

// What others must not draw.
VniSet GivenVnis(const Scenario& scenario) {
  VniSet given;
  for (const MirrorSpec& spec : scenario.mirrors) {
    if (spec.vni && spec.vni->value >= 0 && spec.vni->value <= std::int64_t{kVniMax}) {
      given.insert(static_cast<std::uint32_t>(spec.vni->value));
    }
    if (spec.tunnel && spec.tunnel->vni) given.insert(spec.tunnel->vni->value);
  }
  return given;
}

void NoteOverlap(Draft& draft) {
  std::map<std::size_t, std::string> watched;  // ENI to mirror
  for (const PlacedMirror& placed : draft.mirrors) {
    const Vpc& vpc = draft.deployment->vpcs[placed.vpc];
    const SessionRules& rules = draft.providers[vpc.provider].sessions;
    if (rules.at_most_one_copy) continue;
    const std::string& id = placed.mirror->settings().id;
    for (const std::size_t eni : placed.sources) {
      const auto [at, fresh] = watched.emplace(eni, id);
      if (fresh) continue;
      draft.assumptions.Default(
          "range_overlap", "each mirror copies",
          "Mirrors " + at->second + " and " + id + " watch the same ENI" +
              (rules.object_in_one_mirror ? " through different ranges" : "") +
              "; each makes its copy.",
          rules.object_in_one_mirror
              ? "not documented: refused is only an object that is named in two mirrors"
              : "not documented");
      break;
    }
  }
}

// Of each CVM once, whichever of its ENIs are meant; empty when one is not known.
std::optional<BitsPerSecond> BandwidthOf(const Deployment& deployment,
                                         const std::vector<std::size_t>& enis) {
  std::set<std::size_t> cvms;
  for (const std::size_t eni : enis) cvms.insert(deployment.enis[eni].cvm);
  BitsPerSecond sum{};
  for (const std::size_t cvm : cvms) {
    const std::optional<BitsPerSecond>& limit = deployment.cvms[cvm].limits.bandwidth;
    if (!limit) return std::nullopt;
    sum += *limit;
  }
  return sum;
}

// Where all receivers are members of one host whose bandwidth is written, what it takes.
std::vector<Edit> LargerReceivers(const Draft& draft, const PlacedMirror& placed) {
  const Deployment& deployment = *draft.deployment;
  const auto sources = BandwidthOf(deployment, placed.sources);
  const auto& ratio =
      draft.providers[deployment.vpcs[placed.vpc].provider].source_to_receiver_bandwidth;
  std::set<std::size_t> cvms;
  std::set<std::string> hosts;
  for (const std::size_t eni : placed.receiver_enis) {
    cvms.insert(deployment.enis[eni].cvm);
    hosts.insert(deployment.cvms[deployment.enis[eni].cvm].host);
  }
  if (!sources || !ratio || hosts.size() != 1) return {};
  const auto& specs = draft.scenario.hosts;
  const auto host = std::find_if(specs.begin(), specs.end(),
                                 [&](const HostSpec& each) { return each.name == *hosts.begin(); });
  if (host == specs.end() || !host->settings.bandwidth || !host->overrides.empty()) return {};
  const std::int64_t parts = *ratio * static_cast<std::int64_t>(cvms.size());
  const std::int64_t each = (sources->count() + parts - 1) / parts;
  return {{host->settings.bandwidth->path, "\"" + std::to_string(each) + " bps\""}};
}

std::string Mbps(BitsPerSecond rate) { return std::to_string(rate.count() / 1'000'000) + " Mbps"; }

// What the API asks of a mirror on creation is no reason not to simulate it: a
// note says what the API would answer.
void NoteReceiverBandwidth(Draft& draft, PlacedMirror placed) {
  std::erase_if(placed.sources, [&](std::size_t eni) {
    return std::find(draft.detached.begin(), draft.detached.end(), eni) != draft.detached.end();
  });
  const std::string lacking = ReceiverBandwidthLacking(draft, placed);
  if (lacking.empty()) return;
  const ProviderProfile& profile = draft.providers[draft.deployment->vpcs[placed.vpc].provider];
  ScenarioError caution;
  caution.rule = "too_little_receiver_bandwidth";
  caution.path = placed.path;
  const auto code = profile.error_codes.find(caution.rule);
  if (code != profile.error_codes.end()) caution.api_code = code->second;
  caution.message = (caution.api_code.empty() ? "" : caution.api_code + ": ") + profile.title +
                    " would refuse mirror " + placed.mirror->settings().id + ". " + lacking;
  caution.accepted = "larger receivers, more of them, or fewer sources";
  caution.edits = LargerReceivers(draft, placed);
  draft.Warn(caution);
}

}  // namespace

std::string ReceiverBandwidthLacking(const Draft& draft, const PlacedMirror& placed) {
  const Deployment& deployment = *draft.deployment;
  const ProviderProfile& profile = draft.providers[deployment.vpcs[placed.vpc].provider];
  if (!profile.source_to_receiver_bandwidth) return "";
  const std::int64_t ratio = *profile.source_to_receiver_bandwidth;
  const auto sources = BandwidthOf(deployment, placed.sources);
  const auto receivers = BandwidthOf(deployment, placed.receiver_enis);
  if (!sources || !receivers || receivers->count() * ratio >= sources->count()) return "";
  const BitsPerSecond needed((sources->count() + ratio - 1) / ratio);
  return "Its receivers have " + Mbps(*receivers) + " together, and " + Mbps(needed) + ", 1/" +
         std::to_string(ratio) + " of its sources' " + Mbps(*sources) + ", are asked for.";
}

MirrorDraft::MirrorDraft(Draft& all, const MirrorSpec& written, std::size_t position)
    : draft(all),
      spec(written),
      id(spec.id ? spec.id->value : "mirror-" + std::to_string(position + 1)) {}

const ProviderProfile& MirrorDraft::profile() const {
  return draft.providers[deployment().vpcs[*vpc].provider];
}

void MirrorDraft::Fail(const std::string& path, const std::string& message,
                       const std::string& accepted, const std::string& rule,
                       const std::string& api_code, const std::vector<Edit>& edits) {
  failed = true;
  ScenarioError error;
  error.path = path;
  error.message = api_code.empty() ? message : api_code + ": " + message;
  error.accepted = accepted;
  error.rule = rule;
  error.api_code = api_code;
  error.edits = edits;
  draft.errors.Add(error);
}

void MirrorDraft::FailAs(const char* word, const std::string& path, const std::string& message,
                         const std::string& accepted, const std::vector<Edit>& edits) {
  std::string code;
  if (vpc) {
    const auto known = profile().error_codes.find(word);
    if (known != profile().error_codes.end()) code = known->second;
  }
  if (is_asked_for) {
    failed = true;
    refusals.push_back({code, message});
    return;
  }
  Fail(path, message, accepted, word, code, edits);
}

void ExpandMirror(MirrorDraft& mirror, VniSet& vnis) {
  CheckIdentity(mirror);
  ResolveMirrorSources(mirror);
  NoteMissingParts(mirror);
  ResolveMirrorReceivers(mirror);
  Place(mirror, vnis);
}

MirrorDrafts ExpandMirrors(Draft& draft) {
  MirrorDrafts mirrors{.all = {}, .vnis = GivenVnis(draft.scenario)};
  std::vector<MirrorDraft*> together;
  for (std::size_t i = 0; i < draft.scenario.mirrors.size(); ++i) {
    mirrors.all.push_back(std::make_unique<MirrorDraft>(draft, draft.scenario.mirrors[i], i));
    together.push_back(mirrors.all.back().get());
    ExpandMirror(*together.back(), mirrors.vnis);
  }
  CheckMirrorsTogether(together);
  for (const auto& mirror : mirrors.all) {
    if (!mirror->placed || mirror->failed) continue;
    if (mirror->placed->load_balancer) NoteLoadBalancer(draft, *mirror->placed);
    draft.mirrors.push_back(*mirror->placed);
  }
  NoteOverlap(draft);
  return mirrors;
}

void NoteAdmissions(Draft& draft, const std::vector<PlacedMirror>& at_first) {
  for (const PlacedMirror& placed : at_first) NoteReceiverBandwidth(draft, placed);
}

}  // namespace vpcmirror
