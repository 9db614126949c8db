#include "sim/packet/timeline_player.h"

#include <ns3/simulator.h>
#include <ns3/uinteger.h>

#include <algorithm>
#include <variant>

#include "models/cloud/firewall.h"
#include "models/ns3/clock.h"

namespace vpcmirror::sim {

TimelinePlayer::TimelinePlayer(const ValidScenario& scenario, Network& network)
    : scenario_(scenario),
      network_(network),
      sessions_(scenario.mirrors.size()),
      factors_(scenario.workloads.size(), 1),
      attached_(network.enis.size(), true) {
  if (scenario.timeline.empty()) return;
  network.fabric->ForetellNothing();
  for (std::size_t mirror = 0; mirror < network.sessions.size(); ++mirror) {
    for (const auto& session : network.sessions[mirror]) {
      sessions_[mirror].emplace(session->eni()->place(), session);
    }
  }
  for (const std::size_t eni : scenario.detached) {
    network.enis[eni]->SetAttached(false);
    attached_[eni] = false;
  }
  SetPaces();
  for (std::size_t i = 0; i < scenario.timeline.size(); ++i) {
    ns3::Simulator::Schedule(ToTime(scenario.timeline[i].action.at), &TimelinePlayer::Happen, this,
                             i);
  }
}

void TimelinePlayer::Happen(std::size_t index) {
  const TimelineEvent& event = scenario_.timeline[index];
  for (const Change& change : event.changes) {
    std::visit([this](const auto& each) { Apply(each); }, change);
  }
  if (paces_change_) SetPaces();
  happened_.push_back(event.action);
}

void TimelinePlayer::Apply(const MirrorChange& change) {
  const auto& sources = change.placed.sources;
  for (const auto& [eni, session] : sessions_[change.mirror]) {
    if (std::binary_search(sources.begin(), sources.end(), eni)) {
      session->SetMirror(change.placed.mirror);
    } else if (session->is_watching()) {
      session->Withdraw();
    }
  }
}

// Without mirrors a run has no receivers.
void TimelinePlayer::Apply(const ReceiverChange& change) {
  for (const std::size_t eni : scenario_.deployment->cvms[change.cvm].enis) {
    if (!network_.receivers[eni]) continue;
    network_.receivers[eni]->SetUp(change.is_up);
    network_.receivers[eni]->SetSpeed(SimulatedNow(), change.speed);
  }
}

void TimelinePlayer::Apply(const HealthChange& change) {
  network_.balancers[change.load_balancer]->SetHealth(change.backend, change.is_healthy);
}

void TimelinePlayer::Apply(const ScaleChange& change) {
  factors_[change.workload] = change.factor;
  paces_change_ = true;
}

void TimelinePlayer::Apply(const BandwidthChange& change) {
  network_.hosts[change.cvm]->ChangeBandwidth(SimulatedNow(), change.bandwidth);
}

void TimelinePlayer::Apply(const MtuChange& change) {
  network_.enis[change.eni]->SetAttribute(
      "Mtu", ns3::UintegerValue(static_cast<std::uint64_t>(change.mtu.count())));
}

void TimelinePlayer::Apply(const SecurityChange& change) {
  network_.enis[change.eni]->SetFirewall(
      Firewall(*scenario_.deployment, change.eni, change.groups));
}

void TimelinePlayer::Apply(const RouteChange& change) {
  network_.fabric->SetTopology(change.topology);
}

void TimelinePlayer::Apply(const AttachmentChange& change) {
  network_.enis[change.eni]->SetAttached(change.is_attached);
  attached_[change.eni] = change.is_attached;
  paces_change_ = true;
}

// Nobody talks from an ENI that is not there, nor to it.
void TimelinePlayer::SetPaces() {
  paces_change_ = false;
  auto frames = network_.frame_sources.begin();
  auto requests = network_.request_sources.begin();
  auto tcp = network_.tcp_sources.begin();
  for (std::size_t i = 0; i < scenario_.workloads.size(); ++i) {
    const Workload& workload = scenario_.workloads[i];
    for (const Stream& stream : workload.streams) {
      const bool talk = IsAttached(stream.from) && IsAttached(stream.to);
      (*frames++)->SetPace(talk ? factors_[i] : 0);
    }
    for (const RequestStream& stream : workload.requests) {
      const bool talk = IsAttached(stream.client) && IsAttached(stream.server);
      (*requests++)->SetPace(talk ? factors_[i] : 0);
    }
    for (const TcpStream& stream : workload.tcp_streams) {
      (*tcp++)->SetAttached(IsAttached(stream.client) && IsAttached(stream.server));
    }
  }
}

}  // namespace vpcmirror::sim
