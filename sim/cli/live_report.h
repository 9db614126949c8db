// What a live mirror did, for people and for programs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/report/result_text.h"
#include "sim/live/copy_sink.h"
#include "sim/live/frame_source.h"
#include "sim/live/live_account.h"
#include "sim/live/send_lane.h"

namespace vpcmirror::sim {

struct LiveReport {
  std::string scenario;  // file
  std::string eni;       // ID
  std::string address;   // its first
  std::string source;    // "web.pcap", "eth0"
  std::string sink;      // "copies.pcap"; empty: copies are only counted
  bool complete = true;  // false: stopped before the source ended
  std::string remark{};  // what was wrong with the source; empty: nothing
  CaptureCounters capture{};
  // Whether what was sent is told here: of several ENIs with the first, of all of them.
  bool tells_sending = true;
  bool is_sent = false;  // to receivers, and not written or counted
  SendCounters send{};
  std::vector<ReceiverCounters> receivers{};  // of the same packets; none: not to receivers
  // Of the receivers that mirrors have now, those within and out of reach.
  std::vector<IpAddress> up{};
  std::vector<IpAddress> down{};
  std::optional<bool> is_captured{};  // an interface: whether its frames come now
  LiveAccount account{};
};

// 80 columns; names are made Printable. Ends in a newline.
std::string LiveText(const LiveReport& report, const TextStyle& style);

// Of each mirror the keys that result.json has, and its receivers. Ends in a newline.
std::string LiveJson(const LiveReport& report);

}  // namespace vpcmirror::sim
