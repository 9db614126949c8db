#include "models/scenario/plan_mirror_actions.h"

#include <algorithm>
#include <utility>

#include "models/scenario/edit_rules.h"
#include "models/scenario/sayings.h"

namespace vpcmirror {
namespace {

// Of UTF-8, whose other bytes begin with 10 in binary.
std::int64_t Characters(const std::string& text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

bool HasRules(const FilterSpec& filter) {
  return !filter.ingress.empty() || !filter.egress.empty();
}

void TurnTo(const MirrorSpec& given, MirrorSpec& spec) {
  spec.direction = given.direction;
  FilterSpec& filter = spec.filter;
  if (given.filter.by_rules == filter.by_rules) return;
  // What is collected is said in another way from now on, and not said yet.
  filter.by_rules = given.filter.by_rules;
  filter.conditions.clear();
  filter.nat_id.reset();
  filter.ingress.clear();
  filter.egress.clear();
}

void TakeTargets(const MirrorSpec& given, MirrorSpec& spec) {
  spec.target_id = given.target_id;
  spec.targets = given.targets;
  spec.load_balancer = given.load_balancer;
  spec.choice = given.choice;
  spec.weights.clear();  // of the receivers that it had
}

// Of what the timeline creates.
std::set<std::string> NamesCreated(const Scenario& scenario, MirrorActionSpec::Subject of) {
  std::set<std::string> names;
  for (const TimelineSpec& spec : scenario.timeline) {
    const auto* action = std::get_if<MirrorActionSpec>(&spec.action);
    if (action == nullptr) continue;
    if (action->kind == MirrorActionSpec::Kind::kCreate && action->of == of) {
      names.insert(action->subject.value);
    }
    const bool adds = action->kind == MirrorActionSpec::Kind::kAddRules;
    const bool by_own_id = action->of == MirrorActionSpec::Subject::kFilter;
    if (!adds || !by_own_id || of != MirrorActionSpec::Subject::kRule) continue;
    for (const auto* list : {&action->given.filter.ingress, &action->given.filter.egress}) {
      for (const RuleSpec& rule : *list) {
        if (!rule.id.empty()) names.insert(rule.id);
      }
    }
  }
  return names;
}

}  // namespace

MirrorActions::MirrorActions(Draft& draft, MirrorDrafts& mirrors)
    : draft_(draft),
      vnis_(mirrors.vnis),
      mirrors_("mirror", NamesCreated(draft.scenario, Subject::kMirror)),
      filters_("filter", NamesCreated(draft.scenario, Subject::kFilter)),
      targets_("target", NamesCreated(draft.scenario, Subject::kTarget)),
      rules_("rule", NamesCreated(draft.scenario, Subject::kRule)) {
  for (std::size_t i = 0; i < mirrors.all.size(); ++i) {
    std::unique_ptr<MirrorDraft>& mirror = mirrors.all[i];
    mirror->is_asked_for = true;
    const std::string id = mirror->id;
    mirrors_.Begin(id, Live{std::make_unique<MirrorSpec>(mirror->spec), std::move(mirror), i});
  }
  for (const MirrorPartSpec& filter : draft.scenario.filters) {
    filters_.Begin(filter.id.value, filter.as_mirror);
    for (const auto* list : {&filter.as_mirror.filter.ingress, &filter.as_mirror.filter.egress}) {
      for (const RuleSpec& rule : *list) {
        if (!rule.id.empty()) rules_.Begin(rule.id, filter.id.value);
      }
    }
  }
  for (const MirrorPartSpec& target : draft.scenario.targets) {
    targets_.Begin(target.id.value, target.as_mirror);
  }
}

const ProviderProfile* MirrorActions::ProfileFor(const MirrorActionSpec& action) {
  for (const ProviderProfile& profile : draft_.providers) {
    if (profile.api == action.given.api) return &profile;
  }
  return nullptr;
}

MirrorActions::Answer MirrorActions::Refuse(const MirrorActionSpec& action, const char* word,
                                            std::string message) {
  Answer answer;
  answer.refusal = ApiRefusal{"", std::move(message)};
  if (const ProviderProfile* profile = ProfileFor(action)) {
    const auto code = profile->error_codes.find(word);
    if (code != profile->error_codes.end()) answer.refusal->code = code->second;
  }
  return answer;
}

std::optional<MirrorActions::Answer> MirrorActions::RefuseOneMore(const MirrorActionSpec& action,
                                                                  const char* quota,
                                                                  const char* word,
                                                                  std::size_t count) {
  const ProviderProfile* profile = ProfileFor(action);
  const auto most = profile == nullptr ? std::nullopt : QuotaOf(*profile, quota);
  if (!most || count < static_cast<std::size_t>(*most)) return std::nullopt;
  return Refuse(action, word,
                "there are " + std::to_string(count) + " already, and " + std::to_string(*most) +
                    " is the most");
}

MirrorActions::Answer MirrorActions::Apply(const MirrorActionSpec& action) {
  return action.of == Subject::kMirror ? ApplyToMirror(action) : ApplyToPart(action);
}

MirrorActions::Answer MirrorActions::ApplyToMirror(MirrorActionSpec action) {
  using Kind = MirrorActionSpec::Kind;
  Live* live = nullptr;
  if (action.kind != Kind::kCreate) {
    const auto found = mirrors_.Find(draft_, action.subject);
    if (found.is_gone) {
      return Refuse(action, "mirror_not_found", "there is no mirror " + action.subject.value);
    }
    if (found.thing == nullptr) return {};
    live = found.thing;
    if (live->spec->api != action.given.api) {
      draft_.errors.Add(action.given.path,
                        "an action of the API of " + action.given.api + ", and " +
                            live->spec->words.mirror + " " + action.subject.value +
                            " is one of the API of " + live->spec->api,
                        "an action of that API");
      return {};
    }
  } else if (!mirrors_.Claim(draft_, action.subject)) {
    return {};
  }
  if (auto answer = TakeParts(action)) return *answer;
  if (live == nullptr) return Create(action);
  if (action.kind == Kind::kDelete) return Delete(action.subject.value, *live);
  if (action.name) return Rename(action);
  if (action.parts == std::set{MirrorPart::kState}) return SetState(*live, *action.given.state);
  const std::size_t errors = draft_.errors.all().size();
  MirrorSpec next = *live->spec;
  if (!action.given.path.empty()) next.path = action.given.path;
  Answer answer = Edit(action, next);
  if (answer.refusal || action.kind == Kind::kRead) return answer;
  if (draft_.errors.all().size() != errors) return {};
  return Replace(*live, next, action.parts);
}

MirrorActions::Answer MirrorActions::Create(const MirrorActionSpec& action) {
  const std::string& id = action.subject.value;
  const auto of_account =
      std::count_if(mirrors_.now().begin(), mirrors_.now().end(),
                    [&](const auto& each) { return each.second.spec->api == action.given.api; });
  if (auto full = RefuseOneMore(action, "sessions_per_account", "too_many_sessions",
                                static_cast<std::size_t>(of_account))) {
    return *full;
  }
  const auto known = places_.find(id);
  Live live{std::make_unique<MirrorSpec>(action.given), nullptr,
            known == places_.end() ? draft_.mirrors.size() : known->second};
  live.draft = std::make_unique<MirrorDraft>(draft_, *live.spec, live.index);
  live.draft->id = id;
  Sayings sayings(draft_);
  const auto refusal =
      Judge(*live.draft, {MirrorPart::kSources, MirrorPart::kTargets, MirrorPart::kNumber});
  if (refusal || !live.draft->placed) {
    sayings.TakeBack();
    return {refusal, {}};
  }
  if (known == places_.end()) {
    draft_.mirrors.push_back(*live.draft->placed);
    draft_.mirrors.back().sources.clear();  // it is not there yet
  }
  return {std::nullopt, {ChangeOf(mirrors_.Add(id, std::move(live)))}};
}

MirrorActions::Answer MirrorActions::Delete(const std::string& id, Live& live) {
  ForgetDrawnVni(live);
  MirrorChange change = ChangeOf(live);
  change.placed.sources.clear();
  places_[id] = live.index;
  mirrors_.Remove(id);
  return {std::nullopt, {std::move(change)}};
}

MirrorActions::Answer MirrorActions::SetState(Live& live, const At<MirrorState>& state) {
  live.spec->state = state;
  PlacedMirror& placed = *live.draft->placed;
  MirrorSettings settings = placed.mirror->settings();
  settings.state = state.value;
  placed.mirror = std::make_shared<const Mirror>(std::move(settings));
  return {std::nullopt, {ChangeOf(live)}};
}

MirrorActions::Answer MirrorActions::Rename(const MirrorActionSpec& action) {
  const ProviderProfile* profile = ProfileFor(action);
  const auto most = profile == nullptr ? std::nullopt : QuotaOf(*profile, "characters_per_name");
  const auto length = Characters(action.name->value);
  if (!most || length <= *most) return {};
  return Refuse(action, "name_too_long",
                "a name of " + std::to_string(length) + " characters, and " +
                    std::to_string(*most) + " is the most");
}

MirrorActions::Answer MirrorActions::Edit(const MirrorActionSpec& action, MirrorSpec& spec) {
  if (action.kind != MirrorActionSpec::Kind::kReplace) return EditRules(action, spec.filter);
  const MirrorSpec& given = action.given;
  const auto has = [&](MirrorPart part) { return action.parts.count(part) != 0; };
  if (has(MirrorPart::kDirection)) TurnTo(given, spec);
  if (has(MirrorPart::kSources)) spec.sources = given.sources;
  if (has(MirrorPart::kTargets)) TakeTargets(given, spec);
  if (has(MirrorPart::kNumber)) spec.number = given.number;
  if (has(MirrorPart::kVni)) spec.vni = given.vni;
  if (has(MirrorPart::kLength)) spec.packet_length = given.packet_length;
  if (has(MirrorPart::kState)) spec.state = given.state;
  if (!has(MirrorPart::kFilter)) return {};
  spec.filter_id = given.filter_id;
  return ReplaceFilter(action, spec.filter);
}

MirrorActions::Answer MirrorActions::ReplaceFilter(const MirrorActionSpec& action,
                                                   FilterSpec& filter) {
  const FilterSpec& given = action.given.filter;
  const bool has_conditions = !given.conditions.empty() || given.nat_id;
  if (filter.by_rules ? has_conditions : HasRules(given)) {
    return Refuse(action, "filter_of_other_mode",
                  filter.by_rules ? "the mirror has rules by direction, and no conditions"
                                  : "the mirror has a direction, and no rules by direction");
  }
  const bool by_rules = filter.by_rules;
  filter = given;
  filter.by_rules = by_rules;
  return {};
}

// The API gives new rules IDs of their own; here the scenario does.
bool MirrorActions::HasNewIds(const MirrorActionSpec& action, FilterSpec& filter) {
  for (const auto list : {&FilterSpec::ingress, &FilterSpec::egress}) {
    for (const RuleSpec& rule : action.given.filter.*list) {
      const bool is_new =
          rule.id.empty() || (FindRule(filter.ingress, rule.id) == filter.ingress.end() &&
                              FindRule(filter.egress, rule.id) == filter.egress.end());
      if (is_new) continue;
      draft_.errors.Add(action.given.path, "there is a rule " + rule.id + " already",
                        "an ID of its own, or none");
      return false;
    }
  }
  return true;
}

MirrorActions::Answer MirrorActions::EditRules(const MirrorActionSpec& action, FilterSpec& filter) {
  using Kind = MirrorActionSpec::Kind;
  if (!filter.by_rules) {
    return Refuse(action, "no_rule_mode", "the mirror has a direction, and no rules by direction");
  }
  if (action.kind == Kind::kRead) return {};
  const FilterSpec& given = action.given.filter;
  const bool removes =
      !action.removed.empty() || !action.removed_ingress.empty() || !action.removed_egress.empty();
  if (!HasRules(given) && !removes) {
    return Refuse(action, "rules_missing", "no rule is named");
  }
  if (action.kind == Kind::kAddRules) {
    if (!HasNewIds(action, filter)) return {};
    filter.ingress.insert(filter.ingress.end(), given.ingress.begin(), given.ingress.end());
    filter.egress.insert(filter.egress.end(), given.egress.begin(), given.egress.end());
    return {};
  }
  const auto remove = [](std::vector<RuleSpec>& rules, const std::string& id) {
    const auto known = FindRule(rules, id);
    if (known == rules.end()) return false;
    rules.erase(known);
    return true;
  };
  const auto unknown = [&](const std::string& id) {
    return Refuse(action, "rule_not_found", "the mirror has no rule " + id);
  };
  for (const At<std::string>& id : action.removed) {
    const bool is_gone = remove(filter.ingress, id.value) || remove(filter.egress, id.value);
    if (!is_gone) return unknown(id.value);
  }
  for (const At<std::string>& id : action.removed_ingress) {
    if (!remove(filter.ingress, id.value)) return unknown(id.value + " of ingress");
  }
  for (const At<std::string>& id : action.removed_egress) {
    if (!remove(filter.egress, id.value)) return unknown(id.value + " of egress");
  }
  for (const auto list : {&FilterSpec::ingress, &FilterSpec::egress}) {
    for (const RuleSpec& rule : given.*list) {
      const auto known = FindRule(filter.*list, rule.id);
      if (rule.id.empty()) return Refuse(action, "rules_missing", "a rule without its ID");
      if (known == (filter.*list).end()) return unknown(rule.id);
      Overwrite(rule, *known);
    }
  }
  return {};
}

MirrorActions::Answer MirrorActions::Replace(Live& live, const MirrorSpec& next,
                                             const std::set<MirrorPart>& parts) {
  Live changed{std::make_unique<MirrorSpec>(next), nullptr, live.index};
  changed.draft = std::make_unique<MirrorDraft>(draft_, *changed.spec, live.index);
  changed.draft->id = live.draft->id;
  changed.draft->vpc = live.draft->vpc;  // it stays in the VPC that it was created in
  Sayings sayings(draft_);
  const VniSet vnis = vnis_;
  ForgetDrawnVni(live);
  std::unique_ptr<MirrorDraft> before = std::move(live.draft);  // in nobody's way
  const auto refusal = Judge(*changed.draft, parts);
  if (refusal || !changed.draft->placed) {
    sayings.TakeBack();
    vnis_ = vnis;
    live.draft = std::move(before);
    return {refusal, {}};
  }
  live = std::move(changed);
  return {std::nullopt, {ChangeOf(live)}};
}

std::optional<ApiRefusal> MirrorActions::Judge(MirrorDraft& candidate,
                                               const std::set<MirrorPart>& parts) {
  const std::size_t errors = draft_.errors.all().size();
  candidate.is_asked_for = true;
  ExpandMirror(candidate, vnis_);
  if (draft_.errors.all().size() != errors) return std::nullopt;
  if (!candidate.refusals.empty()) return candidate.refusals.front();
  if (!candidate.placed) return std::nullopt;  // the same error was given before
  const bool moves = parts.count(MirrorPart::kSources) + parts.count(MirrorPart::kTargets) != 0;
  if (!moves && parts.count(MirrorPart::kNumber) == 0) return std::nullopt;
  if (auto refusal = CheckNumberInVpc(candidate)) return refusal;
  if (auto refusal = CheckTogether(candidate)) return refusal;
  if (!moves) return std::nullopt;
  const std::string lacking = ReceiverBandwidthLacking(draft_, *candidate.placed);
  if (lacking.empty()) return std::nullopt;
  candidate.FailAs("too_little_receiver_bandwidth", candidate.spec.path, lacking, "");
  return candidate.refusals.back();
}

// The candidate is the last, so that it is found fault with and not what was there before.
std::optional<ApiRefusal> MirrorActions::CheckTogether(MirrorDraft& candidate) {
  std::vector<MirrorDraft*> together;
  for (auto& [id, live] : mirrors_.now()) {
    if (live.draft == nullptr || live.draft.get() == &candidate) continue;
    live.draft->refusals.clear();
    together.push_back(live.draft.get());
  }
  together.push_back(&candidate);
  CheckMirrorsTogether(together);
  for (const MirrorDraft* mirror : together) {
    if (!mirror->refusals.empty()) return mirror->refusals.front();
  }
  return std::nullopt;
}

std::optional<ApiRefusal> MirrorActions::CheckNumberInVpc(MirrorDraft& candidate) {
  const auto most = QuotaOf(candidate.profile(), "mirrors_per_vpc");
  const auto in_vpc =
      std::count_if(mirrors_.now().begin(), mirrors_.now().end(), [&](const auto& each) {
        return each.second.draft != nullptr && each.second.draft->vpc == candidate.vpc;
      });
  if (!most || in_vpc < *most) return std::nullopt;
  candidate.FailAs("too_many_mirrors", candidate.spec.path,
                   "VPC " + candidate.vpc_name() + " has " + std::to_string(in_vpc) +
                       " mirrors, and " + std::to_string(*most) + " is the most",
                   "");
  return candidate.refusals.back();
}

void MirrorActions::ForgetDrawnVni(const Live& live) {
  const bool is_drawn = live.draft->profile().vni == VniRule::kRandom && !live.spec->vni;
  if (is_drawn) vnis_.erase(live.draft->placed->mirror->settings().tunnel.vni);
}

std::vector<MirrorChange> MirrorActions::Resettle(const std::set<std::size_t>& receivers) {
  std::vector<MirrorChange> changes;
  for (auto& [id, live] : mirrors_.now()) {
    const auto& enis = live.draft->placed->receiver_enis;
    const bool is_meant = std::any_of(enis.begin(), enis.end(),
                                      [&](std::size_t eni) { return receivers.count(eni) != 0; });
    if (!is_meant) continue;
    for (MirrorChange& change : Replace(live, MirrorSpec(*live.spec), {}).changes) {
      changes.push_back(std::move(change));
    }
  }
  return changes;
}

}  // namespace vpcmirror
