// What each budget of a deployment lets through in a steady state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/capacity/rate_limits.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror::sim {

// What does not pass a limit in a stretch of time: it is lost, or waits at the end.
struct Excess {
  double share = 0;    // of what is offered, 0 to 1
  double waiting = 0;  // of that, 0 to 1

  double kept() const { return 1 - share; }
  double lost() const { return share * (1 - waiting); }
};

struct BudgetLoss {
  // By whether a frame comes together with its copy, which a full queue tells from others.
  Excess production;
  Excess paired_production;
  Excess copies;
  Excess paired_copies;
  BindingLimit limit = BindingLimit::kBandwidth;  // where anything is lost
};

// Budgets by their numbers: a CVM's for what leaves, and for what comes in, which is the same
// where its limits are combined.
class BudgetNumbers {
 public:
  explicit BudgetNumbers(const Deployment& deployment) {
    for (const Eni& eni : deployment.enis) {
      const auto out = static_cast<std::uint32_t>(2 * eni.cvm);
      const bool is_combined = deployment.cvms[eni.cvm].limits.model == LimitModel::kCombined;
      of_enis_.push_back({out, is_combined ? out : out + 1});
    }
    size_ = 2 * deployment.cvms.size();
  }

  std::uint32_t Out(std::size_t eni) const { return of_enis_[eni].out; }
  std::uint32_t In(std::size_t eni) const { return of_enis_[eni].in; }
  std::size_t size() const { return size_; }

 private:
  struct OfEni {
    std::uint32_t out = 0;
    std::uint32_t in = 0;
  };
  std::vector<OfEni> of_enis_;
  std::size_t size_ = 0;
};

// Of production that an ENI sends, and of copies of what it sends or received.
inline const Excess& OfProduction(const BudgetLoss& loss, bool is_paired) {
  return is_paired ? loss.paired_production : loss.production;
}
inline const Excess& OfCopies(const BudgetLoss& loss, bool is_paired) {
  return is_paired ? loss.paired_copies : loss.copies;
}

struct Losses {
  std::vector<double> elastic;               // units a second of each elastic group
  std::vector<BudgetLoss> budgets;           // by BudgetNumbers
  std::vector<std::vector<Excess>> zones;    // by load balancer and zone
  std::vector<std::vector<Excess>> workers;  // by CVM and worker of its receiver
};

}  // namespace vpcmirror::sim
