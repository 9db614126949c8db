#include "analysis/report/check_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "analysis/check/rule.h"
#include "analysis/report/source_frame.h"
#include "analysis/report/values.h"
#include "analysis/words/counted.h"

namespace vpcmirror {
namespace {

constexpr int kFrameWidth = 110;  // letters

struct SeverityGroup {
  Severity severity;
  std::string_view key;
  std::string_view title;
  Tone tone;
};
constexpr SeverityGroup kSeverityGroups[] = {
    {Severity::kError, "errors", "Errors", Tone::kBad},
    {Severity::kWarning, "warnings", "Warnings", Tone::kWarning},
    {Severity::kInfo, "infos", "Worth knowing", Tone::kPlain},
    {Severity::kAssumption, "assumed", "Assumptions to confirm", Tone::kPlain}};

Tone ToneOfSeverity(Severity severity) {
  for (const SeverityGroup& group : kSeverityGroups) {
    if (group.severity == severity) return group.tone;
  }
  return Tone::kPlain;
}

class CheckReportBuilder {
 public:
  CheckReportBuilder(const FindingsReport& findings, std::string_view source,
                     const FindingLines::Sources* sources)
      : findings_(findings),
        lines_(findings.file, source, sources),
        shown_(ShownFindings(findings)) {}

  Report Build() {
    Report report{.kind = "Check", .title = findings_.file, .verdict = SummaryWords(findings_)};
    const Tone worst = shown_.empty() ? Tone::kGood : ToneOfSeverity(shown_.front()->severity);
    report.tone = worst;
    if (!shown_.empty()) report.because = shown_.front()->message;
    if (findings_.is_partial) {
      report.remarks.push_back(
          {"The scenario has errors; rules that depend on those parts were not checked.",
           Tone::kWarning});
    }
    if (findings_.hosts + findings_.enis + findings_.mirrors > 0) {
      report.description =
          fmt::format("{}, {}, {}", Counted(findings_.hosts, "host"),
                      Counted(findings_.enis, "ENI"), Counted(findings_.mirrors, "mirror"));
    }
    if (shown_.size() > 1) AddSection(report, Overview());
    for (const SeverityGroup& group : kSeverityGroups) AddGroup(group, report);
    AddSuppressed(report);
    AddSection(report, RuleTable());
    report.provenance = {{"vpcmirror", findings_.version}, {"File", findings_.file}};
    return report;
  }

 private:
  Table Overview() const {
    Table table{.key = "findings",
                .title = "Findings",
                .columns = {{"severity", "Severity", Role::kWords},
                            {"code", "Code", Role::kId},
                            {"of", "Of", Role::kId},
                            {"where", "Where", Role::kId},
                            {"finding", "Finding", Role::kWords}}};
    for (const Finding* finding : shown_) {
      table.rows.push_back({value::Words(std::string(ToString(finding->severity)),
                                         ToneOfSeverity(finding->severity)),
                            value::Words(finding->code),
                            value::Words(finding->subject.id.empty()
                                             ? "-"
                                             : finding->subject.type + " " + finding->subject.id),
                            value::Words(PlaceWords(*finding)), value::Words(finding->message)});
    }
    return table;
  }

  void AddGroup(const SeverityGroup& group, Report& report) const {
    Section section{.key = std::string(group.key), .title = std::string(group.title)};
    for (const Finding* finding : shown_) {
      if (finding->severity == group.severity) AddFinding(*finding, group.tone, section.blocks);
    }
    if (!section.blocks.empty()) report.sections.push_back(std::move(section));
  }

  void AddFinding(const Finding& finding, Tone tone, std::vector<ReportPart>& blocks) const {
    const std::string place = PlaceWords(finding);
    blocks.push_back(Remark{
        fmt::format("{}{}: {}", finding.code, place.empty() ? "" : ", " + place, finding.message),
        tone});
    const std::string_view line = lines_.LineOf(finding);
    if (!line.empty()) {
      blocks.push_back(
          Listing{SourceFrame(line, finding.line, finding.column, {.width = kFrameWidth})});
    }
    if (!finding.fix.empty()) blocks.push_back(Remark{"Fix: " + finding.fix});
    if (!finding.api_code.empty()) blocks.push_back(Remark{"The API answers: " + finding.api_code});
    std::string edits;
    for (const Edit& edit : finding.edits) edits += EditWords(edit) + "\n";
    if (!edits.empty()) blocks.push_back(Listing{edits});
    for (const Witness& witness : finding.witnesses) {
      blocks.push_back(Remark{fmt::format("This packet at {} is {}: {}", witness.eni,
                                          witness.is_mirrored ? "mirrored" : "not mirrored",
                                          PacketWords(witness))});
    }
  }

  void AddSuppressed(Report& report) const {
    Section section{.key = "suppressed", .title = "Accepted by the scenario's owner"};
    for (const Finding& finding : findings_.findings) {
      if (!IsSuppressed(finding)) continue;
      section.blocks.push_back(Remark{fmt::format("{}: {} Accepted because: {}", finding.code,
                                                  finding.message, finding.suppressed_because)});
    }
    if (!section.blocks.empty()) report.sections.push_back(std::move(section));
  }

  // Why they are findings, each rule once, in the order in which they are met.
  Table RuleTable() const {
    Table table{.key = "rules",
                .title = "Why, and by which document",
                .columns = {{"code", "Code", Role::kId},
                            {"title", "What", Role::kWords},
                            {"why", "Why", Role::kWords},
                            {"rests_on", "Rests on", Role::kWords},
                            {"source", "Source", Role::kWords}}};
    std::set<std::string_view> told;
    for (const Finding* finding : shown_) {
      const Rule* rule = FindRule(finding->code);
      if (rule == nullptr || !told.insert(rule->code).second) continue;
      std::string sources;
      for (const Reference& reference : rule->refs) {
        sources += fmt::format("{}{}, as of {}", sources.empty() ? "" : "; ", reference.where,
                               reference.as_of);
      }
      table.rows.push_back({value::Words(std::string(rule->code)),
                            value::Words(std::string(rule->title)),
                            value::Words(std::string(rule->why)),
                            value::Words(std::string(ToString(rule->basis))),
                            value::Words(sources.empty() ? "-" : sources)});
    }
    return table;
  }

  const FindingsReport& findings_;
  FindingLines lines_;
  std::vector<const Finding*> shown_;
};

}  // namespace

Report ReportOfCheck(const FindingsReport& findings, std::string_view source,
                     const FindingLines::Sources* sources) {
  return CheckReportBuilder(findings, source, sources).Build();
}

}  // namespace vpcmirror
