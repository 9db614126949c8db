// vpcmirror catalog: instance types and receivers, and whether their tables hold together.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "analysis/catalog/catalog_lint.h"
#include "analysis/report/catalog_csv.h"
#include "analysis/report/catalog_json.h"
#include "analysis/report/catalog_text.h"
#include "analysis/report/paragraph.h"
#include "analysis/report/text_layout.h"
#include "analysis/words/counted.h"
#include "models/scenario/nearest.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/print_errors.h"
#include "sim/import/catalog_answers.h"
#include "sim/input/catalog.h"
#include "sim/input/data_folder.h"
#include "sim/input/json_document.h"
#include "sim/input/quantity.h"

namespace vpcmirror::sim {
namespace {

constexpr char kReceivers[] = "receivers";

struct CatalogOptions {
  std::string what = "types";
  std::string name;
  std::string provider;
  std::string family;
  std::string min_bandwidth;
  std::string min_packet_rate;
  int min_vcpus = 0;
  std::string format = "text";
  std::string data;
  std::vector<std::string> files;
  bool strict = false;
  int max_age = LintSettings{}.most_age_days;
  std::vector<std::string> tencent;
  std::vector<std::string> aws;
  std::string out;
  AnswerSettings answer;
};

[[noreturn]] void Reject(std::string message, std::string accepted) {
  ScenarioError error;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  throw ScenarioException({error});
}

Catalog Load(const CatalogOptions& options) {
  Catalog catalog = ReadCatalog(FindDataFolder(options.data));
  if (!catalog.errors.empty()) throw ScenarioException(std::move(catalog.errors));
  return catalog;
}

template <class T>
std::optional<T> Bound(const std::string& option, const std::string& text,
                       Parsed<T> (*parse)(std::string_view)) {
  if (text.empty()) return std::nullopt;
  const Parsed<T> parsed = parse(text);
  if (!parsed) Reject(option + ": " + parsed.fault.message, parsed.fault.accepted);
  return parsed.value;
}

void RequireProvider(const Catalog& catalog, const std::string& provider) {
  std::vector<std::string> known;
  for (const CatalogType& each : catalog.types) {
    if (std::find(known.begin(), known.end(), each.provider) == known.end()) {
      known.push_back(each.provider);
    }
  }
  if (provider.empty() || std::find(known.begin(), known.end(), provider) != known.end()) return;
  Reject("no table is of provider \"" + provider + "\"", AcceptedNames(provider, known));
}

std::vector<CatalogType> ChosenTypes(const Catalog& catalog, const CatalogOptions& options) {
  RequireProvider(catalog, options.provider);
  const auto bandwidth = Bound("--min-bandwidth", options.min_bandwidth, &ParseBandwidth);
  const auto packets = Bound("--min-packet-rate", options.min_packet_rate, &ParsePacketRate);
  std::vector<CatalogType> chosen;
  for (const CatalogType& each : catalog.types) {
    const Limits& limits = each.type.limits;
    const bool is_meant = (options.provider.empty() || each.provider == options.provider) &&
                          (options.family.empty() || FamilyOf(each.type.name) == options.family) &&
                          (!bandwidth || (limits.bandwidth && *limits.bandwidth >= *bandwidth)) &&
                          (!packets || (limits.packet_rate && *limits.packet_rate >= *packets)) &&
                          limits.vcpus.value_or(0) >= options.min_vcpus;
    if (is_meant) chosen.push_back(each);
  }
  return chosen;
}

// What a table of receivers has no column of.
constexpr const char* kTypeOptions[] = {"--provider", "--family", "--min-bandwidth",
                                        "--min-packet-rate", "--min-vcpus"};

// CLI11's validators: empty when the text will do.
std::string IsDays(const std::string& text) {
  constexpr int kMostDays = 36'500;  // a century
  int days = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number && days >= 1 && days <= kMostDays
             ? ""
             : fmt::format("\"{}\" is no number of days from 1 to {}", text, kMostDays);
}

std::string IsVcpus(const std::string& text) {
  int vcpus = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), vcpus);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number && vcpus >= 0 ? "" : "\"" + text + "\" is no number of vCPUs";
}

void RefuseForReceivers(const CLI::App& command) {
  for (const char* option : kTypeOptions) {
    if (command.count(option) == 0) continue;
    throw CLI::ValidationError(option, "is about instance types, and these are receivers");
  }
}

int List(const CatalogOptions& options, const Surroundings& around) {
  const Catalog catalog = Load(options);
  const TextStyle style{.color = around.color};
  if (options.what == kReceivers) {
    around.out << (options.format == "json"  ? ReceiverListJson(catalog.receivers)
                   : options.format == "csv" ? ReceiverListCsv(catalog.receivers)
                                             : ReceiverListText(catalog.receivers, style));
    return kFine;
  }
  const std::vector<CatalogType> types = ChosenTypes(catalog, options);
  around.out << (options.format == "json"  ? CatalogListJson(types)
                 : options.format == "csv" ? CatalogListCsv(types)
                                           : CatalogListText(types, style));
  return kFine;
}

int Show(const CatalogOptions& options, const Surroundings& around) {
  const Catalog catalog = Load(options);
  const TextStyle style{.color = around.color};
  const bool as_json = options.format == "json";
  std::vector<std::string> known;
  for (const CatalogType& each : catalog.types) {
    known.push_back(each.type.name);
    if (each.type.name != options.name) continue;
    around.out << (as_json ? CatalogTypeJson(each) : CatalogTypeText(each, style));
    return kFine;
  }
  for (const CatalogReceiver& each : catalog.receivers) {
    known.push_back(each.profile.name);
    if (each.profile.name != options.name) continue;
    around.out << (as_json ? CatalogReceiverJson(each) : CatalogReceiverText(each, style));
    return kFine;
  }
  Reject("there is no instance type and no receiver \"" + options.name + "\"",
         AcceptedNames(options.name, known));
}

// What the reader could not take is a finding of the row.
CatalogFinding RowFinding(const ScenarioError& error) {
  return {"CAT-ROW",
          "",
          error.line,
          error.message,
          error.accepted.empty() ? "" : "accepted: " + error.accepted,
          ""};
}

LintedTable Lint(const std::string& file, const LintSettings& settings) {
  Catalog catalog;
  ReadCatalogTable(ReadTextFile(file), file, catalog);
  LintedTable table{.file = file};
  table.rows = static_cast<int>(catalog.types.size() + catalog.receivers.size());
  for (const ScenarioError& error : catalog.errors) table.findings.push_back(RowFinding(error));
  for (CatalogFinding& each : LintTypes(catalog.types, settings)) {
    table.findings.push_back(std::move(each));
  }
  for (CatalogFinding& each : LintReceivers(catalog.receivers, settings)) {
    table.findings.push_back(std::move(each));
  }
  std::stable_sort(table.findings.begin(), table.findings.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  return table;
}

int LintAll(const CatalogOptions& options, const Surroundings& around) {
  const LintSettings settings{.today = around.today, .most_age_days = options.max_age};
  const auto files =
      options.files.empty() ? CatalogFiles(FindDataFolder(options.data)) : options.files;
  std::vector<LintedTable> tables;
  bool is_clean = true;
  for (const std::string& file : files) {
    tables.push_back(Lint(file, settings));
    for (const CatalogFinding& each : tables.back().findings) {
      is_clean = is_clean && !each.known_because.empty() && !options.strict;
    }
  }
  around.out << (options.format == "json" ? LintJson(tables)
                                          : LintText(tables, {.color = around.color}));
  return is_clean ? kFine : kFindings;
}

std::vector<std::shared_ptr<const Document>> ReadDocuments(const std::vector<std::string>& files) {
  std::vector<std::shared_ptr<const Document>> documents;
  for (const std::string& file : files) {
    documents.push_back(Document::Parse(ReadTextFile(file, kMaxImportBytes, kSmallerImport), file));
  }
  return documents;
}

void CheckImportOptions(const CatalogOptions& options, const AnswerSettings& answer) {
  if (options.tencent.empty() == options.aws.empty()) {
    Reject("catalog import takes the answers of one cloud",
           "--tencent FILE (DescribeZoneInstanceConfigInfos) or --aws FILE "
           "(describe-instance-types)");
  }
  if (!DaysOfDate(answer.as_of)) {
    Reject("--as-of is \"" + answer.as_of + "\"", "the day of the answer, such as 2026-11-22");
  }
}

int ImportTypes(const CatalogOptions& options, const Surroundings& around) {
  AnswerSettings answer = options.answer;
  if (answer.as_of.empty()) answer.as_of = around.today;
  CheckImportOptions(options, answer);
  const bool is_tencent = !options.tencent.empty();
  AnsweredTypes answered = is_tencent ? TencentTypesOf(ReadDocuments(options.tencent), answer)
                                      : AwsTypesOf(ReadDocuments(options.aws), answer);
  if (answered.types.empty() && !answered.faults.empty()) {
    throw ScenarioException(std::move(answered.faults));
  }
  // A cell of a table has one line.
  for (CatalogType& each : answered.types) each.type.source = Printable(each.type.source);
  const std::string table =
      is_tencent ? TencentTypesCsv(answered.types) : AwsTypesCsv(answered.types);
  if (options.out.empty()) {
    around.out << table;
  } else {
    PendingFile(options.out, table).Commit();
  }
  if (!answered.faults.empty()) PrintErrors(ScenarioException(answered.faults), around.err);
  for (const std::string& note : answered.notes) {
    around.err << Wrapped("note: " + Printable(note), TextStyle{}.width, 2) << '\n';
  }
  around.err << fmt::format("{} as of {}\n", Counted(answered.types.size(), "type"), answer.as_of);
  return answered.faults.empty() ? kFine : kFindings;
}

void AddData(CLI::App& command, CatalogOptions& options) {
  command.add_option("--data", options.data, "Folder of schema/, profiles/ and catalog/");
}

void AddFormat(CLI::App& command, CatalogOptions& options, std::vector<std::string> formats) {
  command.add_option("--format", options.format, "How it is printed")
      ->check(CLI::IsMember(std::move(formats)))
      ->capture_default_str();
  AddData(command, options);
}

CLI::App* AddList(CLI::App& command, CatalogOptions& options) {
  CLI::App* list = command.add_subcommand("list", "The instance types, or the receivers");
  list->add_option("what", options.what, "types or receivers")
      ->check(CLI::IsMember({"types", kReceivers}))
      ->capture_default_str();
  list->add_option("--provider", options.provider, "Types of this cloud: tencent or aws");
  list->add_option("--family", options.family, "Types of this family, such as S5");
  list->add_option("--min-bandwidth", options.min_bandwidth, "At least so much, such as 10 Gbps");
  list->add_option("--min-packet-rate", options.min_packet_rate, "At least so much: 2 Mpps");
  list->add_option("--min-vcpus", options.min_vcpus, "At least so many")
      ->check(CLI::Validator(IsVcpus, ""))
      ->type_name("N");
  AddFormat(*list, options, {"text", "json", "csv"});
  list->footer(
      "A type whose figure is not known is not at least anything.\n"
      "Examples:\n"
      "  vpcmirror catalog list --provider tencent --family S6\n"
      "  vpcmirror catalog list --min-bandwidth '10 Gbps' --format csv\n"
      "  vpcmirror catalog list receivers");
  return list;
}

CLI::App* AddShow(CLI::App& command, CatalogOptions& options) {
  CLI::App* show = command.add_subcommand("show", "Everything about one, with its source");
  show->add_option("name", options.name, "An instance type or a receiver")->required();
  AddFormat(*show, options, {"text", "json"});
  return show;
}

CLI::App* AddLint(CLI::App& command, CatalogOptions& options) {
  CLI::App* lint = command.add_subcommand("lint", "Find rows that do not fit their siblings");
  lint->add_option("files", options.files, "Tables; default: all of the data folder's catalog/");
  lint->add_option("--max-age", options.max_age, "Days after which a row is out of date")
      ->check(CLI::Validator(IsDays, ""))
      ->type_name("DAYS")
      ->capture_default_str();
  lint->add_flag("--strict", options.strict, "What a row says is known counts, too");
  AddFormat(*lint, options, {"text", "json"});
  std::string footer = "What it finds:\n";
  for (const CatalogRule& rule : CatalogRules()) {
    footer +=
        Paragraph(fmt::format("  {:11}", rule.code), rule.title, TextStyle{}.width, 13) + "\n";
  }
  lint->footer(footer +
               "A column `known` with \"CODE: reason\" says that a finding is known.\n"
               "Exit code: 0 nothing but what is known, 1 findings, 2 a file cannot be read.");
  return lint;
}

CLI::App* AddImport(CLI::App& command, CatalogOptions& options) {
  CLI::App* import = command.add_subcommand("import", "Make a table of what a cloud's API says");
  import->add_option("--tencent", options.tencent, "Answers of DescribeZoneInstanceConfigInfos")
      ->type_name("FILE");
  import->add_option("--aws", options.aws, "Answers of describe-instance-types")->type_name("FILE");
  import->add_option("--out", options.out, "File to write the table to; default: stdout");
  import->add_option("--as-of", options.answer.as_of, "Day of the answer; default: today")
      ->type_name("DATE");
  import->add_option("--source", options.answer.source, "Where every row is said to come from");
  import->add_option("--currency", options.answer.currency,
                     "Of Tencent's prices, which its answer does not name; without it they are "
                     "left out")
      ->type_name("CODE")
      ->check([](const std::string& code) {
        const bool is_code = code.size() == 3 && code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") ==
                                                     std::string::npos;
  return is_code ? std::string() : std::string("a code such as CNY or USD");
});
import->footer(
    "The table takes the place of one in a data folder of your own:\n"
    "  cp -r scenarios mine\n"
    "  tccli cvm DescribeZoneInstanceConfigInfos --region ap-guangzhou > types.json\n"
    "  vpcmirror catalog import --tencent types.json --out mine/catalog/tencent-cvm.csv\n"
    "  vpcmirror catalog list --data mine\n"
    "  aws ec2 describe-instance-types > types.json\n"
    "  vpcmirror catalog import --aws types.json --out mine/catalog/aws-ec2.csv\n"
    "Exit code: 0 imported, 1 imported without items that are wrong, 2 cannot be read.");
return import;
}  // namespace

}  // namespace vpcmirror::sim

void AddCatalogCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<CatalogOptions>();
  CLI::App* command =
      app.add_subcommand("catalog", "Instance types and receivers, and their tables");
  command->footer(
      "Examples:\n"
      "  vpcmirror catalog list --family S5\n"
      "  vpcmirror catalog show S5.4XLARGE32\n"
      "  vpcmirror catalog list receivers");
  command->require_subcommand(1);
  const auto on = [&](CLI::App* subcommand,
                      int (*run)(const CatalogOptions&, const Surroundings&)) {
    subcommand->callback([=, &around, &exit_code] { exit_code = run(*options, around); });
  };
  CLI::App* list = AddList(*command, *options);
  on(list, &List);
  list->parse_complete_callback([list, options] {
    if (options->what == kReceivers) RefuseForReceivers(*list);
  });
  on(AddShow(*command, *options), &Show);
  on(AddLint(*command, *options), &LintAll);
  on(AddImport(*command, *options), &ImportTypes);
}

}  // namespace vpcmirror::sim
