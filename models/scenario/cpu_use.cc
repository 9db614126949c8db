#include "models/scenario/cpu_use.h"

#include <algorithm>

#include "models/capacity/cpu_cost.h"
#include "models/units/rates.h"

namespace vpcmirror {

CpuWork& CpuWork::operator-=(const CpuWork& other) {
  production_rx -= other.production_rx;
  production_tx -= other.production_tx;
  cloned -= other.cloned;
  received -= other.received;
  return *this;
}

void CpuWork::Add(const EniCounters& eni, const ReceiverCounters* receiver) {
  production_rx += eni.budget_in;
  production_rx -= eni.budget_copies_in;
  production_tx += eni.budget_out;
  cloned += eni.budget_copies_out;
  if (receiver != nullptr) received += receiver->in;
}

CpuWork WorkOf(const RunCounters& counters, const Cvm& cvm) {
  CpuWork work;
  for (const std::size_t eni : cvm.enis) {
    const auto& receiver = counters.receivers[eni];
    work.Add(counters.enis[eni].counters, receiver ? &receiver->counters : nullptr);
  }
  return work;
}

CpuUse CpuOf(const ValidScenario& scenario, std::size_t index, const CpuWork& work,
             Picoseconds time, double speed) {
  const Cvm& cvm = scenario.deployment->cvms[index];
  const CpuCostTable& table = *scenario.costs[index];
  const Count* const of_operation[kCpuOperations] = {&work.production_rx, &work.production_tx,
                                                     &work.cloned, &work.received, &work.received};
  const double cores = cvm.limits.vcpus.value_or(1);
  CpuUse use{.cores_limit = cvm.limits.vcpus, .table = table.name, .poll_mode = table.poll_mode};
  const double seconds = Seconds(time);
  if (!(seconds > 0)) return use;
  for (std::size_t i = 0; i < kCpuOperations; ++i) {
    const auto operation = static_cast<CpuOperation>(i);
    const double pps = static_cast<double>(of_operation[i]->frames) / seconds;
    const double bytes = static_cast<double>(of_operation[i]->bytes.count()) / seconds;
    const bool as_published = operation == CpuOperation::kAnalyse && cvm.receiver &&
                              table.of(CpuOperation::kAnalyse).curve.is_free();
    // Published sizing is of a whole receiver, taking its copies in included.
    double busy = table.BusyCores(operation, pps, bytes, cores);
    if (operation == CpuOperation::kAnalyse) busy /= speed;
    if (as_published) {
      const double whole = ReceiverCores(*cvm.receiver, pps, bytes) / speed;
      busy = std::max(0.0, whole - use.operations[i - 1].cores);
    }
    use.operations[i] = {.cores = busy, .payer = table.of(operation).payer};
    if (table.GuestPays(operation)) use.cores_used += busy;
  }
  return use;
}

}  // namespace vpcmirror
