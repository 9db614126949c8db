// What a service manager is told, by sd_notify(3).
#pragma once

#include <cstdint>
#include <string>

namespace vpcmirror::sim {

// Without NOTIFY_SOCKET in the environment nothing is told and nothing happens. Each returns
// whether the message was sent, or none was due; a manager that does not listen is no reason to
// stop mirroring. Not to be used by two threads at once.
class Service {
 public:
  Service();

  bool is_supervised() const { return is_supervised_; }
  // How long the manager waits for a sign of life; 0: it does not.
  std::int64_t watchdog_ns() const { return watchdog_ns_; }

  // Starting has ended, or reloading. `status` is one line for people: "mirroring web[0]".
  bool Ready(const std::string& status);
  bool Status(const std::string& status);
  // The configuration is read anew; Ready ends it. `now_ns` is of CLOCK_MONOTONIC.
  bool Reloading(std::int64_t now_ns);
  bool Stopping();
  // A sign of life whenever half of watchdog_ns() has passed since the last. To be called only
  // when all workers have moved on: a worker that hangs is then noticed. `now_ns` is of a clock
  // that does not run backwards.
  bool Advance(std::int64_t now_ns);

 private:
  bool Tell(const std::string& state) const;

  bool is_supervised_ = false;
  std::int64_t watchdog_ns_ = 0;
  std::int64_t next_sign_ns_ = 0;
};

}  // namespace vpcmirror::sim
