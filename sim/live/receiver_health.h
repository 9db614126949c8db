// Which receivers can take copies, and where the copies of those that cannot go instead.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "models/mirror/mirror.h"
#include "models/mirror/mirror_tap.h"
#include "models/wire/address.h"

namespace vpcmirror::sim {

struct HealthRule {
  // So many errors in so long a time take a receiver out, for a while; at least 1. Hosts answer a
  // sender by a few ICMP errors at once, and by one a second from then on (Linux: icmp_ratelimit).
  std::size_t errors = 3;
  std::int64_t within_ns = 10'000'000'000;
  std::int64_t out_ns = 10'000'000'000;
  // So many unanswered probes in a row take it out until it answers; at least 1.
  int missed_probes = 3;
};

// Whether an errno of sending says that the receiver is out of reach, rather than something of
// the packet or of this machine.
bool IsReceiversError(int error);

// Knows no clock: every `now_ns` is the caller's, of one clock that does not run backwards. Any
// thread may call any of it.
class ReceiverHealth {
 public:
  // Throws std::invalid_argument for a number in `rule` below 1 and an address that is there twice.
  ReceiverHealth(const HealthRule& rule, const std::vector<IpAddress>& receivers);

  std::size_t size() const { return receivers_.size(); }
  std::vector<IpAddress> addresses() const;
  // Index of a receiver; size() for an address that is none.
  std::size_t IndexOf(const IpAddress& address) const;
  bool is_up(std::size_t receiver) const {
    return receivers_[receiver].is_up.load(std::memory_order_relaxed);
  }
  bool all_up() const { return down_.load(std::memory_order_relaxed) == 0; }

  // Takes over what `before` knows of the receivers of both. To be called before any other.
  void GoOnFrom(ReceiverHealth& before);

  // Packets to it that met an error of IsReceiversError. Returns whether that took it out.
  bool CountErrors(std::size_t receiver, std::int64_t packets, std::int64_t now_ns);
  bool CountMissedProbe(std::size_t receiver);
  void CountAnsweredProbe(std::size_t receiver);
  // Lets those back in that were out long enough. To be called now and then.
  void Advance(std::int64_t now_ns);

 private:
  struct Receiver {
    IpAddress address;
    std::atomic<bool> is_up{true};
    std::vector<std::int64_t> errors_ns;  // of the last errors, as many as matter
    std::int64_t back_at_ns = 0;          // where errors took it out
    bool is_out_by_errors = false;
    int missed_probes = 0;
  };
  bool Settle(Receiver& receiver);

  HealthRule rule_;
  std::mutex mutex_;
  std::vector<Receiver> receivers_;  // of fixed size
  std::atomic<int> down_{0};
};

// The receiver of each copy of a mirror while some are down: a flow whose receiver is up stays
// with it, and so does every flow when no other is fit; the others are spread over the fit ones
// by weighted rendezvous hashing of the copy's entropy, so that each goes to the same one as long
// as that is up. Fit is what is up and has as much room for a copy, since the copy was
// planned for the receiver of the mirror's own choice.
class FailOver {
 public:
  // Both must outlive this. Throws std::invalid_argument when `health` lacks a receiver.
  FailOver(const Mirror& mirror, const ReceiverHealth& health);

  std::uint32_t ReceiverOf(const CopyPlan& plan) {
    if (health_.all_up()) [[likely]]
      return plan.receiver;
    return Choose(plan);
  }
  // By the mirror's receivers, how many copies of each went to another one.
  std::span<const std::int64_t> moved() const { return moved_; }

 private:
  struct Receiver {
    std::size_t in_health;
    std::uint64_t hash;  // of its address
    double weight;
    Bytes room;
  };
  std::uint32_t Choose(const CopyPlan& plan);

  const ReceiverHealth& health_;
  std::vector<Receiver> receivers_;
  std::vector<std::int64_t> moved_;
};

}  // namespace vpcmirror::sim
