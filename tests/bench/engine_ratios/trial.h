// Measures whole simulations, each in a process of its own: a clean heap, clean
// ns-3 globals, and memory that nobody has touched before.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace vpcmirror::ratios {

// CPU time in ns of all threads, memory as the resident set grew.
struct Measured {
  double load_ns = 0;  // reading and validating the scenario
  double load_bytes = 0;
  double build_ns = 0;  // from there to the first event
  double build_bytes = 0;
  double run_ns = 0;    // of the events
  double total_ns = 0;  // all but loading: building, events, accounts, tearing down
  double frames = 0;    // delivered, copies counted
  double events = 0;    // 0: not counted
};

struct Contender {
  std::string name;
  std::function<Measured()> simulate;
};

double ProcessCpuNs();
double ResidentBytes();
// What the machine takes to give a process a page of memory. Some virtual machines take
// as long as ten frames do; then it is a good part of what an ENI takes to set up.
double FirstTouchNs();

// Contenders take turns, `rounds` times, so that whatever else the machine does
// hits all alike. Returns by contender what the median round for `figure` measured,
// and says on stderr what came out. Throws std::runtime_error when a contender fails,
// or delivers other frames than the others.
std::vector<Measured> RunInTurn(const std::string& name, const std::vector<Contender>& contenders,
                                int rounds, const std::function<double(const Measured&)>& figure);

}  // namespace vpcmirror::ratios
