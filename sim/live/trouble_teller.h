// Says what goes wrong with sending, without saying it for each packet.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>

#include "sim/live/receiver_sink.h"
#include "sim/live/send_lane.h"

namespace vpcmirror::sim {

// Of trouble of one kind: often enough to be seen, and no flood. Ours.
inline constexpr std::int64_t kTellIntervalNs = 10'000'000'000;

// One line without its end: what, of how many packets, where, and what to do about it.
std::string Say(const SendTrouble& trouble);
std::string Say(const SinkNotice& notice);

// Tells the first trouble of a kind (receiver, errno, and whether the network reported it) at
// once, and what follows at most once in an interval, with the packets of all of them together.
// Knows no clock: `now_ns` is the caller's. Any thread may call it.
class TroubleTeller {
 public:
  TroubleTeller(std::int64_t interval_ns, std::function<void(const SendTrouble&)> tell)
      : interval_ns_(interval_ns), tell_(std::move(tell)) {}

  void Note(const SendTrouble& trouble, std::int64_t now_ns);
  // Tells what is due; to be called now and then.
  void Advance(std::int64_t now_ns);
  // Tells all that was not told.
  void Finish();

 private:
  struct Kind {
    std::int64_t told_at_ns = 0;
    std::int64_t packets = 0;  // since then
  };
  void Tell(const SendTrouble& kind, Kind& entry, std::int64_t now_ns);

  using Key = std::tuple<IpAddress, int, bool>;
  std::int64_t interval_ns_;
  std::function<void(const SendTrouble&)> tell_;
  std::mutex mutex_;
  std::map<Key, Kind> kinds_;
};

}  // namespace vpcmirror::sim
