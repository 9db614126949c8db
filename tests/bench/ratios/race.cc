#include "tests/bench/ratios/race.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <utility>

namespace vpcmirror::ratios {
namespace {

// Odd, so that the median is a round that was run.
constexpr int kRounds = 11;
// Long against the clock's and the scheduler's grain, short against the drift of a shared machine.
constexpr double kRoundNs = 10e6;

double ThreadCpuNs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double NsOf(const std::function<void()>& pass, int passes) {
  const double start = ThreadCpuNs();
  for (int i = 0; i < passes; ++i) pass();
  return (ThreadCpuNs() - start) / passes;
}

}  // namespace

std::size_t Race::Enter(std::string contender, std::size_t items, std::function<void()> pass) {
  contenders_.push_back(
      {.name = std::move(contender), .items = static_cast<double>(items), .pass = std::move(pass)});
  return contenders_.size() - 1;
}

void Race::Run() {
  for (Contender& each : contenders_) {
    each.pass();  // warms caches and branch predictors
    each.passes = std::max(1, static_cast<int>(kRoundNs / std::max(NsOf(each.pass, 1), 1.0)));
  }
  for (int round = 0; round < kRounds; ++round) {
    for (Contender& each : contenders_) {
      each.rounds.push_back(NsOf(each.pass, each.passes) / each.items);
    }
  }
  for (Contender& each : contenders_) std::sort(each.rounds.begin(), each.rounds.end());
  for (std::size_t i = 0; i < contenders_.size(); ++i) {
    std::fprintf(stderr, "%-44s %-30s median %9.2f  best %9.2f ns\n", name_.c_str(),
                 contenders_[i].name.c_str(), figure(i).median, figure(i).best);
  }
}

Figure Race::figure(std::size_t number) const {
  const std::vector<double>& rounds = contenders_[number].rounds;
  return {.median = rounds[rounds.size() / 2], .best = rounds.front()};
}

}  // namespace vpcmirror::ratios
