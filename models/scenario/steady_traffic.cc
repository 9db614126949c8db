#include "models/scenario/steady_traffic.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "models/cloud/firewall.h"
#include "models/scenario/flows.h"
#include "models/scenario/taps.h"
#include "models/wire/frame_template.h"

namespace vpcmirror {
namespace {

constexpr double kBits = 8;

Flux FluxOf(double frames_per_second, Bytes frame) {
  return {frames_per_second * static_cast<double>(frame.count()) * kBits, frames_per_second};
}

FrameTemplate TemplateOf(const FlowKey& flow) { return FrameTemplate(flow, {}, {}); }

class Reckoner {
 public:
  Reckoner(const ValidScenario& scenario, const SteadyObserver& observe)
      : scenario_(scenario),
        observe_(observe),
        watching_(MirrorsByEni(scenario)),
        watched_(watching_.size()) {
    traffic_.enis.resize(watching_.size());
    traffic_.mirrors.resize(scenario.mirrors.size());
    traffic_.workloads.resize(scenario.workloads.size());
  }

  SteadyTraffic Run() && {
    for (const Workload& workload : scenario_.workloads) {
      of_workload_ = &traffic_.workloads[&workload - scenario_.workloads.data()];
      if (!workload.tcp_streams.empty() || !workload.replays.empty()) {
        traffic_.left_out.push_back(workload.name);
      }
      // Who opens a flow sends first, so that security groups let the answer pass.
      for (const bool of_client : {true, false}) {
        for (const Stream& stream : workload.streams) {
          if (stream.from_is_client == of_client) Add(workload, stream);
        }
      }
      for (const RequestStream& stream : workload.requests) Add(workload, stream);
    }
    return std::move(traffic_);
  }

 private:
  // What an ENI's frames meet.
  struct Watch {
    Watch(const ValidScenario& scenario, std::size_t eni, const std::vector<std::size_t>& mirrors)
        : tap(MakeTap(scenario, eni, mirrors)), firewall(*scenario.deployment, eni) {}
    MirrorTap tap;
    Firewall firewall;
  };

  Watch& WatchOf(std::size_t eni) {
    if (!watched_[eni]) {
      watched_[eni] = std::make_unique<Watch>(scenario_, eni, watching_[eni]);
    }
    return *watched_[eni];
  }

  void Add(const Workload& workload, const Stream& stream) {
    const double frames = static_cast<double>(stream.rate.count()) /
                          (MeanFrameBytes(workload.sizes) * kBits) / workload.flows;
    double weights = 0;
    for (const FrameSize& size : workload.sizes) weights += size.weight;
    for (int i = 0; i < workload.flows; ++i) {
      const FrameTemplate flow = TemplateOf(FlowOf(workload, stream, i));
      double of_flow = 0;
      for (const FrameSize& size : workload.sizes) {
        const Flux flux = FluxOf(frames * size.weight / weights, size.frame);
        of_flow += flux.bits_per_second;
        Pass(stream.from.eni, stream.to.eni, flow, size.frame, flux);
      }
      NoteFlow(stream.from.eni, of_flow);
    }
  }

  void Add(const Workload& workload, const RequestStream& stream) {
    const Stream asks{.from = stream.client, .to = stream.server, .from_is_client = true};
    const double each = stream.per_second / workload.flows;
    for (int i = 0; i < workload.flows; ++i) {
      const FlowKey key = FlowOf(workload, asks, i);
      const FrameTemplate flow = TemplateOf(key);
      const FrameTemplate answer = TemplateOf(Reversed(key));
      const Flux asked = FluxOf(each, stream.request);
      Pass(stream.client.eni, stream.server.eni, flow, stream.request, asked);
      NoteFlow(stream.client.eni, asked.bits_per_second);
      double answered = 0;
      const Bytes headers(static_cast<std::int64_t>(answer.header_bytes()));
      ForEachResponseFrame(stream.response, headers, [&](Bytes frame) {
        const Flux flux = FluxOf(each, frame);
        answered += flux.bits_per_second;
        Pass(stream.server.eni, stream.client.eni, answer, frame, flux);
      });
      NoteFlow(stream.server.eni, answered);
    }
  }

  void NoteFlow(std::optional<std::size_t> eni, double bits_per_second) {
    if (!eni) return;
    double& largest = traffic_.enis[*eni].largest_flow_bps;
    largest = std::max(largest, bits_per_second);
  }

  // Frames of one flow and one size, from one end to the other.
  void Pass(std::optional<std::size_t> from, std::optional<std::size_t> to,
            const FrameTemplate& flow, Bytes frame, const Flux& flux) {
    std::array<std::byte, FrameTemplate::kMaxHeaderBytes> header{};
    flow.Write(frame, 0, header);
    const FrameInfo info = ParseFrame(std::span(header).first(flow.header_bytes()), frame);
    arrived_.clear();
    if (from && !See(*from, Direction::kEgress, info, flux)) return;
    if (to) See(*to, Direction::kIngress, info, flux);
  }

  // At one ENI. False for frames that get no further.
  bool See(std::size_t index, Direction direction, const FrameInfo& frame, const Flux& flux) {
    Watch& watch = WatchOf(index);
    const bool admitted = watch.firewall.is_open() ||
                          watch.firewall.Admit(frame.flow, direction) == Admission::kAdmitted;
    const bool leaves = direction == Direction::kEgress;
    RouteAnswer route;
    if (leaves) route = scenario_.topology->Lookup(index, frame.flow.destination);
    EniTraffic& eni = traffic_.enis[index];
    if (admitted) (leaves ? eni.out : eni.in) += flux;
    const Decision decision = watch.tap.OnFrame(
        {.info = frame, .direction = direction, .admitted = admitted, .next_hop = route.next_hop});
    if (!decision.outcomes().empty()) {
      of_workload_->offered += flux;
      const bool is_never = decision.outcomes().front().refusal == Refusal::kNeverMirrored;
      if (is_never) of_workload_->never_mirrored += flux;
    }
    if (observe_) observe_({index, direction, admitted, flux, decision});
    for (const Outcome& outcome : decision.outcomes()) {
      Copy(index, direction, watch.tap, outcome, flux, frame.wire_length);
    }
    return admitted && route.stop == Stop::kNone;
  }

  void Copy(std::size_t eni, Direction direction, const MirrorTap& tap, const Outcome& outcome,
            const Flux& flux, Bytes frame) {
    const std::size_t index = watching_[eni][tap.given_position(outcome.session)];
    MirrorTraffic& mirror = traffic_.mirrors[index];
    mirror.offered += flux;
    if (outcome.refusal != Refusal::kNone) return;
    if (IsUnfit(outcome.plan)) mirror.unfit += flux;
    if (outcome.plan.mtu_action == MtuAction::kDrop) return;
    const Mirror& session = tap.session(outcome.session);
    mirror.mirrored += flux;
    const bool leaves = direction == Direction::kEgress;
    if (leaves) mirror.mirrored_of_out += flux;
    const CopyPlan& plan = outcome.plan;
    const bool is_cut =
        plan.mtu_action == MtuAction::kTruncate || plan.mtu_action == MtuAction::kRepair;
    if (is_cut) mirror.cut += flux;
    const Flux copy = WireOf(session, plan, frame, flux);
    mirror.wire += copy;
    EniTraffic& source = traffic_.enis[eni];
    source.copies_out += copy;
    if (leaves) source.copies_of_out += copy;
    const PlacedMirror& placed = scenario_.mirrors[index];
    if (placed.load_balancer) {
      Balance(*placed.load_balancer, eni, leaves, copy);
    } else {
      mirror.by_receiver.resize(placed.receiver_enis.size());
      mirror.by_receiver[plan.receiver] += copy;
      Arrive(placed.receiver_enis[plan.receiver], leaves, copy);
    }
  }

  // Cut to the packet length is not unfit.
  static bool IsUnfit(const CopyPlan& plan) {
    switch (plan.mtu_action) {
      case MtuAction::kWhole:
        return false;
      case MtuAction::kTruncate:
      case MtuAction::kRepair:
        return plan.kept >= plan.room;
      case MtuAction::kSegment:
      case MtuAction::kFragment:
      case MtuAction::kDrop:
        return true;
    }
    return false;
  }

  // A copy in several packets has outer headers in each: pieces of at most `room`.
  static Flux WireOf(const Mirror& session, const CopyPlan& plan, Bytes frame, const Flux& flux) {
    const bool is_whole = plan.mtu_action == MtuAction::kWhole ||
                          plan.mtu_action == MtuAction::kTruncate ||
                          plan.mtu_action == MtuAction::kRepair;
    const Bytes kept = plan.offset + plan.kept;
    std::int64_t pieces = 1;
    const Bytes room = plan.mtu_action == MtuAction::kSegment ? plan.segment_room : plan.room;
    if (!is_whole && room > Bytes(0)) {
      pieces = (frame.count() + room.count() - 1) / room.count();
    }
    const Bytes wire = kept + session.WireOverhead() * pieces;
    return {flux.frames_per_second * static_cast<double>(wire.count()) * kBits,
            flux.frames_per_second * static_cast<double>(pieces)};
  }

  // A hash spreads flows about evenly.
  void Balance(std::size_t index, std::size_t source, bool of_out, const Flux& copy) {
    const Deployment& deployment = *scenario_.deployment;
    const LoadBalancer& balancer = deployment.load_balancers[index];
    const std::size_t zone =
        balancer.ZoneFor(deployment.subnets[deployment.enis[source].subnet].zone);
    const BackendChoice choice(balancer);
    const auto& eligible = choice.Eligible(zone);
    for (const std::size_t backend : eligible) {
      Arrive(balancer.backends[backend].eni, of_out,
             copy * (1.0 / static_cast<double>(eligible.size())));
    }
  }

  void Arrive(std::size_t receiver, bool of_out, const Flux& copy) {
    EniTraffic& eni = traffic_.enis[receiver];
    eni.copies_in += copy;
    if (of_out) eni.copies_in_of_out += copy;
    if (std::find(arrived_.begin(), arrived_.end(), receiver) != arrived_.end()) {
      eni.duplicates_in += copy;
    }
    arrived_.push_back(receiver);
  }

  const ValidScenario& scenario_;
  const SteadyObserver& observe_;
  std::vector<std::vector<std::size_t>> watching_;  // mirrors by ENI
  std::vector<std::unique_ptr<Watch>> watched_;     // by ENI, made when first asked
  std::vector<std::size_t> arrived_;  // ENIs that copies of the frames under way are at
  SteadyTraffic traffic_;
  WorkloadTraffic* of_workload_ = nullptr;  // whose frames are under way
};

}  // namespace

SteadyTraffic SteadyTrafficOf(const ValidScenario& scenario, const SteadyObserver& observe) {
  return Reckoner(scenario, observe).Run();
}

}  // namespace vpcmirror
