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
NS_OBJECT_ENSURE_REGISTERED(ReplaySource);

ns3::TypeId ReplaySource::GetTypeId() {
  static const ns3::TypeId tid = ns3::TypeId("vpcmirror::ReplaySource")
                                     .SetParent<ns3::Application>()
                                     .SetGroupName("vpcmirror")
                                     .AddConstructor<ReplaySource>();
  return tid;
}

void ReplaySource::SetReplay(const Workload& workload, const Replay& replay,
                             ns3::Ptr<EniDevice> eni) {
  replay_ = replay;
  own_ = {.mac = {}, .ip = replay.local};
  eni_ = eni;
  SetStartTime(ToTime(workload.start));
  SetStopTime(ToTime(workload.stop));
}

void ReplaySource::StartApplication() {
  reader_ = replay_.open();
  round_start_ = SimulatedNow();
  last_time_ = Picoseconds(0);
  if (ReadNext()) ScheduleNext();
}

void ReplaySource::StopApplication() {
  next_.Cancel();
  reader_ = nullptr;
}

bool ReplaySource::ReadNext() {
  while (reader_(frame_)) {
    const Picoseconds scaled =
        RoundedTime(static_cast<double>(frame_.time.count()) * replay_.time_scale);
    last_time_ = std::max(last_time_, scaled);
    info_ = ParseFrame(frame_.bytes, frame_.wire_length);
    if (const auto direction = PassingDirection(info_, frame_.bytes, own_)) {
      direction_ = *direction;
      return true;
    }
  }
  return false;
}

void ReplaySource::ScheduleNext() {
  const Picoseconds wait = round_start_ + last_time_ - SimulatedNow();
  next_ =
      ns3::Simulator::Schedule(ToTime(std::max(wait, Picoseconds(0))), &ReplaySource::Emit, this);
}

bool ReplaySource::IsLocal(const IpAddress& address) const {
  return std::any_of(replay_.local.begin(), replay_.local.end(),
                     [&](const IpPrefix& prefix) { return prefix.Contains(address); });
}

// Local addresses become the ENI's own, the others of a frame that has one the peer's.
// What has none, or no IPv4 flow, stays as it was captured.
bool ReplaySource::MapAddresses() {
  if (!info_.has_flow) return false;
  const bool from_here = IsLocal(info_.flow.source);
  const bool to_here = IsLocal(info_.flow.destination);
  if (!from_here && !to_here) return false;
  const IpAddress& own = eni_->primary_address();
  return Readdress(frame_.bytes, info_, from_here ? own : replay_.peer,
                   to_here ? own : replay_.peer);
}

void ReplaySource::Emit() {
  const bool mapped = replay_.map_addresses && MapAddresses();
  const Bytes captured(static_cast<std::int64_t>(frame_.bytes.size()));
  // ns-3's own padding would be whatever its buffers held before.
  frame_.bytes.resize(static_cast<std::size_t>(frame_.wire_length.count()));
  const auto packet =
      ns3::Create<ns3::Packet>(reinterpret_cast<const std::uint8_t*>(frame_.bytes.data()),
                               static_cast<std::uint32_t>(frame_.bytes.size()));
  sent_.Add(Bytes(packet->GetSize()));
  const auto transit = Transit::OfCapture(packet, captured);
  if (direction_ == Direction::kEgress) {
    eni_->SendFrame(transit, mapped ? Routing::kByAddress : Routing::kOutside);
  } else {
    transit->passage.as_captured = true;
    eni_->Arrive(transit);
  }

  if (!ReadNext()) {
    if (!replay_.loop) return;
    round_start_ += last_time_ + kLoopGap;
    last_time_ = Picoseconds(0);
    reader_ = replay_.open();
    if (!ReadNext()) return;
  }
  ScheduleNext();
}

void ReplaySource::DoDispose() {
  next_.Cancel();
  reader_ = nullptr;
  eni_ = nullptr;
  ns3::Application::DoDispose();
}

}  // namespace vpcmirror
