// What a live mirror did with the frames that it was given.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/mirror/ledger.h"
#include "models/wire/address.h"
#include "sim/live/copy_sink.h"

namespace vpcmirror::sim {

struct ReceiverAccount {
  std::string eni;  // its ID
  IpAddress address;
  Count mirrored;                   // frames that were copied to it, in original bytes
  std::int64_t wire_datagrams = 0;  // outer packets
  Bytes wire_bytes{};               // Ethernet frames without FCS, outer headers included
  ShedCounters shed;                // of the outer packets, those that were not sent for LoadLimits
  std::int64_t moved = 0;           // frames that were copied to another, as it was out of reach

  ReceiverAccount& operator+=(const ReceiverAccount& other);
};

// Of one mirror. *Mirrored* means that the copy was handed to the sink.
struct MirrorAccount {
  std::string id;
  Ledger ledger;
  std::vector<ReceiverAccount> receivers;  // by address, each once

  // Another account of the same mirror.
  MirrorAccount& operator+=(const MirrorAccount& other);
};

struct LiveAccount {
  std::array<Count, 2> passed{};  // by Direction
  Count others;                   // neither from the ENI nor to it: left aside
  std::int64_t cut_short = 0;     // frames whose capture ends inside a header
  std::int64_t malformed = 0;
  std::vector<MirrorAccount> mirrors;  // by ID, each once

  // Of another worker, say.
  LiveAccount& operator+=(const LiveAccount& other);
  // Of all receivers of all mirrors.
  ShedCounters shed() const;
  // Every mirror's ledger does, and its receivers have what it mirrored.
  bool AddsUp() const;
};

}  // namespace vpcmirror::sim
