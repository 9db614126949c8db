#include "tests/bench/ratios/table.h"

#include <cstdio>

namespace vpcmirror::ratios {

double RatioOf(const Row& row) {
  switch (row.goal.kind) {
    case Goal::Kind::kFaster:
      return row.peer_figure / row.ours;
    case Goal::Kind::kWithin:
      return row.ours / row.peer_figure;
    case Goal::Kind::kAbsolute:
      break;
  }
  return row.ours;
}

bool IsMet(const Row& row) {
  const double ratio = RatioOf(row);
  return row.goal.kind == Goal::Kind::kFaster ? ratio >= row.goal.bound : ratio <= row.goal.bound;
}

void PrintHeader() { std::puts("case\tours\tpeer\tpeer's figure\tratio\tgoal\tmet"); }

void Print(const Row& row) {
  std::printf("%s\t%.2f\t%s\t", row.name.c_str(), row.ours, row.peer.c_str());
  if (row.goal.kind == Goal::Kind::kAbsolute) {
    std::putchar('-');
  } else {
    std::printf("%.2f", row.peer_figure);
  }
  std::printf("\t%.2f\t%s%g\t%s\n", RatioOf(row),
              row.goal.kind == Goal::Kind::kFaster ? ">=" : "<=", row.goal.bound,
              IsMet(row) ? "yes" : "no");
  std::fflush(stdout);
}

}  // namespace vpcmirror::ratios
