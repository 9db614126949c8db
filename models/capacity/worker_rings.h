// The workers of a receiver's software, each with the flows that are its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/capacity/rated_queue.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// What one of several workers may take of a rate: an equal part, but never none, so
// that of rates below one a worker the parts are more than the whole. No limit stays
// none. Requires workers of 1 or more.
template <class Rate>
std::optional<Rate> WorkerShare(const std::optional<Rate>& whole, std::int64_t workers) {
  if (!whole || whole->count() <= 0) return whole;
  return Rate(std::max<std::int64_t>(1, whole->count() / workers));
}

struct WorkerRingsSettings {
  std::size_t workers = 1;
  RateSettings rates;  // of all workers together, each with its equal share
  QueueRoom room;      // of each worker's ring, the frame that is being taken included
};

// Frames of one flow go to one worker, whatever the others have to do, so that
// one large flow fills one ring while others are empty. Time must not go
// backwards between calls.
class WorkerRings {
 public:
  struct Worker {
    RatedQueue ring;
    std::int64_t frames = 0;  // offered to it
    Bytes bytes{};
  };

  // Throws std::invalid_argument without a worker, and as RatedQueue does.
  explicit WorkerRings(const WorkerRingsSettings& settings);

  // By a FlowHash, mixed twice: of the flows that come here the receiver was chosen
  // by the hash mixed once, so that its low bits are alike.
  static std::size_t WorkerOf(std::uint64_t flow_hash, std::size_t workers);

  // When the flow's worker takes the frame from its ring; empty when that had no
  // room for it. `tag` comes back from ForEachWaiting.
  [[nodiscard]] std::optional<Picoseconds> Offer(Picoseconds now, Bytes frame,
                                                 std::uint64_t flow_hash, std::uint64_t tag);

  // RatedQueue::SetSpeed of all workers.
  void SetSpeed(Picoseconds now, double speed);

  // Calls `visit(const WaitingFrame&)` for each frame in a ring at `now`.
  template <class Visit>
  void ForEachWaiting(Picoseconds now, Visit visit) {
    for (Worker& worker : workers_) worker.ring.ForEachWaiting(now, visit);
  }

  const std::vector<Worker>& workers() const { return workers_; }
  // The sum of what each ring held at its own fullest moment: at least what all
  // ever held at once.
  Bytes bytes_peak() const;
  void ForgetPeak(Picoseconds now) {
    for (Worker& worker : workers_) worker.ring.ForgetPeak(now);
  }

 private:
  std::vector<Worker> workers_;
};

}  // namespace vpcmirror
