// Actions on filters and targets that mirrors share by their IDs. A filter that changes
// changes for all mirrors that have it.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "models/scenario/edit_rules.h"
#include "models/scenario/plan_mirror_actions.h"
#include "models/scenario/sayings.h"

namespace vpcmirror {
namespace {

// Whether a mirror names a part by that ID. Other APIs may have the ID, too.
bool HasPart(const MirrorSpec& mirror, std::optional<At<std::string>> MirrorSpec::*id_of,
             const MirrorSpec& part, const std::string& id) {
  const auto& named = mirror.*id_of;
  return mirror.api == part.api && named && named->value == id;
}

}  // namespace

MirrorActions::Answer MirrorActions::ApplyToPart(const MirrorActionSpec& action) {
  const bool creates = action.kind == MirrorActionSpec::Kind::kCreate;
  if (!HasVpcOf(action)) return {};
  switch (action.of) {
    case Subject::kFilter:
      return creates ? CreateFilter(action) : ApplyToFilter(action);
    case Subject::kRule:
      return ApplyToRule(action);
    case Subject::kTarget:
      return creates
                 ? CreateTarget(action)
                 : DeletePart(
                       action, targets_, &MirrorSpec::target_id,
                       {.kind = "target", .missing = "target_missing", .in_use = "target_in_use"});
    case Subject::kMirror:
      break;
  }
  return {};
}

std::optional<std::size_t> MirrorActions::VpcOf(const std::string& api) const {
  const std::vector<Vpc>& vpcs = draft_.deployment->vpcs;
  const auto vpc = std::find_if(vpcs.begin(), vpcs.end(), [&](const Vpc& each) {
    return draft_.providers[each.provider].api == api;
  });
  if (vpc == vpcs.end()) return std::nullopt;
  return static_cast<std::size_t>(vpc - vpcs.begin());
}

bool MirrorActions::HasVpcOf(const MirrorActionSpec& action) {
  if (VpcOf(action.given.api)) return true;
  draft_.errors.Add(action.given.path,
                    "an action of the API of " + action.given.api + ", and no VPC of it",
                    "a VPC of a provider with that API");
  return false;
}

std::optional<MirrorActions::Answer> MirrorActions::TakeParts(MirrorActionSpec& action) {
  MirrorSpec& given = action.given;
  if (given.filter_id) {
    const auto filter = filters_.Find(draft_, *given.filter_id);
    if (filter.is_gone) {
      return Refuse(action, "filter_missing", "there is no filter " + given.filter_id->value);
    }
    if (filter.thing == nullptr) return Answer{};
    given.filter = filter.thing->filter;
  }
  if (given.target_id) {
    const auto target = targets_.Find(draft_, *given.target_id);
    if (target.is_gone) {
      return Refuse(action, "target_missing", "there is no target " + given.target_id->value);
    }
    if (target.thing == nullptr) return Answer{};
    given.targets = target.thing->targets;
    given.load_balancer = target.thing->load_balancer;
  }
  return std::nullopt;
}

// It has no rules yet, so that there is nothing to judge.
MirrorActions::Answer MirrorActions::CreateFilter(const MirrorActionSpec& action) {
  if (!filters_.Claim(draft_, action.subject)) return {};
  if (auto full =
          RefuseOneMore(action, "filters_per_account", "too_many_filters", filters_.now().size())) {
    return *full;
  }
  filters_.Add(action.subject.value, action.given);
  return {};
}

MirrorActions::Answer MirrorActions::CreateTarget(const MirrorActionSpec& action) {
  if (!targets_.Claim(draft_, action.subject)) return {};
  if (auto full =
          RefuseOneMore(action, "targets_per_account", "too_many_targets", targets_.now().size())) {
    return *full;
  }
  const Fault fault =
      JudgePart(action.given, [](MirrorDraft& alone) { ResolveMirrorReceivers(alone); });
  if (!fault) targets_.Add(action.subject.value, action.given);
  return {fault.refusal, {}};
}

MirrorActions::Answer MirrorActions::DeletePart(const MirrorActionSpec& action,
                                                Living<MirrorSpec>& parts, PartId part,
                                                const PartWords& words) {
  const std::string& id = action.subject.value;
  const auto found = parts.Find(draft_, action.subject);
  const std::string name = words.kind + " " + id;
  if (found.is_gone) return Refuse(action, words.missing, "there is no " + name);
  if (found.thing == nullptr) return {};
  for (const auto& [user, live] : mirrors_.now()) {
    if (HasPart(*live.spec, part, *found.thing, id)) {
      return Refuse(action, words.in_use, user + " uses " + name);
    }
  }
  for (const auto* list : {&found.thing->filter.ingress, &found.thing->filter.egress}) {
    for (const RuleSpec& rule : *list) {
      if (!rule.id.empty()) rules_.Remove(rule.id);
    }
  }
  parts.Remove(id);
  return {};
}

MirrorActions::Answer MirrorActions::ApplyToFilter(const MirrorActionSpec& action) {
  using Kind = MirrorActionSpec::Kind;
  if (action.kind == Kind::kDelete) {
    return DeletePart(action, filters_, &MirrorSpec::filter_id,
                      {.kind = "filter", .missing = "filter_missing", .in_use = "filter_in_use"});
  }
  const FilterSpec& given = action.given.filter;
  const auto found = filters_.Find(draft_, action.subject);
  if (found.is_gone) {
    return Refuse(action, "filter_missing", "there is no filter " + action.subject.value);
  }
  if (found.thing == nullptr) return {};
  MirrorSpec next = *found.thing;
  if (action.kind == Kind::kServices) {
    ChangeServices(given.services, action.removed, next.filter);
    return ReplaceShared(action.subject.value, next);
  }
  const std::size_t errors = draft_.errors.all().size();
  Answer answer = EditRules(action, next.filter);
  if (draft_.errors.all().size() != errors) return {};
  if (!answer.refusal) answer = ReplaceShared(action.subject.value, next);
  for (const auto* list : {&given.ingress, &given.egress}) {
    for (const RuleSpec& rule : *list) NoteRule(rule, action.subject.value, !answer.refusal);
  }
  return answer;
}

void MirrorActions::NoteRule(const RuleSpec& rule, const std::string& filter, bool is_added) {
  if (rule.id.empty()) return;
  const At<std::string> id{rule.id, rule.path};
  if (!is_added) {
    rules_.NoteRefused(rule.id);
  } else if (rules_.Claim(draft_, id)) {
    rules_.Add(rule.id, filter);
  }
}

MirrorActions::Answer MirrorActions::ApplyToRule(const MirrorActionSpec& action) {
  const std::string& id = action.subject.value;
  const auto found = rules_.Find(draft_, action.subject);
  if (found.is_gone) return Refuse(action, "rule_not_found", "there is no rule " + id);
  if (found.thing == nullptr) return {};
  const std::string filter = *found.thing;
  const auto known = filters_.Find(draft_, {filter, action.subject.path});
  if (known.thing == nullptr) return {};
  MirrorSpec next = *known.thing;
  if (action.kind == MirrorActionSpec::Kind::kChangeRules) {
    ChangeOneRule(*action.rule, id, next.filter);
    return ReplaceShared(filter, next);
  }
  Answer answer = EditRules(action, next.filter);
  if (!answer.refusal) answer = ReplaceShared(filter, next);
  if (!answer.refusal) rules_.Remove(id);
  return answer;
}

// What refuses a filter lies in the filter alone, so that no mirror is asked.
MirrorActions::Answer MirrorActions::ReplaceShared(const std::string& id, const MirrorSpec& next) {
  const Fault fault = JudgePart(next, [](MirrorDraft& alone) { BuildMirrorFilter(alone); });
  if (fault) return {fault.refusal, {}};
  filters_.Add(id, next);
  Answer answer;
  for (auto& [name, live] : mirrors_.now()) {
    if (!HasPart(*live.spec, &MirrorSpec::filter_id, next, id)) continue;
    live.spec->filter = next.filter;
    MirrorDraft rewritten(draft_, *live.spec, live.index);
    rewritten.vpc = live.draft->vpc;
    MirrorSettings settings = live.draft->placed->mirror->settings();
    settings.filter = BuildMirrorFilter(rewritten);
    live.draft->placed->mirror = std::make_shared<const Mirror>(std::move(settings));
    answer.changes.push_back(ChangeOf(live));
  }
  return answer;
}

MirrorActions::Fault MirrorActions::JudgePart(const MirrorSpec& part, void (*build)(MirrorDraft&)) {
  const std::size_t errors = draft_.errors.all().size();
  MirrorDraft alone(draft_, part, 0);
  alone.is_asked_for = true;
  alone.vpc = VpcOf(part.api);
  Sayings sayings(draft_);
  build(alone);
  Fault fault;
  fault.is_error = draft_.errors.all().size() != errors || alone.failed;
  if (!alone.refusals.empty()) fault.refusal = alone.refusals.front();
  if (fault) sayings.TakeBack();
  return fault;
}

}  // namespace vpcmirror
