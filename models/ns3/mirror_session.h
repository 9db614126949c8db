// One mirror's session on one ENI.
#pragma once

#include <ns3/object.h>
#include <ns3/packet.h>
#include <ns3/traced-callback.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "models/cloud/frame_drop.h"
#include "models/cloud/topology.h"
#include "models/mirror/ledger.h"
#include "models/mirror/mirror.h"
#include "models/mirror/mirror_tap.h"
#include "models/mirror/pieces.h"
#include "models/ns3/foreseen_event.h"
#include "models/ns3/passage.h"
#include "models/ns3/transit.h"

namespace vpcmirror {

class EniDevice;

// The way of copies to a receiver.
struct CopyRoute {
  Stop stop = Stop::kNone;
  Landing landing;
  std::array<std::byte, kEthernetHeaderBytes> ethernet;  // in front of the outer headers
};

// Of a session, what waits in the egress and is booked as sent. The last packet of a
// copy stands for the frame.
struct CopiesWaiting {
  std::int64_t datagrams = 0;
  Bytes wire{};
  Count originals;
  Count cut_originals;  // of those, the frames that were cut
  Bytes cut{};          // and what the cutting took

  // A packet of `wire` bytes; `original` and `cut` of its frame are 0 unless it is the
  // last of the copy.
  void Add(Bytes wire, Bytes original, Bytes cut);
};

// Makes the copies that the tap decides on, hands them to the egress of its ENI, and keeps
// account of what became of every frame that was offered.
class MirrorSession : public ns3::Object {
 public:
  // MirrorTx: a copy was handed to the egress, outer headers on.
  using TxTracedCallback = void (*)(ns3::Ptr<const ns3::Packet> copy);
  // MirrorDrop: a copy was decided on and lost at the source.
  using DropTracedCallback = void (*)(ns3::Ptr<const ns3::Packet> frame, DropReason reason);
  // MirrorReject: a frame was not to be copied.
  using RejectTracedCallback = void (*)(ns3::Ptr<const ns3::Packet> frame, Refusal refusal);

  static ns3::TypeId GetTypeId();

  // A compiled mirror, shared with the sessions of other ENIs. Setting the
  // attributes State or Direction afterwards gives this session its own.
  void SetMirror(std::shared_ptr<const Mirror> mirror);
  const std::shared_ptr<const Mirror>& mirror() const { return mirror_; }
  // Is offered no frames from now on, until it is given a mirror again. Copies that are
  // under way are still of its last one.
  void Withdraw();
  // Whether it is offered frames.
  bool is_watching() const { return is_watching_ && mirror_ != nullptr; }
  // The way of copies may have changed.
  void ForgetWays() { ways_.clear(); }

  // The ENI that offers its frames. Called by EniDevice::AddSession.
  void SetEni(EniDevice* eni, std::uint8_t place) {
    eni_ = eni;
    place_ = place;
    ways_.clear();
  }
  // Its place among the ENI's sessions.
  std::uint8_t place() const { return place_; }
  EniDevice* eni() const { return eni_; }

  // Carries out what the tap decided for this session.
  void Take(const ns3::Ptr<Transit>& transit, const Frame& frame, const Outcome& outcome);

  // A packet of a copy was pushed out of the egress after it was booked as sent.
  void LoseQueued(const Transit& packet, DropReason reason);
  // A copy did not reach its receiver's software; counted once, whichever of its
  // packets are lost.
  void Lost(CopyLoss loss, const Passage& passage);

  // Fetches what making a copy touches, as ForeseenEvent has it; in two steps.
  void Foresee(int step) const {
    if (step == 0) {
      FetchMemory(this, hot_bytes());
    } else if (ways_.size() == 1) {
      FetchMemory(ways_.data(), sizeof(Way));
    }
  }

  // Copies count as mirrored when they were handed to the egress.
  const Ledger& ledger() const { return ledger_; }
  // Those that wait in the egress at `now` as queued instead.
  Ledger LedgerAt(Picoseconds now) const;
  std::array<Count, kCopyLosses> losses() const {
    return losses_ ? *losses_ : std::array<Count, kCopyLosses>{};
  }

 protected:
  void DoDispose() override;

 private:
  // ns-3 3.37 keeps enumerations as int, which an enum class does not become by itself.
  void SetState(MirrorState state);
  int GetState() const;
  void SetDirections(DirectionSet directions);
  int GetDirections() const;
  void Replace(MirrorSettings settings);
  // To a receiver, from the ENI's primary address.
  struct Way {
    Tunnel tunnel;
    TunnelCounters counters;
    CopyRoute route;
  };
  Way& WayTo(std::uint32_t receiver);
  static std::uint32_t TunnelTime();
  // Of the session itself, what a copy touches that is not lost.
  std::size_t hot_bytes() const {
    return static_cast<std::size_t>(reinterpret_cast<const char*>(&ledger_.rejected) -
                                    reinterpret_cast<const char*>(this));
  }

  // What most copies are: the whole frame in one packet. False when it is another.
  bool TakeWhole(const ns3::Ptr<Transit>& transit, const CopyPlan& plan, const Way& way);
  void TakePieces(const ns3::Ptr<Transit>& transit, const FrameInfo& info, const CopyPlan& plan,
                  Way& way);
  std::optional<DropReason> SendPiece(const ns3::Ptr<Transit>& transit, const Piece& piece,
                                      const CopyRoute& route, const CopyAccount& account);
  std::optional<DropReason> Send(const ns3::Ptr<Transit>& copy, const CopyRoute& route,
                                 const CopyAccount& account);
  // The frame's bytes, where headers inside the copy are to be rewritten.
  std::span<const std::byte> BytesOf(const Transit& transit, const CopyPlan& plan);
  void TakeBack(Bytes original, Bytes cut);
  void Drop(const Transit& transit, DropReason reason, Bytes original);

  // What most copies touch comes first, as in EniDevice.
  std::shared_ptr<const Mirror> mirror_;
  EniDevice* eni_ = nullptr;
  std::uint8_t place_ = 0;
  bool is_watching_ = true;
  std::uint32_t next_copy_ = 1;
  std::vector<Way> ways_;  // by receiver; empty: not made for mirror_ yet
  ns3::TracedCallback<ns3::Ptr<const ns3::Packet>> mirror_tx_;
  Ledger ledger_;
  std::vector<std::byte> frame_bytes_;  // room that is used again
  // Copies of several packets of which one was lost, as long as others of them may
  // be under way: kUnderWay copies of this session.
  static constexpr std::uint32_t kUnderWay = 1 << 16;
  std::set<std::uint32_t> lost_in_part_;
  std::unique_ptr<std::array<Count, kCopyLosses>> losses_;  // null: there were none
  ns3::TracedCallback<ns3::Ptr<const ns3::Packet>, DropReason> mirror_drop_;
  ns3::TracedCallback<ns3::Ptr<const ns3::Packet>, Refusal> mirror_reject_;
};

}  // namespace vpcmirror
