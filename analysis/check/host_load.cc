#include "analysis/check/host_load.h"

namespace vpcmirror {
namespace {

struct Side {
  Flux production;
  Flux copies;
  Flux received;
  double pairs = 0;  // a second
  double production_cores = 0;
  double copy_cores = 0;
};

double CoresOf(const CheckContext& context, std::size_t cvm, CpuOperation operation,
               const Flux& flux) {
  const CpuCostTable& table = *context.valid.costs[cvm];
  if (!table.GuestPays(operation)) return 0;
  const double cores = context.deployment().cvms[cvm].limits.vcpus.value_or(1);
  return table.BusyCores(operation, flux.frames_per_second, flux.bits_per_second / kBitsPerByte,
                         cores);
}

SteadyOffer OfferOf(const Side& side) {
  const auto load = [](const Flux& flux, double cores) {
    return ClassLoad{.bits_per_second = flux.bits_per_second,
                     .frames_per_second = flux.frames_per_second,
                     .cores = cores};
  };
  return {.production = load(side.production, side.production_cores),
          .copies = load(side.copies, side.copy_cores),
          .pairs_per_second = side.pairs};
}

}  // namespace

std::optional<HostLoad> LoadOfHost(const CheckContext& context, std::size_t index) {
  const Cvm& cvm = context.deployment().cvms[index];
  const Eni& primary = context.deployment().enis[cvm.enis.front()];
  const std::size_t vpc = context.deployment().subnets[primary.subnet].vpc;
  const ProviderProfile& profile = context.valid.providers[context.deployment().vpcs[vpc].provider];
  Side in;
  Side out;
  for (const std::size_t eni : cvm.enis) {
    const EniTraffic& traffic = context.traffic.enis[eni];
    in.production += traffic.in;
    in.production += traffic.copies_in;  // what a receiver is there for
    in.received += traffic.copies_in;
    out.production += traffic.out;
    out.copies += traffic.copies_out;
    out.pairs += traffic.copies_of_out.frames_per_second;
    in.production_cores += CoresOf(context, index, CpuOperation::kProductionRx, traffic.in);
  }
  out.production_cores = CoresOf(context, index, CpuOperation::kProductionTx, out.production);
  out.copy_cores = CoresOf(context, index, CpuOperation::kClone, out.copies);
  const RateSettings limits{.bandwidth = cvm.limits.bandwidth,
                            .burst = cvm.limits.burst,
                            .peak_bandwidth = cvm.limits.peak_bandwidth,
                            .packet_rate = cvm.limits.packet_rate};
  std::optional<double> cores;
  if (cvm.limits.vcpus) cores = *cvm.limits.vcpus;
  const auto answer = [&](const Side& side, std::string name) -> HostLoad {
    return {SteadyLoad(limits, cores, profile.congestion, profile.copy_order, OfferOf(side)),
            side.production, side.copies, side.received, std::move(name)};
  };
  HostLoad load;
  if (cvm.limits.model == LimitModel::kCombined) {
    Side both = out;
    both.production += in.production;
    both.received = in.received;
    both.production_cores += in.production_cores;
    load = answer(both, "");
  } else {
    load = answer(out, "out");
    HostLoad of_in = answer(in, "in");
    if (of_in.answer.used > load.answer.used) load = std::move(of_in);
  }
  if (!load.answer.tightest || load.answer.used <= 0) return std::nullopt;
  return load;
}

}  // namespace vpcmirror
