// Where a command runs: all that it knows of the world beside its options and
// the file system.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <stop_token>
#include <string>

#include "models/scenario/engine.h"
#include "sim/cli/engines.h"
#include "sim/cli/patient_output.h"

namespace vpcmirror::sim {

// What a service is asked for by signals.
struct ServiceSignals {
  bool reload = false;  // SIGHUP
  bool report = false;  // SIGUSR1
};

struct Surroundings {
  std::ostream& out;
  std::ostream& err;
  // Of what keeps `out` from waiting for its reader; called once, before rights are given up.
  // Empty: `out` waits for nobody.
  std::function<WriteAtOnce()> open_out;
  bool color = false;     // of what goes to `out`
  bool sparks = false;    // curves in it, of characters beyond ASCII
  bool progress = false;  // `err` is a terminal, so a line may be drawn over
  std::function<std::unique_ptr<Engine>(EngineKind)> make_engine;
  std::stop_token stop;
  // Called when a run begins, which obeys `stop`; before that a signal ends the
  // program. May be empty.
  std::function<void()> run_begins;
  // Those that came since the last call; before the first, they end the program. May be empty.
  std::function<ServiceSignals()> service_signals;
  std::function<double()> seconds;  // since some moment; for rate, ETA and --max-wall alone
  std::string command;              // as it was typed, for a shell; empty: not known
  std::string today;                // ISO date, UTC; empty: not known
  std::optional<Bytes> memory;      // of the machine; empty: not known
};

}  // namespace vpcmirror::sim
