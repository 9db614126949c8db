#include "sim/input/scenario_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include "models/scenario/series.h"
#include "sim/input/assertion_reader.h"
#include "sim/input/cursor.h"
#include "sim/input/overrides.h"
#include "sim/input/reading.h"
#include "sim/input/scenario_parts.h"
#include "sim/input/schema_check.h"
#include "sim/input/sha256.h"

namespace vpcmirror::sim {
namespace {

void ReadAssumptions(const Cursor& at, Scenario& scenario) {
  for (const auto& [name, value] : at.Members()) {
    if (name == "fabric_delay") continue;
    const auto* text = value.value().get_ptr<const std::string*>();
    scenario.assumptions[name] = {text != nullptr ? *text : value.value().dump(), value.path()};
  }
  scenario.fabric_delay = ReadDuration(at, "fabric_delay", Zero::kAllowed);
}

// A bin, or true for the usual one.
std::optional<At<Picoseconds>> ReadSeries(const Cursor& output) {
  const std::optional<Cursor> series = output.Get("series");
  if (!series) return std::nullopt;
  if (!series->value().is_boolean()) return ReadDuration(output, "series", Zero::kRefused);
  if (!series->value().get<bool>()) return std::nullopt;
  return At<Picoseconds>{kDefaultSeriesBin, series->path()};
}

void ReadOutput(const Cursor& at, Scenario& scenario) {
  scenario.series_bin = ReadSeries(at);
  const std::optional<Cursor> pcap = at.Get("pcap");
  if (!pcap) return;
  for (const auto& [what, file] : pcap->Members()) {
    const auto* name = file.value().get_ptr<const std::string*>();
    if (name != nullptr) scenario.pcaps.push_back({file.path(), what, *name});
  }
}

void ReadTopLevel(const Cursor& root, Scenario& scenario) {
  if (const auto name = ReadText(root, "name")) scenario.name = name->value;
  if (const auto text = ReadText(root, "description")) scenario.description = text->value;
  if (auto provider = ReadText(root, "provider")) scenario.provider = std::move(*provider);
  scenario.duration = ReadDuration(root, "duration", Zero::kRefused);
  scenario.warm_up = ReadDuration(root, "warm_up", Zero::kAllowed);
  const std::optional<Cursor> seed = root.Get("seed");
  if (seed && seed->value().is_number_unsigned()) {
    scenario.seed = At<std::uint64_t>{seed->value().get<std::uint64_t>(), seed->path()};
  }
  scenario.baseline = ReadFlag(root, "baseline");
  if (const auto at = root.Get("assumptions")) ReadAssumptions(*at, scenario);
  scenario.costs = ReadCosts(root).value_or(CostSpec{});
  if (const auto at = root.Get("output")) ReadOutput(*at, scenario);
}

std::vector<AcceptanceSpec> ReadAcceptances(const Cursor& list) {
  std::vector<AcceptanceSpec> acceptances;
  for (const Cursor& item : list.Items()) {
    acceptances.push_back({.path = item.path(),
                           .finding = TextOf(item, "finding"),
                           .of = TextOf(item, "of"),
                           .because = TextOf(item, "because")});
  }
  return acceptances;
}

void ReadParts(const Cursor& root, const CaptureFolder& captures, Scenario& scenario) {
  ReadTopLevel(root, scenario);
  if (const auto at = root.Get("vpcs")) scenario.vpcs = ReadVpcs(*at);
  if (const auto at = root.Get("hosts")) scenario.hosts = ReadHosts(*at);
  if (const auto at = root.Get("workloads")) scenario.workloads = ReadWorkloads(*at, captures);
  if (const auto at = root.Get("mirrors")) {
    MirrorLists read = ReadMirrors(*at);
    scenario.mirrors = std::move(read.mirrors);
    scenario.filters = std::move(read.filters);
    scenario.targets = std::move(read.targets);
  }
  if (const auto at = root.Get("accept")) scenario.acceptances = ReadAcceptances(*at);
  if (const auto at = root.Get("timeline")) scenario.timeline = ReadTimeline(*at);
}

std::shared_ptr<const Schema> LoadSchema(const ReadOptions& options, const char* file) {
  return Schema::Load((std::filesystem::path(options.data_folder) / "schema" / file).string());
}

// Those of the document, then those of the options. One that cannot be read is left out.
void ReadAssertions(const Cursor& root, const ReadOptions& options, Reading& reading) {
  std::vector<At<std::string>> texts = ReadTexts(root, "assert");
  for (const std::string& text : options.assertions) texts.push_back({text, "--assert " + text});
  if (texts.empty()) return;
  const auto schema = LoadSchema(options, "result.schema.json");
  for (const At<std::string>& text : texts) {
    Parsed<Assertion> assertion = ParseAssertion(text.value, schema->json());
    if (assertion) {
      reading.scenario.assertions.push_back({text.path, std::move(*assertion.value)});
    } else {
      reading.complaints.push_back({text.path, std::move(assertion.fault)});
    }
  }
}

// The reader's word on a value is more exact than the schema's on its shape.
std::vector<Complaint> PreferReader(std::vector<Complaint> of_reader,
                                    std::vector<Complaint> of_schema) {
  std::set<std::string> known;
  for (const Complaint& complaint : of_reader) known.insert(complaint.path);
  for (Complaint& complaint : of_schema) {
    if (complaint.at_key || known.count(complaint.path) == 0) {
      of_reader.push_back(std::move(complaint));
    }
  }
  return of_reader;
}

std::string DigestOf(std::string_view text, const std::vector<Override>& sets) {
  if (sets.empty()) return Sha256(text);
  std::string bytes(text);
  for (const Override& set : sets) bytes += "\n" + set.path + "=" + set.value;
  return Sha256(bytes);
}

}  // namespace

Reading ReadDocument(std::string_view text, const std::string& name, const ReadOptions& options) {
  Reading reading;
  reading.document = ParseJson(text, name, options.most_values);
  ApplyOverrides(options.sets, reading.document);
  const JsonDocument& document = reading.document;

  const auto schema = LoadSchema(options, "scenario.schema.json");
  const Cursor root(document.root, document.place, reading.complaints);
  Scenario& scenario = reading.scenario;
  scenario.file = name;
  scenario.name = std::filesystem::path(name).stem().string();
  scenario.sha256 = DigestOf(text, options.sets);
  for (const Override& set : options.sets) {
    scenario.changes.push_back(set.path + "=" + set.value);
  }
  ReadParts(root, {options.capture_folder, options.open_captures}, scenario);
  scenario.baseline |= options.baseline;
  ReadAssertions(root, options, reading);
  reading.complaints = PreferReader(std::move(reading.complaints), schema->Check(document.root));
  return reading;
}

Reading ReadDocumentFile(const std::string& file, ReadOptions options) {
  const std::string text = ReadTextFile(file);
  options.capture_folder = std::filesystem::path(file).parent_path().string();
  return ReadDocument(text, file, options);
}

Override ParseOverride(std::string_view text, const std::string& option) {
  const std::size_t equals = text.find('=');
  const bool has_path = !text.empty() && text.front() == '/';
  if (has_path && equals != std::string_view::npos) {
    return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)), option};
  }
  ScenarioError error;
  error.file = option;
  error.message = fmt::format("\"{}\" is not PATH=VALUE", text);
  error.accepted = "a JSON Pointer and a value, as in /hosts/web/count=10";
  throw ScenarioException({error});
}

Scenario ReadScenarioText(std::string_view text, const std::string& name,
                          const ReadOptions& options) {
  Reading reading = ReadDocument(text, name, options);
  if (!reading.complaints.empty()) {
    throw ScenarioException(Locate(reading.complaints, reading.document));
  }
  return std::move(reading.scenario);
}

}  // namespace vpcmirror::sim
