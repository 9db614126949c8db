#include "sim/live/service.h"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstdlib>

namespace vpcmirror::sim {
namespace {

constexpr std::int64_t kNanosecondsPerMicrosecond = 1000;

// A message has a line for each variable.
std::string InOneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

Service::Service() : is_supervised_(std::getenv("NOTIFY_SOCKET") != nullptr) {
  std::uint64_t microseconds = 0;
  if (is_supervised_ && sd_watchdog_enabled(0, &microseconds) > 0) {
    watchdog_ns_ = static_cast<std::int64_t>(microseconds) * kNanosecondsPerMicrosecond;
  }
}

bool Service::Tell(const std::string& state) const {
  return !is_supervised_ || sd_notify(0, state.c_str()) > 0;
}

bool Service::Ready(const std::string& status) {
  return Tell("READY=1\nSTATUS=" + InOneLine(status));
}

bool Service::Status(const std::string& status) { return Tell("STATUS=" + InOneLine(status)); }

bool Service::Reloading(std::int64_t now_ns) {
  return Tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now_ns / kNanosecondsPerMicrosecond));
}

bool Service::Stopping() { return Tell("STOPPING=1"); }

bool Service::Advance(std::int64_t now_ns) {
  if (watchdog_ns_ == 0 || now_ns < next_sign_ns_) return true;
  next_sign_ns_ = now_ns + watchdog_ns_ / 2;
  return Tell("WATCHDOG=1");
}

}  // namespace vpcmirror::sim
