// vpcmirror traffic: what flow logs say passed, as traffic to plan for.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/report/logged_traffic_report.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/load_side.h"
#include "sim/cli/version.h"
#include "sim/input/library.h"
#include "sim/input/logged_traffic.h"
#include "sim/input/quantity.h"

namespace vpcmirror::sim {
namespace {

struct TrafficOptions {
  std::string scenario;
  std::vector<std::string> logs;
  std::string per;
  std::string size_at = "p99";
  std::vector<std::string> map;
  std::string burst = "peak-to-mean=1";
  std::vector<std::string> sets;
  std::string format = "text";
  std::string data;
  bool strict = false;
};

constexpr std::int64_t kMostWindowSeconds = 86'400;

std::optional<double> NumberIn(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && at == end ? std::optional(number) : std::nullopt;
}

// Of "max" or "p99.9"; empty for anything else.
std::optional<double> ShareOf(std::string_view size_at) {
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
  return ShareOf(text) ? "" : "\"" + text + "\" is neither max nor a percentile such as p99";
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

LoggedTrafficOptions ReadingOf(const TrafficOptions& options) {
  LoggedTrafficOptions reading{
      .files = options.logs, .peak_to_mean = *PeakToMean(options.burst), .strict = options.strict};
  if (!options.per.empty()) reading.window_seconds = SecondsOf(options.per);
  for (const std::string& each : options.map) reading.rules.push_back(*RuleOf(each));
  return reading;
}

int PrintTraffic(const TrafficOptions& options, const Surroundings& around) {
  ReadOptions read;
  for (const std::string& text : options.sets) read.sets.push_back(ParseOverride(text));
  read.data_folder = FindDataFolder(options.data);
  read.open_captures = false;  // the logs' traffic takes the workloads' place
  const Library library = LoadLibrary(read.data_folder);
  const ValidScenario scenario = LoadSide({options.scenario}, library, read);
  const LoggedTrafficReport report{.version = kVersion,
                                   .file = options.scenario,
                                   .scenario = &scenario,
                                   .logged = ReadLoggedTraffic(scenario, ReadingOf(options)),
                                   .size_at = options.size_at,
                                   .share = *ShareOf(options.size_at)};
  around.out << (options.format == "json" ? LoggedTrafficJson(report)
                 : options.format == "csv"
                     ? LoggedTrafficCsv(report)
                     : LoggedTrafficText(report, {.width = 80, .color = around.color}));
  return kFine;
}

constexpr char kFooter[] =
    "Each record is shown to the mirrors of its ENI; docs/flow-logs.md says what is read and\n"
    "what becomes of it.\n"
    "Examples:\n"
    "  vpcmirror traffic scenario.json flow.log.gz\n"
    "  vpcmirror traffic scenario.json logs/*.gz --per 1min --size-at p99\n"
    "  vpcmirror traffic scenario.json flow.log --map 'eni-0ab12=web[0]' --strict\n"
    "  vpcmirror traffic scenario.json matrix.csv --burst peak-to-mean=3\n"
    "  vpcmirror traffic scenario.json flow.log --format csv > windows.csv\n"
    "Exit code: 0 read, 2 the scenario or a log cannot be read, or --strict found a line that\n"
    "is no record, or a record that is too late to count.";

}  // namespace

void AddTrafficCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<TrafficOptions>();
  CLI::App* command = app.add_subcommand(
      "traffic", "Say what flow logs hold, window by window, and which window sizes the fleet");
  command
      ->add_option("scenario", options->scenario,
                   "Scenario file, or a file or folder of what a provider's API answers")
      ->required();
  command
      ->add_option("logs", options->logs,
                   "Flow logs of AWS, Tencent or Alibaba (text or JSON), of nfdump -o csv, or "
                   "traffic matrices; packed by gzip or zstd or not")
      ->required()
      ->type_name("LOG");
  command->add_option("--per", options->per, "Length of a window (default: the logs' own interval)")
      ->type_name("TIME")
      ->check(CLI::Validator(IsPer, ""));
  command
      ->add_option("--size-at", options->size_at,
                   "Which window sizes the fleet, by the rate of copies: max, p99, p99.9, ...")
      ->type_name("pN|max")
      ->check(CLI::Validator(IsSizeAt, ""))
      ->capture_default_str();
  command
      ->add_option("--map", options->map,
                   "An interface of the log is that ENI of the scenario; may be repeated")
      ->type_name("ID=HOST")
      ->check(CLI::Validator(IsRule, ""))
      ->allow_extra_args(false);
  command
      ->add_option("--burst", options->burst,
                   "peak-to-mean=N: assume that rates peak at N times their mean in a window")
      ->type_name("peak-to-mean=N")
      ->check(CLI::Validator(IsBurst, ""))
      ->capture_default_str();
  command->add_flag("--strict", options->strict,
                    "Refuse logs with lines that are no records, or records that come too late");
  command->add_option("--set", options->sets, "PATH=VALUE: change the scenario; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command->add_option("--format", options->format, "text, json or csv (a row a window)")
      ->check(CLI::IsMember({"text", "json", "csv"}))
      ->capture_default_str();
  command->add_option("--data", options->data, "Folder of schema/, profiles/ and catalog/")
      ->type_name("DIR");
  command->footer(kFooter);
  command->callback([options, &around, &exit_code] { exit_code = PrintTraffic(*options, around); });
}

}  // namespace vpcmirror::sim
