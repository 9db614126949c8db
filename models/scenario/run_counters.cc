#include "models/scenario/run_counters.h"

#include <cstddef>

namespace vpcmirror {
namespace {

template <std::size_t kSize>
void TakeOffEach(std::array<Count, kSize>& counts, const std::array<Count, kSize>& start) {
  for (std::size_t i = 0; i < kSize; ++i) counts[i] -= start[i];
}

void TakeOffEach(std::vector<Count>& counts, const std::vector<Count>& start) {
  for (std::size_t i = 0; i < start.size(); ++i) counts[i] -= start[i];
}

}  // namespace

EniCounters& EniCounters::operator-=(const EniCounters& start) {
  offered_out -= start.offered_out;
  budget_out -= start.budget_out;
  out -= start.out;
  budget_copies_out -= start.budget_copies_out;
  copies_out -= start.copies_out;
  offered_in -= start.offered_in;
  offered_copies_in -= start.offered_copies_in;
  budget_in -= start.budget_in;
  in -= start.in;
  budget_copies_in -= start.budget_copies_in;
  unmade_copies -= start.unmade_copies;
  return *this;
}

ReceiverCounters& ReceiverCounters::operator-=(const ReceiverCounters& start) {
  in -= start.in;
  digested -= start.digested;
  ring_full -= start.ring_full;
  down -= start.down;
  duplicates -= start.duplicates;
  return *this;
}

BalancerCounters& BalancerCounters::operator-=(const BalancerCounters& start) {
  in -= start.in;
  TakeOffEach(by_zone, start.by_zone);
  TakeOffEach(by_backend, start.by_backend);
  may_be_reordered -= start.may_be_reordered;
  TakeOffEach(dropped, start.dropped);
  return *this;
}

TcpTotals& TcpTotals::operator-=(const TcpTotals& start) {
  opened -= start.opened;
  failed -= start.failed;
  without_port -= start.without_port;
  delivered -= start.delivered;
  segments -= start.segments;
  retransmitted -= start.retransmitted;
  exchanges -= start.exchanges;
  return *this;
}

void RunCounters::TakeOff(const RunCounters& start) {
  since = start.until;
  for (std::size_t i = 0; i < enis.size(); ++i) {
    enis[i].counters -= start.enis[i].counters;
    TakeOffEach(enis[i].dropped, start.enis[i].dropped);
  }
  for (std::size_t i = 0; i < mirrors.size(); ++i) {
    mirrors[i].ledger.TakeOff(start.mirrors[i].ledger);
    TakeOffEach(mirrors[i].losses, start.mirrors[i].losses);
  }
  for (std::size_t i = 0; i < receivers.size(); ++i) {
    if (!receivers[i] || !start.receivers[i]) continue;
    receivers[i]->counters -= start.receivers[i]->counters;
    TakeOffEach(receivers[i]->workers, start.receivers[i]->workers);
  }
  for (std::size_t i = 0; i < balancers.size(); ++i) balancers[i] -= start.balancers[i];
  for (std::size_t i = 0; i < tcp.size(); ++i) {
    if (tcp[i] && start.tcp[i]) *tcp[i] -= *start.tcp[i];
  }
  produced -= start.produced;
}

}  // namespace vpcmirror
