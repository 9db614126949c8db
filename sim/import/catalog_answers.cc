#include "sim/import/catalog_answers.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace vpcmirror::sim {
namespace {

constexpr std::string_view kTencentCall = "DescribeZoneInstanceConfigInfos";
constexpr std::string_view kAwsCall = "describe-instance-types";

ScenarioError FaultAt(const Value& value, std::string message, std::string accepted) {
  const Origin origin = value.origin();
  ScenarioError error;
  error.file = *origin.file;
  error.path = origin.pointer;
  error.line = origin.at.line;
  error.column = origin.at.column;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  return error;
}

// One type of an answer, and the faults found while reading it.
class Item {
 public:
  Item(const Value& at, AnsweredTypes& into) : at_(at), into_(into) {}

  bool is_good() const { return is_good_; }

  void Complain(const Value& where, std::string message, std::string accepted) {
    into_.faults.push_back(FaultAt(where, std::move(message), std::move(accepted)));
    is_good_ = false;
  }

  void CheckName() {
    const auto name = at_.Get("InstanceType");
    if (name && name->kind() == JsonKind::kText && IsTypeName(name->scalar())) return;
    Complain(name.value_or(at_),
             name ? "InstanceType is " + Shown(*name) : std::string("InstanceType is missing"),
             "a type's name: letters, digits, dots and dashes");
  }

  // A member in units of `unit`, rounded to whole ones. Zero is what an API says of what it
  // does not know, so that it reads as absent.
  std::optional<std::int64_t> Figure(const Value& of, std::string_view name, double unit) {
    const auto member = of.Get(name);
    if (!member) return std::nullopt;
    const auto number = of.Number(name);
    constexpr double kMost = 1e12 * 1e3;  // 1 Pbps, and far more than of anything else
    if (!number || !std::isfinite(*number) || *number < 0 || *number * unit > kMost) {
      Complain(*member, fmt::format("{} is {}", name, Shown(*member)), "a number, 0 or more");
      return std::nullopt;
    }
    const auto whole = static_cast<std::int64_t>(std::llround(*number * unit));
    return whole == 0 ? std::nullopt : std::optional(whole);
  }

  // One that each type has.
  std::int64_t Needed(const std::optional<Value>& of, std::string_view name, double unit) {
    const std::size_t faults = into_.faults.size();
    const auto figure = of ? Figure(*of, name, unit) : std::nullopt;
    if (!figure && into_.faults.size() == faults) {
      Complain(of.value_or(at_), fmt::format("{} is missing or 0", name), "a number over 0");
    }
    return figure.value_or(0);
  }

  int NeededInt(const std::optional<Value>& of, std::string_view name) {
    const std::int64_t figure = Needed(of, name, 1);
    if (figure <= std::numeric_limits<int>::max()) return static_cast<int>(figure);
    Complain(*of, fmt::format("{} is {}", name, figure), "a number of a machine's size");
    return 0;
  }

  std::optional<int> Int(const Value& of, std::string_view name) {
    const auto figure = Figure(of, name, 1);
    if (!figure) return std::nullopt;
    return NeededInt(of, name);
  }

 private:
  static std::string Shown(const Value& value) {
    if (value.is_list()) return "a list";
    if (value.is_object()) return "an object";
    const std::string text(value.scalar());
    return value.kind() == JsonKind::kText ? "\"" + text + "\"" : text;
  }

  const Value& at_;
  AnsweredTypes& into_;
  bool is_good_ = true;
};

Bytes OfMib(std::int64_t mib) { return Bytes(mib * (std::int64_t{1} << 20)); }

CatalogType NewRow(const Value& at, std::string_view provider, std::string_view call,
                   const AnswerSettings& settings) {
  CatalogType row;
  row.type.name = at.Text("InstanceType");
  row.provider = provider;
  row.type.as_of = settings.as_of;
  row.type.source =
      settings.source.empty() ? fmt::format("{}, {}", call, *at.origin().file) : settings.source;
  return row;
}

bool SayTheSame(const CatalogType& a, const CatalogType& b) {
  const Limits& x = a.type.limits;
  const Limits& y = b.type.limits;
  return x.vcpus == y.vcpus && x.memory == y.memory && x.bandwidth == y.bandwidth &&
         x.packet_rate == y.packet_rate && a.peak_bandwidth == b.peak_bandwidth &&
         a.type.max_enis == b.type.max_enis && a.ipv4_per_eni == b.ipv4_per_eni;
}

// By the hour, of an item that is paid so.
std::optional<HourPrice> PriceOf(const Value& at, Item& item, const AnswerSettings& settings) {
  const auto price = at.Get("Price");
  if (!price || settings.currency.empty() || price->Text("ChargeUnit") != "HOUR") {
    return std::nullopt;
  }
  const auto member = price->Get("UnitPrice");
  if (!member) return std::nullopt;
  constexpr double kLeast = 1e-9;  // as the table has it
  constexpr double kMost = 1e9;
  const auto amount = price->Number("UnitPrice");
  if (!amount || !(*amount >= 0 && *amount <= kMost)) {
    item.Complain(*member, "UnitPrice is no amount", "an amount an hour");
    return std::nullopt;
  }
  if (*amount < kLeast) return std::nullopt;
  return HourPrice{*amount, settings.currency};
}

// Rows by name, each type once.
class Rows {
 public:
  explicit Rows(AnsweredTypes& into) : into_(into) {}

  void Add(const Value& at, CatalogType row) {
    const auto [known, is_new] = index_.try_emplace(row.type.name, into_.types.size());
    if (is_new) {
      into_.types.push_back(std::move(row));
      return;
    }
    CatalogType& first = into_.types[known->second];
    if (!SayTheSame(first, row)) {
      into_.faults.push_back(FaultAt(
          at, fmt::format("{} has other figures here than where it came first", row.type.name),
          "the same in every zone; the first are in the table"));
    }
    const bool is_dearer =
        row.hour_price && (!first.hour_price || row.hour_price->amount > first.hour_price->amount);
    if (is_dearer) first.hour_price = row.hour_price;
  }

 private:
  AnsweredTypes& into_;
  std::map<std::string, std::size_t> index_;
};

void ReadTencentItem(const Value& at, const AnswerSettings& settings, Rows& rows,
                     AnsweredTypes& into) {
  constexpr double kGiga = 1e9;         // InstanceBandwidth: Gbps
  constexpr double kTenThousand = 1e4;  // InstancePps: ten thousand packets a second
  constexpr double kMibOfGib = 1024;    // Memory: GiB
  Item item(at, into);
  CatalogType row = NewRow(at, "tencent", kTencentCall, settings);
  item.CheckName();
  Limits& limits = row.type.limits;
  limits.model = LimitModel::kCombined;
  limits.vcpus = item.NeededInt(at, "Cpu");
  limits.memory = OfMib(item.Needed(at, "Memory", kMibOfGib));
  if (const auto bps = item.Figure(at, "InstanceBandwidth", kGiga)) {
    limits.bandwidth = BitsPerSecond(*bps);
  }
  if (const auto pps = item.Figure(at, "InstancePps", kTenThousand)) {
    limits.packet_rate = PacketsPerSecond(*pps);
  }
  row.hour_price = PriceOf(at, item, settings);
  if (item.is_good()) rows.Add(at, std::move(row));
}

// Of all cards together; empty where one does not say.
std::optional<BitsPerSecond> OfAllCards(const Value& network, std::string_view name, Item& item) {
  constexpr double kGiga = 1e9;
  const std::vector<Value> cards = network.ItemsOf("NetworkCards");
  std::int64_t bps = 0;
  for (const Value& card : cards) {
    const auto of_card = item.Figure(card, name, kGiga);
    if (!of_card) return std::nullopt;
    bps += *of_card;
  }
  return bps == 0 ? std::nullopt : std::optional(BitsPerSecond(bps));
}

void ReadAwsItem(const Value& at, const AnswerSettings& settings, Rows& rows, AnsweredTypes& into) {
  Item item(at, into);
  CatalogType row = NewRow(at, "aws", kAwsCall, settings);
  item.CheckName();
  Limits& limits = row.type.limits;
  limits.model = LimitModel::kPerDirection;
  limits.vcpus = item.NeededInt(at.Get("VCpuInfo").value_or(at), "DefaultVCpus");
  limits.memory = OfMib(item.Needed(at.Get("MemoryInfo").value_or(at), "SizeInMiB", 1));
  if (const auto network = at.Get("NetworkInfo")) {
    limits.bandwidth = OfAllCards(*network, "BaselineBandwidthInGbps", item);
    row.peak_bandwidth = OfAllCards(*network, "PeakBandwidthInGbps", item);
    row.type.max_enis = item.Int(*network, "MaximumNetworkInterfaces");
    row.ipv4_per_eni = item.Int(*network, "Ipv4AddressesPerInterface");
  }
  if (item.is_good()) rows.Add(at, std::move(row));
}

ScenarioException NotAnAnswer(const Document& document, std::string_view list,
                              std::string_view call) {
  ScenarioError error;
  error.file = document.file();
  error.message = fmt::format("there is no list {} in it", list);
  error.accepted = fmt::format("what {} answers, as it is", call);
  return ScenarioException({error});
}

// Sentences about what the rows lack.
void NoteWhatIsMissing(AnsweredTypes& answered) {
  std::string without;
  std::size_t count = 0;
  for (const CatalogType& each : answered.types) {
    if (each.type.limits.bandwidth) continue;
    without += (count++ == 0 ? "" : ", ") + each.type.name;
  }
  if (count == 0) return;
  answered.notes.push_back(fmt::format(
      "{} of {} types have no bandwidth in the answer, which is not known then and does not "
      "limit: {}",
      count, answered.types.size(), without));
}

using ReadItem = void (*)(const Value&, const AnswerSettings&, Rows&, AnsweredTypes&);

AnsweredTypes ReadAnswers(const std::vector<std::shared_ptr<const Document>>& answers,
                          std::string_view list, std::string_view call, ReadItem read,
                          const AnswerSettings& settings) {
  AnsweredTypes answered;
  Rows rows(answered);
  for (const auto& document : answers) {
    const Value root = document->root();
    const Value answer = root.Get("Response").value_or(root);
    const auto items = answer.Get(list);
    if (!items || !items->is_list()) throw NotAnAnswer(*document, list, call);
    for (const Value& item : items->Items()) read(item, settings, rows, answered);
    if (!answer.Text("NextToken").empty()) {
      answered.notes.push_back(
          fmt::format("{} has a NextToken: the pages behind it are missing", document->file()));
    }
  }
  NoteWhatIsMissing(answered);
  return answered;
}

}  // namespace

AnsweredTypes TencentTypesOf(const std::vector<std::shared_ptr<const Document>>& answers,
                             const AnswerSettings& settings) {
  return ReadAnswers(answers, "InstanceTypeQuotaSet", kTencentCall, &ReadTencentItem, settings);
}

AnsweredTypes AwsTypesOf(const std::vector<std::shared_ptr<const Document>>& answers,
                         const AnswerSettings& settings) {
  return ReadAnswers(answers, "InstanceTypes", kAwsCall, &ReadAwsItem, settings);
}

}  // namespace vpcmirror::sim
