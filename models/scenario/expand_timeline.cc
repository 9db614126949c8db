// The timeline: its events in order, what each changes, and what is wrong with them.
#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "models/scenario/expand_mirrors.h"
#include "models/scenario/plan_faults.h"
#include "models/scenario/plan_mirror_actions.h"

namespace vpcmirror {
namespace {

// Beyond, planning would take longer than a user waits, and nobody reads the result.
constexpr std::int64_t kMostEvents = 10'000;

struct Occurrence {
  Picoseconds at{};
  const TimelineSpec* spec = nullptr;
};

bool CheckEnd(Draft& draft, const At<Picoseconds>& time) {
  if (time.value < draft.duration) return true;
  draft.errors.Add(time.path, "the run has ended by then", "a time before the end of the run");
  return false;
}

// False, with an error, when it does not come to pass.
bool CheckTimes(Draft& draft, const TimelineSpec& spec) {
  if (!CheckEnd(draft, spec.at)) return false;
  if (spec.until && !spec.every) {
    draft.errors.Add(spec.until->path, "until beside no every", "every, or no until");
    return false;
  }
  if (spec.until && spec.until->value < spec.at.value) {
    draft.errors.Add(spec.until->path, "it ends before it begins", "a time after that of at");
    return false;
  }
  return !spec.until || CheckEnd(draft, *spec.until);
}

void CheckOrder(Draft& draft) {
  const auto& specs = draft.scenario.timeline;
  for (std::size_t i = 1; i < specs.size(); ++i) {
    if (specs[i].at.value >= specs[i - 1].at.value) continue;
    draft.errors.Add(specs[i].at.path, "an event that is earlier than the one before it",
                     "events in the order of their times");
  }
}

std::vector<Occurrence> OccurrencesOf(Draft& draft) {
  std::vector<Occurrence> all;
  for (const TimelineSpec& spec : draft.scenario.timeline) {
    if (!CheckTimes(draft, spec)) continue;
    const Picoseconds last = spec.until ? spec.until->value : draft.duration - Picoseconds(1);
    const std::int64_t more =
        spec.every ? (last - spec.at.value).count() / spec.every->value.count() : 0;
    if (static_cast<std::int64_t>(all.size()) + more >= kMostEvents) {
      draft.errors.Add(spec.path,
                       "more than " + std::to_string(kMostEvents) + " events in the timeline",
                       "fewer events, or a longer time between them");
      return {};
    }
    for (std::int64_t i = 0; i <= more; ++i) {
      all.push_back({i == 0 ? spec.at.value : spec.at.value + spec.every->value * i, &spec});
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Occurrence& a, const Occurrence& b) { return a.at < b.at; });
  return all;
}

std::string SubjectOf(const TimelineSpec& spec) {
  struct Name {
    std::string operator()(const MirrorActionSpec& action) { return action.subject.value; }
    std::string operator()(const ReceiverFaultSpec& fault) { return fault.receiver.value; }
    std::string operator()(const ScaleSpec& scale) { return scale.workload.value; }
    std::string operator()(const AttachmentSpec& attachment) { return attachment.enis.value; }
    std::string operator()(const SettingsChangeSpec& change) { return change.of.value; }
  };
  return std::visit(Name(), spec.action);
}

// While events are planned, the deployment is as they leave it.
class DeploymentUnderWay {
 public:
  explicit DeploymentUnderWay(Draft& draft) : draft_(draft), at_the_beginning_(draft.deployment) {
    draft.deployment = std::make_shared<Deployment>(*at_the_beginning_);
  }
  // A host that becomes a receiver only later has its software from the beginning.
  ~DeploymentUnderWay() {
    for (std::size_t i = 0; i < at_the_beginning_->cvms.size(); ++i) {
      at_the_beginning_->cvms[i].receiver = draft_.deployment->cvms[i].receiver;
    }
    draft_.deployment = at_the_beginning_;
  }
  DeploymentUnderWay(const DeploymentUnderWay&) = delete;
  DeploymentUnderWay& operator=(const DeploymentUnderWay&) = delete;

 private:
  Draft& draft_;
  std::shared_ptr<Deployment> at_the_beginning_;
};

class TimelinePlanner {
 public:
  TimelinePlanner(Draft& draft, MirrorDrafts& mirrors)
      : draft_(draft), mirrors_(draft, mirrors), faults_(draft, mirrors_) {}

  void Run(const std::vector<Occurrence>& occurrences) {
    std::vector<const TimelineSpec*> in_order;
    for (const Occurrence& each : occurrences) in_order.push_back(each.spec);
    faults_.NoteFirstAttachments(in_order);
    for (const Occurrence& each : occurrences) {
      TimelineEvent event{.action = {.at = each.at,
                                     .what = each.spec->what,
                                     .subject = SubjectOf(*each.spec),
                                     .detail = each.spec->detail,
                                     .path = each.spec->path},
                          .changes = {}};
      Plan(each, event);
      draft_.timeline.push_back(std::move(event));
    }
    for (TimelineEvent& event : faults_.HealthEvents()) draft_.timeline.push_back(std::move(event));
    std::stable_sort(
        draft_.timeline.begin(), draft_.timeline.end(),
        [](const TimelineEvent& a, const TimelineEvent& b) { return a.action.at < b.action.at; });
    faults_.CheckReceivers(ReceiversEver(*draft_.deployment, draft_.mirrors, draft_.timeline));
  }

 private:
  void Plan(const Occurrence& occurrence, TimelineEvent& event) {
    const auto plan = [&](const auto& action) {
      if constexpr (std::is_same_v<decltype(action), const MirrorActionSpec&>) {
        MirrorActions::Answer answer = mirrors_.Apply(action);
        event.action.refusal = std::move(answer.refusal);
        for (MirrorChange& each : answer.changes) event.changes.emplace_back(std::move(each));
      } else {
        event.changes = faults_.Plan(action, {occurrence.at, occurrence.spec->path});
      }
    };
    std::visit(plan, occurrence.spec->action);
  }

  Draft& draft_;
  MirrorActions mirrors_;
  Faults faults_;
};

}  // namespace

void ExpandTimeline(Draft& draft, MirrorDrafts& mirrors) {
  if (draft.scenario.timeline.empty()) return;
  CheckOrder(draft);
  const std::vector<Occurrence> occurrences = OccurrencesOf(draft);
  // What mirrors become is asked only of mirrors that are sound.
  if (!draft.errors.empty()) return;
  const DeploymentUnderWay deployment(draft);
  TimelinePlanner(draft, mirrors).Run(occurrences);
}

}  // namespace vpcmirror
