#include "sim/fluid/equilibrium.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "models/capacity/cpu_cost.h"
#include "models/capacity/steady_load.h"
#include "models/capacity/worker_rings.h"
#include "models/cloud/receiver_capacity.h"
#include "sim/fluid/elastic.h"

namespace vpcmirror::sim {
namespace {

constexpr double kBits = 8;

// What is asked of a budget.
struct Demand {
  Flux came_in;                   // production, and copies at their receiver
  Flux received;                  // of it, production
  Flux left;                      // production
  Flux copies;                    // that leave
  double pairs_per_second = 0;    // outbound frames and their copies
  double paced_per_second = 0;    // copies of inbound frames, in a budget for what leaves
  double in_step_per_second = 0;  // copies of inbound frames, in a combined budget
  // Of all that, what flows that do not react ask for.
  Flux inelastic;
  Flux inelastic_copies;
  double squares = 0;  // of sizes, as CopyBundle::wire_squares
};

// Adds up what each budget, load balancer and worker is offered.
class DemandSink {
 public:
  DemandSink(const ValidScenario& scenario, const BudgetNumbers& numbers)
      : deployment_(*scenario.deployment), numbers_(numbers), budgets(numbers.size()) {
    for (const LoadBalancer& balancer : deployment_.load_balancers) {
      zones.emplace_back(balancer.zones.size());
    }
    for (const Cvm& cvm : deployment_.cvms) {
      workers.emplace_back(cvm.receiver ? static_cast<std::size_t>(cvm.workers) : 0);
    }
  }

  void Sent(const FlowBundle& bundle, double) { is_elastic_ = bundle.elastic != FlowBundle::kNone; }
  void Delivered(const FlowBundle&, double) {}
  void Refusals(const Hop&, double) {}
  void Leaves(const FlowBundle& bundle, const Hop&, std::uint32_t budget, double, double limited,
              double) {
    budgets[budget].left += bundle.flux * limited;
    if (!is_elastic_) budgets[budget].inelastic += bundle.flux * limited;
    budgets[budget].squares += bundle.squares * limited;
  }
  void ComesIn(const FlowBundle& bundle, const Hop& hop, std::uint32_t budget, double share,
               double) {
    if (hop.admission != Admission::kAdmitted) return;
    budgets[budget].came_in += bundle.flux * share;
    budgets[budget].received += bundle.flux * share;
    if (!is_elastic_) budgets[budget].inelastic += bundle.flux * share;
    budgets[budget].squares += bundle.squares * share;
  }
  void DroppedCopies(const CopyBundle&, double) {}
  void CopiesLeave(const Hop& hop, const CopyBundle& copy, std::uint32_t budget, double,
                   double limited, double) {
    Demand& demand = budgets[budget];
    demand.copies += copy.wire * limited;
    if (!is_elastic_) demand.inelastic_copies += copy.wire * limited;
    demand.squares += copy.wire_squares * limited;
    const double frames = copy.original.frames_per_second * limited;
    if (hop.is_paired) {
      demand.pairs_per_second += frames;
    } else if (hop.direction == Direction::kIngress) {
      const bool is_combined = numbers_.In(hop.eni) == budget;
      (is_combined ? demand.in_step_per_second : demand.paced_per_second) += frames;
    }
  }
  void CopiesComeIn(const CopyBundle& copy, const Flux& wire, std::uint32_t, std::uint32_t budget,
                    double share, double) {
    budgets[budget].came_in += wire * share;
    if (!is_elastic_) budgets[budget].inelastic += wire * share;
    budgets[budget].squares += copy.wire_squares * share;
  }
  void CopiesLost(const CopyBundle&, CopyLoss, double) {}
  void CopiesAtBalancer(const CopyBundle& copy, double share) {
    if (copy.way.backend == kNowhere) return;
    zones[copy.way.balancer][copy.way.zone] += copy.wire * share;
  }
  void CopiesLostAtBalancer(const CopyBundle&, CopyLoss, double) {}
  void CopiesToBackend(const CopyBundle&, double) {}
  void CopiesToSoftware(const FlowBundle&, const Hop&, const CopyBundle& copy, const Flux& wire,
                        double share) {
    auto& of_cvm = workers[deployment_.enis[copy.way.receiver].cvm];
    if (copy.way.worker < of_cvm.size()) of_cvm[copy.way.worker] += wire * share;
  }

 private:
  const Deployment& deployment_;
  const BudgetNumbers& numbers_;
  bool is_elastic_ = false;  // the bundle under way

 public:
  std::vector<Demand> budgets;
  std::vector<std::vector<Flux>> zones;
  std::vector<std::vector<Flux>> workers;
};

// Of what comes to a limit, how much is too much.
double ShareOver(double offered, double limit) {
  return limit > 0 && offered > limit ? 1 - limit / offered : 0;
}

// How much of an excess of so many frames a second a queue has room for.
double Waiting(double excess, double room) { return excess > room ? room / excess : 1; }

class Solver {
 public:
  Solver(const ValidScenario& scenario, const FlowBundles& flows, const BudgetNumbers& numbers,
         const FlowLimits& limits, const Means& means)
      : scenario_(scenario),
        deployment_(*scenario.deployment),
        flows_(flows),
        numbers_(numbers),
        limits_(limits),
        means_(means),
        elastic_(scenario, flows, numbers) {
    losses_.budgets.resize(numbers.size());
    passed_bps_.resize(numbers.size());
    used_.resize(numbers.size());
    is_full_.budgets.resize(numbers.size());
    losses_.elastic.resize(flows.elastic.size());
    for (const LoadBalancer& balancer : deployment_.load_balancers) {
      losses_.zones.emplace_back(balancer.zones.size());
    }
    for (const Cvm& cvm : deployment_.cvms) {
      const auto workers = cvm.receiver ? static_cast<std::size_t>(cvm.workers) : 0;
      losses_.workers.emplace_back(workers);
      is_full_.workers.emplace_back(workers, false);
    }
  }

  Equilibrium Run() && {
    constexpr double kRest = 1e-9;
    constexpr int kMostRounds = 500;
    constexpr int kFreeRounds = 8;  // behind which what swings is held back
    Equilibrium answer;
    do {
      DemandSink demand(scenario_, numbers_);
      Carrier<DemandSink>(flows_, numbers_, limits_, losses_, demand).Run();
      unrest_ = 0;
      weight_ = answer.rounds < kFreeRounds ? 1.0 : 0.5;
      Judge(demand);
      answer.unrest = unrest_;
      ++answer.rounds;
    } while (unrest_ > kRest && answer.rounds < kMostRounds);
    answer.losses = std::move(losses_);
    answer.is_full = std::move(is_full_);
    answer.passed_bps = std::move(passed_bps_);
    return answer;
  }

 private:
  void Move(double& loss, double to) {
    const double change = (to - loss) * weight_;
    unrest_ = std::max(unrest_, std::abs(change));
    loss += change;
  }

  void Judge(const DemandSink& demand) {
    if (!elastic_.empty()) ShareRest(demand);
    for (std::size_t i = 0; i < deployment_.cvms.size(); ++i) {
      JudgeCvm(i, demand.budgets[2 * i], demand.budgets[2 * i + 1]);
      JudgeWorkers(i, demand.workers[i]);
    }
    for (std::size_t i = 0; i < demand.zones.size(); ++i) {
      const auto& limit = deployment_.load_balancers[i].zone_bandwidth;
      if (!limit) continue;
      for (std::size_t zone = 0; zone < demand.zones[i].size(); ++zone) {
        Move(losses_.zones[i][zone].share,
             ShareOver(demand.zones[i][zone].bits_per_second, static_cast<double>(limit->count())));
      }
    }
  }

  // Rates of flows that react, from what the others leave.
  void ShareRest(const DemandSink& demand) {
    std::vector<BudgetRest> rests;
    for (std::size_t i = 0; i < demand.budgets.size(); ++i) {
      rests.push_back(RestOf(i / 2, demand.budgets[i]));
    }
    const std::vector<double> rates = elastic_.Share(rests);
    for (std::size_t i = 0; i < rates.size(); ++i) {
      double& rate = losses_.elastic[i];
      const double change = (rates[i] - rate) * weight_;
      const double scale = std::max(rates[i], rate);
      if (scale > 0) unrest_ = std::max(unrest_, std::abs(change) / scale);
      rate += change;
    }
  }

  BudgetRest RestOf(std::size_t cvm, const Demand& demand) const {
    const RateSettings& rates = means_.rates[cvm];
    Flux taken = demand.inelastic;
    if (ProviderOf(cvm).congestion != Congestion::kProductionFirst) {
      taken += demand.inelastic_copies;
    }
    const auto rest = [](const auto& limit, double of) {
      return limit ? static_cast<double>(limit->count()) - of
                   : std::numeric_limits<double>::infinity();
    };
    return {rest(rates.bandwidth ? rates.bandwidth : rates.peak_bandwidth, taken.bits_per_second),
            rest(rates.packet_rate, taken.frames_per_second)};
  }

  const ProviderProfile& ProviderOf(std::size_t cvm) const {
    const std::size_t subnet = deployment_.enis[deployment_.cvms[cvm].enis.front()].subnet;
    return scenario_.providers[deployment_.vpcs[deployment_.subnets[subnet].vpc].provider];
  }

  void JudgeCvm(std::size_t cvm, const Demand& out, const Demand& in) {
    const Limits& limits = deployment_.cvms[cvm].limits;
    SteadyOffer of_out = OfferOf(cvm, out);
    std::optional<double> cores;
    if (limits.vcpus) cores = *limits.vcpus;
    if (limits.model == LimitModel::kCombined) {
      JudgeBudget(cvm, 2 * cvm, cores, of_out);
      return;
    }
    // One set of cores for both directions.
    const SteadyOffer of_in = OfferOf(cvm, in);
    const double out_cores = of_out.production.cores + of_out.copies.cores;
    const double in_cores = of_in.production.cores;
    const double all = out_cores + in_cores;
    const auto share = [&](double asked) {
      return cores && all > 0 ? std::optional<double>(*cores * asked / all) : cores;
    };
    JudgeBudget(cvm, 2 * cvm + 1, share(in_cores), of_in);
    // So many come right behind another out of the budget for what comes in.
    of_out.copies_paced_per_second *= std::min(1.0, used_[2 * cvm + 1]);
    JudgeBudget(cvm, 2 * cvm, share(out_cores), of_out);
  }

  SteadyOffer OfferOf(std::size_t cvm, const Demand& demand) const {
    SteadyOffer offer{
        .production = {demand.came_in.bits_per_second + demand.left.bits_per_second,
                       demand.came_in.frames_per_second + demand.left.frames_per_second},
        .copies = {demand.copies.bits_per_second, demand.copies.frames_per_second},
        .pairs_per_second = demand.pairs_per_second,
        .copies_in_step_per_second = demand.in_step_per_second,
        .copies_paced_per_second = demand.paced_per_second};
    const double frames = offer.production.frames_per_second + offer.copies.frames_per_second;
    const double bits = offer.production.bits_per_second + offer.copies.bits_per_second;
    if (bits > 0) {
      offer.size_variation = std::max(0.0, demand.squares * frames / (bits * bits) - 1);
    }
    offer.production.cores = CoresFor(cvm, CpuOperation::kProductionRx, demand.received) +
                             CoresFor(cvm, CpuOperation::kProductionTx, demand.left);
    offer.copies.cores = CoresFor(cvm, CpuOperation::kClone, demand.copies);
    return offer;
  }

  double CoresFor(std::size_t cvm, CpuOperation operation, const Flux& flux) const {
    const auto& vcpus = deployment_.cvms[cvm].limits.vcpus;
    const CpuCostTable& table = *scenario_.costs[cvm];
    if (!vcpus || flux.frames_per_second <= 0 || !table.GuestPays(operation)) return 0;
    return table.BusyCores(operation, flux.frames_per_second, flux.bits_per_second / kBits, *vcpus);
  }

  void JudgeBudget(std::size_t cvm, std::size_t budget, std::optional<double> cores,
                   const SteadyOffer& offer) {
    const ProviderProfile& provider = ProviderOf(cvm);
    const SteadyAnswer answer =
        SteadyLoad(means_.rates[cvm], cores, provider.congestion, provider.copy_order, offer);
    constexpr double kRounding = 1e-9;  // flows that react fill a budget, and no more
    used_[budget] = answer.used;
    is_full_.budgets[budget] = answer.used > 1 + kRounding;
    BudgetLoss& loss = losses_.budgets[budget];
    Move(loss.production.share, answer.single_production_loss);
    Move(loss.paired_production.share, answer.paired_production_loss);
    Move(loss.copies.share, answer.single_copy_loss);
    Move(loss.paired_copies.share, answer.paired_copy_loss);
    if (answer.tightest) loss.limit = *answer.tightest;
    passed_bps_[budget] = offer.production.bits_per_second * (1 - answer.production_loss) +
                          offer.copies.bits_per_second * (1 - answer.copy_loss);
    if (!is_full_.budgets[budget]) return;
    const double production = offer.production.frames_per_second * answer.production_loss;
    const double copies = offer.copies.frames_per_second * answer.copy_loss;
    double room = means_.budget_rooms[budget];
    if (provider.congestion == Congestion::kProductionFirst) {
      loss.production.waiting = loss.paired_production.waiting = Waiting(production, room);
      loss.copies.waiting = loss.paired_copies.waiting = Waiting(copies, room);
      return;
    }
    // Egress has kSharedRandom's queue half full where nothing is lost and full where all is.
    if (provider.congestion == Congestion::kSharedRandom) room *= 1 - 0.5 / answer.used;
    const double waiting = Waiting(production + copies, room);
    for (Excess* excess :
         {&loss.production, &loss.paired_production, &loss.copies, &loss.paired_copies}) {
      excess->waiting = waiting;
    }
  }

  // Frames of one flow go to one worker, whatever the others have to do.
  void JudgeWorkers(std::size_t index, const std::vector<Flux>& demand) {
    if (demand.empty()) return;
    const Cvm& cvm = deployment_.cvms[index];
    const ReceiverCapacity capacity = CapacityOf(cvm);
    const double speed = means_.speeds[index];
    for (std::size_t i = 0; i < demand.size(); ++i) {
      const Flux& offered = demand[i];
      Excess& excess = losses_.workers[index][i];
      excess.share = 0;
      const auto judge = [&](double asked, const auto& share) {
        if (!share) return;
        const double limit = static_cast<double>(share->count()) * speed;
        excess.share = std::max(excess.share, ShareOver(asked, limit));
      };
      judge(offered.bits_per_second, WorkerShare(capacity.bandwidth, cvm.workers));
      judge(offered.frames_per_second, WorkerShare(capacity.packet_rate, cvm.workers));
      excess.waiting =
          Waiting(offered.frames_per_second * excess.share, means_.worker_rooms[index][i]);
      is_full_.workers[index][i] = excess.share > 0;
    }
  }

  const ValidScenario& scenario_;
  const Deployment& deployment_;
  const FlowBundles& flows_;
  const BudgetNumbers& numbers_;
  const FlowLimits& limits_;
  const Means& means_;
  ElasticFlows elastic_;
  Losses losses_;
  std::vector<double> passed_bps_;
  std::vector<double> used_;  // by budget: of its tightest limit
  Overloads is_full_;
  double unrest_ = 0;
  double weight_ = 1;
};

}  // namespace

Equilibrium FindEquilibrium(const ValidScenario& scenario, const FlowBundles& flows,
                            const BudgetNumbers& numbers, const FlowLimits& limits,
                            const Means& means) {
  return Solver(scenario, flows, numbers, limits, means).Run();
}

}  // namespace vpcmirror::sim
