// Internal to models/scenario: a mirror while ExpandMirrors places it. Its parts
// go on after an error and set `failed`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/scenario/draft.h"
#include "models/scenario/selectors.h"

namespace vpcmirror {

struct ReceiverDraft {
  std::size_t eni = 0;
  IpAddress address;
  std::string path;
};

// What a mirror's sources name, to be compared with other mirrors'.
struct CollectedObject {
  Selection::Kind kind = Selection::Kind::kEnis;
  std::size_t index = 0;  // of the VPC, subnet or ENI
  std::string path;
};

struct MirrorDraft {
  // `written` must outlive it; a mirror without a name is called by its position.
  MirrorDraft(Draft& all, const MirrorSpec& written, std::size_t position);

  Draft& draft;
  const MirrorSpec& spec;
  std::string id;
  // Where it is asked for by the API, what that answers instead of an error.
  bool is_asked_for = false;
  std::vector<ApiRefusal> refusals;
  std::optional<std::size_t> vpc;                     // that of VpcId, else of the first source
  std::vector<std::size_t> sources;                   // ENIs, ascending
  std::map<std::size_t, At<std::string>> named_enis;  // sources named as ENIs, by what
  std::vector<CollectedObject> objects;
  std::vector<ReceiverDraft> receivers;
  std::optional<std::size_t> load_balancer;  // whose ENI is the single receiver
  std::optional<PlacedMirror> placed;
  bool failed = false;

  const Deployment& deployment() const { return *draft.deployment; }
  // That of the mirror's VPC. Requires a VPC.
  const ProviderProfile& profile() const;
  const std::string& vpc_name() const { return deployment().vpcs[*vpc].name; }

  // `rule`: ScenarioError::rule.
  void Fail(const std::string& path, const std::string& message, const std::string& accepted,
            const std::string& rule = "", const std::string& api_code = "",
            const std::vector<Edit>& edits = {});
  // With the code that the provider's API has for our word, where it has one; a refusal
  // of the API where that is asked.
  void FailAs(const char* word, const std::string& path, const std::string& message,
              const std::string& accepted, const std::vector<Edit>& edits = {});
};

// Where names of subnets and addresses are looked for: in the mirror's VPC if it
// has them, so that one of another VPC is refused for that and not as unknown.
std::optional<std::size_t> VpcHint(const MirrorDraft& mirror, const std::string& name);

// VPC, sources, and whether the VPC's provider takes mirrors of this shape.
void ResolveMirrorSources(MirrorDraft& mirror);
// Receivers, and whether copies get there.
void ResolveMirrorReceivers(MirrorDraft& mirror);
// The same where the spec names a load balancer.
void ResolveLoadBalancer(MirrorDraft& mirror);
// Sentences about what becomes of a placed mirror's copies at its load balancer.
void NoteLoadBalancer(Draft& draft, const PlacedMirror& placed);
// Requires a VPC. Copies everything where it has errors.
Filter BuildMirrorFilter(MirrorDraft& mirror);
// Network identifiers that sessions have: those given, and those drawn for others.
using VniSet = std::set<std::uint32_t>;
// All but the filter. Requires a VPC.
MirrorSettings SettleMirror(MirrorDraft& mirror, VniSet& vnis);
// What mirrors may not have in common: objects, numbers, ENIs that are source and
// target, and too many sessions of one ENI.
void CheckMirrorsTogether(const std::vector<MirrorDraft*>& mirrors);
// All of the above for one mirror, but for what it may not have in common with others.
void ExpandMirror(MirrorDraft& mirror, VniSet& vnis);
// Why the receivers of a mirror are too small for its sources, where the API asks; empty:
// they are not.
std::string ReceiverBandwidthLacking(const Draft& draft, const PlacedMirror& placed);

struct MirrorDrafts {
  std::vector<std::unique_ptr<MirrorDraft>> all;  // in the order of the scenario
  VniSet vnis;
};
// Places them in Draft::mirrors, too.
MirrorDrafts ExpandMirrors(Draft& draft);
// Works out what happens under way. The last of all that place something.
void ExpandTimeline(Draft& draft, MirrorDrafts& mirrors);
// Says what the API would not take at the beginning, of the sources that are there then.
void NoteAdmissions(Draft& draft, const std::vector<PlacedMirror>& at_first);

}  // namespace vpcmirror
