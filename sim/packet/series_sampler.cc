#include "sim/packet/series_sampler.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <array>
#include <utility>

#include "models/cloud/frame_drop.h"
#include "models/mirror/refusal.h"
#include "models/ns3/clock.h"
#include "sim/packet/counters.h"

namespace vpcmirror::sim {
namespace {

double Number(std::int64_t count) { return static_cast<double>(count); }
double Number(Bytes bytes) { return static_cast<double>(bytes.count()); }

// From sums since the start to what each bin had.
void TakeDifferences(SeriesObject& object) {
  const std::vector<SeriesFigure>& figures = FiguresOf(object.kind);
  const std::size_t width = figures.size();
  for (std::size_t at = object.values.size(); at-- > width;) {
    if (figures[at % width].is_sum) object.values[at] -= object.values[at - width];
  }
  for (auto& [reason, frames] : object.dropped) {
    for (std::size_t bin = frames.size(); bin-- > 1;) frames[bin] -= frames[bin - 1];
  }
}

}  // namespace

SeriesSampler::SeriesSampler(const ValidScenario& scenario, Network& network, Picoseconds bin)
    : scenario_(scenario),
      speeds_(scenario.timeline),
      network_(network),
      bin_(bin),
      hosts_(network.hosts.size()),
      enis_(network.enis.size()),
      mirrors_(scenario.mirrors.size()),
      receivers_(network.receivers.size()),
      work_(network.hosts.size()) {
  ns3::Simulator::Schedule(ToTime(bin_), &SeriesSampler::BinEnds, this);
}

void SeriesSampler::BinEnds() {
  ++events_;
  Close(SimulatedNow());
  ns3::Simulator::Schedule(ToTime(bin_), &SeriesSampler::BinEnds, this);
}

void SeriesSampler::Close(Picoseconds now) {
  SampleEnis(now);
  SampleHosts(now);
  SampleMirrors(now);
  SampleReceivers(now);
  closed_at_ = now;
  ++bins_;
}

void SeriesSampler::Add(std::unique_ptr<SeriesObject>& object, SeriesKind kind,
                        const std::string& id, std::span<const double> values,
                        std::span<const Drops> drops) {
  if (!object) {
    const bool is_idle = std::all_of(values.begin(), values.end(), [](double v) { return v == 0; });
    if (is_idle && drops.empty()) return;
    object =
        std::make_unique<SeriesObject>(SeriesObject{.kind = kind, .id = id, .first_bin = bins_});
  }
  object->values.insert(object->values.end(), values.begin(), values.end());
  const auto bin = static_cast<std::size_t>(bins_ - object->first_bin);
  for (const Drops& drop : drops) {
    std::vector<std::int64_t>& frames = object->dropped[std::string(drop.reason)];
    frames.resize(bin, frames.empty() ? 0 : frames.back());
    frames.push_back(drop.frames);
  }
}

void SeriesSampler::SampleEnis(Picoseconds now) {
  std::vector<Drops> drops;
  for (std::size_t i = 0; i < enis_.size(); ++i) {
    EniDevice& eni = *network_.enis[i];
    const bool is_idle =
        eni.counters().offered_out.frames == 0 && eni.counters().offered_in.frames == 0;
    if (!enis_[i] && is_idle) continue;
    drops.clear();
    const auto dropped = eni.dropped();
    for (std::size_t reason = 0; reason < dropped.size(); ++reason) {
      if (dropped[reason].frames == 0) continue;
      drops.push_back({ToString(static_cast<FrameDrop>(reason)), dropped[reason].frames});
    }
    const EniCounters counters = eni.CountersAt(now);
    const Count& copies = counters.copies_out;
    const Count out = counters.out + copies;
    const std::array values = {Number(counters.in.frames), Number(counters.in.bytes),
                               Number(out.frames),         Number(out.bytes),
                               Number(copies.frames),      Number(copies.bytes)};
    Add(enis_[i], SeriesKind::kEni, scenario_.deployment->enis[i].id, values, drops);
  }
}

Bytes SeriesSampler::RingBytes(const Cvm& cvm, Picoseconds now) const {
  Bytes held{};
  for (const std::size_t eni : cvm.enis) {
    if (network_.receivers[eni]) held += network_.receivers[eni]->Waiting(now).bytes;
  }
  return held;
}

// After the ENIs, without one of which a host has done nothing.
void SeriesSampler::SampleHosts(Picoseconds now) {
  const std::vector<Cvm>& cvms = scenario_.deployment->cvms;
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    const Cvm& cvm = cvms[i];
    const bool took_part = std::any_of(cvm.enis.begin(), cvm.enis.end(),
                                       [&](std::size_t eni) { return enis_[eni] != nullptr; });
    if (!took_part || cvm.is_load_balancer) continue;
    const CpuWork until_now = WorkOf(network_, cvm);
    CpuWork work = until_now;
    work -= work_[i];
    work_[i] = until_now;
    Bytes queue{};
    network_.hosts[i]->ForEachWaiting(now, [&](std::uint64_t, Bytes frame) { queue += frame; });
    const std::array values = {
        CpuOf(scenario_, i, work, now - closed_at_, speeds_.Mean(i, closed_at_, now)).cores_used,
        Number(queue), Number(network_.hosts[i]->HeldBytes(now) + RingBytes(cvm, now))};
    Add(hosts_[i], SeriesKind::kHost, cvm.id, values, {});
  }
}

void SeriesSampler::SampleMirrors(Picoseconds now) {
  for (std::size_t i = 0; i < mirrors_.size(); ++i) {
    Ledger all;
    std::array<Count, kCopyLosses> losses{};
    for (const auto& session : network_.sessions[i]) {
      if (session->ledger().offered.frames == 0) continue;
      all += session->LedgerAt(now);
      for (std::size_t loss = 0; loss < kCopyLosses; ++loss)
        losses[loss] += session->losses()[loss];
    }
    std::vector<Drops> drops;
    for (std::size_t reason = 0; reason < kDropReasons; ++reason) {
      if (all.dropped[reason].frames == 0) continue;
      drops.push_back({ToString(static_cast<DropReason>(reason)), all.dropped[reason].frames});
    }
    for (std::size_t loss = 0; loss < kCopyLosses; ++loss) {
      if (losses[loss].frames == 0) continue;
      drops.push_back({ToString(static_cast<CopyLoss>(loss)), losses[loss].frames});
    }
    const std::array values = {Number(all.offered.frames),         Number(all.offered.bytes),
                               Number(all.TotalRejected().frames), Number(all.mirrored.frames),
                               Number(all.mirrored.bytes),         Number(all.wire_bytes)};
    Add(mirrors_[i], SeriesKind::kMirror, scenario_.mirrors[i].mirror->settings().id, values,
        drops);
  }
}

void SeriesSampler::SampleReceivers(Picoseconds now) {
  for (std::size_t i = 0; i < receivers_.size(); ++i) {
    if (!network_.receivers[i]) continue;
    MirrorReceiver& receiver = *network_.receivers[i];
    if (!receivers_[i] && receiver.counters().in.frames == 0) continue;
    const ReceiverCounters counters = receiver.CountersAt(now);
    std::vector<Drops> drops;
    if (counters.ring_full.frames > 0) {
      drops.push_back({ToString(CopyLoss::kReceiverRing), counters.ring_full.frames});
    }
    if (counters.down.frames > 0) {
      drops.push_back({ToString(CopyLoss::kReceiverDown), counters.down.frames});
    }
    const std::array values = {Number(counters.in.frames), Number(counters.in.bytes),
                               Number(counters.digested.frames), Number(counters.digested.bytes),
                               Number(counters.waiting.bytes)};
    Add(receivers_[i], SeriesKind::kReceiver, scenario_.deployment->enis[i].id, values, drops);
  }
}

Series SeriesSampler::Finish(Picoseconds end) {
  if (end > closed_at_) Close(end);
  Series series{.bin = bin_, .bins = bins_, .objects = {}};
  for (Objects* objects : {&hosts_, &enis_, &mirrors_, &receivers_}) {
    for (auto& object : *objects) {
      if (!object) continue;
      TakeDifferences(*object);
      series.objects.push_back(std::move(*object));
    }
  }
  return series;
}

}  // namespace vpcmirror::sim
