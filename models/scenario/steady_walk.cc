#include "models/scenario/steady_walk.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "models/scenario/flows.h"
#include "models/scenario/observed_flows.h"
#include "models/scenario/taps.h"
#include "models/wire/frame_template.h"
#include "models/wire/hash.h"

namespace vpcmirror {
namespace {

constexpr double kBits = 8;
constexpr int kMostHops = 64;  // as many as the TTL of a new packet allows

Flux FluxOf(double frames_per_second, Bytes frame) {
  return {frames_per_second * static_cast<double>(frame.count()) * kBits, frames_per_second};
}

class Walk {
 public:
  Walk(const ValidScenario& scenario, const SteadyObserver& observe, const WalkPart& part)
      : scenario_(scenario),
        observe_(observe),
        part_(part),
        watching_(MirrorsByEni(scenario)),
        watched_(watching_.size()) {}

  void Run() {
    for (; workload_ < scenario_.workloads.size(); ++workload_) {
      const Workload& workload = scenario_.workloads[workload_];
      // Who opens a flow sends first, so that security groups let the answer pass.
      for (const bool of_client : {true, false}) {
        for (const Stream& stream : workload.streams) {
          if (stream.from_is_client == of_client) Send(workload, stream);
        }
      }
      for (const RequestStream& stream : workload.requests) Send(workload, stream);
      for (const ObservedFlow& flow : workload.observed) Pass(flow);
      is_elastic_ = true;
      for (const TcpStream& stream : workload.tcp_streams) Send(workload, stream);
      is_elastic_ = false;
    }
  }

 private:
  // What an ENI's frames meet.
  struct Watch {
    Watch(const ValidScenario& scenario, std::size_t eni, const std::vector<std::size_t>& mirrors)
        : tap(MakeTap(scenario, eni, mirrors)), firewall(*scenario.deployment, eni) {}
    MirrorTap tap;
    Firewall firewall;
  };
  // A frame under way.
  struct Sent {
    const FrameInfo& info;
    Flux flux;
    bool is_first = true;
  };

  Watch& WatchOf(std::size_t eni) {
    if (!watched_[eni]) {
      watched_[eni] = std::make_unique<Watch>(scenario_, eni, watching_[eni]);
    }
    return *watched_[eni];
  }

  bool IsHere(const Endpoint& one, const Endpoint& other) const {
    const std::size_t eni = one.eni && other.eni ? std::min(*one.eni, *other.eni)
                            : one.eni            ? *one.eni
                                                 : *other.eni;
    return IsHere(eni);
  }
  bool IsHere(std::size_t eni) const {
    return part_.of == 1 || MixBits(eni) % part_.of == part_.number;
  }

  void Pass(const ObservedFlow& flow) {
    at_stream_ = stream_++;
    if (!IsHere(flow.eni)) return;
    is_answer_ = false;
    flow_ = 0;
    const FrameInfo info = MeanFrameOf(flow);
    const MirrorTap& tap = WatchOf(flow.eni).tap;
    Frame frame{.info = info, .direction = flow.direction, .admitted = true};
    if (flow.direction == Direction::kEgress) {
      frame.next_hop = RouteOf(flow.eni, flow.flow.destination).next_hop;
    }
    const Decision decision = tap.OnFrame(frame);
    observe_({.workload = workload_,
              .stream = at_stream_,
              .eni = flow.eni,
              .direction = flow.direction,
              .is_last = true,
              .flux = {flow.bits_per_second, flow.frames_per_second},
              .frame = info,
              .tap = tap,
              .mirrors = watching_[flow.eni],
              .decision = decision});
  }

  void Send(const Workload& workload, const Stream& stream) {
    const std::size_t number = stream_++;
    if (!IsHere(stream.from, stream.to)) return;
    at_stream_ = number;
    const double frames = static_cast<double>(stream.rate.count()) /
                          (MeanFrameBytes(workload.sizes) * kBits) / workload.flows;
    double weights = 0;
    for (const FrameSize& size : workload.sizes) weights += size.weight;
    is_answer_ = false;
    for (flow_ = 0; flow_ < workload.flows; ++flow_) {
      const FrameTemplate flow(FlowOf(workload, stream, flow_), {}, {});
      for (const FrameSize& size : workload.sizes) {
        Send(stream.from, stream.to, flow, size.frame,
             FluxOf(frames * size.weight / weights, size.frame));
      }
    }
  }

  void Send(const Workload& workload, const RequestStream& stream) {
    at_stream_ = stream_;
    stream_ += 2;
    if (!IsHere(stream.client, stream.server)) return;
    const Stream asks{.from = stream.client, .to = stream.server, .from_is_client = true};
    const double each = stream.per_second / workload.flows;
    is_answer_ = false;
    for (flow_ = 0; flow_ < workload.flows; ++flow_) {
      const FrameTemplate asked(FlowOf(workload, asks, flow_), {}, {});
      Send(stream.client, stream.server, asked, stream.request, FluxOf(each, stream.request));
    }
    ++at_stream_;
    is_answer_ = true;
    for (flow_ = 0; flow_ < workload.flows; ++flow_) {
      const FrameTemplate answer(Reversed(FlowOf(workload, asks, flow_)), {}, {});
      const Bytes headers(static_cast<std::int64_t>(answer.header_bytes()));
      // Full frames are alike, and the last one is shorter.
      std::int64_t full = 0;
      ForEachResponseFrame(stream.response, headers, [&](Bytes frame) {
        if (frame == kLongestResponseFrame) {
          ++full;
        } else {
          Send(stream.server, stream.client, answer, frame, FluxOf(each, frame));
        }
      });
      if (full > 0) {
        Send(stream.server, stream.client, answer, kLongestResponseFrame,
             FluxOf(each * static_cast<double>(full), kLongestResponseFrame));
      }
    }
  }

  // A second segment is acknowledged together with the first (RFC 1122, 4.2.3.2), and what is
  // answered by the answer.
  void Send(const Workload& workload, const TcpStream& stream) {
    at_stream_ = stream_;
    stream_ += 2;
    if (!IsHere(stream.client, stream.server)) return;
    const TcpSettings& tcp = *workload.tcp;
    const Stream there{.from = stream.client, .to = stream.server, .from_is_client = true};
    const Stream back{.from = stream.server, .to = stream.client, .from_is_client = false};
    is_answer_ = false;
    if (tcp.exchanges_requests()) {
      const double asked = SegmentsOf(tcp, tcp.request);
      const double answered = SegmentsOf(tcp, tcp.response);
      SendSegments(workload, there, tcp.request, asked, std::floor(answered / 2));
      SendSegments(workload, back, tcp.response, answered, std::floor(asked / 2));
    } else {
      SendSegments(workload, there, tcp.segment, 1, 0);
      SendSegments(workload, back, Bytes(0), 0, 0.5);
    }
  }

  static double SegmentsOf(const TcpSettings& tcp, Bytes data) {
    return std::ceil(static_cast<double>(data.count()) / static_cast<double>(tcp.segment.count()));
  }

  // In each flow of the stream.
  void SendSegments(const Workload& workload, const Stream& stream, Bytes data, double segments,
                    double acknowledgements) {
    const auto each = static_cast<std::int64_t>(
        std::llround(static_cast<double>(data.count()) / std::max(1.0, segments)));
    for (flow_ = 0; flow_ < workload.flows; ++flow_) {
      const FrameTemplate flow(FlowOf(workload, stream, flow_), {}, {});
      const auto send = [&](Bytes frame, double frames) {
        if (frames > 0) Send(stream.from, stream.to, flow, frame, FluxOf(frames, frame));
      };
      send(kTcpFrameHeaders + Bytes(each), segments);
      send(kTcpFrameHeaders, acknowledgements);
    }
    ++at_stream_;
  }

  // Frames of one flow and one size, from one end to the other.
  void Send(const Endpoint& from, const Endpoint& to, const FrameTemplate& flow, Bytes frame,
            const Flux& flux) {
    std::array<std::byte, FrameTemplate::kMaxHeaderBytes> header{};
    flow.Write(frame, 0, header);
    const FrameInfo info = ParseFrame(std::span(header).first(flow.header_bytes()), frame);
    Sent sent{info, flux};
    std::optional<std::size_t> at = from.eni;
    if (!at) {
      if (to.eni && !ComeIn(*to.eni, sent)) return;
      at = to.eni;
    }
    for (int hops = from.eni ? 0 : 1; at && hops < kMostHops; ++hops) {
      if (hops > 0 && HasAddress(*at, info.flow.destination)) return;
      const std::optional<std::size_t> landing = Leave(*at, sent);
      if (!landing || !ComeIn(*landing, sent)) return;
      at = landing;
    }
  }

  bool HasAddress(std::size_t eni, const IpAddress& address) const {
    const auto& addresses = scenario_.deployment->enis[eni].addresses;
    return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
  }

  // The ENI where they get to; empty for those that get no further.
  std::optional<std::size_t> Leave(std::size_t eni, Sent& sent) {
    const RouteAnswer& route = RouteOf(eni, sent.info.flow.destination);
    const bool passes = See(eni, Direction::kEgress, route, sent);
    return passes && route.stop == Stop::kNone ? route.destination : std::nullopt;
  }

  bool ComeIn(std::size_t eni, Sent& sent) { return See(eni, Direction::kIngress, {}, sent); }

  // At one ENI. False for frames that get no further.
  bool See(std::size_t eni, Direction direction, const RouteAnswer& route, Sent& sent) {
    Watch& watch = WatchOf(eni);
    const FlowKey& flow = sent.info.flow;
    const Admission admission =
        watch.firewall.is_open() ? Admission::kAdmitted : watch.firewall.Admit(flow, direction);
    const bool admitted = admission == Admission::kAdmitted;
    const bool leaves = direction == Direction::kEgress;
    const Decision decision = watch.tap.OnFrame({.info = sent.info,
                                                 .direction = direction,
                                                 .admitted = admitted,
                                                 .next_hop = route.next_hop});
    const bool goes_out = leaves && route.stop == Stop::kNone && !route.destination;
    observe_({.workload = workload_,
              .stream = at_stream_,
              .flow = flow_,
              .is_first = sent.is_first,
              .is_answer = is_answer_,
              .is_elastic = is_elastic_,
              .eni = eni,
              .direction = direction,
              .admission = admission,
              .stop = route.stop,
              .is_last = admitted && (goes_out || (!leaves && HasAddress(eni, flow.destination))),
              .flux = sent.flux,
              .frame = sent.info,
              .tap = watch.tap,
              .mirrors = watching_[eni],
              .decision = decision});
    sent.is_first = false;
    return admitted;
  }

  // Frames of one stream ask for the same one after the other.
  const RouteAnswer& RouteOf(std::size_t eni, const IpAddress& destination) {
    if (!known_ || known_->eni != eni || known_->destination != destination) {
      known_ = {eni, destination, scenario_.topology->Lookup(eni, destination)};
    }
    return known_->answer;
  }
  struct KnownRoute {
    std::size_t eni = 0;
    IpAddress destination;
    RouteAnswer answer;
  };

  const ValidScenario& scenario_;
  const SteadyObserver& observe_;
  WalkPart part_;
  std::vector<std::vector<std::size_t>> watching_;  // mirrors by ENI
  std::vector<std::unique_ptr<Watch>> watched_;     // by ENI, made when first asked
  std::optional<KnownRoute> known_;
  // What is under way.
  std::size_t workload_ = 0;
  std::size_t stream_ = 0;     // the next
  std::size_t at_stream_ = 0;  // whose frames are sent
  int flow_ = 0;
  bool is_answer_ = false;
  bool is_elastic_ = false;
};

}  // namespace

void WalkSteadyFlows(const ValidScenario& scenario, const SteadyObserver& observe,
                     const WalkPart& part) {
  Walk(scenario, observe, part).Run();
}

// Pieces are of at most `room`. Only of what is cut does the length of a frame decide, which may be
// a mean.
Flux CopiesOf(const Mirror& mirror, const CopyPlan& plan, Bytes frame, const Flux& flux) {
  const bool is_cut =
      plan.mtu_action == MtuAction::kTruncate || plan.mtu_action == MtuAction::kRepair;
  const bool is_whole = plan.mtu_action == MtuAction::kWhole;
  const Bytes room = plan.mtu_action == MtuAction::kSegment ? plan.segment_room : plan.room;
  std::int64_t pieces = 1;
  if (!is_whole && !is_cut && room > Bytes(0)) {
    pieces = std::max<std::int64_t>(1, (frame.count() + room.count() - 1) / room.count());
  }
  const double frames = flux.frames_per_second * static_cast<double>(pieces);
  const double overhead = static_cast<double>(mirror.WireOverhead().count()) * kBits;
  const double kept = is_cut ? flux.frames_per_second *
                                   static_cast<double>((plan.offset + plan.kept).count()) * kBits
                             : flux.bits_per_second;
  return {kept + frames * overhead, frames};
}

}  // namespace vpcmirror
