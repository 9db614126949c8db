// The instance catalogue as people read it: each row with all that it says, what is
// doubtful about it included. A simulation needs the InstanceType in it alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/cloud/limits.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// A finding of the catalogue's lint that is known of its row, and why the row stays as it is.
struct KnownFlaw {
  std::string code;  // "CAT-TWIN"
  std::string reason;

  friend bool operator==(const KnownFlaw&, const KnownFlaw&) = default;
};

struct HourPrice {
  double amount = 0;
  std::string currency;  // ISO 4217

  friend bool operator==(const HourPrice&, const HourPrice&) = default;
};

struct CatalogType {
  InstanceType type;
  std::string provider;                         // whose table it is in: "tencent"
  std::optional<BitsPerSecond> peak_bandwidth;  // while credits last; no limit counts on it
  std::optional<std::int64_t> connections;      // at once
  std::optional<int> queues;                    // for receiving, and as many for sending
  std::optional<int> ipv4_per_eni;
  std::optional<bool> mirror_source;    // by AWS's lists of 2023 and 2024; empty: not known
  std::optional<HourPrice> hour_price;  // on demand; empty: not known
  std::vector<KnownFlaw> known;
  int line = 0;  // of its table
};

struct CatalogReceiver {
  ReceiverProfile profile;
  int line = 0;  // of its table
};

// The part of an instance type's name before the first dot: "S5" of "S5.4XLARGE32".
constexpr std::string_view FamilyOf(std::string_view type) {
  return type.substr(0, type.find('.'));
}

// Letters, digits, dots, dashes and underscores: what no table takes for anything else.
constexpr bool IsTypeName(std::string_view name) {
  constexpr std::string_view kNameCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !name.empty() && name.find_first_not_of(kNameCharacters) == std::string_view::npos;
}

// Mean size of frames, in bytes, below which the packet rate is reached before the
// bandwidth; empty where either is not known.
inline std::optional<double> CrossoverBytes(const Limits& limits) {
  if (!limits.bandwidth || !limits.packet_rate) return std::nullopt;
  return static_cast<double>(limits.bandwidth->count()) / kBitsPerByte /
         static_cast<double>(limits.packet_rate->count());
}

}  // namespace vpcmirror
