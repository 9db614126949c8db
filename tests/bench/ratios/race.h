// Times contenders side by side.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace vpcmirror::ratios {

// CPU time of an item, in ns.
struct Figure {
  double median = 0;
  double best = 0;
};

// Contenders run in turn, round by round, so that whatever else the machine does
// hits all alike; what counts is the CPU time of this thread.
class Race {
 public:
  explicit Race(std::string name) : name_(std::move(name)) {}

  // `pass` handles `items` items at each call. Returns the contender's number.
  std::size_t Enter(std::string contender, std::size_t items, std::function<void()> pass);

  // Runs all rounds and says on stderr what came out.
  void Run();

  const std::string& contender(std::size_t number) const { return contenders_[number].name; }
  // Requires Run.
  Figure figure(std::size_t number) const;

 private:
  struct Contender {
    std::string name;
    double items = 0;
    std::function<void()> pass;
    int passes = 1;              // a round
    std::vector<double> rounds;  // ns an item; sorted once all are run
  };

  std::string name_;
  std::vector<Contender> contenders_;
};

}  // namespace vpcmirror::ratios
