#include "sim/cli/vpcmirror.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/command_line.h"
#include "sim/cli/engines.h"
#include "sim/cli/stop_on_signal.h"

namespace vpcmirror::sim {
namespace {

double SteadySeconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

std::string Today() {
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const std::chrono::year_month_day date(today);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::optional<Bytes> PhysicalMemory() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page = ::sysconf(_SC_PAGE_SIZE);
  if (pages <= 0 || page <= 0) return std::nullopt;
  return Bytes(std::int64_t{pages} * page);
}

const char* Locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return nullptr;
}

}  // namespace

int Main(int argc, char** argv) {
  StopOnSignal stop;
  stop.EndAtOnce(true);
  const Surroundings around{
      .out = std::cout,
      .err = std::cerr,
      .open_out = [] { return WriterAtOnce(STDOUT_FILENO); },
      .color = WantsColor(::isatty(STDOUT_FILENO) == 1, std::getenv("NO_COLOR")),
      .sparks = WantsSparks(::isatty(STDOUT_FILENO) == 1, Locale()),
      .progress = ::isatty(STDERR_FILENO) == 1,
      .make_engine = MakeEngine,
      .stop = stop.token(),
      .run_begins = [&stop] { stop.EndAtOnce(false); },
      .service_signals = [&stop] { return stop.TakeServiceSignals(); },
      .seconds = SteadySeconds,
      .today = Today(),
      .memory = PhysicalMemory(),
  };
  return RunProgram(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc), around);
}

}  // namespace vpcmirror::sim
