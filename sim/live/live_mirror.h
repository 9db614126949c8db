// The middle of a live mirror: asks the core about every frame, and hands its copies to a sink.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/mirror/flow_cache.h"
#include "models/mirror/passing.h"
#include "models/scenario/eni_mirroring.h"
#include "models/scenario/valid_scenario.h"
#include "sim/live/copy_sink.h"
#include "sim/live/frame_source.h"
#include "sim/live/live_account.h"
#include "sim/live/receiver_health.h"

namespace vpcmirror::sim {

// Whose frames they are.
struct MirroredEni {
  std::shared_ptr<const ValidScenario> scenario;
  std::size_t eni = 0;
  // Addresses that stand for the ENI, as OwnAddressesOf has them.
  std::vector<IpPrefix> local{};
  // Of the receivers of its mirrors: copies for one that is down go to others. Null: to whom the
  // mirrors say.
  std::shared_ptr<const ReceiverHealth> health{};
};

// The encapsulations and mirrors for which there is nothing to send; the reason, for people.
// Empty: every copy is a packet.
std::optional<std::string> WhyNothingCanBeSent(const MirroredEni& mirrored);

// One for each thread. Of a batch it allocates nothing.
class LiveMirror {
 public:
  explicit LiveMirror(MirroredEni mirrored);

  // Every frame of a batch, in order. Copies are in `sink` and not flushed.
  void Take(std::span<const CapturedFrame> batch, CopySink& sink);

  // From the next batch on. What mirrors of the same ID counted goes on, and so do the sequences
  // of tunnels to the same receiver and what security groups know of flows.
  void Change(MirroredEni mirrored);

  const LiveAccount& account() const { return account_; }
  // Those that copies may take, but of encapsulation `none`.
  void ForEachTunnel(const std::function<void(const Tunnel&)>& use);

 private:
  struct Session {
    MirrorAccount* account = nullptr;
    std::vector<ReceiverAccount*> receivers;  // by the mirror's receivers
    std::unique_ptr<FailOver> fail_over;      // null: none
  };
  // What is booked of a copy, packet by packet.
  struct Booking {
    std::int64_t datagrams = 0;
    Bytes wire{};
  };

  void TakeFrame(const CapturedFrame& frame, CopySink& sink);
  // The short way. False, and nothing done, where it is not open.
  bool TakeKnown(const CapturedFrame& frame, Direction direction, CopySink& sink);
  void TakeParsed(const CapturedFrame& frame, const FrameInfo& info, Direction direction,
                  CopySink& sink);
  void CopyWhole(const CapturedFrame& frame, std::size_t session, const WholeDecision& decision,
                 CopySink& sink);
  void CopyPieces(const CapturedFrame& frame, const FrameInfo& info, const Outcome& decided,
                  CopySink& sink);
  void Reject(std::size_t session, Refusal refusal, Bytes frame);
  void Book(std::size_t session, std::uint32_t receiver, Bytes frame, const Booking& booking);
  void OpenAccounts();

  // For 114,688 flows of IPv4, of 32 bytes each.
  static constexpr std::size_t kCacheBytes = std::size_t{4} << 20;

  MirroredEni mirrored_;
  std::unique_ptr<EniMirroring> mirroring_;
  OwnAddresses own_;
  FlowCache cache_{kCacheBytes};
  std::int64_t times_forgotten_ = 0;  // by security groups, when cache_ was made
  LiveAccount account_;
  std::vector<Session> sessions_;  // as the tap has them; into account_
};

}  // namespace vpcmirror::sim
