// What became of every frame that a mirror was offered.
#pragma once

#include <array>
#include <cstdint>

#include "models/mirror/refusal.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// Frames, and the bytes of the original frames (without FCS, before truncation).
struct Count {
  std::int64_t frames = 0;
  Bytes bytes{};

  constexpr void Add(Bytes frame) {
    ++frames;
    bytes += frame;
  }
  constexpr Count& operator+=(const Count& other) {
    frames += other.frames;
    bytes += other.bytes;
    return *this;
  }
  constexpr Count& operator-=(const Count& other) {
    frames -= other.frames;
    bytes -= other.bytes;
    return *this;
  }
  friend constexpr Count operator+(Count a, const Count& b) { return a += b; }
  friend constexpr bool operator==(const Count&, const Count&) = default;
};

// One mirror's account; the unit is frame x session. Mergeable by +=.
// *Mirrored* means that the copy left the source ENI.
struct Ledger {
  Count offered;
  Count mirrored;
  std::int64_t wire_datagrams = 0;  // that left the source, outer headers on
  Bytes wire_bytes{};               // Ethernet frames without FCS, outer headers included

  std::array<Count, kRefusals> rejected{};  // by Refusal; [kNone] stays zero
  Count queued_at_end;  // copies that waited in the source's egress when time ended
  std::array<Count, kDropReasons> dropped{};  // by DropReason
  Count truncated;                            // mirrored copies that were cut, in original bytes
  Bytes truncated_away{};                     // bytes that the cutting took

  Ledger& operator+=(const Ledger& other);
  // What became of frames since `start`, an earlier state of this ledger; copies that waited
  // then were offered since.
  void TakeOff(const Ledger& start);

  Count TotalRejected() const;
  Count TotalDropped() const;

  // offered = rejected + mirrored + sum of dropped + queued_at_end, in frames and bytes.
  bool AddsUp() const;

  friend bool operator==(const Ledger&, const Ledger&) = default;
};

}  // namespace vpcmirror
