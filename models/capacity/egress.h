// What leaves a CVM, and who loses when it does not fit.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "models/capacity/fifo.h"
#include "models/capacity/rate_limits.h"
#include "models/capacity/rated_queue.h"
#include "models/capacity/waiting_ring.h"

namespace vpcmirror {

// Who loses when a CVM's budget is spent.
enum class Congestion : std::uint8_t {
  kProductionFirst,  // copies wait for production, and are lost first
  kSharedRandom,     // loss hits whatever comes in proportion, by chance
  kFifo,             // the last to come is lost when the queue is full
};

inline constexpr std::array kCongestions = {Congestion::kProductionFirst, Congestion::kSharedRandom,
                                            Congestion::kFifo};

// Whether the copy of an outbound frame is queued before the frame or after it.
// The Linux kernel's is before: a full queue's last room is the copy's.
enum class CopyOrder : std::uint8_t { kBefore, kAfter };

enum class TrafficClass : std::uint8_t { kProduction, kCopy };

struct EgressSettings {
  RateSettings rates;
  // Of both classes together; under kProductionFirst each has so many frames, and
  // `bytes` is for both: production that finds them spent pushes out copies.
  QueueRoom room;
  Congestion congestion = Congestion::kSharedRandom;
  // A shaper that waits for its rate wakes up so much late and then sends all
  // that is due; an arrival in between sends it too, after it was queued or
  // dropped itself, as in the Linux kernel. 0: a frame goes when it can.
  Picoseconds timer_delay{};  // 0 or more
  // Its bandwidth may be set anew: nothing departs by itself, so that what waits then is
  // sent at the new rate.
  bool may_change = false;
};

struct Offered {
  Bytes frame{};
  TrafficClass traffic = TrafficClass::kProduction;
  Picoseconds cpu_time{};  // its work divided by the number of vCPUs
  std::uint64_t tag = 0;   // comes back from ForEachWaiting
  // Comes back from TakeSettled when the answer was Queued.
  void* parcel = nullptr;
};

struct Departs {
  Picoseconds time{};
};
// It waits, and nobody can say yet until when: TakeSettled will tell.
struct Queued {};
struct Dropped {
  BindingLimit limit = BindingLimit::kBandwidth;
};
using EgressAnswer = std::variant<Departs, Queued, Dropped>;

// What became of a frame that was Queued.
struct Settled {
  Offered offered;
  std::variant<Departs, Dropped> outcome;
};

// The one egress: production and copies of a CVM share its queue and its
// limits. Time must not go backwards between calls.
//
// kSharedRandom drops an arrival with a probability that rises linearly from 0
// at a half-full queue to 1 at a full one (Floyd and Jacobson 1993, RED on the
// instantaneous length), so that each class loses the same share whatever the
// phase of its arrivals.
//
// kProductionFirst is a strict priority that does not interrupt: production
// waits for a copy that is already on its way, never longer.
class Egress {
 public:
  // `seed` drives the chance of kSharedRandom: same seed and offers, same answers.
  // `cpu`, which may be null, must outlive this. Throws std::invalid_argument for
  // settings out of range.
  Egress(const EgressSettings& settings, std::uint64_t seed, CpuClock* cpu = nullptr);

  EgressAnswer Offer(Picoseconds now, const Offered& offered);

  // A production frame that came in and is charged to the same limits without
  // waiting. Empty when it was; refused as Offer would refuse it.
  std::optional<Dropped> Charge(Picoseconds now, Bytes frame, Picoseconds cpu_time);

  // From `now` on: for what comes, and for what is Queued, which under
  // EgressSettings::may_change is all that waits. What departs at a time that was told
  // departs then.
  void SetBandwidth(Picoseconds now, BitsPerSecond bandwidth) {
    RunUntil(now, Bound::kExcluded);
    limits_.SetBandwidth(now, bandwidth);
  }

  // When Advance should be called next, for frames that are Queued; empty when
  // none is. To be asked again after whatever else is called here.
  std::optional<Picoseconds> NextWake() const;
  // Lets go what can go by `now`.
  void Advance(Picoseconds now) { RunUntil(now, Bound::kIncluded); }

  // Calls `visit(const Settled&)` for each Queued frame that was settled since the
  // last call, by Offer, Charge or Advance. A departure may lie ahead of time, as
  // that of Offer.
  template <class Visit>
  void TakeSettled(Visit visit) {
    if (!line_ || line_->settled.empty()) return;
    std::vector<Settled> settled;
    settled.swap(line_->settled);
    for (const Settled& each : settled) visit(each);
  }

  // Calls `visit(std::uint64_t tag, Bytes frame)` for each accepted frame that has
  // not departed at `now`.
  template <class Visit>
  void ForEachWaiting(Picoseconds now, Visit visit) {
    for (WaitingRing& ring : leaving_) {
      ring.LetGo(now);
      ring.ForEach([&](const WaitingFrame& frame) { visit(frame.tag, frame.frame); });
    }
    ForEachPending([&](const Offered& offered) { visit(offered.tag, offered.frame); });
  }
  // Calls `visit(void* parcel)` for each frame that is Queued.
  template <class Visit>
  void ForEachQueued(Visit visit) const {
    ForEachPending([&](const Offered& offered) { visit(offered.parcel); });
  }

  // Has the cache fetch what the next Offer touches beside the egress itself.
  void FetchWaiting() const { leaving_.front().Fetch(); }

  // Of the frames that wait at `now`.
  Bytes HeldBytes(Picoseconds now) {
    for (WaitingRing& ring : leaving_) ring.LetGo(now);
    return BytesHeld();
  }

  // The most bytes that waited at once, since ForgetPeak.
  Bytes bytes_peak() const { return bytes_peak_; }
  void ForgetPeak(Picoseconds now) { bytes_peak_ = HeldBytes(now); }

 private:
  static constexpr std::size_t kClasses = 2;
  enum class Bound : std::uint8_t { kExcluded, kIncluded };

  struct Pending {
    Picoseconds came{};
    Offered offered;
  };
  // Those whose departure depends on what comes later, which most egresses never have.
  struct Line {
    std::array<Fifo<Pending>, kClasses> queues;  // not paid for yet
    std::array<Bytes, kClasses> bytes{};
    std::vector<Settled> settled;
  };

  template <class Visit>
  void ForEachPending(Visit visit) const {
    if (!line_) return;
    for (const auto& queue : line_->queues) {
      for (std::size_t i = 0; i < queue.size(); ++i) visit(queue[i].offered);
    }
  }
  // Which of the queues a class waits in.
  std::size_t QueueOf(TrafficClass traffic) const;
  // Whether its departure is known when it comes: nothing that comes later, no timer and
  // no change of the rate has a say in it.
  bool DepartsByItself(TrafficClass traffic) const;
  std::optional<Dropped> Refuses(Picoseconds now, const Offered& offered);
  bool LosesByChance(std::int64_t frames, Bytes held);
  std::int64_t FramesHeld(std::size_t queue) const;
  Bytes BytesHeld() const;
  Bytes CopiesQueued() const;
  void PushOutCopies(Bytes wanted);

  // The answer to the last frame that was offered to this queue.
  EgressAnswer AnswerFor(std::size_t queue);
  Picoseconds Hold(Picoseconds now, const Offered& offered);
  Picoseconds ReadyAt(const Pending& pending) const;
  // Its front is the next to go; null when nothing is Queued.
  const Fifo<Pending>* Head() const;
  void RunUntil(Picoseconds now, Bound bound);
  void SendReady(Picoseconds at);
  void NoteBytes();

  RateLimits limits_;
  QueueRoom room_;
  Picoseconds timer_delay_;
  bool may_change_;
  std::uint64_t random_state_;
  Congestion congestion_;
  std::array<WaitingRing, kClasses> leaving_;  // paid for, by queue
  std::unique_ptr<Line> line_;                 // null: nothing ever was Queued
  Bytes bytes_peak_{};
};

}  // namespace vpcmirror
