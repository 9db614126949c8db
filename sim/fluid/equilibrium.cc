#include "sim/fluid/equilibrium.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "models/capacity/cpu_cost.h"
#include "models/capacity/steady_load.h"
#include "models/capacity/worker_rings.h"
#include "models/cloud/receiver_capacity.h"
#include "models/units/rates.h"
#include "sim/fluid/bursts.h"
#include "sim/fluid/couplings.h"
#include "sim/fluid/demand_sink.h"
#include "sim/fluid/elastic.h"
#include "sim/fluid/in_parallel.h"
#include "sim/fluid/provider_of.h"

namespace vpcmirror::sim {
namespace {

constexpr double kBits = 8;

// Of what comes to a limit, how much is too much.
double ShareOver(double offered, double limit) {
  return limit > 0 && offered > limit ? 1 - limit / offered : 0;
}

// How much of an excess of so many frames a second a queue has room for.
double Waiting(double excess, double room) { return excess > room ? room / excess : 1; }

SteadyOffer Times(SteadyOffer offer, double factor) {
  for (ClassLoad* load : {&offer.production, &offer.copies}) {
    load->bits_per_second *= factor;
    load->frames_per_second *= factor;
    load->cores *= factor;
  }
  offer.pairs_per_second *= factor;
  if (offer.paired_production_bits_per_second) *offer.paired_production_bits_per_second *= factor;
  if (offer.paired_copy_bits_per_second) *offer.paired_copy_bits_per_second *= factor;
  offer.copies_in_step_per_second *= factor;
  offer.copies_paced_per_second *= factor;
  return offer;
}

class Solver {
 public:
  Solver(const ValidScenario& scenario, const FlowBundles& flows, const BudgetNumbers& numbers,
         const FlowLimits& limits, const Means& means, const GoesOn& goes_on)
      : scenario_(scenario),
        deployment_(*scenario.deployment),
        flows_(flows),
        numbers_(numbers),
        limits_(limits),
        means_(means),
        goes_on_(goes_on),
        elastic_(scenario, flows, numbers) {
    losses_.budgets.resize(numbers.size());
    passed_bps_.resize(numbers.size());
    used_.resize(numbers.size());
    is_full_.budgets.resize(numbers.size());
    is_full_.budget_rooms_taken.resize(numbers.size());
    losses_.elastic.resize(flows.elastic.size());
    for (const LoadBalancer& balancer : deployment_.load_balancers) {
      losses_.zones.emplace_back(balancer.zones.size());
    }
    for (const Cvm& cvm : deployment_.cvms) {
      const auto workers = cvm.receiver ? static_cast<std::size_t>(cvm.workers) : 0;
      losses_.workers.emplace_back(workers);
      is_full_.workers.emplace_back(workers, false);
      is_full_.worker_rooms_taken.emplace_back(workers);
    }
  }

  Equilibrium Run() && {
    Round round;
    DemandSink demand(scenario_, numbers_);
    Carrier<DemandSink>(flows_, numbers_, limits_, losses_, demand).Run();
    demand.Finish();
    JudgeAll(demand, round);
    int rounds = 1;
    if (round.unrest > kRest) {
      rounds += elastic_.empty() ? SettleCouplings(round.unrest) : SettleAll(round.unrest);
    }
    return {.losses = std::move(losses_),
            .unrest = round.unrest,
            .rounds = rounds,
            .is_full = std::move(is_full_),
            .passed_bps = std::move(passed_bps_),
            .used = std::move(used_)};
  }

 private:
  static constexpr double kRest = 1e-9;
  static constexpr int kMostRounds = 500;

  // Of losses, all moved towards what the last demand makes of them.
  struct Round {
    explicit Round(int number = 0) : weight(number < kFreeRounds ? 1.0 : 0.5) {}
    static constexpr int kFreeRounds = 8;  // behind which what swings is held back
    double weight;
    double unrest = 0;

    void Move(double& loss, double to) {
      const double change = (to - loss) * weight;
      unrest = std::max(unrest, std::abs(change));
      loss += change;
    }
  };

  // Of a coupling that comes to rest.
  struct Progress {
    int rounds = 0;
    double unrest = 0;

    bool IsRestless() const { return rounds == 0 || (unrest > kRest && rounds < kMostRounds); }
  };

  // With flows that react everything hangs together.
  int SettleAll(double& unrest) {
    int rounds = 0;
    while (unrest > kRest && rounds < kMostRounds && goes_on_()) {
      Round round(++rounds);
      DemandSink demand(scenario_, numbers_);
      Carrier<DemandSink>(flows_, numbers_, limits_, losses_, demand).Run();
      demand.Finish();
      JudgeAll(demand, round);
      unrest = round.unrest;
    }
    return rounds;
  }

  // Where nothing was lost before anything else was, nothing ever is: losses take load away.
  int SettleCouplings(double& unrest) {
    constexpr std::size_t kMostCouplings = 16;  // whatever the cores
    const std::vector<Coupling> couplings = CouplingsOf(scenario_, flows_, Lossy(), kMostCouplings);
    const DemandSink others = DemandBeside(couplings);
    std::vector<Progress> progress(couplings.size());
    const auto is_restless = [](const Progress& each) { return each.IsRestless(); };
    do {
      InParallel(couplings.size(),
                 [&](std::size_t i) { Settle(couplings[i], others, progress[i]); });
    } while (std::any_of(progress.begin(), progress.end(), is_restless) && goes_on_());
    unrest = 0;
    int rounds = 0;
    for (const Progress& each : progress) {
      unrest = std::max(unrest, each.unrest);
      rounds = std::max(rounds, each.rounds);
    }
    DemandSink demand(scenario_, numbers_);
    Carrier<DemandSink>(flows_, numbers_, limits_, losses_, demand).Run();
    demand.Finish();
    for (std::size_t i = 0; i < deployment_.cvms.size(); ++i) JudgeWorkers(i, demand.workers[i]);
    return rounds;
  }

  LossyPlaces Lossy() const {
    LossyPlaces lossy;
    for (std::size_t i = 0; i < deployment_.cvms.size(); ++i) {
      lossy.cvms.push_back(IsLossy(2 * i) || IsLossy(2 * i + 1) ? 1 : 0);
    }
    for (const auto& of_balancer : losses_.zones) {
      auto& zones = lossy.zones.emplace_back();
      for (const Excess& excess : of_balancer) zones.push_back(excess.share > 0 ? 1 : 0);
    }
    return lossy;
  }

  bool IsLossy(std::size_t budget) const {
    const BudgetLoss& loss = losses_.budgets[budget];
    return is_full_.budgets[budget] != 0 || loss.production.share > 0 || loss.copies.share > 0 ||
           loss.paired_production.share > 0 || loss.paired_copies.share > 0;
  }

  // Of bundles that come by no lossy place.
  DemandSink DemandBeside(const std::vector<Coupling>& couplings) const {
    std::vector<char> is_coupled(flows_.bundles.size());
    for (const Coupling& coupling : couplings) {
      for (const std::uint32_t bundle : coupling.bundles) is_coupled[bundle] = 1;
    }
    std::vector<std::uint32_t> others;
    for (std::uint32_t i = 0; i < is_coupled.size(); ++i) {
      if (is_coupled[i] == 0) others.push_back(i);
    }
    DemandSink demand(scenario_, numbers_);
    Carrier<DemandSink>(flows_, numbers_, limits_, losses_, demand).Run(others);
    demand.Finish();
    return demand;
  }

  // A few rounds, if it is not at rest. Touches nothing of other couplings.
  void Settle(const Coupling& coupling, const DemandSink& others, Progress& progress) {
    constexpr int kRoundsAtOnce = 20;
    DemandSink demand(scenario_, numbers_);
    for (int i = 0; i < kRoundsAtOnce && progress.IsRestless(); ++i) {
      Round round(++progress.rounds);
      for (const std::uint32_t cvm : coupling.cvms) {
        for (const std::size_t budget : {2 * cvm, 2 * cvm + 1}) {
          demand.budgets[budget] = others.budgets[budget];
        }
      }
      for (const auto& [balancer, zone] : coupling.zones) {
        demand.zones[balancer][zone] = others.zones[balancer][zone];
      }
      Carrier<DemandSink>(flows_, numbers_, limits_, losses_, demand).Run(coupling.bundles);
      demand.Finish();
      for (const std::uint32_t cvm : coupling.cvms) JudgeCvm(cvm, demand, round);
      for (const auto& [balancer, zone] : coupling.zones) {
        JudgeZone(balancer, zone, demand, round);
      }
      progress.unrest = round.unrest;
    }
  }

  void JudgeAll(const DemandSink& demand, Round& round) {
    if (!elastic_.empty()) ShareRest(demand, round);
    for (std::size_t i = 0; i < deployment_.cvms.size(); ++i) {
      JudgeCvm(i, demand, round);
      JudgeWorkers(i, demand.workers[i]);
    }
    for (std::size_t i = 0; i < demand.zones.size(); ++i) {
      for (std::size_t zone = 0; zone < demand.zones[i].size(); ++zone) {
        JudgeZone(i, zone, demand, round);
      }
    }
  }

  void JudgeZone(std::size_t balancer, std::size_t zone, const DemandSink& demand, Round& round) {
    const auto& limit = deployment_.load_balancers[balancer].zone_bandwidth;
    if (!limit) return;
    const double offered = demand.zones[balancer][zone].bits_per_second;
    round.Move(losses_.zones[balancer][zone].share,
               ShareOver(offered, static_cast<double>(limit->count())));
  }

  // Rates of flows that react, from what the others leave.
  void ShareRest(const DemandSink& demand, Round& round) {
    std::vector<BudgetRest> rests;
    for (std::size_t i = 0; i < demand.budgets.size(); ++i) {
      rests.push_back(RestOf(i / 2, demand.budgets[i]));
    }
    const std::vector<double> rates = elastic_.Share(rests);
    for (std::size_t i = 0; i < rates.size(); ++i) {
      double& rate = losses_.elastic[i];
      const double change = (rates[i] - rate) * round.weight;
      const double scale = std::max(rates[i], rate);
      if (scale > 0) round.unrest = std::max(round.unrest, std::abs(change) / scale);
      rate += change;
    }
  }

  BudgetRest RestOf(std::size_t cvm, const Demand& demand) const {
    const RateSettings& rates = means_.rates[cvm];
    Flux taken = demand.inelastic;
    if (ProviderOf(scenario_, cvm).congestion != Congestion::kProductionFirst) {
      taken += demand.inelastic_copies;
    }
    const auto rest = [](const auto& limit, double of) {
      return limit ? static_cast<double>(limit->count()) - of
                   : std::numeric_limits<double>::infinity();
    };
    return {rest(rates.bandwidth ? rates.bandwidth : rates.peak_bandwidth, taken.bits_per_second),
            rest(rates.packet_rate, taken.frames_per_second)};
  }

  void JudgeCvm(std::size_t cvm, const DemandSink& demand, Round& round) {
    const Demand& out = demand.budgets[2 * cvm];
    const Demand& in = demand.budgets[2 * cvm + 1];
    const Limits& limits = deployment_.cvms[cvm].limits;
    SteadyOffer of_out = OfferOf(cvm, out);
    std::optional<double> cores;
    if (limits.vcpus) cores = *limits.vcpus;
    if (limits.model == LimitModel::kCombined) {
      JudgeBudget(cvm, 2 * cvm, cores, of_out, out.bursty, round);
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
    JudgeBudget(cvm, 2 * cvm + 1, share(in_cores), of_in, in.bursty, round);
    // So many come right behind another out of the budget for what comes in.
    of_out.copies_paced_per_second *= std::min(1.0, used_[2 * cvm + 1]);
    JudgeBudget(cvm, 2 * cvm, share(out_cores), of_out, out.bursty, round);
  }

  SteadyOffer OfferOf(std::size_t cvm, const Demand& demand) const {
    SteadyOffer offer{
        .production = {demand.came_in.bits_per_second + demand.left.bits_per_second,
                       demand.came_in.frames_per_second + demand.left.frames_per_second},
        .copies = {demand.copies.bits_per_second, demand.copies.frames_per_second},
        .pairs_per_second = demand.pairs_per_second,
        .paired_production_bits_per_second = demand.paired_bps,
        .paired_copy_bits_per_second = demand.paired_copies_bps,
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

  // In the mean over the levels that bursts make of it.
  SteadyAnswer AnswerTo(std::size_t cvm, std::optional<double> cores, const SteadyOffer& offer,
                        const BurstyLoad& bursty) const {
    const ProviderProfile& provider = ProviderOf(scenario_, cvm);
    const auto at = [&](const SteadyOffer& level) {
      return SteadyLoad(means_.rates[cvm], cores, provider.congestion, provider.copy_order, level);
    };
    SteadyAnswer mean = at(offer);
    if (bursty.mean() <= 0) return mean;
    const double bits = offer.production.bits_per_second + offer.copies.bits_per_second;
    const double frames = offer.production.frames_per_second + offer.copies.frames_per_second;
    const double room =
        frames > 0 ? static_cast<double>(deployment_.cvms[cvm].queue.frames) * bits / frames : 0;
    constexpr double SteadyAnswer::*kLosses[] = {
        &SteadyAnswer::production_loss,        &SteadyAnswer::copy_loss,
        &SteadyAnswer::paired_production_loss, &SteadyAnswer::paired_copy_loss,
        &SteadyAnswer::single_production_loss, &SteadyAnswer::single_copy_loss};
    for (const auto loss : kLosses) mean.*loss = 0;
    for (const LoadLevel& level : LevelsOf(bursty, bits)) {
      const SteadyAnswer answer = at(Times(offer, level.factor));
      for (const auto loss : kLosses) mean.*loss += level.share * level.factor * (answer.*loss);
    }
    // What the limit leaves of what does not burst.
    const double limit = mean.used > 0 ? bits / mean.used - (bits - bursty.mean()) : 0;
    const double lost = bursty.LostBeside(room, limit);
    for (const auto loss : kLosses) mean.*loss *= lost;
    return mean;
  }

  void JudgeBudget(std::size_t cvm, std::size_t budget, std::optional<double> cores,
                   const SteadyOffer& offer, const BurstyLoad& bursty, Round& round) {
    const ProviderProfile& provider = ProviderOf(scenario_, cvm);
    const SteadyAnswer answer = AnswerTo(cvm, cores, offer, bursty);
    constexpr double kRounding = 1e-9;  // flows that react fill a budget, and no more
    used_[budget] = answer.used;
    is_full_.budgets[budget] = answer.used > 1 + kRounding;
    BudgetLoss& loss = losses_.budgets[budget];
    round.Move(loss.production.share, answer.single_production_loss);
    round.Move(loss.paired_production.share, answer.paired_production_loss);
    round.Move(loss.copies.share, answer.single_copy_loss);
    round.Move(loss.paired_copies.share, answer.paired_copy_loss);
    if (answer.tightest) loss.limit = *answer.tightest;
    passed_bps_[budget] = offer.production.bits_per_second * (1 - answer.production_loss) +
                          offer.copies.bits_per_second * (1 - answer.copy_loss);
    double& taken = is_full_.budget_rooms_taken[budget];
    taken = 0;
    if (!is_full_.budgets[budget]) return;
    const double production = offer.production.frames_per_second * answer.production_loss;
    const double copies = offer.copies.frames_per_second * answer.copy_loss;
    const double room = means_.budget_rooms[budget];
    if (provider.congestion == Congestion::kProductionFirst) {
      taken = std::min(room, std::max(production, copies));  // a queue each
      loss.production.waiting = loss.paired_production.waiting = Waiting(production, room);
      loss.copies.waiting = loss.paired_copies.waiting = Waiting(copies, room);
      return;
    }
    // Egress has kSharedRandom's queue half full where nothing is lost and full where all is.
    const double usable =
        provider.congestion == Congestion::kSharedRandom ? 1 - 0.5 / answer.used : 1;
    taken = std::min(room, (production + copies) / usable);
    const double waiting = Waiting(production + copies, room * usable);
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
      const double over = offered.frames_per_second * excess.share;
      const double room = means_.worker_rooms[index][i];
      excess.waiting = Waiting(over, room);
      is_full_.worker_rooms_taken[index][i] = std::min(over, room);
      is_full_.workers[index][i] = excess.share > 0;
    }
  }

  const ValidScenario& scenario_;
  const Deployment& deployment_;
  const FlowBundles& flows_;
  const BudgetNumbers& numbers_;
  const FlowLimits& limits_;
  const Means& means_;
  const GoesOn& goes_on_;
  ElasticFlows elastic_;
  Losses losses_;
  std::vector<double> passed_bps_;
  std::vector<double> used_;  // by budget: of its tightest limit
  Overloads is_full_;
};

}  // namespace

Equilibrium FindEquilibrium(const ValidScenario& scenario, const FlowBundles& flows,
                            const BudgetNumbers& numbers, const FlowLimits& limits,
                            const Means& means, const GoesOn& goes_on) {
  return Solver(scenario, flows, numbers, limits, means, goes_on).Run();
}

}  // namespace vpcmirror::sim
