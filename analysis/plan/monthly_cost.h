// What mirroring costs a month, as far as prices are known.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/cloud/catalog.h"
#include "models/cloud/prices.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// Hours of a month, as clouds and estimates count them: 365 x 24 / 12.
inline constexpr double kHoursOfMonth = 730;

enum class CostItem : std::uint8_t { kSession, kCopied, kCrossZone, kLoadBalancer, kReceiver };
std::string_view ToString(CostItem item);  // "sessions", "copies", "copies between zones", ...

// One thing that is charged. A month's amount is count x month_units x price.
struct CostLine {
  CostItem item = CostItem::kSession;
  std::string provider;    // "aws"
  std::string of;          // which kind of it: "nlb", "c5.large"; empty: there is one
  double count = 0;        // sessions, load balancers, receivers; 1 of what is counted in GB
  double month_units = 0;  // hours, or GB of 10^9 bytes, of each a month
  std::optional<UnitPrice> price;  // empty: not known
  double amount = 0;               // a month, in the price's currency; 0 when it is not known
  bool is_free_now = false;        // `today` is within UnitPrice::free_until; `amount` is due later
  std::string note;                // how the count was come by, where it is no count; may be empty
};

struct MonthlyCost {
  // By provider; lines that count nothing are left out. Those of clouds that are not known to
  // charge for an item are among them, without a price.
  std::vector<CostLine> lines;
  std::map<std::string, double> totals;  // by currency, of the lines with a price, free ones too
  std::map<std::string, double> due;     // the same, without what is free today
  bool is_complete = true;               // every line has a price
  std::vector<std::string> assumptions;  // sentences
};

struct MonthlyCostSettings {
  std::string today;  // ISO date, against UnitPrice::free_until; empty: nothing is free
  double hours = kHoursOfMonth;
  // Traffic in the month's mean, as a share of that of the run; over 0.
  double mean_traffic = 1;
};

// `result` is of a run of `scenario`: `mean_traffic` of it is taken to go on all month. A
// session is a source ENI of a mirror. Copies between zones are what arrived at a receiver or
// a load balancer, of sources in another zone than it; where its sources are in several, in
// proportion to what each sends. A result without duration has no bytes.
MonthlyCost MonthlyCostOf(const ValidScenario& scenario, const RunResult& result,
                          const PriceLists& prices, const MonthlyCostSettings& settings);

// Adds the prices that the catalogue has of instance types; one that a list has stays.
void AddCatalogPrices(const std::vector<CatalogType>& types, PriceLists& prices);

}  // namespace vpcmirror
