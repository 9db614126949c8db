// The CPU costs of hosts: a table, with what the user measured in place of some of it.
#include "models/scenario/draft.h"
#include "models/scenario/nearest.h"

namespace vpcmirror {
namespace {

constexpr const char* kDefaultTable = "kernel";

void ListDefault(Draft& draft, const CpuCostTable& table) {
  draft.assumptions.Default("costs", table.name,
                            "CPU times are those of the cost table \"" + table.name + "\" (" +
                                table.title + "); of a copy, where it is made, " +
                                std::string(ToString(table.of(CpuOperation::kClone).confidence)) +
                                ".",
                            table.of(CpuOperation::kClone).source);
}

void Override(Draft& draft, const OperationCostSpec& given, OperationCost& cost) {
  for (const auto* each : {&given.per_frame, &given.per_byte}) {
    if (!*each) continue;
    const Picoseconds most =
        each == &given.per_byte ? CostCurve::kMostPerByte : Picoseconds(kPicosecondsPerSecond);
    if ((*each)->value.count() >= 0 && (*each)->value <= most) continue;
    draft.errors.Add((*each)->path, "no CPU time that an operation could take",
                     each == &given.per_byte ? "0 to 1 us a byte" : "0 to 1 s a frame");
    return;
  }
  if (!given.per_frame && !given.per_byte) return;
  const Picoseconds byte = given.per_byte ? given.per_byte->value : cost.curve.per_byte();
  cost.curve = given.per_frame ? CostCurve::Flat(given.per_frame->value, byte)
                               : cost.curve.WithPerByte(byte);
  cost.confidence = Confidence::kMeasured;
  cost.source = "the scenario";
}

std::shared_ptr<const CpuCostTable> Settle(Draft& draft, const CostSpec* of_host,
                                           const ProviderProfile& provider) {
  const CostSpec& of_scenario = draft.scenario.costs;
  const auto& named = of_host != nullptr && of_host->table ? of_host->table : of_scenario.table;
  const std::string name = named ? named->value : kDefaultTable;
  auto table = std::make_shared<CpuCostTable>();
  const auto shipped = draft.library.costs.find(name);
  if (shipped == draft.library.costs.end()) {
    draft.errors.Add(named ? named->path : "/costs", "there is no cost table \"" + name + "\"",
                     AcceptedNames(name, NamesOf(draft.library.costs)));
    return table;
  }
  *table = shipped->second;
  if (!named) ListDefault(draft, *table);
  OperationCost& clone = table->of(CpuOperation::kClone);
  if (provider.who_pays == Payer::kHost) clone.payer = Payer::kHost;
  // What the scenario measured is about its own table, not about a host's.
  const bool own_table = of_host != nullptr && of_host->table;
  for (std::size_t i = 0; i < kCpuOperations; ++i) {
    if (!own_table) Override(draft, of_scenario.operations[i], table->costs[i]);
    if (of_host != nullptr) Override(draft, of_host->operations[i], table->costs[i]);
  }
  return table;
}

}  // namespace

std::shared_ptr<const CpuCostTable> SettleCosts(Draft& draft, const CostSpec* of_host,
                                                const ProviderProfile& provider) {
  if (of_host != nullptr) return Settle(draft, of_host, provider);
  std::shared_ptr<const CpuCostTable>& shared = draft.shared_costs[provider.who_pays];
  if (!shared) shared = Settle(draft, nullptr, provider);
  return shared;
}

}  // namespace vpcmirror
