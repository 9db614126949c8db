// The rows that ratios.sh prints.
#pragma once

#include <string>

namespace vpcmirror::ratios {

struct Goal {
  enum class Kind {
    kFaster,   // the peer's figure is at least `bound` times ours
    kWithin,   // ours is at most `bound` times the peer's
    kAbsolute  // ours is at most `bound`; there is no peer
  };
  Kind kind = Kind::kAbsolute;
  double bound = 0;
};

constexpr Goal Faster(double times) { return {Goal::Kind::kFaster, times}; }
constexpr Goal Within(double times) { return {Goal::Kind::kWithin, times}; }
constexpr Goal AtMost(double figure) { return {Goal::Kind::kAbsolute, figure}; }

// ns an item, or bytes; the row's name says which where it is bytes.
struct Row {
  std::string name;
  double ours = 0;
  std::string peer = "-";
  double peer_figure = 0;
  Goal goal;
};

// The figure that the goal is about.
double RatioOf(const Row& row);
bool IsMet(const Row& row);

// Tab-separated, on stdout: case, ours, peer, peer's figure, ratio, goal, met. The
// ratio is peer's figure / ours where the goal is ">=", ours / peer's figure
// where it is "<=", and ours where there is no peer.
void PrintHeader();
void Print(const Row& row);

}  // namespace vpcmirror::ratios
