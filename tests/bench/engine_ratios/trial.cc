#include "tests/bench/engine_ratios/trial.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <exception>
#include <fstream>
#include <stdexcept>

namespace vpcmirror::ratios {
namespace {

[[noreturn]] void SimulateAndExit(const Contender& contender, int answer) {
  try {
    const Measured measured = contender.simulate();
    const bool told = write(answer, &measured, sizeof measured) == sizeof measured;
    _exit(told ? 0 : 1);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", contender.name.c_str(), error.what());
    _exit(1);
  }
}

Measured SimulateApart(const Contender& contender) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) SimulateAndExit(contender, ends[1]);
  close(ends[1]);
  Measured measured;
  const bool told = read(ends[0], &measured, sizeof measured) == sizeof measured;
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!told || status != 0) throw std::runtime_error(contender.name + " failed");
  return measured;
}

void Say(const std::string& name, const std::string& contender, const Measured& median,
         double best_figure, double figure) {
  std::fprintf(stderr,
               "%-40s %-26s median %9.1f best %9.1f; load %.3f s %.0f MB, build %.3f s %.0f MB, "
               "run %.3f s, total %.3f s, %.0f frames, %.0f events\n",
               name.c_str(), contender.c_str(), figure, best_figure, median.load_ns / 1e9,
               median.load_bytes / 1e6, median.build_ns / 1e9, median.build_bytes / 1e6,
               median.run_ns / 1e9, median.total_ns / 1e9, median.frames, median.events);
}

// What takes part in one race delivers the same frames, but for those under way at the end.
void RefuseDifferentWork(const std::string& name, const std::vector<Measured>& measured) {
  constexpr double kUnderWay = 0.001;
  const auto fewer = [](const Measured& a, const Measured& b) { return a.frames < b.frames; };
  const auto [least, most] = std::minmax_element(measured.begin(), measured.end(), fewer);
  if (least->frames >= (1 - kUnderWay) * most->frames) return;
  throw std::runtime_error(name + ": one contender delivered " + std::to_string(least->frames) +
                           " frames, another " + std::to_string(most->frames));
}

}  // namespace

double ProcessCpuNs() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// proc(5): the second number of statm, in pages.
double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  double size = 0;
  double resident = 0;
  if (!(statm >> size >> resident)) throw std::runtime_error("cannot read /proc/self/statm");
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double FirstTouchNs() {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  constexpr std::size_t kPages = 4096;
  void* const mapped =
      mmap(nullptr, kPages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::runtime_error("no memory");
  auto* const bytes = static_cast<volatile char*>(mapped);
  const double start = ProcessCpuNs();
  for (std::size_t i = 0; i < kPages; ++i) bytes[i * page] = 1;
  const double spent = ProcessCpuNs() - start;
  munmap(mapped, kPages * page);
  return spent / kPages;
}

std::vector<Measured> RunInTurn(const std::string& name, const std::vector<Contender>& contenders,
                                int rounds, const std::function<double(const Measured&)>& figure) {
  std::vector<std::vector<Measured>> measured(contenders.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      measured[i].push_back(SimulateApart(contenders[i]));
    }
  }
  std::vector<Measured> medians;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    std::sort(measured[i].begin(), measured[i].end(),
              [&](const Measured& a, const Measured& b) { return figure(a) < figure(b); });
    medians.push_back(measured[i][measured[i].size() / 2]);
    Say(name, contenders[i].name, medians.back(), figure(measured[i].front()),
        figure(medians.back()));
  }
  RefuseDifferentWork(name, medians);
  return medians;
}

}  // namespace vpcmirror::ratios
