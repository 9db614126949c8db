// An ordered list of conditions, compiled for speed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/mirror/compare_lanes.h"
#include "models/mirror/condition.h"
#include "models/mirror/tuple_tables.h"

namespace vpcmirror {

// How a classifier finds. The answer depends on none of it.
struct ClassifierForm {
  Lanes lanes = WidestLanes();
  Shape shape = Shape::kByCost;
};

// Answers what FindFirst answers, always. Immutable once built, so that all
// ENIs of a mirror and any thread may share one. What is inside depends on the
// number of conditions and on the machine, the answer on neither.
class Classifier {
 public:
  explicit Classifier(std::vector<Condition> conditions);
  // The form is for tests and measurements. Requires CanRun(form.lanes).
  Classifier(std::vector<Condition> conditions, const ClassifierForm& form);
  ~Classifier();
  Classifier(Classifier&&) noexcept;
  Classifier& operator=(Classifier&&) noexcept;

  // Index of the first condition that holds, kNoCondition when none does.
  std::uint32_t Find(const FlowKey& flow) const noexcept;

  // The same for many flows, faster than one by one. `found` is as long as `flows`.
  void FindEach(std::span<const FlowKey> flows, std::span<std::uint32_t> found) const noexcept;

  std::span<const Condition> conditions() const { return conditions_; }

  // Memory in bytes, the conditions themselves included.
  std::size_t bytes() const;

 private:
  struct Compiled;

  std::vector<Condition> conditions_;
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace vpcmirror
