// print_frames INTERFACE... : what InterfaceSource gives of them, a line a frame, until a signal
// ends it; then, or at SIGUSR1, a line of its counters. For tests, which compare the lines.
#include <poll.h>
#include <signal.h>

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "sim/live/interface_source.h"

namespace {

using vpcmirror::sim::CaptureCounters;
using vpcmirror::sim::CapturedFrame;
using vpcmirror::sim::FrameSource;

volatile sig_atomic_t stopped = 0;
volatile sig_atomic_t asked = 0;

void Print(const CapturedFrame& frame) {
  const std::string_view direction =
      frame.direction ? ToString(*frame.direction) : std::string_view("-");
  std::printf("frame interface=%u direction=%.*s wire=%lld ", frame.interface,
              static_cast<int>(direction.size()), direction.data(),
              static_cast<long long>(frame.wire_length.count()));
  std::string octets;
  for (const std::byte octet : frame.octets) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    octets += kDigits[std::to_integer<std::size_t>(octet >> 4)];
    octets += kDigits[std::to_integer<std::size_t>(octet & std::byte{15})];
  }
  std::puts(octets.c_str());
}

void Print(const CaptureCounters& counters) {
  std::printf(
      "counters frames=%lld bytes=%lld cut_short=%lld kernel_dropped=%lld unusable=%lld\n",
      static_cast<long long>(counters.frames), static_cast<long long>(counters.bytes.count()),
      static_cast<long long>(counters.cut_short), static_cast<long long>(counters.kernel_dropped),
      static_cast<long long>(counters.unusable));
}

// With signals let in only while it waits, so that none comes between asking and waiting.
void Wait(const FrameSource& source, const sigset_t& while_waiting) {
  std::vector<pollfd> polled;
  for (const int descriptor : source.descriptors()) polled.push_back({descriptor, POLLIN, 0});
  ppoll(polled.data(), polled.size(), nullptr, &while_waiting);
}

void PrintUntilStopped(FrameSource& source, const sigset_t& while_waiting) {
  std::printf("ready\n");
  while (stopped == 0) {
    const auto frames = source.Next();
    for (const CapturedFrame& frame : frames) Print(frame);
    if (asked != 0) Print(source.counters());
    asked = 0;
    std::fflush(stdout);
    if (frames.empty()) Wait(source, while_waiting);
  }
}

}  // namespace

int main(int argc, char** argv) {
  sigset_t held;
  sigset_t before;
  sigemptyset(&held);
  for (const int number : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&held, number);
  sigprocmask(SIG_BLOCK, &held, &before);
  signal(SIGINT, [](int) { stopped = 1; });
  signal(SIGTERM, [](int) { stopped = 1; });
  signal(SIGUSR1, [](int) { asked = 1; });
  try {
    vpcmirror::sim::InterfaceSource source({.names = {argv + 1, argv + argc}});
    PrintUntilStopped(source, before);
    Print(source.counters());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
