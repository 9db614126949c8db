// What a cloud charges for mirroring: only what a document states. A price that is not here is
// not known, and no answer guesses one.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace vpcmirror {

// Of one hour, or of one GB of 10^9 bytes.
struct UnitPrice {
  double amount = 0;
  std::string currency;  // ISO 4217
  std::string source;
  std::string as_of;       // ISO date of the source
  std::string free_until;  // ISO date, the last day on which nothing is charged; empty: none

  friend bool operator==(const UnitPrice&, const UnitPrice&) = default;
};

struct PriceList {
  std::string name;  // of the provider's profile: "aws"
  std::string title;
  std::optional<UnitPrice> session_hour;   // of each source ENI of each mirror, while it exists
  std::optional<UnitPrice> copied_gb;      // of copies, as they leave the source
  std::optional<UnitPrice> cross_zone_gb;  // that passes from one zone to another
  std::map<std::string, UnitPrice> load_balancer_hour;  // by LoadBalancerKind::name
  std::map<std::string, UnitPrice> instance_hour;       // by instance type
};

using PriceLists = std::map<std::string, PriceList>;  // by PriceList::name

}  // namespace vpcmirror
