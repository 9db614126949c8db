// What a user of ns-3 would write instead: UDP/IPv4 stacks, PointToPoint links,
// and an application that sends a datagram for every frame that is to be copied.
#pragma once

#include <cstdint>

namespace vpcmirror::ratios {

struct UdpTraffic {
  std::int64_t frame_bytes = 0;  // Ethernet frames without FCS
  std::int64_t gap_ns = 0;       // between two frames of a direction
  std::int64_t seconds = 0;
};

enum class QueueDisc {
  kNone,    // the link's own queue alone: the least that ns-3 does
  kFqCoDel  // what ns-3's address helper installs unless told otherwise
};

// A client and a source send each other datagrams; the source sends one more to a
// receiver, inner frame and VXLAN header long, for each that it sends or takes.
// No IPv6, no checksums, no address resolution, static routes, PriorityQueueScheduler.
// Returns the datagrams that sinks took. Throws std::runtime_error when some got lost.
std::int64_t SimulateWithStacks(const UdpTraffic& traffic, QueueDisc queue_disc);

struct TcpTraffic {
  std::int64_t flows = 0;
  std::int64_t bytes = 0;    // that each sends
  std::int64_t segment = 0;  // data
  std::int64_t buffer = 0;   // of a socket, each way
  std::int64_t seconds = 0;
};

// A client sends to a server by ns-3's BulkSendApplication and CUBIC over a link of
// 10 Gbps whose queue loses nothing, nobody copies. Returns the segments of data that the
// sinks took. Throws std::runtime_error when that is not all.
std::int64_t SimulateTcpWithStacks(const TcpTraffic& traffic);

}  // namespace vpcmirror::ratios
