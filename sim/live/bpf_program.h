// Writes programmes of classic BPF, as socket filters are.
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vpcmirror::sim {

// Jumps lead to labels, however far, and only forwards, as the machine has it.
class BpfAssembler {
 public:
  using Label = std::size_t;
  // The instruction that follows the jump.
  static constexpr Label kNext = ~Label{0};

  Label NewLabel();
  // The label stands for the next instruction to be added.
  void Place(Label label);

  // Any but a jump, such as BPF_LD | BPF_H | BPF_ABS.
  void Add(unsigned code, std::uint32_t operand);
  // `comparison`: BPF_JEQ, BPF_JGT, BPF_JGE or BPF_JSET of the accumulator with `operand`.
  void Jump(unsigned comparison, std::uint32_t operand, Label if_so, Label otherwise);
  // The same with the index register.
  void JumpX(unsigned comparison, Label if_so, Label otherwise);
  void Go(Label label);

  // Every label must have its place. A jump that is too long for its 8 bits has another
  // instruction behind it.
  std::vector<sock_filter> Assemble() const;

 private:
  struct Instruction {
    std::uint16_t code = 0;
    std::uint32_t operand = 0;
    Label if_so = kNext;
    Label otherwise = kNext;
  };
  struct Layout;

  bool IsConditional(const Instruction& instruction) const;
  bool Lengthen(Layout& layout) const;

  std::vector<Instruction> instructions_;
  std::vector<std::size_t> places_;  // by label: index of an instruction
};

}  // namespace vpcmirror::sim
