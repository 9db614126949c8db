#include "models/mirror/classifier.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>
#include <variant>

namespace vpcmirror {
namespace {

bool IsOfFamily(const FlowKey& flow, IpFamily family) {
  return flow.source.family() == family && flow.destination.family() == family;
}

// What can hold for flows of one address family.
template <int kWords>
struct View {
  CompiledConditions<kWords> conditions;
  FindFlows<kWords> find;
};
using AnyView = std::variant<View<0>, View<1>, View<2>, View<4>>;

template <int kWords>
View<kWords> ViewOf(std::span<const Condition> conditions, IpFamily family,
                    const ClassifierForm& form) {
  std::vector<PackedCondition<kWords>> packed;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const auto index = static_cast<std::uint32_t>(i);
    if (const auto one = Pack<kWords>(conditions[i], family, index)) packed.push_back(*one);
  }
  return {.conditions = Compile(std::move(packed), form.shape),
          .find = FinderOf<kWords>(form.lanes)};
}

AnyView MakeView(std::span<const Condition> conditions, IpFamily family,
                 const ClassifierForm& form) {
  switch (WordsNeeded(conditions, family)) {
    case 0:
      return ViewOf<0>(conditions, family, form);
    case 1:
      if (family == IpFamily::kV4) return ViewOf<1>(conditions, family, form);
      [[fallthrough]];
    case 2:
      return ViewOf<2>(conditions, family, form);
    default:
      return ViewOf<4>(conditions, family, form);
  }
}

// At most kFlowsAtOnce flows. False, and nothing found, when one is not of `family`.
bool FindIn(const AnyView& any, IpFamily family, std::span<const FlowKey> flows,
            std::uint32_t* found) noexcept {
  return std::visit(
      [&]<int kWords>(const View<kWords>& view) {
        PackedFlows<kWords> packed;
        bool all = true;
        for (std::size_t i = 0; i < flows.size(); ++i) {
          all &= IsOfFamily(flows[i], family);
          packed.Put(i, flows[i]);
        }
        if (all) view.find(view.conditions, packed, flows.size(), found);
        return all;
      },
      any);
}

// Some flows of a batch, brought together, and where each came from.
struct Picked {
  std::array<FlowKey, kFlowsAtOnce> flows;
  std::array<std::uint8_t, kFlowsAtOnce> places;
  std::size_t count = 0;

  void Add(const FlowKey& flow, std::size_t place) {
    flows[count] = flow;
    places[count++] = static_cast<std::uint8_t>(place);
  }
  void FindIn(const AnyView& any, IpFamily family, std::span<std::uint32_t> found) const noexcept {
    std::uint32_t answers[kFlowsAtOnce];
    vpcmirror::FindIn(any, family, std::span(flows).first(count), answers);
    for (std::size_t i = 0; i < count; ++i) found[places[i]] = answers[i];
  }
};

}  // namespace

struct Classifier::Compiled {
  AnyView ipv4;
  AnyView ipv6;

  void FindMixed(std::span<const FlowKey> flows, std::span<const Condition> conditions,
                 std::span<std::uint32_t> found) const noexcept {
    Picked of_ipv4;
    Picked of_ipv6;
    for (std::size_t i = 0; i < flows.size(); ++i) {
      if (IsOfFamily(flows[i], IpFamily::kV4)) {
        of_ipv4.Add(flows[i], i);
      } else if (IsOfFamily(flows[i], IpFamily::kV6)) {
        of_ipv6.Add(flows[i], i);
      } else {
        found[i] = FindFirst(conditions, flows[i]);
      }
    }
    of_ipv4.FindIn(ipv4, IpFamily::kV4, found);
    of_ipv6.FindIn(ipv6, IpFamily::kV6, found);
  }
};

Classifier::Classifier(std::vector<Condition> conditions)
    : Classifier(std::move(conditions), ClassifierForm{}) {}

Classifier::Classifier(std::vector<Condition> conditions, const ClassifierForm& form)
    : conditions_(std::move(conditions)),
      compiled_(new Compiled{.ipv4 = MakeView(conditions_, IpFamily::kV4, form),
                             .ipv6 = MakeView(conditions_, IpFamily::kV6, form)}) {
  assert(CanRun(form.lanes));
}

Classifier::~Classifier() = default;
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier& Classifier::operator=(Classifier&&) noexcept = default;

std::uint32_t Classifier::Find(const FlowKey& flow) const noexcept {
  std::uint32_t found = kNoCondition;
  const IpFamily family = flow.source.family();
  const AnyView& view = family == IpFamily::kV4 ? compiled_->ipv4 : compiled_->ipv6;
  if (!FindIn(view, family, std::span(&flow, 1), &found)) {
    return FindFirst(conditions_, flow);  // of no frame: its addresses are of two families
  }
  return found;
}

void Classifier::FindEach(std::span<const FlowKey> flows,
                          std::span<std::uint32_t> found) const noexcept {
  for (std::size_t first = 0; first < flows.size(); first += kFlowsAtOnce) {
    const auto batch = flows.subspan(first, std::min(flows.size() - first, kFlowsAtOnce));
    const auto answers = found.subspan(first, batch.size());
    if (!FindIn(compiled_->ipv4, IpFamily::kV4, batch, answers.data())) {
      compiled_->FindMixed(batch, conditions_, answers);
    }
  }
}

std::size_t Classifier::bytes() const {
  const auto of = [](const AnyView& any) {
    return std::visit([](const auto& view) { return view.conditions.bytes(); }, any);
  };
  return sizeof(*this) + sizeof(Compiled) + conditions_.capacity() * sizeof(Condition) +
         of(compiled_->ipv4) + of(compiled_->ipv6);
}

}  // namespace vpcmirror
