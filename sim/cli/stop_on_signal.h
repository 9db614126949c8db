// Ctrl-C, or a terminal that closes, as a request.
#pragma once

#include <signal.h>

#include <atomic>
#include <chrono>
#include <stop_token>
#include <thread>

#include "sim/cli/surroundings.h"

namespace vpcmirror::sim {

// While one lives, the first SIGINT, SIGTERM or SIGHUP (unless that is ignored)
// requests a stop and says so on stderr; another one ends the program at once, save
// SIGHUP, which a terminal that closes may send twice. Make it before any other
// thread: a thread of its own waits for the signals, which all others must block.
class StopOnSignal {
 public:
  // What comes within `same_within` of the first signal is that one sent twice: timeout(1)
  // sends to the program and then to the program's group.
  explicit StopOnSignal(std::chrono::milliseconds same_within = std::chrono::milliseconds(250));
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  std::stop_token token() const { return source_.get_token(); }

  // From the first call on SIGHUP and SIGUSR1 are kept for the next one, and stop nothing.
  ServiceSignals TakeServiceSignals();

  // Whether even the first signal ends the program at once: while there is
  // nothing that could be written. Not so until it is called.
  void EndAtOnce(bool at_once) { at_once_ = at_once; }

 private:
  void Wait();
  bool KeepForService(int signal);

  std::chrono::milliseconds same_within_;
  sigset_t signals_{};
  sigset_t before_{};
  std::stop_source source_;
  std::atomic<bool> over_ = false;
  std::atomic<bool> at_once_ = false;
  std::atomic<bool> serves_ = false;
  std::atomic<bool> reload_ = false;
  std::atomic<bool> report_ = false;
  std::thread waiter_;
};

}  // namespace vpcmirror::sim
