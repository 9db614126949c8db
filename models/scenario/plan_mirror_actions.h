// Internal to models/scenario: mirrors while actions of their API change them.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/scenario/expand_mirrors.h"

namespace vpcmirror {

// Judges actions in the order of time, by the same rules that mirrors of a scenario are
// placed by: what the API refuses is an answer, what names nothing an error of the draft.
class MirrorActions {
 public:
  struct Answer {
    std::optional<ApiRefusal> refusal;
    std::vector<MirrorChange> changes;
  };

  // Takes over the mirrors of the beginning. `later` are the names of those that the
  // timeline creates.
  MirrorActions(Draft& draft, MirrorDrafts& mirrors, std::set<std::string> later);

  Answer Apply(const MirrorActionSpec& action);

  // What becomes of mirrors to these ENIs, which have another MTU now.
  std::vector<MirrorChange> Resettle(const std::set<std::size_t>& receivers);

 private:
  struct Live {
    std::unique_ptr<MirrorSpec> spec;    // as it is written by now
    std::unique_ptr<MirrorDraft> draft;  // of *spec; null: it was deleted
    std::size_t index = 0;               // in Draft::mirrors
  };

  const ProviderProfile* ProfileFor(const MirrorActionSpec& action);
  Answer Refuse(const MirrorActionSpec& action, const char* word, std::string message);
  Live* Find(const MirrorActionSpec& action);
  Answer Create(const MirrorActionSpec& action);
  Answer Delete(Live& live);
  Answer SetState(Live& live, const At<MirrorState>& state);
  Answer Rename(const MirrorActionSpec& action);
  // The spec as the action leaves it; a refusal where it cannot.
  Answer Edit(const MirrorActionSpec& action, MirrorSpec& spec);
  Answer ReplaceFilter(const MirrorActionSpec& action, FilterSpec& filter);
  Answer EditRules(const MirrorActionSpec& action, FilterSpec& filter);
  Answer Replace(Live& live, const MirrorSpec& next, const std::set<MirrorPart>& parts);
  // Empty where the candidate would do.
  std::optional<ApiRefusal> Judge(MirrorDraft& candidate, const std::set<MirrorPart>& parts);
  std::optional<ApiRefusal> CheckTogether(MirrorDraft& candidate);
  std::optional<ApiRefusal> CheckNumberInVpc(MirrorDraft& candidate);
  void ForgetDrawnVni(const Live& live);
  static MirrorChange ChangeOf(const Live& live) { return {live.index, *live.draft->placed}; }

  Draft& draft_;
  VniSet vnis_;
  std::map<std::string, Live> mirrors_;  // by name or ID
  std::set<std::string> later_;
  std::set<std::string> tried_;  // of those, what was asked for by now
};

}  // namespace vpcmirror
