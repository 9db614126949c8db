#include "sim/input/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace vpcmirror::sim {
namespace {

using Wide = Int128;

enum class Dimension {
  kBandwidth,
  kPacketRate,
  kTime,
  kBytes,
  kFrames,
  kPerSecond,
  kFraction,
  kNumber
};

struct Unit {
  std::string_view name;
  Dimension dimension;
  std::int64_t factor;  // in base units: bps, pps, ps, B, frames, 1e-9 of /s and of 1
};

constexpr std::int64_t kKilo = 1'000;
constexpr std::int64_t kMega = 1'000'000;
constexpr std::int64_t kGiga = 1'000'000'000;
constexpr std::int64_t kTera = 1'000'000'000'000;

constexpr Unit kUnits[] = {
    {"bps", Dimension::kBandwidth, 1},
    {"kbps", Dimension::kBandwidth, kKilo},
    {"Mbps", Dimension::kBandwidth, kMega},
    {"Gbps", Dimension::kBandwidth, kGiga},
    {"Tbps", Dimension::kBandwidth, kTera},
    {"pps", Dimension::kPacketRate, 1},
    {"kpps", Dimension::kPacketRate, kKilo},
    {"Mpps", Dimension::kPacketRate, kMega},
    {"Gpps", Dimension::kPacketRate, kGiga},
    {"ps", Dimension::kTime, 1},
    {"ns", Dimension::kTime, kKilo},
    {"us", Dimension::kTime, kMega},
    {"ms", Dimension::kTime, kGiga},
    {"s", Dimension::kTime, kTera},
    {"min", Dimension::kTime, 60 * kTera},
    {"h", Dimension::kTime, 3'600 * kTera},
    {"d", Dimension::kTime, 86'400 * kTera},
    {"B", Dimension::kBytes, 1},
    {"kB", Dimension::kBytes, kKilo},
    {"MB", Dimension::kBytes, kMega},
    {"GB", Dimension::kBytes, kGiga},
    {"TB", Dimension::kBytes, kTera},
    {"KiB", Dimension::kBytes, std::int64_t{1} << 10},
    {"MiB", Dimension::kBytes, std::int64_t{1} << 20},
    {"GiB", Dimension::kBytes, std::int64_t{1} << 30},
    {"TiB", Dimension::kBytes, std::int64_t{1} << 40},
    {"frames", Dimension::kFrames, 1},
    {"/s", Dimension::kPerSecond, kGiga},
    {"k/s", Dimension::kPerSecond, kTera},
    {"M/s", Dimension::kPerSecond, kTera* kKilo},
    {"%", Dimension::kFraction, kGiga / 100},
};

struct Kind {
  Dimension dimension;
  std::string_view name;      // "a rate"
  std::string_view accepted;  // how one is written
};

constexpr Kind kKinds[] = {
    {Dimension::kBandwidth, "a bandwidth", "bps, kbps, Mbps, Gbps or Tbps, as in \"10 Gbps\""},
    {Dimension::kPacketRate, "a packet rate", "pps, kpps, Mpps or Gpps, as in \"1.5 Mpps\""},
    {Dimension::kTime, "a time", "ps, ns, us, ms, s, min, h or d, as in \"250 us\""},
    {Dimension::kBytes, "a number of bytes",
     "B, KiB, MiB, GiB, TiB, kB, MB, GB or TB, as in \"64 KiB\""},
    {Dimension::kFrames, "a number of frames", "as in \"1000 frames\""},
    {Dimension::kPerSecond, "a number per second", "/s, k/s or M/s, as in \"1000/s\""},
    {Dimension::kFraction, "a percentage", "as in \"0.1%\""},
};

const Kind& KindOf(Dimension dimension) {
  return *std::find_if(std::begin(kKinds), std::end(kKinds),
                       [&](const Kind& kind) { return kind.dimension == dimension; });
}

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

const Unit* FindUnit(std::string_view name) {
  const auto* found = std::find_if(std::begin(kUnits), std::end(kUnits),
                                   [&](const Unit& unit) { return unit.name == name; });
  return found == std::end(kUnits) ? nullptr : found;
}

// The unit of `dimension` that was meant by a name in the wrong case.
const Unit* FindMeantUnit(std::string_view name, Dimension dimension) {
  for (const Unit& unit : kUnits) {
    if (unit.dimension == dimension && EqualIgnoringCase(unit.name, name)) return &unit;
  }
  return nullptr;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A decimal number: digits / 10^decimals.
struct Decimal {
  std::int64_t digits = 0;
  int decimals = 0;
};

constexpr int kMaxDigits = 18;  // below 2^63

// Digits with at most one point between them; empty with more than kMaxDigits
// that count.
std::optional<Decimal> ParseDecimal(std::string_view text) {
  Decimal decimal;
  bool point = false;
  int digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.') {
      if (point || i == 0 || i + 1 == text.size()) return std::nullopt;
      point = true;
      continue;
    }
    if (!IsDigit(text[i])) return std::nullopt;
    digits += digits > 0 || text[i] != '0' ? 1 : 0;
    if (digits > kMaxDigits || decimal.decimals == kMaxDigits) return std::nullopt;
    decimal.digits = decimal.digits * 10 + (text[i] - '0');
    decimal.decimals += point ? 1 : 0;
  }
  return text.empty() ? std::nullopt : std::optional(decimal);
}

std::int64_t PowerOfTen(int exponent) {
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

struct NumberAndUnit {
  std::string_view number;
  std::string_view space;
  std::string_view unit;
};

NumberAndUnit Split(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (IsDigit(text[end]) || text[end] == '.')) ++end;
  std::size_t unit = end;
  if (unit < text.size() && text[unit] == ' ') ++unit;
  return {text.substr(0, end), text.substr(end, unit - end), text.substr(unit)};
}

std::string Shortened(std::string_view text) {
  constexpr std::size_t kLongest = 48;
  return text.size() <= kLongest ? std::string(text)
                                 : std::string(text.substr(0, kLongest)) + "...";
}

Fault FaultOf(std::string_view text, const Kind& kind, std::string_view why) {
  return {fmt::format("\"{}\" {}", Shortened(text), why), std::string(kind.accepted)};
}

Fault FaultOfUnit(std::string_view text, const NumberAndUnit& parts, const Kind& kind) {
  if (parts.unit.empty()) {
    Fault fault = FaultOf(text, kind, "has no unit");
    return fault;
  }
  if (const Unit* meant = FindMeantUnit(parts.unit, kind.dimension)) {
    return {fmt::format("\"{}\" has a unit that is not known", Shortened(text)),
            fmt::format("did you mean \"{} {}\"?", parts.number, meant->name)};
  }
  if (const Unit* other = FindUnit(parts.unit)) {
    return FaultOf(text, kind,
                   fmt::format("is {}, not {}", KindOf(other->dimension).name, kind.name));
  }
  return FaultOf(text, kind, fmt::format("is not {}", kind.name));
}

Parsed<std::int64_t> Parse(std::string_view text, Dimension dimension) {
  const Kind& kind = KindOf(dimension);
  const auto fail = [](Fault fault) {
    return Parsed<std::int64_t>{std::nullopt, std::move(fault)};
  };
  if (!text.empty() && text.front() == '-') return fail(FaultOf(text, kind, "is negative"));
  const NumberAndUnit parts = Split(text);
  if (parts.number.empty()) return fail(FaultOf(text, kind, fmt::format("is not {}", kind.name)));
  const Unit* unit = FindUnit(parts.unit);
  if (unit == nullptr || unit->dimension != dimension) return fail(FaultOfUnit(text, parts, kind));
  const std::optional<Decimal> number = ParseDecimal(parts.number);
  if (!number) {
    return fail(FaultOf(text, kind, "does not begin with a decimal number of at most 18 digits"));
  }
  const Wide scaled = static_cast<Wide>(number->digits) * unit->factor;
  const std::int64_t divisor = PowerOfTen(number->decimals);
  if (scaled / divisor > std::numeric_limits<std::int64_t>::max()) {
    return fail(FaultOf(text, kind, "is too large"));
  }
  if (scaled % divisor != 0) {
    const bool in_billionths =
        dimension == Dimension::kPerSecond || dimension == Dimension::kFraction;
    const auto* base = std::find_if(std::begin(kUnits), std::end(kUnits), [&](const Unit& u) {
      return u.dimension == dimension && u.factor == 1;
    });
    return fail(FaultOf(text, kind,
                        in_billionths ? std::string("is finer than a billionth")
                                      : fmt::format("is not a whole number of {}", base->name)));
  }
  return {static_cast<std::int64_t>(scaled / divisor), {}};
}

template <class T>
Parsed<T> As(Parsed<std::int64_t> parsed) {
  Parsed<T> result;
  if (parsed) result.value = T(*parsed.value);
  result.fault = std::move(parsed.fault);
  return result;
}

Parsed<double> AsBillionths(Parsed<std::int64_t> parsed) {
  Parsed<double> result;
  if (parsed) result.value = static_cast<double>(*parsed.value) / static_cast<double>(kGiga);
  result.fault = std::move(parsed.fault);
  return result;
}

// A plain number, as if it were a quantity of billionths.
constexpr Unit kNumber = {"", Dimension::kNumber, kGiga};

// Of base units, with the unit that it was written in.
struct Amount {
  Wide base = 0;
  const Unit* unit = &kNumber;
  std::string space;  // between number and unit
};

constexpr char kNumberOrQuantity[] = "a number such as 3, or a quantity such as \"10 Gbps\"";

// What fits into a scenario: 18 digits of a number, 63 bits of anything else.
bool IsTooLarge(Wide base, const Unit& unit) {
  if (&unit == &kNumber) return base / kNumber.factor >= PowerOfTen(kMaxDigits);
  return base > std::numeric_limits<std::int64_t>::max();
}

// `amount` x `digits` / 10^`decimals`, rounded half up; empty when it is too large to be reckoned.
std::optional<Wide> Scaled(Wide amount, const Decimal& by) {
  Wide product = 0;
  if (__builtin_mul_overflow(amount, static_cast<Wide>(by.digits), &product)) return std::nullopt;
  const Wide divisor = PowerOfTen(by.decimals);
  return product / divisor + (2 * (product % divisor) >= divisor ? 1 : 0);
}

Parsed<Amount> ParseAmount(std::string_view text) {
  const NumberAndUnit parts = Split(text);
  const std::optional<Decimal> number = ParseDecimal(parts.number);
  const Unit* unit = parts.unit.empty() && parts.space.empty() ? &kNumber : FindUnit(parts.unit);
  if (!number || unit == nullptr) {
    return {std::nullopt,
            {fmt::format("\"{}\" is no number or quantity", Shortened(text)), kNumberOrQuantity}};
  }
  const std::optional<Wide> base = Scaled(unit->factor, *number);
  if (!base || IsTooLarge(*base, *unit)) {
    return {std::nullopt, {fmt::format("\"{}\" is too large", Shortened(text)), ""}};
  }
  return {Amount{*base, unit, std::string(parts.space)}, {}};
}

// `base` in `unit`; empty when it has no last decimal there, or more than kMaxDigits of them.
std::optional<std::string> DecimalText(Wide base, const Unit& unit) {
  std::string decimals;
  for (Wide rest = base % unit.factor * 10; rest != 0; rest = rest % unit.factor * 10) {
    if (decimals.size() == kMaxDigits) return std::nullopt;
    decimals += static_cast<char>('0' + static_cast<int>(rest / unit.factor));
  }
  const std::string whole = std::to_string(static_cast<std::int64_t>(base / unit.factor));
  return decimals.empty() ? whole : whole + "." + decimals;
}

// Requires that it is not too large: then the base unit, which has no decimals, always does.
std::string TextOf(const Amount& amount) {
  const Unit* best = nullptr;
  std::optional<std::string> text = DecimalText(amount.base, *amount.unit);
  for (const Unit& unit : kUnits) {
    if (text || unit.dimension != amount.unit->dimension) continue;
    const bool is_better = best == nullptr || unit.factor > best->factor;
    if (is_better && DecimalText(amount.base, unit)) best = &unit;
  }
  if (best != nullptr) text = DecimalText(amount.base, *best);
  return fmt::format("{}{}{}", *text, amount.space,
                     best != nullptr ? best->name : amount.unit->name);
}

Fault FaultOfPair(std::string_view a, std::string_view b) {
  return {fmt::format("\"{}\" and \"{}\" do not go together", Shortened(a), Shortened(b)),
          "two of one kind, as in \"10 Gbps\" and \"500 Mbps\""};
}

Parsed<std::string> TextOrFault(const Amount& amount) {
  if (amount.base < 0) return {std::nullopt, {"the result is below zero", ""}};
  if (IsTooLarge(amount.base, *amount.unit)) return {std::nullopt, {"the result is too large", ""}};
  return {TextOf(amount), {}};
}

Parsed<std::string> Moved(std::string_view text, std::string_view change, int sign) {
  const Parsed<Amount> old = ParseAmount(text);
  if (!old) return {std::nullopt, old.fault};
  const Parsed<Amount> by = ParseAmount(change);
  if (!by) return {std::nullopt, by.fault};
  if (old.value->unit->dimension != by.value->unit->dimension) {
    return {std::nullopt, FaultOfPair(text, change)};
  }
  return TextOrFault({old.value->base + sign * by.value->base, old.value->unit, old.value->space});
}

// At `i` of `steps` equal steps from `from` to `to`, rounded half away from `from`.
Wide Between(Wide from, Wide to, int i, int steps) {
  const Wide distance = from < to ? to - from : from - to;
  const Wide step = (2 * distance * i + steps) / (2 * steps);
  return from < to ? from + step : from - step;
}

}  // namespace

Parsed<BitsPerSecond> ParseBandwidth(std::string_view text) {
  return As<BitsPerSecond>(Parse(text, Dimension::kBandwidth));
}
Parsed<PacketsPerSecond> ParsePacketRate(std::string_view text) {
  return As<PacketsPerSecond>(Parse(text, Dimension::kPacketRate));
}
Parsed<Picoseconds> ParseDuration(std::string_view text) {
  return As<Picoseconds>(Parse(text, Dimension::kTime));
}
Parsed<Bytes> ParseBytes(std::string_view text) {
  return As<Bytes>(Parse(text, Dimension::kBytes));
}

Parsed<int> ParseFrames(std::string_view text) {
  Parsed<std::int64_t> parsed = Parse(text, Dimension::kFrames);
  if (parsed && *parsed.value > std::numeric_limits<int>::max()) {
    return {std::nullopt, FaultOf(text, KindOf(Dimension::kFrames), "is too large")};
  }
  Parsed<int> result;
  if (parsed) result.value = static_cast<int>(*parsed.value);
  result.fault = std::move(parsed.fault);
  return result;
}

Parsed<double> ParsePerSecond(std::string_view text) {
  return AsBillionths(Parse(text, Dimension::kPerSecond));
}
Parsed<double> ParsePercent(std::string_view text) {
  return AsBillionths(Parse(text, Dimension::kFraction));
}

Fault FaultOfBareNumber(std::string_view number, std::string_view unit) {
  const std::string_view space = unit.substr(0, 1) == "/" || unit == "%" ? "" : " ";
  return {fmt::format("{} has no unit", Shortened(number)),
          fmt::format("did you mean \"{}{}{}\"?", Shortened(number), space, unit)};
}

std::string_view LikelyBandwidthUnit(double number) {
  return number <= 400 ? "Gbps" : number <= 400'000 ? "Mbps" : "bps";
}

Parsed<std::string> MultiplyQuantity(std::string_view text, std::string_view factor) {
  const Parsed<Amount> amount = ParseAmount(text);
  if (!amount) return {std::nullopt, amount.fault};
  const std::optional<Decimal> by = ParseDecimal(factor);
  if (!by) {
    return {std::nullopt,
            {fmt::format("\"{}\" is no factor", Shortened(factor)), "a number such as 1.5"}};
  }
  const std::optional<Wide> product = Scaled(amount.value->base, *by);
  if (!product) return {std::nullopt, {"the result is too large", ""}};
  return TextOrFault({*product, amount.value->unit, amount.value->space});
}

Parsed<std::string> AddToQuantity(std::string_view text, std::string_view increment) {
  return Moved(text, increment, 1);
}

Parsed<std::string> SubtractFromQuantity(std::string_view text, std::string_view decrement) {
  return Moved(text, decrement, -1);
}

Parsed<std::vector<std::string>> SpreadQuantity(std::string_view from, std::string_view to,
                                                int count) {
  const NumberAndUnit parts = Split(to);
  const bool has_unit = Split(from).number.size() != from.size();
  const std::string start =
      has_unit ? std::string(from) : fmt::format("{}{}{}", from, parts.space, parts.unit);
  const Parsed<Amount> first = ParseAmount(start);
  if (!first) return {std::nullopt, first.fault};
  const Parsed<Amount> last = ParseAmount(to);
  if (!last) return {std::nullopt, last.fault};
  if (first.value->unit->dimension != last.value->unit->dimension) {
    return {std::nullopt, FaultOfPair(from, to)};
  }
  std::vector<std::string> values;
  for (int i = 0; i < count; ++i) {
    const Wide base = Between(first.value->base, last.value->base, i, count - 1);
    values.push_back(TextOf({base, last.value->unit, last.value->space}));
  }
  return {std::move(values), {}};
}

}  // namespace vpcmirror::sim
