#include "models/ns3/replay_source.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <span>

#include "models/ns3/clock.h"
#include "models/ns3/eni_device.h"
#include "models/units/rates.h"
#include "models/wire/frame.h"
#include "models/wire/readdress.h"

namespace vpcmirror {
ns3::TypeId ReplaySource::GetTypeId() {
  static const ns3::TypeId tid = ns3::TypeId("vpcmirror::ReplaySource")
                                     .SetParent<ns3::Application>()
                                     .AddConstructor<ReplaySource>();
  return tid;
}

void ReplaySource::SetReplay(const Workload& workload, const Replay& replay,
                             ns3::Ptr<EniDevice> eni) {
  replay_ = replay;
  eni_ = eni;
  SetStartTime(ToTime(workload.start));
  SetStopTime(ToTime(workload.stop));
}

void ReplaySource::StartApplication() {
  reader_ = replay_.open();
  round_start_ = SimulatedNow();
  last_time_ = Picoseconds(0);
  if (!ReadNext()) return;
  next_ = ns3::Simulator::ScheduleNow(&ReplaySource::Emit, this);
}

void ReplaySource::StopApplication() {
  next_.Cancel();
  reader_ = nullptr;
}

bool ReplaySource::ReadNext() {
  if (!reader_(frame_)) return false;
  const Picoseconds scaled =
      RoundedTime(static_cast<double>(frame_.time.count()) * replay_.time_scale);
  last_time_ = std::max(last_time_, scaled);
  return true;
}

bool ReplaySource::IsLocal(const IpAddress& address) const {
  return std::any_of(replay_.local.begin(), replay_.local.end(),
                     [&](const IpPrefix& prefix) { return prefix.Contains(address); });
}

// Local addresses become the ENI's own, all others the peer's. What has no IPv4
// flow stays as it was captured.
bool ReplaySource::MapAddresses(const FrameInfo& info) {
  if (!info.has_flow) return false;
  const IpAddress& own = eni_->primary_address();
  const IpAddress source = IsLocal(info.flow.source) ? own : replay_.peer;
  const IpAddress destination = IsLocal(info.flow.destination) ? own : replay_.peer;
  return Readdress(frame_.bytes, info, source, destination);
}

void ReplaySource::Emit() {
  const FrameInfo info = ParseFrame(frame_.bytes, frame_.wire_length);
  const bool leaves = info.has_flow && IsLocal(info.flow.source);
  const bool mapped = replay_.map_addresses && MapAddresses(info);
  auto packet = ns3::Create<ns3::Packet>(reinterpret_cast<const std::uint8_t*>(frame_.bytes.data()),
                                         static_cast<std::uint32_t>(frame_.bytes.size()));
  const Bytes captured(static_cast<std::int64_t>(frame_.bytes.size()));
  if (frame_.wire_length > captured) {
    packet->AddPaddingAtEnd(static_cast<std::uint32_t>((frame_.wire_length - captured).count()));
  }
  sent_.Add(Bytes(packet->GetSize()));
  if (leaves) {
    eni_->SendFrame(packet, {}, mapped ? Routing::kByAddress : Routing::kOutside);
  } else {
    eni_->Arrive(packet, {.as_captured = true});
  }

  if (!ReadNext()) {
    if (!replay_.loop) return;
    round_start_ += last_time_ + kLoopGap;
    last_time_ = Picoseconds(0);
    reader_ = replay_.open();
    if (!ReadNext()) return;
  }
  const Picoseconds wait = round_start_ + last_time_ - SimulatedNow();
  next_ =
      ns3::Simulator::Schedule(ToTime(std::max(wait, Picoseconds(0))), &ReplaySource::Emit, this);
}

void ReplaySource::DoDispose() {
  next_.Cancel();
  reader_ = nullptr;
  eni_ = nullptr;
  ns3::Application::DoDispose();
}

}  // namespace vpcmirror
