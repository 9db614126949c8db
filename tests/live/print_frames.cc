// print_frames [--scenario FILE] [--mark N] [--workers N] [--promiscuous] [--snap N] [--buffer N]
// INTERFACE...
// What InterfaceSource gives, a line a frame, until a signal ends it; then, or at SIGUSR1, a line
// of its counters. For tests, which compare the lines. With a scenario, all of whose mirrors are
// taken to be on each interface, what Prefilter passes; SIGHUP reads it again.
#include <poll.h>
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/live/interface_source.h"
#include "sim/live/prefilter.h"
#include "tests/support/load_scenario.h"

namespace vpcmirror::sim {
namespace {

using Sources = std::vector<std::unique_ptr<InterfaceSource>>;

volatile sig_atomic_t stopped = 0;
volatile sig_atomic_t asked = 0;
volatile sig_atomic_t reload = 0;

struct Options {
  std::string scenario;
  std::uint32_t mark = 0;
  std::size_t workers = 1;
  InterfaceSettings settings;
};

void Print(const CapturedFrame& frame, std::size_t worker) {
  const std::string_view direction =
      frame.direction ? ToString(*frame.direction) : std::string_view("-");
  std::printf("frame worker=%zu interface=%u direction=%.*s wire=%lld ", worker, frame.interface,
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

void PrintCounters(const Sources& sources) {
  CaptureCounters counters;
  for (const auto& source : sources) counters += source->counters();
  std::printf(
      "counters frames=%lld bytes=%lld cut_short=%lld kernel_dropped=%lld unusable=%lld\n",
      static_cast<long long>(counters.frames), static_cast<long long>(counters.bytes.count()),
      static_cast<long long>(counters.cut_short), static_cast<long long>(counters.kernel_dropped),
      static_cast<long long>(counters.unusable));
}

void PrintChange(const LinkChange& change) {
  const char* const states[] = {"up", "down", "gone"};
  std::printf("link %s %s %s\n", change.interface.c_str(),
              states[static_cast<std::size_t>(change.state)], change.trouble.c_str());
}

std::shared_ptr<const Prefilter> PrefilterOf(const Options& options) {
  if (options.scenario.empty()) return nullptr;
  std::ifstream file(options.scenario);
  const ValidScenario scenario = Load({std::istreambuf_iterator<char>(file), {}});
  std::vector<EniMirrors> enis;
  for (std::size_t eni = 0; eni < scenario.deployment->enis.size(); ++eni) {
    EniMirrors mirrors = MirrorsOn(scenario, eni);
    if (!mirrors.mirrors.empty()) enis.push_back(std::move(mirrors));
  }
  return std::make_shared<Prefilter>(enis, PrefilterSettings{.copy_mark = options.mark});
}

Options Read(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = arguments[i];
    const auto next = [&] { return arguments[++i]; };
    const auto number = [&] { return std::strtoul(next(), nullptr, 0); };
    if (word == "--scenario") {
      options.scenario = next();
    } else if (word == "--mark") {
      options.mark = static_cast<std::uint32_t>(number());
    } else if (word == "--workers") {
      options.workers = number();
    } else if (word == "--promiscuous") {
      options.settings.ring.promiscuous = true;
    } else if (word == "--buffer") {
      options.settings.ring.buffer = Bytes(static_cast<std::int64_t>(number()));
    } else if (word == "--snap") {
      options.settings.ring.snap_length = Bytes(static_cast<std::int64_t>(number()));
    } else {
      options.settings.names.emplace_back(word);
    }
  }
  options.settings.on_change = PrintChange;
  options.settings.prefilter = PrefilterOf(options);
  return options;
}

bool PrintBatches(const Sources& sources) {
  bool some = false;
  for (std::size_t worker = 0; worker < sources.size(); ++worker) {
    for (const CapturedFrame& frame : sources[worker]->Next()) {
      Print(frame, worker);
      some = true;
    }
  }
  return some;
}

// With signals let in only while it waits, so that none comes between asking and waiting.
void Wait(const Sources& sources, const sigset_t& while_waiting) {
  std::vector<pollfd> polled;
  for (const auto& source : sources) {
    for (const int descriptor : source->descriptors()) polled.push_back({descriptor, POLLIN, 0});
  }
  ppoll(polled.data(), polled.size(), nullptr, &while_waiting);
}

void PrintUntilStopped(const Options& options, const Sources& sources,
                       const sigset_t& while_waiting) {
  std::puts("ready");
  while (stopped == 0) {
    const bool some = PrintBatches(sources);
    if (std::exchange(asked, 0) != 0) PrintCounters(sources);
    if (std::exchange(reload, 0) != 0) {
      for (const auto& source : sources) source->SetPrefilter(PrefilterOf(options));
      std::puts("reloaded");
    }
    std::fflush(stdout);
    if (!some) Wait(sources, while_waiting);
  }
}

int Run(int count, char** arguments) {
  sigset_t held;
  sigset_t before;
  sigemptyset(&held);
  for (const int number : {SIGINT, SIGTERM, SIGUSR1, SIGHUP}) sigaddset(&held, number);
  sigprocmask(SIG_BLOCK, &held, &before);
  signal(SIGINT, [](int) { stopped = 1; });
  signal(SIGTERM, [](int) { stopped = 1; });
  signal(SIGUSR1, [](int) { asked = 1; });
  signal(SIGHUP, [](int) { reload = 1; });
  try {
    const Options options = Read(count, arguments);
    const Sources sources = InterfaceSource::ForWorkers(options.settings, options.workers);
    PrintUntilStopped(options, sources, before);
    PrintCounters(sources);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace vpcmirror::sim

int main(int count, char** arguments) { return vpcmirror::sim::Run(count, arguments); }
