#include "analysis/catalog/catalog_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "analysis/catalog/size_name.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

constexpr char kGrowth[] = "CAT-GROWTH";
constexpr char kTwin[] = "CAT-TWIN";
constexpr char kDouble[] = "CAT-DOUBLE";
constexpr char kName[] = "CAT-NAME";
constexpr char kDate[] = "CAT-DATE";
constexpr char kKnown[] = "CAT-KNOWN";

constexpr char kLookUp[] = "look it up with the provider; if it is printed so, say so in `known`";

std::string PlainCount(std::int64_t count) { return CountText(count); }
std::string BandwidthWords(std::int64_t bps) { return BitRateText(BitsPerSecond(bps)); }
std::string PacketRateWords(std::int64_t pps) { return PacketRateText(PacketsPerSecond(pps)); }

template <class T>
std::optional<std::int64_t> Whole(const std::optional<T>& figure) {
  if (!figure) return std::nullopt;
  if constexpr (std::is_integral_v<T>) {
    return *figure;
  } else {
    return figure->count();
  }
}

// A figure of a type that does not fall from a size to a larger one.
struct Figure {
  const char* name;
  std::optional<std::int64_t> (*of)(const CatalogType&);
  std::string (*words)(std::int64_t);
};

const Figure kFigures[] = {
    {"bandwidth", [](const CatalogType& t) { return Whole(t.type.limits.bandwidth); },
     &BandwidthWords},
    {"peak bandwidth", [](const CatalogType& t) { return Whole(t.peak_bandwidth); },
     &BandwidthWords},
    {"packet rate", [](const CatalogType& t) { return Whole(t.type.limits.packet_rate); },
     &PacketRateWords},
    {"connections", [](const CatalogType& t) { return Whole(t.connections); }, &PlainCount},
    {"queues", [](const CatalogType& t) { return Whole(t.queues); }, &PlainCount},
    {"ENIs", [](const CatalogType& t) { return Whole(t.type.max_enis); }, &PlainCount},
    {"addresses of an ENI", [](const CatalogType& t) { return Whole(t.ipv4_per_eni); },
     &PlainCount}};

using Family = std::vector<const CatalogType*>;

int VcpusOf(const CatalogType& type) { return type.type.limits.vcpus.value_or(0); }
std::int64_t MemoryOf(const CatalogType& type) {
  return type.type.limits.memory.value_or(Bytes{}).count();
}

bool IsSmaller(const CatalogType& a, const CatalogType& b) {
  if (VcpusOf(a) == 0 || VcpusOf(b) == 0) return false;
  return std::pair(VcpusOf(a), MemoryOf(a)) < std::pair(VcpusOf(b), MemoryOf(b));
}

// Two rows of one size, that differ in memory.
bool AreTwins(const CatalogType& a, const CatalogType& b) {
  const auto size_a = SizeInName(a.type.name);
  const auto size_b = SizeInName(b.type.name);
  return &a != &b && size_a && size_b && size_a->size == size_b->size && VcpusOf(a) == VcpusOf(b);
}

CatalogFinding FindingOf(const char* code, const CatalogType& type, std::string message) {
  return {code, type.type.name, type.line, std::move(message), kLookUp, ""};
}

// The row with less of two twins.
void FindTwinsThatDiffer(const CatalogType& type, const Family& family,
                         std::vector<CatalogFinding>& findings) {
  for (const Figure& figure : kFigures) {
    const auto own = figure.of(type);
    for (const CatalogType* other : family) {
      const auto theirs = figure.of(*other);
      if (!own || !theirs || *own >= *theirs || !AreTwins(type, *other)) continue;
      findings.push_back(FindingOf(
          kTwin, type,
          fmt::format("{} is {}, and {} of its twin {} with the same {} vCPUs", figure.name,
                      figure.words(*own), figure.words(*theirs), other->type.name, VcpusOf(type))));
      break;
    }
  }
}

// Against the smaller sibling that has most of a figure.
void FindShrinking(const CatalogType& type, const Family& family,
                   std::vector<CatalogFinding>& findings) {
  for (const Figure& figure : kFigures) {
    const auto own = figure.of(type);
    if (!own) continue;
    const CatalogType* most = nullptr;
    for (const CatalogType* other : family) {
      if (!IsSmaller(*other, type) || AreTwins(*other, type)) continue;
      if (figure.of(*other).value_or(0) > (most == nullptr ? *own : *figure.of(*most))) {
        most = other;
      }
    }
    if (most == nullptr) continue;
    findings.push_back(FindingOf(
        kGrowth, type,
        fmt::format("{} is {}, less than the {} of {}, which is smaller", figure.name,
                    figure.words(*own), figure.words(*figure.of(*most)), most->type.name)));
  }
}

std::string GibText(double bytes) {
  constexpr double kGib = 1024.0 * 1024 * 1024;
  return SignificantText(bytes / kGib, 6) + " GiB";
}

// Whether one is the other, doubled or halved any number of times. Requires a, b > 0.
bool IsInStepsOfTwo(std::int64_t a, std::int64_t b) {
  std::int64_t less = std::min(a, b);
  const std::int64_t more = std::max(a, b);
  while (less < more / 2 + more % 2) less *= 2;
  return less == more || 2 * less == more;
}

// Sizes come in steps of two: what has twice the vCPUs has twice the memory of one of them,
// or as much, or four times as much where a family has rows with more memory beside.
void FindMemoryThatDoesNotDouble(const CatalogType& type, const Family& family,
                                 std::vector<CatalogFinding>& findings) {
  const std::int64_t memory = MemoryOf(type);
  if (memory == 0) return;  // not known
  std::set<std::int64_t> doubled;
  std::string half;
  bool is_in_steps = false;
  for (const CatalogType* other : family) {
    if (VcpusOf(*other) == 0 || 2 * VcpusOf(*other) != VcpusOf(type) || MemoryOf(*other) == 0) {
      continue;
    }
    doubled.insert(2 * MemoryOf(*other));
    is_in_steps = is_in_steps || IsInStepsOfTwo(memory, MemoryOf(*other));
    half += (half.empty() ? "" : ", ") + other->type.name;
  }
  if (doubled.empty() || is_in_steps) return;
  std::string expected;
  for (const std::int64_t each : doubled) {
    expected += (expected.empty() ? "" : " or ") + GibText(static_cast<double>(each));
  }
  findings.push_back(
      FindingOf(kDouble, type,
                fmt::format("memory is {}, where twice that of half its size ({}) is {}",
                            GibText(static_cast<double>(memory)), half, expected)));
}

void FindMisnamed(const CatalogType& type, std::vector<CatalogFinding>& findings) {
  const auto named = SizeInName(type.type.name);
  if (!named) return;
  constexpr std::int64_t kGib = std::int64_t{1} << 30;
  const std::int64_t memory = MemoryOf(type);
  if (memory != 0 && memory != named->memory_gib * kGib) {
    findings.push_back(
        FindingOf(kName, type,
                  fmt::format("memory is {}, and the name says {} GiB",
                              GibText(static_cast<double>(memory)), named->memory_gib)));
  }
  if (VcpusOf(type) != 0 && VcpusOf(type) != named->vcpus) {
    findings.push_back(FindingOf(
        kName, type,
        fmt::format("it has {} vCPUs, and the name says {}", VcpusOf(type), named->vcpus)));
  }
}

// Of a row whose date is missing the reader tells.
std::optional<std::string> DateComplaint(const std::string& as_of, const LintSettings& settings) {
  if (as_of.empty()) return std::nullopt;
  const auto day = DaysOfDate(as_of);
  if (!day) return fmt::format("as_of is \"{}\", which is no date such as 2026-11-22", as_of);
  const auto today = DaysOfDate(settings.today);
  if (!today) return std::nullopt;
  const int age = *today - *day;
  if (age < 0) return fmt::format("as_of is {}, after today, {}", as_of, settings.today);
  if (age <= settings.most_age_days) return std::nullopt;
  return fmt::format("as_of is {}, {} days ago", as_of, CountText(age));
}

CatalogFinding DateFinding(std::string name, int line, std::string message) {
  return {kDate,
          std::move(name),
          line,
          std::move(message),
          "look the row up again, or import it, and write the day into as_of",
          ""};
}

void MarkKnown(const std::vector<CatalogType>& types, std::vector<CatalogFinding>& findings) {
  std::vector<CatalogFinding> idle;
  for (const CatalogType& type : types) {
    for (const KnownFlaw& flaw : type.known) {
      bool is_found = false;
      for (CatalogFinding& finding : findings) {
        if (finding.line != type.line || finding.code != flaw.code) continue;
        finding.known_because = flaw.reason;
        is_found = true;
      }
      if (is_found) continue;
      idle.push_back(
          {kKnown, type.type.name, type.line,
           fmt::format("{} is said to be known of this row, and is not found", flaw.code),
           "take it out of `known`", ""});
    }
  }
  findings.insert(findings.end(), std::make_move_iterator(idle.begin()),
                  std::make_move_iterator(idle.end()));
}

void SortByLine(std::vector<CatalogFinding>& findings) {
  std::stable_sort(findings.begin(), findings.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
}

}  // namespace

const std::vector<CatalogRule>& CatalogRules() {
  static const std::vector<CatalogRule> rules = {
      {"CAT-ROW", "a column is missing or unknown, a cell cannot be read, or a row is here twice"},
      {kGrowth, "a larger size of a family has less of something than a smaller one"},
      {kTwin, "two rows of one size, which differ in memory, differ in something else"},
      {kDouble, "a size's memory is not in steps of two from that of rows of half its vCPUs"},
      {kName, "memory or vCPUs are not those in the name"},
      {kDate, "as_of is no date, to come, or too long ago"},
      {kKnown, "`known` names a finding that there is not"}};
  return rules;
}

std::optional<int> DaysOfDate(std::string_view iso_date) {
  constexpr std::size_t kLength = 10;  // of 2026-11-22
  if (iso_date.size() != kLength || iso_date[4] != '-' || iso_date[7] != '-') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = -1;
    const char* const end = iso_date.data() + at + digits;
    const auto parsed = std::from_chars(iso_date.data() + at, end, value);
    return parsed.ec == std::errc() && parsed.ptr == end ? value : -1;
  };
  const int month = number(5, 2);
  const int day = number(8, 2);
  if (number(0, 4) < 0 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<int>(std::chrono::sys_days(date).time_since_epoch().count());
}

std::vector<CatalogFinding> LintTypes(const std::vector<CatalogType>& types,
                                      const LintSettings& settings) {
  std::map<std::pair<std::string, std::string>, Family> families;
  for (const CatalogType& type : types) {
    families[{type.provider, std::string(FamilyOf(type.type.name))}].push_back(&type);
  }
  std::vector<CatalogFinding> findings;
  for (const auto& [name, family] : families) {
    for (const CatalogType* type : family) {
      FindShrinking(*type, family, findings);
      FindTwinsThatDiffer(*type, family, findings);
      FindMemoryThatDoesNotDouble(*type, family, findings);
      FindMisnamed(*type, findings);
      if (auto complaint = DateComplaint(type->type.as_of, settings)) {
        findings.push_back(DateFinding(type->type.name, type->line, std::move(*complaint)));
      }
    }
  }
  MarkKnown(types, findings);
  SortByLine(findings);
  return findings;
}

std::vector<CatalogFinding> LintReceivers(const std::vector<CatalogReceiver>& receivers,
                                          const LintSettings& settings) {
  std::vector<CatalogFinding> findings;
  for (const CatalogReceiver& each : receivers) {
    if (auto complaint = DateComplaint(each.profile.as_of, settings)) {
      findings.push_back(DateFinding(each.profile.name, each.line, std::move(*complaint)));
    }
  }
  SortByLine(findings);
  return findings;
}

}  // namespace vpcmirror
