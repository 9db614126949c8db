#include "tests/bench/ratios/table.h"

#include <cstdio>

namespace vpcmirror::ratios {

void PrintHeader() { std::puts("case\tours\tpeer\tpeer's figure\tratio\tgoal"); }

void Print(const Row& row) {
  const bool has_peer = row.goal.kind != Goal::Kind::kAbsolute;
  const bool faster = row.goal.kind == Goal::Kind::kFaster;
  double ratio = row.ours;
  if (has_peer) ratio = faster ? row.peer_figure / row.ours : row.ours / row.peer_figure;
  std::printf("%s\t%.2f\t%s\t", row.name.c_str(), row.ours, row.peer.c_str());
  if (has_peer) {
    std::printf("%.2f", row.peer_figure);
  } else {
    std::putchar('-');
  }
  std::printf("\t%.2f\t%s%g\n", ratio, faster ? ">=" : "<=", row.goal.bound);
  std::fflush(stdout);
}

}  // namespace vpcmirror::ratios
