// Frames of one or several interfaces, as they pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/units/quantity.h"
#include "sim/live/frame_source.h"
#include "sim/live/link_watch.h"
#include "sim/live/packet_ring.h"
#include "sim/live/prefilter.h"

namespace vpcmirror::sim {

// Of each interface, and of each worker that shares it. Published figures of a user-space mirror:
// what it carries without loss grows with the ring, 549 Mbit/s at 18 MB and 862 at 64, and hardly
// from there on (900 at 128); at 10 Gbit/s it lasts for 50 ms in which nobody reads.
inline constexpr Bytes kDefaultRingBuffer{std::int64_t{64} << 20};

// A change to an interface from which frames come.
struct LinkChange {
  std::string interface;
  LinkState state = LinkState::kUp;
  std::string trouble;  // why it is not captured though it is there; empty: it is, once it is up
};

struct InterfaceSettings {
  std::vector<std::string> names;  // at least one; "any": all that there are, those to come too
  RingSettings ring{.buffer = kDefaultRingBuffer};
  std::shared_ptr<const Prefilter> prefilter;  // null: every frame passes
  // Told once of each change, from within Next; an interface that is down from the beginning, too.
  std::function<void(const LinkChange&)> on_change;
};

// What passed is told as it was on the wire: tags that the kernel or the device took out are put
// back, super-frames are whole, checksums that were left to the device are written (of frames that
// are whole). Frames of links other than Ethernet (tun, ppp, GRE) get an Ethernet header with no
// destination, and the sender's link address if the link has one of 6 octets.
//
// Where the interface is the ENI's own (RingSettings::direction_told): what the host sends through
// it is kEgress, whatever its addresses, and what comes for the host or a group is kIngress. A
// frame between others, which only comes in promiscuous mode, has no direction.
//
// An interface that goes is waited for, and captured again once there is one of its name. All of a
// source is used by one thread at a time.
class InterfaceSource : public FrameSource {
 public:
  // Throws std::runtime_error, and what InterfaceSettings::on_change throws.
  explicit InterfaceSource(InterfaceSettings settings);
  // One for each worker, that share the frames of each interface by FanoutGroup.
  static std::vector<std::unique_ptr<InterfaceSource>> ForWorkers(const InterfaceSettings& settings,
                                                                  std::size_t workers);

  std::span<const CapturedFrame> Next() override;
  bool ended() const override { return false; }
  std::vector<int> descriptors() const override;
  CaptureCounters counters() const override;
  // The same by interface, in the order of InterfaceSettings::names.
  std::vector<CaptureCounters> counters_by_interface() const;

  // In place of the one before, from one frame to the next. What was captured before is still
  // given out: whoever changes from some mirrors to others lets pass what either copy (or, with
  // null, everything) until the mirrors are changed.
  void SetPrefilter(std::shared_ptr<const Prefilter> prefilter);

 private:
  using Groups = std::vector<std::shared_ptr<FanoutGroup>>;  // by interface; none: not shared
  struct Port {
    std::string name;
    LinkState state = LinkState::kGone;
    std::unique_ptr<PacketRing> ring;
    CaptureCounters before{};  // of its rings that are gone
    bool is_shared = true;     // it has joined its group, if there are any
    std::string trouble;       // as LinkChange has it
  };

  InterfaceSource(InterfaceSettings settings, Groups groups);
  void Open(std::size_t interface);
  void SetFilter(PacketRing& ring) const;
  void FollowLinks();
  void FollowLink(std::size_t interface);
  void Reopen(std::size_t interface);
  void ChangeState(Port& port, LinkState state);
  void Tell(const Port& port) const;

  InterfaceSettings settings_;
  Groups groups_;
  LinkWatch watch_;
  std::vector<Port> ports_;
  std::size_t turn_ = 0;  // whose ring is asked first
  std::vector<CapturedFrame> batch_;
};

}  // namespace vpcmirror::sim
