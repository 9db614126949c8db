#include "sim/cli/log_options.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/input/quantity.h"

namespace vpcmirror::sim {
namespace {

constexpr std::int64_t kMostWindowSeconds = 86'400;

std::optional<double> NumberIn(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && at == end ? std::optional(number) : std::nullopt;
}

// Of "max" or "p99.9"; empty for anything else.
std::optional<double> ShareIn(std::string_view size_at) {
  if (size_at == "max") return 1;
  if (size_at.size() < 2 || size_at.front() != 'p') return std::nullopt;
  const auto percent = NumberIn(size_at.substr(1));
  if (!percent || !(*percent > 0) || *percent > 100) return std::nullopt;
  return *percent / 100;
}

std::optional<std::int64_t> SecondsOf(const std::string& per) {
  const auto time = ParseDuration(per);
  if (!time || time.value->count() % kPicosecondsPerSecond != 0) return std::nullopt;
  const std::int64_t seconds = time.value->count() / kPicosecondsPerSecond;
  return seconds < 1 || seconds > kMostWindowSeconds ? std::nullopt : std::optional(seconds);
}

std::optional<double> PeakToMean(std::string_view burst) {
  constexpr std::string_view kName = "peak-to-mean=";
  if (!burst.starts_with(kName)) return std::nullopt;
  const auto ratio = NumberIn(burst.substr(kName.size()));
  constexpr double kMostRatio = 1e6;
  return ratio && *ratio >= 1 && *ratio <= kMostRatio ? ratio : std::nullopt;
}

// "eni-123=web[0]"; the ID is before the first '='.
std::optional<InterfaceRule> RuleOf(const std::string& text) {
  const std::size_t at = text.find('=');
  if (at == 0 || at == std::string::npos || at + 1 == text.size()) return std::nullopt;
  return InterfaceRule{text.substr(0, at), text.substr(at + 1)};
}

// CLI11's validators: empty when the text will do.
std::string IsSizeAt(const std::string& text) {
  return ShareIn(text) ? "" : "\"" + text + "\" is neither max nor a percentile such as p99";
}
std::string IsPer(const std::string& text) {
  return SecondsOf(text) ? ""
                         : "\"" + text + "\" is no time of whole seconds up to a day, as \"1min\"";
}
std::string IsBurst(const std::string& text) {
  return PeakToMean(text) ? "" : "\"" + text + "\" is not like peak-to-mean=3, of 1 or more";
}
std::string IsRule(const std::string& text) {
  return RuleOf(text) ? "" : "\"" + text + "\" is not like eni-123=web[0]";
}

}  // namespace

std::vector<CLI::Option*> AddLogOptions(CLI::App& command, LogOptions& options) {
  return {
      command
          .add_option("--per", options.per, "Length of a window (default: the logs' own interval)")
          ->type_name("TIME")
          ->check(CLI::Validator(IsPer, "")),
      command
          .add_option("--size-at", options.size_at,
                      "Which window sizes the fleet, by the rate of copies: max, p99, p99.9, ...")
          ->type_name("pN|max")
          ->check(CLI::Validator(IsSizeAt, ""))
          ->capture_default_str(),
      command
          .add_option("--map", options.map,
                      "An interface of the log is that ENI of the scenario; may be repeated")
          ->type_name("ID=HOST")
          ->check(CLI::Validator(IsRule, ""))
          ->allow_extra_args(false),
      command
          .add_option("--burst", options.burst,
                      "peak-to-mean=N: assume that rates peak at N times their mean in a window")
          ->type_name("peak-to-mean=N")
          ->check(CLI::Validator(IsBurst, ""))
          ->capture_default_str(),
      command.add_flag("--strict", options.strict,
                       "Refuse logs with lines that are no records, or records that come too late"),
  };
}

LoggedTrafficOptions ReadingOf(const LogOptions& options) {
  LoggedTrafficOptions reading{
      .files = options.files, .peak_to_mean = *PeakToMean(options.burst), .strict = options.strict};
  if (!options.per.empty()) reading.window_seconds = SecondsOf(options.per);
  for (const std::string& each : options.map) reading.rules.push_back(*RuleOf(each));
  return reading;
}

double ShareOf(const LogOptions& options) { return *ShareIn(options.size_at); }

}  // namespace vpcmirror::sim
