#include "sim/live/bpf_program.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/live/run_filter.h"

namespace vpcmirror::sim {
namespace {

// Whether the first octet is 7, told from `far` instructions away.
std::vector<sock_filter> FarJump(std::size_t far) {
  BpfAssembler program;
  const auto yes = program.NewLabel();
  const auto no = program.NewLabel();
  program.Add(BPF_LD | BPF_B | BPF_ABS, 0);
  program.Jump(BPF_JEQ, 7, yes, no);
  for (std::size_t i = 0; i < far; ++i) program.Add(BPF_LD | BPF_IMM, 0);
  program.Place(yes);
  program.Add(BPF_RET | BPF_K, 1);
  program.Place(no);
  program.Add(BPF_RET | BPF_K, 0);
  return program.Assemble();
}

TEST(BpfAssemblerTest, JumpsHoweverFar) {
  const std::vector<std::byte> seven{std::byte{7}};
  const std::vector<std::byte> eight{std::byte{8}};
  for (const std::size_t far : {0, 1, 253, 254, 255, 256, 257, 1000}) {
    const auto program = FarJump(far);
    EXPECT_EQ(RunFilter(program, seven, {}), 1u) << far;
    EXPECT_EQ(RunFilter(program, eight, {}), 0u) << far;
  }
}

// A conditional jump leaves out at most 255 instructions (8 bits in linux/filter.h). At 255 it is
// the longer one that has to be helped, and then the other leaves out what was added.
TEST(BpfAssemblerTest, AddsAnInstructionOnlyWhereAJumpIsTooLong) {
  EXPECT_EQ(FarJump(254).size(), 4 + 254u);
  EXPECT_EQ(FarJump(255).size(), 4 + 255u + 2);
  EXPECT_EQ(FarJump(256).size(), 4 + 256u + 2);
}

}  // namespace
}  // namespace vpcmirror::sim
