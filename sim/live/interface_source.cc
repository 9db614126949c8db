#include "sim/live/interface_source.h"

#include <utility>

namespace vpcmirror::sim {
namespace {

// What is known of so many frames stays in the first-level cache (12 of 32 KiB).
constexpr std::size_t kBatchFrames = 256;

}  // namespace

InterfaceSource::InterfaceSource(InterfaceSettings settings)
    : settings_(std::move(settings)), batch_(kBatchFrames) {
  for (const std::string& name : settings_.names) {
    rings_.push_back(std::make_unique<PacketRing>(name, settings_.ring, settings_.filter));
  }
  for (const auto& ring : rings_) ring->Start();
}

std::span<const CapturedFrame> InterfaceSource::Next() {
  for (const auto& ring : rings_) ring->GiveBack();
  for (std::size_t asked = 0; asked < rings_.size(); ++asked) {
    const std::size_t interface = turn_;
    turn_ = turn_ + 1 == rings_.size() ? 0 : turn_ + 1;
    const std::size_t count = rings_[interface]->Read(batch_);
    if (count == 0) continue;
    const auto frames = std::span(batch_).first(count);
    counters_.frames += static_cast<std::int64_t>(count);
    for (CapturedFrame& frame : frames) {
      frame.interface = static_cast<std::uint32_t>(interface);
      counters_.bytes += frame.wire_length;
      if (Bytes(static_cast<std::int64_t>(frame.octets.size())) < frame.wire_length) {
        ++counters_.cut_short;
      }
    }
    return frames;
  }
  return {};
}

std::vector<int> InterfaceSource::descriptors() const {
  std::vector<int> descriptors;
  for (const auto& ring : rings_) descriptors.push_back(ring->descriptor());
  return descriptors;
}

CaptureCounters InterfaceSource::counters() const {
  CaptureCounters counters = counters_;
  for (const auto& ring : rings_) {
    counters.unusable += ring->unusable();
    counters.kernel_dropped += ring->kernel_dropped();
  }
  return counters;
}

}  // namespace vpcmirror::sim
