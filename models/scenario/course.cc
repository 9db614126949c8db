#include "models/scenario/course.h"

#include <algorithm>
#include <cmath>
#include <variant>

namespace vpcmirror {

bool IsOneStretch(const ValidScenario& scenario) {
  const auto changes = [](const TimelineEvent& event) { return !event.changes.empty(); };
  const auto pauses = [&](const Workload& workload) {
    return workload.start > Picoseconds(0) || workload.stop < scenario.duration;
  };
  return std::none_of(scenario.timeline.begin(), scenario.timeline.end(), changes) &&
         std::none_of(scenario.workloads.begin(), scenario.workloads.end(), pauses);
}

Course::Course(const ValidScenario& scenario)
    : scenario_(scenario),
      borders_{Picoseconds(0), scenario.duration},
      now_(scenario),
      speeds_(scenario.deployment->cvms.size(), 1),
      factors_(scenario.workloads.size(), 1) {
  now_.timeline.clear();
  const auto add = [&](Picoseconds at) {
    if (at > Picoseconds(0) && at < scenario.duration) borders_.push_back(at);
  };
  add(scenario.warm_up);
  for (const TimelineEvent& event : scenario.timeline) {
    if (!event.changes.empty()) add(event.action.at);
  }
  for (const Workload& workload : scenario.workloads) {
    add(workload.start);
    add(workload.stop);
  }
  std::sort(borders_.begin(), borders_.end());
  borders_.erase(std::unique(borders_.begin(), borders_.end()), borders_.end());
}

bool Course::Next(Stretch& stretch) {
  if (border_ + 1 >= borders_.size()) return false;
  const TimeSpan span{borders_[border_], borders_[border_ + 1]};
  ++border_;
  while (event_ < scenario_.timeline.size() && scenario_.timeline[event_].action.at <= span.start) {
    for (const Change& change : scenario_.timeline[event_].changes) Apply(change);
    ++event_;
  }
  now_.workloads = WorkloadsAt(span.start);
  stretch = {.span = span, .scenario = now_, .speeds = speeds_};
  own_.reset();  // what was given is nobody's to change
  return true;
}

void Course::Apply(const Change& change) {
  std::visit([this](const auto& each) { Apply(each); }, change);
}

void Course::Apply(const MirrorChange& change) { now_.mirrors[change.mirror] = change.placed; }

void Course::Apply(const ReceiverChange& change) {
  speeds_[change.cvm] = change.is_up ? change.speed : 0;
}

void Course::Apply(const HealthChange& change) {
  deployment().load_balancers[change.load_balancer].backends[change.backend].healthy =
      change.is_healthy;
}

void Course::Apply(const ScaleChange& change) { factors_[change.workload] = change.factor; }

void Course::Apply(const BandwidthChange& change) {
  deployment().cvms[change.cvm].limits.bandwidth = change.bandwidth;
}

void Course::Apply(const MtuChange& change) { deployment().enis[change.eni].mtu = change.mtu; }

void Course::Apply(const SecurityChange& change) {
  deployment().enis[change.eni].security_groups = change.groups;
}

void Course::Apply(const RouteChange& change) { now_.topology = change.topology; }

void Course::Apply(const AttachmentChange& change) {
  auto& detached = now_.detached;
  const auto found = std::find(detached.begin(), detached.end(), change.eni);
  if (change.is_attached && found != detached.end()) detached.erase(found);
  if (!change.is_attached && found == detached.end()) detached.push_back(change.eni);
}

Deployment& Course::deployment() {
  if (!own_) {
    own_ = std::make_shared<Deployment>(*now_.deployment);
    now_.deployment = own_;
  }
  return *own_;
}

bool Course::IsAttached(const Endpoint& end) const {
  return !end.eni ||
         std::find(now_.detached.begin(), now_.detached.end(), *end.eni) == now_.detached.end();
}

// Nobody talks from an ENI that is not there, nor to it.
std::vector<Workload> Course::WorkloadsAt(Picoseconds at) const {
  std::vector<Workload> workloads = scenario_.workloads;
  for (std::size_t i = 0; i < workloads.size(); ++i) {
    Workload& workload = workloads[i];
    const double factor = at >= workload.start && at < workload.stop ? factors_[i] : 0;
    std::erase_if(workload.streams, [&](const Stream& stream) {
      return factor == 0 || !IsAttached(stream.from) || !IsAttached(stream.to);
    });
    const auto ends_are_there = [&](const auto& stream) {
      return factor != 0 && IsAttached(stream.client) && IsAttached(stream.server);
    };
    std::erase_if(workload.requests, [&](const auto& each) { return !ends_are_there(each); });
    std::erase_if(workload.tcp_streams, [&](const auto& each) { return !ends_are_there(each); });
    std::erase_if(workload.observed, [&](const ObservedFlow& flow) {
      return factor == 0 || !IsAttached({.eni = flow.eni, .address = {}});
    });
    if (factor == 1) continue;
    for (Stream& stream : workload.streams) {
      stream.rate = BitsPerSecond(std::llround(static_cast<double>(stream.rate.count()) * factor));
    }
    for (RequestStream& stream : workload.requests) stream.per_second *= factor;
    for (ObservedFlow& flow : workload.observed) {
      flow.bits_per_second *= factor;
      flow.frames_per_second *= factor;
    }
  }
  return workloads;
}

}  // namespace vpcmirror
