#include "sim/live/live_account.h"

#include <algorithm>

namespace vpcmirror::sim {
namespace {

bool ReceiversAddUp(const MirrorAccount& mirror) {
  ReceiverAccount all;
  for (const ReceiverAccount& receiver : mirror.receivers) all += receiver;
  const Ledger& ledger = mirror.ledger;
  return all.mirrored == ledger.mirrored && all.wire_datagrams == ledger.wire_datagrams &&
         all.wire_bytes == ledger.wire_bytes;
}

}  // namespace

ReceiverAccount& ReceiverAccount::operator+=(const ReceiverAccount& other) {
  mirrored += other.mirrored;
  wire_datagrams += other.wire_datagrams;
  wire_bytes += other.wire_bytes;
  shed += other.shed;
  moved += other.moved;
  return *this;
}

MirrorAccount& MirrorAccount::operator+=(const MirrorAccount& other) {
  ledger += other.ledger;
  for (const ReceiverAccount& each : other.receivers) {
    const auto same = std::find_if(receivers.begin(), receivers.end(), [&](const auto& receiver) {
      return receiver.address == each.address;
    });
    if (same == receivers.end()) {
      receivers.push_back(each);
    } else {
      *same += each;
    }
  }
  return *this;
}

LiveAccount& LiveAccount::operator+=(const LiveAccount& other) {
  for (std::size_t i = 0; i < passed.size(); ++i) passed[i] += other.passed[i];
  others += other.others;
  cut_short += other.cut_short;
  malformed += other.malformed;
  for (const MirrorAccount& each : other.mirrors) {
    const auto same = std::find_if(mirrors.begin(), mirrors.end(),
                                   [&](const auto& mirror) { return mirror.id == each.id; });
    if (same == mirrors.end()) {
      mirrors.push_back(each);
    } else {
      *same += each;
    }
  }
  return *this;
}

ShedCounters LiveAccount::shed() const {
  ShedCounters all;
  for (const MirrorAccount& mirror : mirrors) {
    for (const ReceiverAccount& receiver : mirror.receivers) all += receiver.shed;
  }
  return all;
}

bool LiveAccount::AddsUp() const {
  return std::all_of(mirrors.begin(), mirrors.end(), [](const MirrorAccount& mirror) {
    return mirror.ledger.AddsUp() && ReceiversAddUp(mirror);
  });
}

}  // namespace vpcmirror::sim
