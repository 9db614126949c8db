#include "sim/cli/stop_on_signal.h"

#include <pthread.h>
#include <unistd.h>

#include <chrono>
#include <string_view>

#include "sim/cli/exit_code.h"

namespace vpcmirror::sim {
namespace {

constexpr int kEndedBySignal = 128;  // as shells have it, and the signal's number

}  // namespace

StopOnSignal::StopOnSignal(std::chrono::milliseconds same_within) : same_within_(same_within) {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGUSR1);
  // nohup has it ignored, but a signal that is blocked is kept for sigwait all the same.
  struct sigaction hangup {};
  sigaction(SIGHUP, nullptr, &hangup);
  if (hangup.sa_handler != SIG_IGN) sigaddset(&signals_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  waiter_ = std::thread([this] { Wait(); });
}

StopOnSignal::~StopOnSignal() {
  over_ = true;
  pthread_kill(waiter_.native_handle(), SIGINT);
  waiter_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

ServiceSignals StopOnSignal::TakeServiceSignals() {
  serves_ = true;
  return {.reload = reload_.exchange(false), .report = report_.exchange(false)};
}

bool StopOnSignal::KeepForService(int signal) {
  if (signal != SIGHUP && signal != SIGUSR1) return false;
  if (!serves_) {
    if (signal == SIGUSR1) ::_exit(kEndedBySignal + signal);
    return false;
  }
  (signal == SIGHUP ? reload_ : report_) = true;
  return true;
}

void StopOnSignal::Wait() {
  constexpr std::string_view kSaid =
      "\nvpcmirror: stopping; what is known will be written (once more ends it at once)\n";
  constexpr std::string_view kEnded = "\nvpcmirror: stopped; there was nothing to write yet\n";
  const auto say = [](std::string_view text) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
  };
  std::chrono::steady_clock::time_point first;
  for (;;) {
    int signal = 0;
    if (sigwait(&signals_, &signal) != 0) continue;
    if (over_) return;
    if (KeepForService(signal)) continue;
    if (at_once_) {
      say(kEnded);
      ::_exit(kStopped);
    }
    const auto now = std::chrono::steady_clock::now();
    if (source_.stop_requested()) {
      if (signal == SIGHUP || now < first + same_within_) continue;
      ::_exit(kStopped);
    }
    first = now;
    say(kSaid);
    source_.request_stop();
  }
}

}  // namespace vpcmirror::sim
