#include "analysis/plan/monthly_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace vpcmirror {
namespace {

constexpr double kBytesOfGb = 1e9;

// Bytes of copies that went from zone to zone, or that nobody can tell.
struct Crossing {
  double bytes = 0;
  bool is_split = false;          // in proportion, since a receiver's sources are in several zones
  bool has_unknown_zone = false;  // a subnet has no zone: what concerns it is not counted

  Crossing& operator+=(const Crossing& other) {
    bytes += other.bytes;
    is_split = is_split || other.is_split;
    has_unknown_zone = has_unknown_zone || other.has_unknown_zone;
    return *this;
  }
};

class Calculation {
 public:
  Calculation(const ValidScenario& scenario, const RunResult& result, const PriceLists& prices,
              const MonthlyCostSettings& settings)
      : scenario_(scenario),
        deployment_(*scenario.deployment),
        result_(result),
        prices_(prices),
        settings_(settings) {
    for (std::size_t i = 0; i < deployment_.enis.size(); ++i) {
      eni_by_id_.emplace(deployment_.enis[i].id, i);
    }
    CountSources();
  }

  MonthlyCost Take() {
    AddSessions();
    AddCopied();
    AddCrossings();
    AddLoadBalancers();
    AddReceivers();
    std::stable_sort(cost_.lines.begin(), cost_.lines.end(),
                     [](const auto& a, const auto& b) { return a.provider < b.provider; });
    Sum();
    Assume();
    return std::move(cost_);
  }

 private:
  const std::string& ProviderOfVpc(std::size_t vpc) const {
    return deployment_.providers[deployment_.vpcs[vpc].provider];
  }
  const std::string& ProviderOfEni(std::size_t eni) const {
    return ProviderOfVpc(deployment_.subnets[deployment_.enis[eni].subnet].vpc);
  }
  const std::string& ZoneOf(std::size_t eni) const {
    return deployment_.subnets[deployment_.enis[eni].subnet].zone;
  }

  const PriceList* ListOf(const std::string& provider) const {
    const auto list = prices_.find(provider);
    return list == prices_.end() ? nullptr : &list->second;
  }
  std::optional<UnitPrice> PriceOf(const std::string& provider,
                                   std::optional<UnitPrice> PriceList::*of) const {
    const PriceList* list = ListOf(provider);
    return list == nullptr ? std::nullopt : list->*of;
  }
  std::optional<UnitPrice> PriceOf(const std::string& provider, const std::string& key,
                                   std::map<std::string, UnitPrice> PriceList::*of) const {
    const PriceList* list = ListOf(provider);
    if (list == nullptr) return std::nullopt;
    const auto at = (list->*of).find(key);
    return at == (list->*of).end() ? std::nullopt : std::optional(at->second);
  }

  void Add(CostLine line) {
    if (line.count <= 0 || line.month_units <= 0) return;
    if (line.price) {
      line.amount = line.count * line.month_units * line.price->amount;
      line.is_free_now =
          !settings_.today.empty() && settings_.today <= line.price->free_until;  // ISO dates
    }
    cost_.lines.push_back(std::move(line));
  }

  // GB a month of what the run counted in its duration.
  double MonthGb(double bytes) const {
    const double seconds = static_cast<double>((result_.duration - result_.warm_up).count()) /
                           static_cast<double>(kPicosecondsPerSecond);
    constexpr double kSecondsOfHour = 3600;
    const double per_second = seconds > 0 ? bytes * settings_.mean_traffic / seconds : 0;
    return per_second * kSecondsOfHour * settings_.hours / kBytesOfGb;
  }

  // How many mirrors each ENI is a source of, and which of them each receiver is of.
  void CountSources() {
    for (const PlacedMirror& placed : scenario_.mirrors) {
      for (const std::size_t source : placed.sources) ++mirrors_of_source_[source];
      for (const std::size_t receiver : placed.receiver_enis) {
        mirrors_of_receiver_[receiver].push_back(&placed);
      }
    }
    for (const EniResult& each : result_.enis) {
      const auto at = eni_by_id_.find(each.id);
      if (at != eni_by_id_.end()) copied_bytes_[at->second] = each.mirror_out.bytes;
    }
  }

  void AddSessions() {
    std::map<std::string, double> sessions;
    for (const PlacedMirror& placed : scenario_.mirrors) {
      sessions[ProviderOfVpc(placed.vpc)] += static_cast<double>(placed.sources.size());
    }
    for (const auto& [provider, count] : sessions) {
      Add({.item = CostItem::kSession,
           .provider = provider,
           .count = count,
           .month_units = settings_.hours,
           .price = PriceOf(provider, &PriceList::session_hour)});
    }
  }

  // Charged by clouds that say so, and by no other.
  void AddCopied() {
    std::map<std::string, double> bytes;
    for (std::size_t i = 0; i < result_.mirrors.size() && i < scenario_.mirrors.size(); ++i) {
      bytes[ProviderOfVpc(scenario_.mirrors[i].vpc)] +=
          static_cast<double>(result_.mirrors[i].ledger.wire_bytes.count());
    }
    for (const auto& [provider, count] : bytes) {
      const auto price = PriceOf(provider, &PriceList::copied_gb);
      if (!price) continue;
      Add({.item = CostItem::kCopied,
           .provider = provider,
           .count = 1,
           .month_units = MonthGb(count),
           .price = price});
    }
  }

  // Of `bytes` that arrived in `zone` at an ENI that these mirrors send to.
  Crossing CrossingTo(const std::vector<const PlacedMirror*>& mirrors, double bytes,
                      const std::vector<std::string>& zones) const {
    double all = 0;
    double from_elsewhere = 0;
    Crossing crossing;
    for (const PlacedMirror* placed : mirrors) {
      for (const std::size_t source : placed->sources) {
        const auto sent = copied_bytes_.find(source);
        if (sent == copied_bytes_.end()) continue;
        const double weight =
            static_cast<double>(sent->second.count()) / mirrors_of_source_.at(source);
        all += weight;
        const std::string& zone = ZoneOf(source);
        const bool is_unknown = zone.empty() || zones.empty() || zones.front().empty();
        crossing.has_unknown_zone = crossing.has_unknown_zone || is_unknown;
        const bool is_here = std::find(zones.begin(), zones.end(), zone) != zones.end();
        if (!is_unknown && !is_here) from_elsewhere += weight;
      }
    }
    if (all <= 0) return crossing;
    crossing.bytes = bytes * from_elsewhere / all;
    crossing.is_split = from_elsewhere > 0 && from_elsewhere < all;
    return crossing;
  }

  // What a load balancer passes on to backends of other zones, in proportion to where it came in.
  static double PassedOnElsewhere(const LoadBalancer& balancer, const LoadBalancerResult& result) {
    double in = 0;
    std::map<std::string, double> by_zone;
    for (const LoadBalancerZoneResult& each : result.zones) {
      by_zone[each.zone] += static_cast<double>(each.in.bytes.count());
      in += static_cast<double>(each.in.bytes.count());
    }
    if (!balancer.cross_zone || in <= 0) return 0;
    double passed = 0;
    for (const BackendResult& each : result.backends) {
      const double here = by_zone.count(each.zone) == 0 ? 0 : by_zone.at(each.zone);
      passed += static_cast<double>(each.out.bytes.count()) * (1 - here / in);
    }
    return passed;
  }

  void AddCrossings() {
    std::map<std::string, Crossing> crossings;
    for (const ReceiverResult& each : result_.receivers) {
      const auto eni = eni_by_id_.find(each.id);
      if (eni == eni_by_id_.end()) continue;
      const auto mirrors = mirrors_of_receiver_.find(eni->second);
      if (mirrors == mirrors_of_receiver_.end()) continue;
      crossings[ProviderOfEni(eni->second)] += CrossingTo(
          mirrors->second, static_cast<double>(each.in.bytes.count()), {ZoneOf(eni->second)});
    }
    for (std::size_t i = 0;
         i < result_.load_balancers.size() && i < deployment_.load_balancers.size(); ++i) {
      const LoadBalancer& balancer = deployment_.load_balancers[i];
      const LoadBalancerResult& balanced = result_.load_balancers[i];
      Crossing& crossing = crossings[ProviderOfVpc(balancer.vpc)];
      const auto mirrors = mirrors_of_receiver_.find(balancer.eni);
      if (mirrors != mirrors_of_receiver_.end()) {
        crossing += CrossingTo(mirrors->second, static_cast<double>(balanced.in.bytes.count()),
                               balancer.zones);
      }
      crossing.bytes += PassedOnElsewhere(balancer, balanced);
    }
    for (const auto& [provider, crossing] : crossings) {
      CostLine line{.item = CostItem::kCrossZone,
                    .provider = provider,
                    .count = 1,
                    .month_units = MonthGb(crossing.bytes),
                    .price = PriceOf(provider, &PriceList::cross_zone_gb)};
      if (crossing.is_split) line.note = "split over the zones of its sources in proportion";
      Add(std::move(line));
      if (!crossing.has_unknown_zone) continue;
      cost_.assumptions.push_back(
          fmt::format("Some subnets of {} have no zone: copies from and to them are taken to stay "
                      "in their zone.",
                      provider));
    }
  }

  void AddLoadBalancers() {
    std::map<std::pair<std::string, std::string>, double> balancers;
    for (const LoadBalancer& each : deployment_.load_balancers) {
      ++balancers[{ProviderOfVpc(each.vpc), each.kind.name}];
    }
    for (const auto& [key, count] : balancers) {
      const auto& [provider, kind] = key;
      Add({.item = CostItem::kLoadBalancer,
           .provider = provider,
           .of = kind,
           .count = count,
           .month_units = settings_.hours,
           .price = PriceOf(provider, kind, &PriceList::load_balancer_hour)});
    }
  }

  void AddReceivers() {
    std::map<std::pair<std::string, std::string>, double> receivers;
    for (const Cvm& cvm : deployment_.cvms) {
      if (!cvm.receiver || cvm.is_load_balancer || cvm.enis.empty()) continue;
      ++receivers[{ProviderOfEni(cvm.enis.front()), cvm.type}];
    }
    for (const auto& [key, count] : receivers) {
      const auto& [provider, type] = key;
      CostLine line{.item = CostItem::kReceiver,
                    .provider = provider,
                    .of = type,
                    .count = count,
                    .month_units = settings_.hours,
                    .price = PriceOf(provider, type, &PriceList::instance_hour)};
      if (type.empty()) line.note = "limits given by hand: no type to look up";
      Add(std::move(line));
    }
  }

  void Sum() {
    for (const CostLine& line : cost_.lines) {
      if (!line.price) {
        cost_.is_complete = false;
        continue;
      }
      cost_.totals[line.price->currency] += line.amount;
      cost_.due[line.price->currency] += line.is_free_now ? 0 : line.amount;
    }
  }

  void Assume() {
    const bool has_bytes =
        std::any_of(cost_.lines.begin(), cost_.lines.end(), [](const auto& each) {
          return each.item == CostItem::kCopied || each.item == CostItem::kCrossZone;
        });
    cost_.assumptions.insert(
        cost_.assumptions.begin(),
        fmt::format("A month has {:g} hours, in all of which everything is there.",
                    settings_.hours));
    if (!has_bytes) return;
    cost_.assumptions.emplace_back("Traffic goes on all month as in the run; a GB is 10^9 bytes.");
  }

  const ValidScenario& scenario_;
  const Deployment& deployment_;
  const RunResult& result_;
  const PriceLists& prices_;
  const MonthlyCostSettings& settings_;
  std::map<std::string, std::size_t> eni_by_id_;
  std::map<std::size_t, double> mirrors_of_source_;
  std::map<std::size_t, std::vector<const PlacedMirror*>> mirrors_of_receiver_;
  std::map<std::size_t, Bytes> copied_bytes_;  // that left each source
  MonthlyCost cost_;
};

}  // namespace

std::string_view ToString(CostItem item) {
  switch (item) {
    case CostItem::kSession:
      return "sessions";
    case CostItem::kCopied:
      return "copies";
    case CostItem::kCrossZone:
      return "copies between zones";
    case CostItem::kLoadBalancer:
      return "load balancers";
    case CostItem::kReceiver:
      return "receivers";
  }
  return "";
}

MonthlyCost MonthlyCostOf(const ValidScenario& scenario, const RunResult& result,
                          const PriceLists& prices, const MonthlyCostSettings& settings) {
  return Calculation(scenario, result, prices, settings).Take();
}

void AddCatalogPrices(const std::vector<CatalogType>& types, PriceLists& prices) {
  for (const CatalogType& each : types) {
    if (!each.hour_price) continue;
    PriceList& list = prices[each.provider];
    if (list.name.empty()) list.name = each.provider;
    list.instance_hour.try_emplace(each.type.name, UnitPrice{.amount = each.hour_price->amount,
                                                             .currency = each.hour_price->currency,
                                                             .source = each.type.source,
                                                             .as_of = each.type.as_of});
  }
}

}  // namespace vpcmirror
