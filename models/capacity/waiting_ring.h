// Frames whose departure is known and still to come.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/capacity/fifo.h"
#include "models/units/quantity.h"

namespace vpcmirror {

struct WaitingFrame {
  Picoseconds departs{};
  Bytes frame{};
  std::uint64_t tag = 0;   // whatever the driver gave
  bool is_charge = false;  // paid for here, held nowhere
};

// Departures do not go backwards, and neither does time.
class WaitingRing {
 public:
  // Forgets what has departed at `now`.
  void LetGo(Picoseconds now) {
    while (!frames_.empty() && frames_.front().departs <= now) {
      if (!frames_.front().is_charge) bytes_ -= frames_.front().frame;
      frames_.pop_front();
    }
  }

  void Push(const WaitingFrame& waiting) {
    frames_.push_back(waiting);
    if (!waiting.is_charge) bytes_ += waiting.frame;
  }

  // Charges count among frames, not among bytes: nothing holds them.
  // Has the cache fetch what the next calls touch.
  void Fetch() const { frames_.Fetch(); }
  std::size_t frames() const { return frames_.size(); }
  Bytes bytes() const { return bytes_; }

  // Each departs when `retime(const WaitingFrame&)` says; no earlier than those before it.
  template <class When>
  void Retime(When retime) {
    for (std::size_t i = 0; i < frames_.size(); ++i) frames_[i].departs = retime(frames_[i]);
  }

  // Calls `visit(const WaitingFrame&)` for each but charges.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      if (!frames_[i].is_charge) visit(frames_[i]);
    }
  }

 private:
  Fifo<WaitingFrame> frames_;
  Bytes bytes_{};
};

}  // namespace vpcmirror
