// Asks receivers whether they are there, by ICMP echo (RFC 792, RFC 4443).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/wire/address.h"
#include "sim/live/receiver_health.h"
#include "sim/live/send_socket.h"

namespace vpcmirror::sim {

// Sends each receiver a request an interval, and counts one that was not answered when the next
// is due as missed. It asks the host, not the port that copies go to.
class ReceiverProbe {
 public:
  // Receivers are those of `health`, in its order. Throws std::runtime_error without the right to
  // a raw socket, which is opened here and marked as SendSocketSettings has it.
  ReceiverProbe(std::vector<IpAddress> receivers, std::int64_t interval_ns,
                const SendSocketSettings& settings = {});

  // Reads what came and sends what is due; to be called at least once an interval. `now_ns` is
  // the caller's, of a clock that does not run backwards.
  void Run(std::int64_t now_ns, ReceiverHealth& health);
  // What to poll(2) for input.
  std::vector<int> descriptors() const;

 private:
  struct Receiver {
    IpAddress address;
    SendSocket socket;
    bool is_asked = false;
    bool is_answered = false;
  };
  bool ReadAnswers(const Receiver& receiver) const;
  void Ask(Receiver& receiver) const;

  std::vector<Receiver> receivers_;
  std::int64_t interval_ns_;
  std::int64_t next_ns_ = 0;
  bool is_started_ = false;
  std::uint16_t identifier_;
  std::uint16_t sequence_ = 0;
};

}  // namespace vpcmirror::sim
