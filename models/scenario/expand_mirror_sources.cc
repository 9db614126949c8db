// What a mirror watches.
#include "models/scenario/expand_mirrors.h"
#include "models/scenario/nearest.h"
#include "models/scenario/subnet_cover.h"

namespace vpcmirror {
namespace {

bool IsEniRange(const Selection& selection) {
  return selection.kind != Selection::Kind::kVpc && selection.kind != Selection::Kind::kSubnet;
}

void ResolveVpc(MirrorDraft& mirror) {
  const auto& given = mirror.spec.vpc;
  if (!given) return;
  const auto vpc = mirror.draft.vpcs.find(given->value);
  if (vpc != mirror.draft.vpcs.end()) {
    mirror.vpc = vpc->second;
    return;
  }
  mirror.Fail(given->path, "there is no VPC \"" + given->value + "\"",
              AcceptedNames(given->value, NamesOf(mirror.draft.vpcs)));
}

// False, with an error, for an ENI that this mirror cannot watch.
bool MayWatch(MirrorDraft& mirror, std::size_t eni, const std::string& path) {
  const Deployment& deployment = mirror.deployment();
  const std::size_t vpc = mirror.draft.VpcOf(eni);
  if (vpc == *mirror.vpc) return true;
  const std::string where = deployment.enis[eni].id + " is in VPC " + deployment.vpcs[vpc].name;
  if (mirror.profile().needs_same_vpc || mirror.spec.vpc) {
    mirror.FailAs("source_in_other_vpc", path,
                  where + ", the " + mirror.spec.words.mirror + " in VPC " + mirror.vpc_name(),
                  "sources of VPC " + mirror.vpc_name());
    return false;
  }
  if (deployment.vpcs[vpc].provider == deployment.vpcs[*mirror.vpc].provider) return true;
  mirror.Fail(path, where + ", which is of another provider than VPC " + mirror.vpc_name(),
              "sources of one provider");
  return false;
}

void TakeSource(MirrorDraft& mirror, const At<std::string>& name, const Selection& selection) {
  for (const std::size_t eni : selection.enis) {
    if (!mirror.vpc) mirror.vpc = mirror.draft.VpcOf(eni);
    if (!MayWatch(mirror, eni, name.path)) break;
  }
  if (!IsEniRange(selection)) {
    mirror.objects.push_back({selection.kind, selection.index, name.path});
    return;
  }
  for (const std::size_t eni : selection.enis) {
    mirror.objects.push_back({Selection::Kind::kEnis, eni, name.path});
    mirror.named_enis.emplace(eni, name);
  }
}

void CheckShape(MirrorDraft& mirror) {
  const ProviderProfile& profile = mirror.profile();
  if (profile.api.empty() || profile.api == mirror.spec.api) return;
  mirror.Fail(mirror.spec.path,
              mirror.spec.spoken + " cannot mirror VPC " + mirror.vpc_name() + ", which is of " +
                  profile.title,
              "a mirror as the API of " + profile.title + " writes it, or \"provider\": \"" +
                  mirror.spec.api + "\"");
}

// What would name as much in at most `most` objects; empty: subnets would not.
std::string CoverText(const MirrorDraft& mirror, std::int64_t most) {
  const SubnetCover cover = CoverBySubnets(mirror.deployment(), mirror.sources);
  if (cover.subnets.size() > static_cast<std::size_t>(most)) return "";
  std::string names;
  for (const std::size_t subnet : cover.subnets) {
    names += (names.empty() ? "subnet:" : ", subnet:") + mirror.deployment().subnets[subnet].name;
  }
  return "; " + names + (cover.subnets.size() == 1 ? " holds" : " hold") + " all of them, and " +
         std::to_string(cover.others) + " other ENIs";
}

void CheckNumberOfSources(MirrorDraft& mirror) {
  const ProviderProfile& profile = mirror.profile();
  const MirrorSpec& spec = mirror.spec;
  if (profile.sessions.one_source && mirror.sources.size() > 1) {
    mirror.draft.assumptions.Default(
        "session_sources", std::to_string(mirror.sources.size()),
        "The " + spec.words.mirror + " " + mirror.id + " names " +
            std::to_string(mirror.sources.size()) +
            " ENIs and stands for one session of each, all with its network identifier.",
        "a session has one source");
    return;
  }
  const auto objects = QuotaOf(profile, "objects_per_mirror");
  if (objects && spec.sources.size() > static_cast<std::size_t>(*objects)) {
    mirror.FailAs(
        "too_many_sources", spec.sources.front().path,
        std::to_string(spec.sources.size()) + " collection objects of one " + spec.words.mirror,
        "at most " + std::to_string(*objects) + CoverText(mirror, *objects));
  }
  const auto most = QuotaOf(profile, "sources_per_session");
  if (!most || mirror.sources.size() <= static_cast<std::size_t>(*most)) return;
  mirror.FailAs("too_many_sources", spec.sources.front().path,
                std::to_string(mirror.sources.size()) + " sources of one " + spec.words.mirror,
                "at most " + std::to_string(*most));
}

}  // namespace

std::optional<std::size_t> VpcHint(const MirrorDraft& mirror, const std::string& name) {
  if (!mirror.vpc) return std::nullopt;
  const auto address = ParseIpAddress(name);
  if (address && mirror.draft.addresses[*mirror.vpc].count(*address) == 0) return std::nullopt;
  constexpr std::string_view kSubnet = "subnet:";
  if (name.rfind(kSubnet, 0) == 0 &&
      mirror.draft.names[*mirror.vpc].subnets.count(name.substr(kSubnet.size())) == 0) {
    return std::nullopt;
  }
  return mirror.vpc;
}

void ResolveMirrorSources(MirrorDraft& mirror) {
  const MirrorSpec& spec = mirror.spec;
  ResolveVpc(mirror);
  if (spec.sources.empty()) {
    mirror.Fail(spec.path, "a " + spec.words.mirror + " without " + spec.words.sources,
                "at least one source");
  }
  std::set<std::size_t> sources;
  for (const At<std::string>& name : spec.sources) {
    const Selection selection =
        ResolveEnis(mirror.draft, {name.value, name.path, VpcHint(mirror, name.value)});
    mirror.failed = mirror.failed || selection.failed;
    if (selection.failed) continue;
    if (selection.enis.empty()) {
      mirror.Fail(name.path, "\"" + name.value + "\" holds no ENI",
                  "a source with at least one ENI");
    }
    TakeSource(mirror, name, selection);
    sources.insert(selection.enis.begin(), selection.enis.end());
  }
  mirror.sources.assign(sources.begin(), sources.end());
  if (!mirror.vpc) return;
  CheckShape(mirror);
  CheckNumberOfSources(mirror);
}

}  // namespace vpcmirror
