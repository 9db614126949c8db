#include "sim/live/receiver_health.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <stdexcept>

#include "models/wire/hash.h"

namespace vpcmirror::sim {

bool IsReceiversError(int error) {
  constexpr std::array kErrors = {ECONNREFUSED, ENOPROTOOPT, EHOSTUNREACH, ENETUNREACH,
                                  EHOSTDOWN,    ENETDOWN,    EACCES,       EPERM};
  return std::ranges::find(kErrors, error) != kErrors.end();
}

ReceiverHealth::ReceiverHealth(const HealthRule& rule, const std::vector<IpAddress>& receivers)
    : rule_(rule), receivers_(receivers.size()) {
  if (rule.errors < 1 || rule.missed_probes < 1 || rule.within_ns < 1 || rule.out_ns < 1) {
    throw std::invalid_argument("a receiver's health takes at least 1 error, probe and nanosecond");
  }
  for (std::size_t i = 0; i < receivers.size(); ++i) {
    receivers_[i].address = receivers[i];
    if (IndexOf(receivers[i]) != i) {
      throw std::invalid_argument("receiver " + ToString(receivers[i]) + " is there twice");
    }
  }
}

std::vector<IpAddress> ReceiverHealth::addresses() const {
  std::vector<IpAddress> addresses;
  for (const Receiver& receiver : receivers_) addresses.push_back(receiver.address);
  return addresses;
}

std::size_t ReceiverHealth::IndexOf(const IpAddress& address) const {
  const auto found = std::ranges::find(receivers_, address, &Receiver::address);
  return static_cast<std::size_t>(found - receivers_.begin());
}

// Returns whether the receiver went down by what was noted of it.
bool ReceiverHealth::Settle(Receiver& receiver) {
  const bool is_up = !receiver.is_out_by_errors && receiver.missed_probes < rule_.missed_probes;
  if (is_up == receiver.is_up.load(std::memory_order_relaxed)) return false;
  receiver.is_up.store(is_up, std::memory_order_relaxed);
  down_.fetch_add(is_up ? -1 : 1, std::memory_order_relaxed);
  return !is_up;
}

void ReceiverHealth::GoOnFrom(ReceiverHealth& before) {
  const std::scoped_lock lock(before.mutex_);
  for (Receiver& receiver : receivers_) {
    const std::size_t index = before.IndexOf(receiver.address);
    if (index == before.size()) continue;
    const Receiver& known = before.receivers_[index];
    receiver.errors_ns = known.errors_ns;
    receiver.back_at_ns = known.back_at_ns;
    receiver.is_out_by_errors = known.is_out_by_errors;
    receiver.missed_probes = known.missed_probes;
    Settle(receiver);
  }
}

bool ReceiverHealth::CountErrors(std::size_t index, std::int64_t packets, std::int64_t now_ns) {
  const std::scoped_lock lock(mutex_);
  Receiver& receiver = receivers_[index];
  if (receiver.is_out_by_errors) return false;
  auto& errors = receiver.errors_ns;
  std::erase_if(errors, [&](std::int64_t at) { return at <= now_ns - rule_.within_ns; });
  const auto wanted = static_cast<std::int64_t>(rule_.errors - errors.size());
  errors.insert(errors.end(), static_cast<std::size_t>(std::min(packets, wanted)), now_ns);
  if (errors.size() < rule_.errors) return false;
  errors.clear();
  receiver.is_out_by_errors = true;
  receiver.back_at_ns = now_ns + rule_.out_ns;
  return Settle(receiver);
}

bool ReceiverHealth::CountMissedProbe(std::size_t index) {
  const std::scoped_lock lock(mutex_);
  Receiver& receiver = receivers_[index];
  receiver.missed_probes = std::min(receiver.missed_probes + 1, rule_.missed_probes);
  return Settle(receiver);
}

void ReceiverHealth::CountAnsweredProbe(std::size_t index) {
  const std::scoped_lock lock(mutex_);
  receivers_[index].missed_probes = 0;
  Settle(receivers_[index]);
}

void ReceiverHealth::Advance(std::int64_t now_ns) {
  if (all_up()) return;
  const std::scoped_lock lock(mutex_);
  for (Receiver& receiver : receivers_) {
    if (!receiver.is_out_by_errors || now_ns < receiver.back_at_ns) continue;
    receiver.is_out_by_errors = false;
    Settle(receiver);
  }
}

FailOver::FailOver(const Mirror& mirror, const ReceiverHealth& health)
    : health_(health), moved_(mirror.settings().receivers.size()) {
  std::uint32_t index = 0;
  for (const ReceiverAddress& receiver : mirror.settings().receivers) {
    const std::size_t in_health = health.IndexOf(receiver.address);
    if (in_health == health.size()) {
      throw std::invalid_argument("no health is kept of receiver " + ToString(receiver.address));
    }
    Fnv1a64 hash;
    hash.Add(receiver.address.octets());
    receivers_.push_back({.in_health = in_health,
                          .hash = MixBits(hash.value()),
                          .weight = static_cast<double>(receiver.weight),
                          .room = mirror.RoomAtReceiver(index++)});
  }
}

// Weighted rendezvous hashing (Schindelhauer and Schomaker 2005): the highest of
// weight / -ln(u), with u in (0, 1) drawn by the hash of flow and receiver.
std::uint32_t FailOver::Choose(const CopyPlan& plan) {
  const Receiver& planned = receivers_[plan.receiver];
  if (health_.is_up(planned.in_health)) return plan.receiver;
  std::uint32_t best = plan.receiver;
  double best_score = 0;
  for (std::uint32_t i = 0; i < receivers_.size(); ++i) {
    const Receiver& receiver = receivers_[i];
    if (!health_.is_up(receiver.in_health) || receiver.room < planned.room) continue;
    const std::uint64_t bits = MixBits(plan.entropy ^ receiver.hash) >> 11;  // what a double holds
    const double drawn = (static_cast<double>(bits) + 0.5) * 0x1p-53;
    const double score = receiver.weight / -std::log(drawn);
    if (score <= best_score) continue;
    best_score = score;
    best = i;
  }
  if (best != plan.receiver) ++moved_[plan.receiver];
  return best;
}

}  // namespace vpcmirror::sim
