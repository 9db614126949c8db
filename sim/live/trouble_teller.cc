#include "sim/live/trouble_teller.h"

#include <cerrno>
#include <system_error>

namespace vpcmirror::sim {
namespace {

std::string CopiesTo(const SendTrouble& trouble) {
  return std::to_string(trouble.packets) + (trouble.packets == 1 ? " copy to " : " copies to ") +
         ToString(trouble.receiver);
}

// What to do about an errno; empty where its message says enough.
std::string AdviceOn(const SendTrouble& trouble) {
  switch (trouble.error) {
    case EMSGSIZE:
      return "raise the MTU of the way there, or give the receiver's mtu as it is";
    case ECONNREFUSED:
      return "nobody listens there: check the receiver's tunnel and its port";
    case ENOPROTOOPT:
      return "the receiver does not know the tunnel's protocol";
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
      return "check the interface, the route and the receiver";
    case EACCES:
    case EPERM:
      return "a firewall or route of this machine forbids it";
    case EAGAIN:
    case ENOBUFS:
      return "the way out takes no more: lower the load, or raise its queue";
    case ENODATA:
      return "the capture was cut: capture whole frames";
    case EPROTONOSUPPORT:
      return "copies without encapsulation cannot be sent";
    default:
      return {};
  }
}

std::string With(const std::string& advice) { return advice.empty() ? advice : "; " + advice; }

}  // namespace

std::string Say(const SendTrouble& trouble) {
  const std::string what = trouble.was_reported ? " met an error on the way: " : " not sent: ";
  return CopiesTo(trouble) + what + std::generic_category().message(trouble.error) +
         With(AdviceOn(trouble));
}

std::string Say(const SinkNotice& notice) {
  const OuterFlow& flow = notice.flow;
  switch (notice.kind) {
    case SinkNotice::Kind::kOtherSource:
      return ToString(flow.source) + " is no address of this machine: copies to " +
             ToString(flow.destination) + " leave from another one";
    case SinkNotice::Kind::kPortTaken:
      return "UDP port " + std::to_string(flow.source_port) + " of " + ToString(flow.source) +
             " cannot be used (" + std::generic_category().message(notice.error) +
             "): its copies leave by a raw socket, which costs more";
    case SinkNotice::Kind::kNotMarked:
      return "copies cannot be marked (" + std::generic_category().message(notice.error) +
             "): a capture here knows them by addresses and ports alone; CAP_NET_RAW allows it";
    case SinkNotice::Kind::kNoRuns:
      return "the kernel or the device takes copies one by one only (" +
             std::generic_category().message(notice.error) + "), which costs more";
  }
  return {};
}

void TroubleTeller::Tell(const SendTrouble& kind, Kind& entry, std::int64_t now_ns) {
  SendTrouble trouble = kind;
  trouble.packets = std::exchange(entry.packets, 0);
  entry.told_at_ns = now_ns;
  tell_(trouble);
}

void TroubleTeller::Note(const SendTrouble& trouble, std::int64_t now_ns) {
  const std::scoped_lock lock(mutex_);
  const auto [at, is_first] =
      kinds_.try_emplace({trouble.receiver, trouble.error, trouble.was_reported});
  Kind& entry = at->second;
  entry.packets += trouble.packets;
  if (is_first || now_ns - entry.told_at_ns >= interval_ns_) Tell(trouble, entry, now_ns);
}

void TroubleTeller::Advance(std::int64_t now_ns) {
  const std::scoped_lock lock(mutex_);
  for (auto& [key, entry] : kinds_) {
    if (entry.packets == 0 || now_ns - entry.told_at_ns < interval_ns_) continue;
    const auto& [receiver, error, was_reported] = key;
    Tell({.receiver = receiver, .error = error, .was_reported = was_reported}, entry, now_ns);
  }
}

void TroubleTeller::Finish() {
  const std::scoped_lock lock(mutex_);
  for (auto& [key, entry] : kinds_) {
    if (entry.packets == 0) continue;
    const auto& [receiver, error, was_reported] = key;
    Tell({.receiver = receiver, .error = error, .was_reported = was_reported}, entry,
         entry.told_at_ns);
  }
}

}  // namespace vpcmirror::sim
