#include "sim/live/interface_source.h"

#include <linux/filter.h>
#include <poll.h>
#include <sys/socket.h>

#include <stdexcept>
#include <utility>

#include "models/wire/frame.h"

namespace vpcmirror::sim {
namespace {

// What is known of so many frames stays in the first-level cache (10 of 32 KiB).
constexpr std::size_t kMostFramesAtOnce = 2048;

constexpr sock_filter kNothingPasses{BPF_RET | BPF_K, 0, 0, 0};

// Else poll would tell of it for ever.
void ForgetError(int socket) {
  int error = 0;
  socklen_t bytes = sizeof error;
  getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &bytes);
}

void Check(const InterfaceSettings& settings) {
  const auto& snap = settings.ring.snap_length;
  if (settings.names.empty()) throw std::runtime_error("no interface is named");
  if (snap && *snap < Bytes(kHeaderSnapBytes)) {
    throw std::runtime_error("a snap length of " + std::to_string(snap->count()) +
                             " bytes cuts headers; at least " + std::to_string(kHeaderSnapBytes) +
                             " are needed");
  }
}

}  // namespace

InterfaceSource::InterfaceSource(InterfaceSettings settings)
    : InterfaceSource(std::move(settings), Groups{}) {}

// With groups, nothing passes before SetPrefilter.
InterfaceSource::InterfaceSource(InterfaceSettings settings, Groups groups)
    : settings_(std::move(settings)), groups_(std::move(groups)), batch_(kMostFramesAtOnce) {
  Check(settings_);
  for (const std::string& name : settings_.names) {
    ports_.push_back({.name = name});
    Open(ports_.size() - 1);
    if (ports_.back().state != LinkState::kUp) Tell(ports_.back());
  }
}

std::vector<std::unique_ptr<InterfaceSource>> InterfaceSource::ForWorkers(
    const InterfaceSettings& settings, std::size_t workers) {
  Groups groups;
  for (std::size_t i = 0; i < settings.names.size() && workers > 1; ++i) {
    groups.push_back(std::make_shared<FanoutGroup>());
  }
  std::vector<std::unique_ptr<InterfaceSource>> sources;
  for (std::size_t i = 0; i < workers; ++i) {
    sources.emplace_back(new InterfaceSource(settings, groups));
  }
  // All are in their group: nobody gets what another has.
  for (const auto& source : sources) source->SetPrefilter(settings.prefilter);
  return sources;
}

// The ring that was there before is given up. Throws, and then it is still there.
void InterfaceSource::Open(std::size_t interface) {
  Port& port = ports_[interface];
  const bool in_group = !groups_.empty();
  auto ring = std::make_unique<PacketRing>(port.name, static_cast<std::uint32_t>(interface),
                                           settings_.ring);
  in_group ? ring->SetFilter(std::span(&kNothingPasses, 1)) : SetFilter(*ring);
  ring->Start();
  port.is_shared = !in_group || ring->Join(*groups_[interface]);
  port.state = ring->index() == 0 ? LinkState::kUp : FindLink(port.name).state;
  std::swap(port.ring, ring);
  if (ring != nullptr) port.before += ring->counters();
}

void InterfaceSource::SetFilter(PacketRing& ring) const {
  const Prefilter* const prefilter = settings_.prefilter.get();
  // Wider first and narrower last, whichever it is.
  if (prefilter == nullptr || prefilter->wants_outgoing()) ring.IgnoreOutgoing(false);
  ring.SetFilter(prefilter == nullptr ? std::span<const sock_filter>()
                                      : prefilter->program(ring.link()));
  if (prefilter != nullptr && !prefilter->wants_outgoing()) ring.IgnoreOutgoing(true);
}

void InterfaceSource::SetPrefilter(std::shared_ptr<const Prefilter> prefilter) {
  settings_.prefilter = std::move(prefilter);
  for (const Port& port : ports_) {
    if (port.is_shared) SetFilter(*port.ring);
  }
}

std::span<const CapturedFrame> InterfaceSource::Next() {
  for (const Port& port : ports_) port.ring->GiveBack();
  for (std::size_t asked = 0; asked < ports_.size(); ++asked) {
    const std::size_t count = ports_[turn_].ring->Read(batch_);
    turn_ = turn_ + 1 == ports_.size() ? 0 : turn_ + 1;
    if (count != 0) return std::span(batch_).first(count);
  }
  FollowLinks();
  return {};
}

// Only where all has been read, so that nothing is lost of a ring that is given up.
void InterfaceSource::FollowLinks() {
  std::vector<pollfd> polled;
  for (const int descriptor : descriptors()) polled.push_back({descriptor, 0, 0});
  polled.back().events = POLLIN;  // the watch's
  if (poll(polled.data(), polled.size(), 0) <= 0) return;
  watch_.Drain();
  for (std::size_t i = 0; i < ports_.size(); ++i) FollowLink(i);
}

void InterfaceSource::FollowLink(std::size_t interface) {
  Port& port = ports_[interface];
  ForgetError(port.ring->descriptor());
  if (port.ring->index() == 0) return;
  const Link link = FindLink(port.name);
  const bool is_another = port.ring->index() != link.index;
  // What came before it went is still in the ring, and may yet be read.
  if (is_another) ChangeState(port, LinkState::kGone);
  if (link.index == 0) return;
  const bool joins_late = link.state == LinkState::kUp && !port.is_shared;
  if (is_another || joins_late) return Reopen(interface);
  ChangeState(port, link.state);
}

void InterfaceSource::Reopen(std::size_t interface) {
  Port& port = ports_[interface];
  const LinkState before = port.state;
  try {
    Open(interface);
    if (port.is_shared) SetFilter(*port.ring);
  } catch (const std::runtime_error& error) {
    port.state = before;
    const bool is_told = std::exchange(port.trouble, error.what()) == error.what();
    if (!is_told) Tell(port);
    return;
  }
  port.trouble.clear();
  if (port.state != before) Tell(port);
}

void InterfaceSource::ChangeState(Port& port, LinkState state) {
  if (std::exchange(port.state, state) != state) Tell(port);
}

void InterfaceSource::Tell(const Port& port) const {
  if (!settings_.on_change) return;
  settings_.on_change({.interface = port.name, .state = port.state, .trouble = port.trouble});
}

std::vector<int> InterfaceSource::descriptors() const {
  std::vector<int> descriptors;
  for (const Port& port : ports_) descriptors.push_back(port.ring->descriptor());
  descriptors.push_back(watch_.descriptor());
  return descriptors;
}

std::vector<CaptureCounters> InterfaceSource::counters_by_interface() const {
  std::vector<CaptureCounters> counters;
  for (const Port& port : ports_) {
    counters.push_back(port.before);
    counters.back() += port.ring->counters();
  }
  return counters;
}

CaptureCounters InterfaceSource::counters() const {
  CaptureCounters all;
  for (const CaptureCounters& each : counters_by_interface()) all += each;
  return all;
}

}  // namespace vpcmirror::sim
