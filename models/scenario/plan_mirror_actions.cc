#include "models/scenario/plan_mirror_actions.h"

#include <algorithm>
#include <utility>

#include "models/scenario/nearest.h"

namespace vpcmirror {
namespace {

// What is said on the way to an answer, and stays unsaid where that is a refusal.
class Sayings {
 public:
  explicit Sayings(Draft& draft)
      : draft_(draft), assumptions_(draft.assumptions), notes_(draft.notes) {}
  void TakeBack() {
    draft_.assumptions = assumptions_;
    draft_.notes = notes_;
  }

 private:
  Draft& draft_;
  AssumptionList assumptions_;
  std::vector<std::string> notes_;
};

std::vector<RuleSpec>::iterator FindRule(std::vector<RuleSpec>& rules, const std::string& id) {
  return std::find_if(rules.begin(), rules.end(),
                      [&](const RuleSpec& rule) { return rule.id == id; });
}

template <class T>
void TakeOver(std::optional<T>& field, const std::optional<T>& given) {
  if (given) field = given;
}

// Of a rule that is changed, what is not named stays.
void ChangeRule(const RuleSpec& given, RuleSpec& rule) {
  TakeOver(rule.priority, given.priority);
  TakeOver(rule.action, given.action);
  TakeOver(rule.match.family, given.match.family);
  TakeOver(rule.match.source, given.match.source);
  TakeOver(rule.match.destination, given.match.destination);
  TakeOver(rule.match.protocol, given.match.protocol);
  TakeOver(rule.match.source_ports, given.match.source_ports);
  TakeOver(rule.match.destination_ports, given.match.destination_ports);
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
  spec.targets = given.targets;
  spec.load_balancer = given.load_balancer;
  spec.choice = given.choice;
  spec.weights.clear();  // of the receivers that it had
}

}  // namespace

MirrorActions::MirrorActions(Draft& draft, MirrorDrafts& mirrors, std::set<std::string> later)
    : draft_(draft), vnis_(mirrors.vnis), later_(std::move(later)) {
  for (std::size_t i = 0; i < mirrors.all.size(); ++i) {
    std::unique_ptr<MirrorDraft>& mirror = mirrors.all[i];
    mirror->is_asked_for = true;
    const std::string id = mirror->id;
    mirrors_.emplace(id, Live{std::make_unique<MirrorSpec>(mirror->spec), std::move(mirror), i});
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

MirrorActions::Live* MirrorActions::Find(const MirrorActionSpec& action) {
  const std::string& id = action.mirror.value;
  const auto known = mirrors_.find(id);
  if (known != mirrors_.end()) return &known->second;
  if (later_.count(id) != 0) {
    draft_.errors.Add(action.mirror.path, "mirror \"" + id + "\" is created only later",
                      "actions in order: a mirror is created first");
    return nullptr;
  }
  std::vector<std::string> names = NamesOf(mirrors_);
  names.insert(names.end(), later_.begin(), later_.end());
  draft_.errors.Add(action.mirror.path, "no mirror is ever called \"" + id + "\"",
                    AcceptedNames(id, names));
  return nullptr;
}

MirrorActions::Answer MirrorActions::Apply(const MirrorActionSpec& action) {
  using Kind = MirrorActionSpec::Kind;
  if (action.kind == Kind::kCreate) return Create(action);
  const bool was_refused = tried_.count(action.mirror.value) != 0;
  Live* live = was_refused && mirrors_.count(action.mirror.value) == 0 ? nullptr : Find(action);
  if (live == nullptr && !was_refused) return {};
  if (live == nullptr || live->draft == nullptr) {
    return Refuse(action, "mirror_not_found", "there is no mirror " + action.mirror.value);
  }
  if (action.kind == Kind::kDelete) return Delete(*live);
  if (action.name) return Rename(action);
  if (action.parts == std::set{MirrorPart::kState}) return SetState(*live, *action.given.state);
  MirrorSpec next = *live->spec;
  Answer answer = Edit(action, next);
  if (answer.refusal || action.kind == Kind::kRead) return answer;
  return Replace(*live, next, action.parts);
}

MirrorActions::Answer MirrorActions::Create(const MirrorActionSpec& action) {
  const std::string& id = action.mirror.value;
  tried_.insert(id);
  const auto known = mirrors_.find(id);
  if (known != mirrors_.end() && known->second.draft != nullptr) {
    draft_.errors.Add(action.mirror.path, "a mirror is called \"" + id + "\" already",
                      "a name of its own");
    return {};
  }
  Live live{std::make_unique<MirrorSpec>(action.given), nullptr, draft_.mirrors.size()};
  live.draft = std::make_unique<MirrorDraft>(draft_, *live.spec, live.index);
  live.draft->id = id;
  Sayings sayings(draft_);
  const auto refusal =
      Judge(*live.draft, {MirrorPart::kSources, MirrorPart::kTargets, MirrorPart::kNumber});
  if (refusal || !live.draft->placed) {
    sayings.TakeBack();
    return {refusal, {}};
  }
  if (known != mirrors_.end()) {
    live.index = known->second.index;
    mirrors_.erase(known);
  } else {
    draft_.mirrors.push_back(*live.draft->placed);
    draft_.mirrors.back().sources.clear();  // it is not there yet
  }
  return {std::nullopt, {ChangeOf(mirrors_.emplace(id, std::move(live)).first->second)}};
}

MirrorActions::Answer MirrorActions::Delete(Live& live) {
  ForgetDrawnVni(live);
  MirrorChange change = ChangeOf(live);
  change.placed.sources.clear();
  live.draft.reset();
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
  const auto length = static_cast<std::int64_t>(action.name->value.size());
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
  return has(MirrorPart::kFilter) ? ReplaceFilter(action, spec.filter) : Answer{};
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

MirrorActions::Answer MirrorActions::EditRules(const MirrorActionSpec& action, FilterSpec& filter) {
  using Kind = MirrorActionSpec::Kind;
  if (!filter.by_rules) {
    return Refuse(action, "no_rule_mode", "the mirror has a direction, and no rules by direction");
  }
  if (action.kind == Kind::kRead) return {};
  const FilterSpec& given = action.given.filter;
  if (!HasRules(given) && action.rules.empty()) {
    return Refuse(action, "rules_missing", "no rule is named");
  }
  if (action.kind == Kind::kAddRules) {
    filter.ingress.insert(filter.ingress.end(), given.ingress.begin(), given.ingress.end());
    filter.egress.insert(filter.egress.end(), given.egress.begin(), given.egress.end());
    return {};
  }
  for (const At<std::string>& id : action.rules) {
    const auto in = FindRule(filter.ingress, id.value);
    const auto out = FindRule(filter.egress, id.value);
    if (in != filter.ingress.end()) {
      filter.ingress.erase(in);
    } else if (out != filter.egress.end()) {
      filter.egress.erase(out);
    } else {
      return Refuse(action, "rule_not_found", "the mirror has no rule " + id.value);
    }
  }
  for (const auto list : {&FilterSpec::ingress, &FilterSpec::egress}) {
    for (const RuleSpec& rule : given.*list) {
      const auto known = FindRule(filter.*list, rule.id);
      if (rule.id.empty()) return Refuse(action, "rules_missing", "a rule without its ID");
      if (known == (filter.*list).end()) {
        return Refuse(action, "rule_not_found", "the mirror has no rule " + rule.id);
      }
      ChangeRule(rule, *known);
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
  for (auto& [id, live] : mirrors_) {
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
  const auto in_vpc = std::count_if(mirrors_.begin(), mirrors_.end(), [&](const auto& each) {
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
  for (auto& [id, live] : mirrors_) {
    if (live.draft == nullptr) continue;
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
