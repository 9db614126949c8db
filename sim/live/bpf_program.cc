#include "sim/live/bpf_program.h"

#include <cassert>

namespace vpcmirror::sim {
namespace {

constexpr std::size_t kLongestJump = 255;  // instructions that a conditional jump leaves out

}  // namespace

// Which jumps need an instruction of their own behind them, and where all come to lie.
struct BpfAssembler::Layout {
  explicit Layout(std::size_t instructions)
      : if_so_is_long(instructions), otherwise_is_long(instructions), at(instructions + 1) {}

  std::size_t Extra(std::size_t i) const {
    return std::size_t{if_so_is_long[i]} + std::size_t{otherwise_is_long[i]};
  }
  void Place() {
    for (std::size_t i = 0; i + 1 < at.size(); ++i) at[i + 1] = at[i] + 1 + Extra(i);
  }

  std::vector<bool> if_so_is_long;
  std::vector<bool> otherwise_is_long;
  std::vector<std::size_t> at;
};

BpfAssembler::Label BpfAssembler::NewLabel() {
  places_.push_back(kNext);
  return places_.size() - 1;
}

void BpfAssembler::Place(Label label) { places_[label] = instructions_.size(); }

void BpfAssembler::Add(unsigned code, std::uint32_t operand) {
  instructions_.push_back({.code = static_cast<std::uint16_t>(code), .operand = operand});
}

void BpfAssembler::Jump(unsigned comparison, std::uint32_t operand, Label if_so, Label otherwise) {
  instructions_.push_back({.code = static_cast<std::uint16_t>(BPF_JMP | BPF_K | comparison),
                           .operand = operand,
                           .if_so = if_so,
                           .otherwise = otherwise});
}

void BpfAssembler::JumpX(unsigned comparison, Label if_so, Label otherwise) {
  instructions_.push_back({.code = static_cast<std::uint16_t>(BPF_JMP | BPF_X | comparison),
                           .if_so = if_so,
                           .otherwise = otherwise});
}

void BpfAssembler::Go(Label label) {
  instructions_.push_back({.code = BPF_JMP | BPF_JA, .if_so = label});
}

bool BpfAssembler::IsConditional(const Instruction& instruction) const {
  return BPF_CLASS(instruction.code) == BPF_JMP && BPF_OP(instruction.code) != BPF_JA;
}

// Whether some jump was found to be too long.
bool BpfAssembler::Lengthen(Layout& layout) const {
  layout.Place();
  bool changed = false;
  const auto check = [&](std::size_t i, Label label, std::vector<bool>& is_long) {
    if (is_long[i] || label == kNext) return;
    assert(places_[label] > i);
    // From the instruction behind the jump; those that are inserted there at the most count.
    if (layout.at[places_[label]] - layout.at[i] - 1 <= kLongestJump) return;
    is_long[i] = true;
    changed = true;
  };
  for (std::size_t i = 0; i < instructions_.size(); ++i) {
    if (!IsConditional(instructions_[i])) continue;
    check(i, instructions_[i].if_so, layout.if_so_is_long);
    check(i, instructions_[i].otherwise, layout.otherwise_is_long);
  }
  return changed;
}

std::vector<sock_filter> BpfAssembler::Assemble() const {
  Layout layout(instructions_.size());
  while (Lengthen(layout)) {
  }
  std::vector<sock_filter> program;
  const auto distance = [&](std::size_t from, Label label, std::size_t next) {
    return static_cast<std::uint32_t>((label == kNext ? next : layout.at[places_[label]]) - from);
  };
  for (std::size_t i = 0; i < instructions_.size(); ++i) {
    const Instruction& each = instructions_[i];
    const std::size_t behind = layout.at[i] + 1;
    const std::size_t next = layout.at[i + 1];
    if (!IsConditional(each)) {
      const bool is_jump = BPF_CLASS(each.code) == BPF_JMP;
      program.push_back({.code = each.code,
                         .jt = 0,
                         .jf = 0,
                         .k = is_jump ? distance(behind, each.if_so, next) : each.operand});
      continue;
    }
    const bool so_long = layout.if_so_is_long[i];
    const bool other_long = layout.otherwise_is_long[i];
    program.push_back(
        {.code = each.code,
         .jt = static_cast<std::uint8_t>(so_long ? 0 : distance(behind, each.if_so, next)),
         .jf = static_cast<std::uint8_t>(other_long ? std::uint32_t{so_long}
                                                    : distance(behind, each.otherwise, next)),
         .k = each.operand});
    if (so_long) {
      program.push_back({BPF_JMP | BPF_JA, 0, 0, distance(behind + 1, each.if_so, next)});
    }
    if (other_long) {
      program.push_back(
          {BPF_JMP | BPF_JA, 0, 0, distance(program.size() + 1, each.otherwise, next)});
    }
  }
  return program;
}

}  // namespace vpcmirror::sim
