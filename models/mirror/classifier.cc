#include "models/mirror/classifier.h"

#include <utility>

namespace vpcmirror {

struct Classifier::Compiled {};

Classifier::Classifier(std::vector<Condition> conditions) : conditions_(std::move(conditions)) {}
Classifier::~Classifier() = default;
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier& Classifier::operator=(Classifier&&) noexcept = default;

std::uint32_t Classifier::Find(const FlowKey& flow) const noexcept {
  return FindFirst(conditions_, flow);
}

void Classifier::FindEach(std::span<const FlowKey> flows,
                          std::span<std::uint32_t> found) const noexcept {
  for (std::size_t i = 0; i < flows.size(); ++i) found[i] = Find(flows[i]);
}

std::size_t Classifier::bytes() const {
  return sizeof(*this) + conditions_.capacity() * sizeof(Condition);
}

}  // namespace vpcmirror
