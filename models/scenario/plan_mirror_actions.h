// Internal to models/scenario: mirrors, and the filters and targets that they share, while
// actions of their API change them.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/scenario/expand_mirrors.h"
#include "models/scenario/living.h"

namespace vpcmirror {

// Judges actions in the order of time, by the same rules that mirrors of a scenario are
// placed by: what the API refuses is an answer, what names nothing an error of the draft.
class MirrorActions {
 public:
  struct Answer {
    std::optional<ApiRefusal> refusal;
    std::vector<MirrorChange> changes;
  };

  // Takes over the mirrors of the beginning.
  MirrorActions(Draft& draft, MirrorDrafts& mirrors);

  Answer Apply(const MirrorActionSpec& action);

  // What becomes of mirrors to these ENIs, which have another MTU now.
  std::vector<MirrorChange> Resettle(const std::set<std::size_t>& receivers);

 private:
  struct Live {
    std::unique_ptr<MirrorSpec> spec;  // as it is written by now
    std::unique_ptr<MirrorDraft> draft;
    std::size_t index = 0;  // in Draft::mirrors
  };
  using Subject = MirrorActionSpec::Subject;
  using PartId = std::optional<At<std::string>> MirrorSpec::*;
  struct PartWords {
    std::string kind;
    const char* missing;  // in ProviderProfile::error_codes
    const char* in_use;   // the same
  };
  // Why a part would not do: a refusal, or an error that was given; neither: it would.
  struct Fault {
    std::optional<ApiRefusal> refusal;
    bool is_error = false;
    explicit operator bool() const { return refusal || is_error; }
  };

  const ProviderProfile* ProfileFor(const MirrorActionSpec& action);
  Answer Refuse(const MirrorActionSpec& action, const char* word, std::string message);
  // Where the quota `name` is full already.
  std::optional<Answer> RefuseOneMore(const MirrorActionSpec& action, const char* quota,
                                      const char* word, std::size_t count);
  Answer ApplyToMirror(MirrorActionSpec action);
  Answer Create(const MirrorActionSpec& action);
  Answer Delete(const std::string& id, Live& live);
  Answer SetState(Live& live, const At<MirrorState>& state);
  Answer Rename(const MirrorActionSpec& action);
  // The spec as the action leaves it; a refusal where it cannot.
  Answer Edit(const MirrorActionSpec& action, MirrorSpec& spec);
  Answer ReplaceFilter(const MirrorActionSpec& action, FilterSpec& filter);
  // False, with an error, where a rule to add has the ID of another.
  bool HasNewIds(const MirrorActionSpec& action, FilterSpec& filter);
  Answer EditRules(const MirrorActionSpec& action, FilterSpec& filter);
  Answer Replace(Live& live, const MirrorSpec& next, const std::set<MirrorPart>& parts);
  // Empty where the candidate would do.
  std::optional<ApiRefusal> Judge(MirrorDraft& candidate, const std::set<MirrorPart>& parts);
  std::optional<ApiRefusal> CheckTogether(MirrorDraft& candidate);
  std::optional<ApiRefusal> CheckNumberInVpc(MirrorDraft& candidate);
  void ForgetDrawnVni(const Live& live);
  static MirrorChange ChangeOf(const Live& live) { return {live.index, *live.draft->placed}; }

  // Of filters and targets that mirrors share.
  Answer ApplyToPart(const MirrorActionSpec& action);
  std::optional<std::size_t> VpcOf(const std::string& api) const;
  // False, with an error, in a scenario without a VPC of the action's API.
  bool HasVpcOf(const MirrorActionSpec& action);
  // The filter and the target that an action on a mirror names; an answer where it cannot.
  std::optional<Answer> TakeParts(MirrorActionSpec& action);
  Answer CreateFilter(const MirrorActionSpec& action);
  Answer CreateTarget(const MirrorActionSpec& action);
  Answer DeletePart(const MirrorActionSpec& action, Living<MirrorSpec>& parts, PartId part,
                    const PartWords& words);
  Answer ApplyToFilter(const MirrorActionSpec& action);
  Answer ApplyToRule(const MirrorActionSpec& action);
  void NoteRule(const RuleSpec& rule, const std::string& filter, bool is_added);
  // The filter `id` as it is from now on, for all mirrors that have it.
  Answer ReplaceShared(const std::string& id, const MirrorSpec& next);
  Fault JudgePart(const MirrorSpec& part, void (*build)(MirrorDraft&));

  Draft& draft_;
  VniSet vnis_;
  Living<Live> mirrors_;
  std::map<std::string, std::size_t> places_;  // in Draft::mirrors, of those that are gone
  Living<MirrorSpec> filters_;                 // each a mirror with no other part
  Living<MirrorSpec> targets_;                 // the same
  Living<std::string> rules_;                  // those of filters_, to the filter's ID
};

}  // namespace vpcmirror
