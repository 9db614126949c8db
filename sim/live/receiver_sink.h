// Sends copies to their receivers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "models/mirror/pieces.h"
#include "sim/live/copy_sink.h"
#include "sim/live/send_lane.h"
#include "sim/live/send_socket.h"

namespace vpcmirror::sim {

// What differs from what the scenario says; each kind is told once.
struct SinkNotice {
  enum class Kind : std::uint8_t {
    kOtherSource,  // the source address is not this machine's: UDP copies have another one
    kPortTaken,    // no UDP socket has the source port: its copies go by a raw socket
    kNotMarked,    // SO_MARK is not allowed: only addresses and ports tell our packets
    kNoRuns,       // the kernel or the device does not take runs of copies in one call
  };
  Kind kind;
  OuterFlow flow;  // the first that it concerns
  int error = 0;   // errno, where there is one
};

struct ReceiverSinkSettings {
  std::uint32_t mark = kOwnCopyMark;
  int send_buffer_bytes = 0;  // as SendSocketSettings has it
  // Whether runs of copies of equal size go to the kernel in one call (UDP_SEGMENT). With them
  // the kernel writes UDP checksums, without them they are zero, over IPv6 too.
  bool sends_runs = true;
  std::size_t shortest_run = 2;  // copies; at least 2
  // How long a flush waits at most for room in sockets and devices, in all.
  std::int64_t longest_wait_ns = 10'000'000;
  std::function<void(const SendTrouble&)> on_trouble;  // each time, from Flush or Take
  std::function<void(const SinkNotice&)> on_notice;
};

// The outer packets of a tunnel: by these and nothing else our own copies are known.
struct OwnPackets {
  IpAddress source;
  IpAddress destination;
  std::uint8_t protocol = kProtocolUdp;
  std::uint16_t first_source_port = 0;  // the ports are 0 where the protocol is not UDP
  std::uint16_t last_source_port = 0;
  std::uint16_t destination_port = 0;

  friend bool operator==(const OwnPackets&, const OwnPackets&) = default;
};

// VXLAN and Geneve leave by a UDP socket for each source port and receiver, in which the kernel
// writes the outer IP and UDP header; GRE, NVGRE, ERSPAN and fragments by a raw socket for each
// receiver and protocol, every byte as the core wrote it. Copies of one flow and receiver keep
// their order. Octets that are missing in the capture are missing in the copy, too: outer
// lengths tell the shorter packet, and an outer fragment is refused by ENODATA.
class ReceiverSink : public CopySink {
 public:
  // Raises the process's limit of open files to what it may be.
  explicit ReceiverSink(ReceiverSinkSettings settings);

  // Opens what the tunnel's copies leave by, so that it is there before privileges are dropped;
  // of more than kMostPortsAtOnce source ports each with its first copy. Once more for one
  // tunnel does nothing.
  void Open(const Tunnel& tunnel);

  void Take(const LiveCopy& copy) override;
  void Flush() override;
  // Counts and tells what the network has said of packets since; to be called now and then, for
  // what no further packet of the same flow brings to light.
  void ReadReports();
  SendCounters counters() const override;
  std::span<const ReceiverCounters> receivers() const { return receivers_; }

  // Of the tunnels that were opened.
  std::span<const OwnPackets> own_packets() const { return own_packets_; }
  std::size_t open_sockets() const;
  bool sends_runs() const { return lane_settings_.shortest_run != 0; }

  static constexpr std::size_t kMostPortsAtOnce = 256;

 private:
  struct Route {
    OuterFlow flow;
    bool is_raw = false;
    bool is_fragment = false;
  };
  struct KnownLane {
    Route route;  // as copies ask for it
    SendLane lane;
  };
  static Route RouteOf(std::span<const std::byte> outer);
  static std::size_t HashOf(const Route& route);

  SendLane& LaneOf(const Route& route);
  SendLane& OpenLane(const Route& route);
  SendSocket OpenSocket(Route& route);
  void Remember(KnownLane& lane);
  std::size_t ReceiverOf(const IpAddress& address);
  void Refuse(const IpAddress& receiver, int error);
  void FlushLane(SendLane& lane);
  void FlushLane(SendLane& lane, WaitBudget& budget);
  void Notice(SinkNotice::Kind kind, const OuterFlow& flow, int error = 0);

  ReceiverSinkSettings settings_;
  LaneSettings lane_settings_;
  SendBatch batch_;
  std::vector<std::unique_ptr<KnownLane>> lanes_;
  std::vector<KnownLane*> table_;  // by hash, open addressing; null: nobody's
  std::vector<SendLane*> with_copies_;
  std::vector<ReceiverCounters> receivers_;
  std::vector<OwnPackets> own_packets_;
  std::uint32_t noticed_ = 0;  // bit by SinkNotice::Kind
};

}  // namespace vpcmirror::sim
