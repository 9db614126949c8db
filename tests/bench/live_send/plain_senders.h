// What our sink is measured against: the same copies, sent as plainly as can be.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/live/send_socket.h"

namespace vpcmirror {

// A copy, made: what is behind the outer UDP header, the port that it is sent from, counted from
// the first, and the frame.
struct MadeCopy {
  std::span<const std::byte> header;
  std::span<const std::byte> frame;
  std::size_t port = 0;
};

// One UDP socket for each source port.
class PlainSockets {
 public:
  // Throws std::runtime_error. From consecutive ports, the first of `flow`.
  PlainSockets(sim::OuterFlow flow, std::size_t ports);

  std::size_t size() const { return sockets_.size(); }
  int descriptor(std::size_t port) const { return sockets_[port].descriptor(); }

 private:
  std::vector<sim::SendSocket> sockets_;
};

// One sendmsg for each.
void SendOneByOne(const PlainSockets& sockets, std::span<const MadeCopy> copies);

// One sendmmsg for all of a port's copies.
class BatchSender {
 public:
  explicit BatchSender(const PlainSockets& sockets)
      : sockets_(sockets), messages_(sockets.size()), parts_(sockets.size()) {}

  void Send(std::span<const MadeCopy> copies);

 private:
  const PlainSockets& sockets_;
  std::vector<std::vector<mmsghdr>> messages_;  // by port
  std::vector<std::vector<iovec>> parts_;
};

}  // namespace vpcmirror
