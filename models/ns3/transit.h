// A frame on its way through the simulation.
#pragma once

#include <ns3/packet.h>
#include <ns3/ptr.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/mirror/pieces.h"
#include "models/ns3/foreseen_event.h"
#include "models/ns3/passage.h"
#include "models/units/quantity.h"
#include "models/wire/frame.h"

namespace vpcmirror {

class EniDevice;

// Where a frame arrives next. With its node, for which the device would have to be
// looked at.
struct Landing {
  EniDevice* device = nullptr;  // null: the outside
  std::uint32_t node_id = 0;
};

// The frame, what travels with it, and the ns-3 event of its next arrival, all in
// one object that is used again at each hop: an event and a packet of ns-3's own
// would each cost more than everything else that happens to a frame.
//
// Its bytes are headers and a length; an ns3::Packet is made of them only when
// somebody wants to look: a trace, a capture, a protocol above the ENI.
class Transit final : public ForeseenEvent {
 public:
  // A frame that begins with `headers` and is zero behind them. Requires at most
  // kInlineHeaders bytes of headers, and a length of at least those.
  static ns3::Ptr<Transit> OfHeaders(std::span<const std::byte> headers, Bytes length);
  static ns3::Ptr<Transit> OfPacket(const ns3::Ptr<ns3::Packet>& packet);
  // Of a frame of a capture that has its first `captured` bytes: the others are zero, and nobody
  // knows them.
  static ns3::Ptr<Transit> OfCapture(const ns3::Ptr<ns3::Packet>& packet, Bytes captured);
  // `outer` with its Ethernet header, then `inner`, then `payload` bytes of
  // `original` from `offset` on.
  static ns3::Ptr<Transit> CopyOf(const ns3::Ptr<Transit>& original,
                                  std::span<const std::byte> outer,
                                  std::span<const std::byte> inner, Bytes offset, Bytes payload);

  static constexpr std::size_t kInlineHeaders = 64;

  Bytes length() const { return length_; }
  // Bytes of it that are known: all, but of a frame of a capture.
  Bytes captured() const { return original_ ? length_ : payload_; }
  // One for a frame and all of its copies; later frames have larger ones.
  std::uint64_t frame_number() const { return number_; }
  // ParseFrame of its bytes that are known.
  const FrameInfo& info() const;
  // Of a copy, and of a copy that a load balancer passed on, its original's; of
  // another frame, its own.
  const FrameInfo& original_info() const { return original_ ? original_->original_info() : info(); }
  // Whoever asks may change the packet's copies, not the packet.
  const ns3::Ptr<ns3::Packet>& packet() const;
  // The frame's bytes behind the first `from`, as many as `out` has room for or there
  // are; returns how many.
  std::size_t CopyBytes(std::span<std::byte> out, Bytes from = Bytes(0)) const;

  Passage passage;
  Landing landing;          // where its route leads from the ENI that sends it
  EniDevice* at = nullptr;  // the ENI whose matter it is

  // Calls landing.device->Arrive `delay` from now.
  void ScheduleArrival(Picoseconds delay);
  // Calls at->Reach `delay` from now. Neither while the other is pending.
  void ScheduleReach(Picoseconds delay);

  Transit() = default;  // for the functions above
  ~Transit() override = default;
  // Memory comes from a list of what was given back: as many frames are made as
  // events.
  static void* operator new(std::size_t size);
  static void operator delete(void* memory) noexcept;

 private:
  enum class Step : std::uint8_t { kArrive, kReach };

  void Notify() override;
  void Foresee(int step) const override;
  void Schedule(std::uint32_t node_id, Picoseconds delay, Step step);
  std::span<const std::byte> headers() const;

  Bytes length_{};
  std::uint64_t number_ = 0;
  mutable ns3::Ptr<ns3::Packet> packet_;  // null: not made yet
  ns3::Ptr<Transit> original_;            // of a copy
  Bytes offset_{};
  Bytes payload_{};  // of a copy; else captured()
  std::uint16_t header_bytes_ = 0;
  Step step_ = Step::kArrive;
  mutable bool is_parsed_ = false;
  std::array<std::byte, kInlineHeaders> inline_headers_;
  std::vector<std::byte> long_headers_;  // in place of the above
  mutable FrameInfo info_;
};

}  // namespace vpcmirror
