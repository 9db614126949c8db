#include "analysis/report/result_reader.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/report/assertions.h"
#include "analysis/report/figure_text.h"
#include "analysis/report/result_elements.h"
#include "analysis/report/result_fields.h"
#include "analysis/report/result_json.h"
#include "analysis/report/verdict.h"
#include "models/scenario/coverage_summary.h"

namespace vpcmirror {
namespace {

using ParsedJson = nlohmann::json;

constexpr std::size_t kVerdicts = 3;
constexpr std::size_t kOutcomes = 3;

Loss ReadLoss(ResultFields& parent, std::string_view key) {
  ResultFields fields(parent, key);
  const Loss loss{fields.Whole("lost_frames"), fields.Whole("of_frames")};
  fields.Finish();
  return loss;
}

Picoseconds ReadWholeNanoseconds(ResultFields& fields, std::string_view key) {
  const Picoseconds time = fields.Nanoseconds(key);
  if (time.count() % kPicosecondsPerNanosecond != 0) fields.Fail(key, "is no whole number");
  return time;
}

Figure ReadFigure(ResultFields& fields, std::string_view key) {
  const ParsedJson& json = fields.Take(key);
  if (json.is_null()) return {};
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  fields.Fail(key,
              fmt::format("is neither a number nor a word: it is of type {}", json.type_name()));
}

FigureUnit ReadUnit(ResultFields& fields) {
  constexpr FigureUnit kNamed[] = {FigureUnit::kBitsPerSecond, FigureUnit::kPacketsPerSecond,
                                   FigureUnit::kNanoseconds, FigureUnit::kBytes,
                                   FigureUnit::kShare};
  if (fields.TextOrNull("unit").empty()) return FigureUnit::kNumber;
  const std::string& word = fields.Text("unit");
  for (const FigureUnit unit : kNamed) {
    if (word == ToString(unit)) return unit;
  }
  fields.Fail("unit", "is no unit");
}

std::optional<ReplicatedAssertion> ReadReplicatedAssertion(ResultFields& parent,
                                                           AssertionOutcome outcome) {
  if (parent.IsNull("replicated")) {
    parent.Skip("replicated");
    return std::nullopt;
  }
  ResultFields fields(parent, "replicated");
  ReplicatedAssertion replicated{.outcome = outcome,
                                 .runs = static_cast<int>(fields.Whole("runs")),
                                 .held = static_cast<int>(fields.Whole("held")),
                                 .mean = fields.NumberOrNull("mean"),
                                 .half_width = fields.NumberOrNull("half_width")};
  fields.Finish();
  return replicated;
}

AssertionResult ReadAssertion(ResultFields& fields) {
  AssertionResult assertion;
  assertion.text = fields.Text("text");
  assertion.value = ReadFigure(fields, "value");
  assertion.bound = ReadFigure(fields, "bound");
  assertion.unit = ReadUnit(fields);
  assertion.of = fields.TextOrNull("of");
  assertion.held = fields.Flag("held");
  assertion.replicated =
      ReadReplicatedAssertion(fields, fields.Word<AssertionOutcome>("outcome", kOutcomes));
  return assertion;
}

Assumption ReadAssumption(ResultFields& fields) {
  return {.name = fields.Text("name"),
          .value = fields.Text("value"),
          .text = fields.Text("text"),
          .source = fields.Text("source"),
          .overridden = fields.Flag("overridden")};
}

DisciplineResult ReadDiscipline(ResultFields& fields) {
  DisciplineResult discipline;
  discipline.value = fields.Text("congestion");
  discipline.production = ReadLoss(fields, "production");
  discipline.copies = ReadLoss(fields, "copies");
  fields.Skip("production_loss");
  fields.Skip("mirror_loss");
  discipline.verdict = fields.Word<Verdict>("verdict", kVerdicts);
  return discipline;
}

TimelineAction ReadAction(ResultFields& fields) {
  TimelineAction action;
  action.at = fields.Nanoseconds("at_ns");
  action.what = fields.Text("what");
  action.subject = fields.Text("subject");
  action.detail = fields.TextOrNull("detail");
  const std::string& outcome = fields.Text("outcome");
  const ApiRefusal refusal{fields.TextOrNull("code"), fields.TextOrNull("message")};
  if (outcome == "refused") {
    action.refusal = refusal;
  } else if (outcome != "done") {
    fields.Fail("outcome", "is neither done nor refused");
  }
  return action;
}

// Of a flow's figures the result has its goodput alone.
TcpResult ReadSlowdown(ResultFields& fields) {
  TcpResult without;
  without.id = fields.Text("id");
  without.goodput = fields.As<BitsPerSecond>("without_bps");
  fields.Skip("with_bps");
  fields.Skip("difference_bps");
  return without;
}

ProductionResult ReadProduction(ResultFields& parent, std::string_view key) {
  ResultFields fields(parent, key);
  ProductionResult production;
  production.loss = {fields.Whole("lost_frames"), fields.Whole("of_frames")};
  fields.Skip("loss");
  production.delivered = ReadLoad(fields, "delivered_");
  production.delay = ReadDelay(fields, "delay");
  fields.Finish();
  return production;
}

std::optional<BaselineResult> ReadBaseline(ResultFields& parent) {
  if (parent.IsNull("baseline")) {
    parent.Skip("baseline");
    return std::nullopt;
  }
  ResultFields fields(parent, "baseline");
  BaselineResult baseline;
  baseline.produced = ReadCount(fields, "produced_");
  baseline.production = ReadProduction(fields, "without");
  fields.Skip("with");
  fields.Skip("difference");
  baseline.tcp = ReadElements(fields, "tcp", ReadSlowdown);
  fields.Finish();
  return baseline;
}

std::optional<CoverageSummary> ReadCoverage(ResultFields& parent) {
  if (parent.IsNull("coverage")) {
    parent.Skip("coverage");
    return std::nullopt;
  }
  ResultFields fields(parent, "coverage");
  CoverageSummary coverage;
  fields.Skip("enis");
  coverage.seen = fields.NumberOrNull("bytes");
  coverage.covered_enis = fields.Whole("covered_enis");
  coverage.enis = fields.Whole("all_enis");
  ResultFields unseen(fields, "unseen");
  for (std::size_t i = 0; i < kUnseenReasons; ++i) {
    coverage.unseen[i] = unseen.Number(ToString(static_cast<Unseen>(i)));
  }
  unseen.Finish();
  fields.Finish();
  return coverage;
}

void ReadScenario(ResultFields& parent, RunResult& result) {
  ResultFields fields(parent, "scenario");
  result.scenario_name = fields.Text("name");
  result.scenario_description = fields.Text("description");
  result.scenario_file = fields.Text("file");
  result.scenario_sha256 = fields.Text("sha256");
  // Results that are older say nothing of them.
  if (fields.members().contains("changes")) result.scenario_changes = fields.Texts("changes");
  fields.Finish();
}

void ReadJudgement(ResultFields& fields, RunResult& result) {
  result.verdict = fields.Word<Verdict>("verdict", kVerdicts);
  result.because = fields.Text("because");
  result.holds = fields.TextOrNull("holds");
  result.mirror_loss = fields.Number("mirror_loss");
  result.production_loss = fields.Number("production_loss");
  result.margin = fields.NumberOrNull("margin");
  result.margin_of = fields.TextOrNull("margin_of");
  result.margin_goal = fields.Number("margin_goal");
  result.copies = ReadLoss(fields, "copies");
  result.production = ReadLoss(fields, "production");
}

void ReadDelays(ResultFields& parent, RunResult& result) {
  ResultFields fields(parent, "delay");
  result.production_delay = ReadDelay(fields, "production");
  result.copy_delay = ReadDelay(fields, "copies");
  fields.Skip("relative_error");
  fields.Finish();
}

// But for its figures, which are read already.
void ReadReplications(ResultFields& parent, std::vector<ReplicatedFigure> figures,
                      RunResult& result) {
  if (parent.IsNull("replications")) return parent.Skip("replications");
  ResultFields fields(parent, "replications");
  Replications& replications = result.replications.emplace();
  replications.runs = static_cast<int>(fields.Whole("runs"));
  replications.confidence = fields.Number("confidence");
  ResultFields verdicts(fields, "verdicts");
  for (std::size_t i = 0; i < kVerdicts; ++i) {
    const auto verdict = static_cast<Verdict>(i);
    if (!verdicts.members().contains(std::string(ToString(verdict)))) continue;
    replications.verdicts[verdict] = static_cast<int>(verdicts.Whole(ToString(verdict)));
  }
  verdicts.Finish();
  fields.TakeList("figures");
  fields.Finish();
  replications.figures = std::move(figures);
}

void ReadSeries(ResultFields& parent, std::vector<SeriesObject> objects, RunResult& result) {
  if (parent.IsNull("series")) return parent.Skip("series");
  ResultFields fields(parent, "series");
  Series& series = result.series.emplace();
  series.bin = ReadWholeNanoseconds(fields, "bin_ns");
  series.bins = fields.Whole("bins");
  fields.TakeList("objects");
  fields.Finish();
  series.objects = std::move(objects);
}

// The lists that grow with the estate, read while the text is parsed.
class GrowingLists {
 public:
  // `parent` is the key of the object that has the list; empty: the document.
  static bool IsList(std::string_view parent, std::string_view key) {
    return ListOf(parent, key) != nullptr;
  }
  // Requires IsList.
  void Add(std::string_view parent, std::string_view key, const ParsedJson& element) {
    static const ParsedJson kElsewhere = ParsedJson::object();
    const ResultFields place(kElsewhere, parent);
    (this->*ListOf(parent, key)->add)(place, key, element);
  }

  RunResult result;
  std::vector<ReplicatedFigure> figures;
  std::vector<SeriesObject> objects;

 private:
  struct List {
    std::string_view parent;
    std::string_view key;
    void (GrowingLists::*add)(const ResultFields&, std::string_view, const ParsedJson&);
  };

  static const List* ListOf(std::string_view parent, std::string_view key) {
    static constexpr std::array<List, 8> kLists = {
        {{"", "hosts", &GrowingLists::AddTo<&RunResult::hosts, ReadHost>},
         {"", "enis", &GrowingLists::AddTo<&RunResult::enis, ReadEni>},
         {"", "mirrors", &GrowingLists::AddTo<&RunResult::mirrors, ReadMirror>},
         {"", "receivers", &GrowingLists::AddTo<&RunResult::receivers, ReadReceiver>},
         {"", "load_balancers", &GrowingLists::AddTo<&RunResult::load_balancers, ReadLoadBalancer>},
         {"", "tcp", &GrowingLists::AddTo<&RunResult::tcp, ReadTcp>},
         {"replications", "figures", &GrowingLists::AddFigure},
         {"series", "objects", &GrowingLists::AddObject}}};
    for (const List& list : kLists) {
      if (list.parent == parent && list.key == key) return &list;
    }
    return nullptr;
  }

  template <class Element>
  static void Append(std::vector<Element>& elements, Element (*read)(ResultFields&),
                     const ResultFields& place, std::string_view key, const ParsedJson& json) {
    ResultFields fields(place, key, elements.size(), json);
    elements.push_back(read(fields));
    fields.Finish();
  }
  template <auto list, auto read>
  void AddTo(const ResultFields& place, std::string_view key, const ParsedJson& json) {
    Append(result.*list, read, place, key, json);
  }
  void AddFigure(const ResultFields& place, std::string_view key, const ParsedJson& json) {
    Append(figures, ReadReplicatedFigure, place, key, json);
  }
  void AddObject(const ResultFields& place, std::string_view key, const ParsedJson& json) {
    Append(objects, ReadSeriesObject, place, key, json);
  }
};

constexpr std::string_view kFamily = "vpcmirror.result/";

void RequireOurs(const ParsedJson& schema) {
  const std::string name = schema.is_string() ? schema.get<std::string>() : schema.dump();
  if (name == kResultSchema) return;
  if (!name.starts_with(kFamily)) {
    throw ResultException(fmt::format(
        "/schema is {}: this is no result (the result.json of vpcmirror run is one)", name));
  }
  throw ResultException(fmt::format(
      "/schema is {}, and this version reads {}: read it with the version of vpcmirror that wrote "
      "it, or run the scenario again",
      name, kResultSchema));
}

// Takes what is in the lists out of the document as soon as it is there.
class Sieve {
 public:
  explicit Sieve(GrowingLists& elements) : elements_(elements) {}

  // As nlohmann's parser_callback_t: false for what the document need not keep.
  bool operator()(int depth, ParsedJson::parse_event_t event, const ParsedJson& parsed) {
    if (event == ParsedJson::parse_event_t::key) {
      if (depth == 1) top_ = parsed.get_ref<const std::string&>();
      if (depth == 2) below_ = parsed.get_ref<const std::string&>();
    } else if (event == ParsedJson::parse_event_t::value && depth == 1 && top_ == "schema") {
      RequireOurs(parsed);
    } else if (event == ParsedJson::parse_event_t::object_end) {
      if (depth == 2 && GrowingLists::IsList("", top_)) return Take("", top_, parsed);
      if (depth == 3 && GrowingLists::IsList(top_, below_)) return Take(top_, below_, parsed);
    }
    return true;
  }

 private:
  bool Take(std::string_view parent, std::string_view key, const ParsedJson& element) {
    elements_.Add(parent, key, element);
    return false;
  }

  GrowingLists& elements_;
  std::string top_;    // the last key of the document
  std::string below_;  // of an object in it
};

// Lists that were taken out have left nothing behind, unless it was no object.
void RequireTaken(ResultFields& document) {
  for (const char* list : {"hosts", "enis", "mirrors", "receivers", "load_balancers", "tcp"}) {
    if (!document.TakeList(list).empty()) {
      document.Fail(list, "has an element that is no object");
    }
  }
}

RunResult ReadDocument(const ParsedJson& json, GrowingLists elements) {
  ResultFields fields(json);
  RunResult result = std::move(elements.result);
  RequireOurs(fields.Take("schema"));
  result.version = fields.Text("version");
  ReadScenario(fields, result);
  result.engine = fields.Text("engine");
  result.seed = fields.Unsigned("seed");
  result.duration = ReadWholeNanoseconds(fields, "duration_ns");
  result.planned_duration = ReadWholeNanoseconds(fields, "planned_duration_ns");
  result.warm_up = ReadWholeNanoseconds(fields, "warm_up_ns");
  result.complete = fields.Flag("complete");
  result.stopped_by = fields.TextOrNull("stopped_by");
  result.events = fields.Whole("events");
  ReadJudgement(fields, result);
  ResultFields goodput(fields, "goodput");
  result.delivered = ReadLoad(goodput, "");
  goodput.Finish();
  ReadDelays(fields, result);
  result.baseline = ReadBaseline(fields);
  if (result.baseline && result.baseline->tcp.size() != result.tcp.size()) {
    fields.Fail("tcp", "has not as many elements as /baseline/tcp");
  }
  ReadReplications(fields, std::move(elements.figures), result);
  result.coverage = ReadCoverage(fields);
  result.disciplines = ReadElements(fields, "disciplines", ReadDiscipline);
  RequireTaken(fields);
  result.timeline = ReadElements(fields, "timeline", ReadAction);
  ReadSeries(fields, std::move(elements.objects), result);
  result.notes = fields.Texts("notes");
  result.assumptions = ReadElements(fields, "assumptions", ReadAssumption);
  result.assertions = ReadElements(fields, "asserts", ReadAssertion);
  fields.Finish();
  return result;
}

std::string_view AdviceOn(ResultFault::Kind kind) {
  switch (kind) {
    case ResultFault::Kind::kMissing:
      return ", which every result of this version has: an older vpcmirror wrote it, or it was "
             "edited. Run the scenario again";
    case ResultFault::Kind::kUnknown:
      return ": a newer vpcmirror wrote it, or it was edited. Read it with the version that wrote "
             "it, or run the scenario again";
    case ResultFault::Kind::kWrong:
      break;
  }
  return ": it was edited or damaged. Run the scenario again";
}

// "parse error at line 5, column 10: ..." without what is ours to say.
std::string PlaceOf(const std::string& message) {
  const std::size_t from = message.find("line ");
  const std::size_t to = message.find(": ", from == std::string::npos ? 0 : from);
  if (from == std::string::npos || to == std::string::npos) return "somewhere";
  return message.substr(from, to - from);
}

[[noreturn]] void ThrowNoJson(const std::string& file, const ParsedJson::exception& exception,
                              bool is_cut) {
  const std::string place = PlaceOf(exception.what());
  throw ResultException(
      is_cut
          ? fmt::format("{}: the result is cut short: it ends at {}. Copy it again, or run the "
                        "scenario again",
                        file, place)
          : fmt::format("{}: {}: this is no JSON, and so no result of vpcmirror run", file, place));
}

// Stops at the first key "schema" of the document itself.
class SchemaFinder : public nlohmann::json_sax<ParsedJson> {
 public:
  std::optional<std::string> found() const { return found_; }

  bool key(string_t& name) override {
    is_next_ = depth_ == 1 && name == "schema";
    return true;
  }
  bool string(string_t& text) override {
    if (is_next_) found_ = text;
    return !found_;
  }
  bool start_object(std::size_t) override { return Enter(); }
  bool start_array(std::size_t) override { return Enter(); }
  bool end_object() override { return Leave(); }
  bool end_array() override { return Leave(); }
  bool null() override { return Pass(); }
  bool boolean(bool) override { return Pass(); }
  bool number_integer(number_integer_t) override { return Pass(); }
  bool number_unsigned(number_unsigned_t) override { return Pass(); }
  bool number_float(number_float_t, const string_t&) override { return Pass(); }
  bool binary(binary_t&) override { return Pass(); }
  bool parse_error(std::size_t, const std::string&, const ParsedJson::exception&) override {
    return false;
  }

 private:
  bool Enter() {
    ++depth_;
    return Pass();
  }
  bool Leave() {
    --depth_;
    return Pass();
  }
  bool Pass() {
    is_next_ = false;
    return true;
  }

  int depth_ = 0;
  bool is_next_ = false;
  std::optional<std::string> found_;
};

}  // namespace

RunResult ReadResult(std::istream& text, const std::string& file) {
  GrowingLists elements;
  try {
    const ParsedJson document = ParsedJson::parse(text, Sieve(elements));
    return ReadDocument(document, std::move(elements));
  } catch (const ResultFault& fault) {
    throw ResultException(fmt::format("{}: {} {}{}", file,
                                      fault.place().empty() ? "the document" : fault.place(),
                                      fault.what(), AdviceOn(fault.kind())));
  } catch (const ResultException& exception) {
    throw ResultException(fmt::format("{}: {}", file, exception.what()));
  } catch (const ParsedJson::exception& exception) {
    ThrowNoJson(file, exception, text.eof());
  }
}

std::optional<std::string> SchemaOf(std::istream& document) {
  SchemaFinder finder;
  constexpr bool kAll = true;
  constexpr bool kWithComments = true;
  ParsedJson::sax_parse(document, &finder, ParsedJson::input_format_t::json, kAll, kWithComments);
  return finder.found();
}

}  // namespace vpcmirror
