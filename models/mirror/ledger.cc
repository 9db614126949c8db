#include "models/mirror/ledger.h"

#include <numeric>

namespace vpcmirror {

Ledger& Ledger::operator+=(const Ledger& other) {
  offered += other.offered;
  for (std::size_t i = 0; i < rejected.size(); ++i) rejected[i] += other.rejected[i];
  mirrored += other.mirrored;
  queued_at_end += other.queued_at_end;
  for (std::size_t i = 0; i < dropped.size(); ++i) dropped[i] += other.dropped[i];
  wire_datagrams += other.wire_datagrams;
  wire_bytes += other.wire_bytes;
  truncated += other.truncated;
  truncated_away += other.truncated_away;
  return *this;
}

void Ledger::TakeOff(const Ledger& start) {
  offered -= start.offered;
  offered += start.queued_at_end;
  for (std::size_t i = 0; i < rejected.size(); ++i) rejected[i] -= start.rejected[i];
  mirrored -= start.mirrored;
  for (std::size_t i = 0; i < dropped.size(); ++i) dropped[i] -= start.dropped[i];
  wire_datagrams -= start.wire_datagrams;
  wire_bytes -= start.wire_bytes;
  truncated -= start.truncated;
  truncated_away -= start.truncated_away;
}

Count Ledger::TotalRejected() const {
  return std::accumulate(rejected.begin(), rejected.end(), Count{});
}

Count Ledger::TotalDropped() const {
  return std::accumulate(dropped.begin(), dropped.end(), Count{});
}

bool Ledger::AddsUp() const {
  return offered == TotalRejected() + mirrored + TotalDropped() + queued_at_end;
}

}  // namespace vpcmirror
