#include "models/scenario/timeline.h"

#include "models/scenario/visit_changes.h"

namespace vpcmirror {
namespace {

template <class Visit>
void VisitMirrorChanges(const std::vector<TimelineEvent>& timeline, Visit visit) {
  VisitChanges<MirrorChange>(timeline,
                             [&](Picoseconds, const MirrorChange& change) { visit(change); });
}

}  // namespace

std::set<std::size_t> ReceiversEver(const Deployment& deployment,
                                    const std::vector<PlacedMirror>& mirrors,
                                    const std::vector<TimelineEvent>& timeline) {
  std::set<std::size_t> receivers;
  const auto add = [&](const PlacedMirror& placed) {
    if (!placed.load_balancer) {
      receivers.insert(placed.receiver_enis.begin(), placed.receiver_enis.end());
      return;
    }
    for (const Backend& each : deployment.load_balancers[*placed.load_balancer].backends) {
      receivers.insert(each.eni);
    }
  };
  for (const PlacedMirror& placed : mirrors) add(placed);
  VisitMirrorChanges(timeline, [&](const MirrorChange& change) { add(change.placed); });
  return receivers;
}

std::vector<const PlacedMirror*> EveryPlacing(const std::vector<PlacedMirror>& mirrors,
                                              const std::vector<TimelineEvent>& timeline,
                                              std::size_t mirror) {
  std::vector<const PlacedMirror*> placings = {&mirrors[mirror]};
  VisitMirrorChanges(timeline, [&](const MirrorChange& change) {
    if (change.mirror == mirror) placings.push_back(&change.placed);
  });
  return placings;
}

}  // namespace vpcmirror
