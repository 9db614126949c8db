#include "analysis/report/findings_text.h"

#include <fmt/format.h>

#include <utility>

#include "analysis/report/characters.h"
#include "analysis/report/finding_lines.h"
#include "analysis/report/paragraph.h"
#include "analysis/report/paths_text.h"
#include "analysis/report/source_frame.h"
#include "analysis/report/text_layout.h"
#include "analysis/words/counted.h"

namespace vpcmirror {
namespace {

constexpr int kHeadIndent = 4;  // of the lines of a finding's sentence behind the first

Ink InkOfSeverity(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return Ink::kBad;
    case Severity::kWarning:
      return Ink::kWarning;
    case Severity::kInfo:
    case Severity::kAssumption:
      return Ink::kBold;
  }
  return Ink::kPlain;
}

// `lines` with `word`, as far as it is in one piece behind `offset`, in its ink.
std::string WithWordPainted(const std::string& lines, std::size_t offset, std::string_view word,
                            Ink ink, bool color) {
  const std::size_t at = lines.find(word, offset);
  if (at == std::string::npos) return lines;
  return lines.substr(0, at) + Painted(word, ink, color) + lines.substr(at + word.size());
}

class FindingsWriter {
 public:
  FindingsWriter(const FindingsReport& report, std::string_view source,
                 const FindingsTextOptions& options)
      : report_(report),
        lines_(report.file, source, options.sources),
        style_(options.style),
        verbose_(options.verbose) {}

  std::string Write() {
    for (const Finding* finding : ShownFindings(report_)) WriteFinding(*finding);
    if (verbose_) WriteSuppressed();
    if (report_.paths) out_ += PathsText(*report_.paths, style_) + "\n";
    WriteSummary();
    return std::move(out_);
  }

 private:
  void WriteFinding(const Finding& finding);
  void WriteHead(const Finding& finding);
  void WriteFrame(const Finding& finding);
  void WriteEdits(const std::vector<Edit>& edits);
  void WriteWitness(const Finding& finding, const Witness& witness);
  void WriteSuppressed();
  void WriteSummary();

  // "  fix: ...", the lines behind the first below its text.
  void Labelled(std::string_view label, std::string_view text) {
    if (text.empty()) return;
    const std::string head = fmt::format("  {}: ", label);
    AppendLine(out_, "{}", Paragraph(head, text, style_.width, static_cast<int>(head.size())));
  }

  const FindingsReport& report_;
  FindingLines lines_;
  TextStyle style_;
  bool verbose_;
  std::string out_;
};

void FindingsWriter::WriteFinding(const Finding& finding) {
  WriteHead(finding);
  WriteFrame(finding);
  Labelled("fix", finding.fix);
  Labelled("api", finding.api_code);
  WriteEdits(finding.edits);
  for (const Witness& witness : finding.witnesses) WriteWitness(finding, witness);
  out_ += '\n';
}

void FindingsWriter::WriteHead(const Finding& finding) {
  const std::string place = PlaceWords(finding);
  const std::string_view severity = ToString(finding.severity);
  const std::string head = Paragraph("",
                                     fmt::format("{}{}{} {}: {}", place, place.empty() ? "" : ": ",
                                                 severity, finding.code, finding.message),
                                     style_.width, kHeadIndent);
  AppendLine(out_, "{}",
             WithWordPainted(head, LineText(place).size(), severity,
                             InkOfSeverity(finding.severity), style_.color));
}

void FindingsWriter::WriteFrame(const Finding& finding) {
  const std::string_view line = lines_.LineOf(finding);
  if (line.empty()) return;
  out_ += SourceFrame(
      line, finding.line, finding.column,
      {.width = style_.width, .ink = InkOfSeverity(finding.severity), .color = style_.color});
}

// In one piece, so that it can be copied into a command.
void FindingsWriter::WriteEdits(const std::vector<Edit>& edits) {
  std::string lines;
  for (const Edit& edit : edits) {
    const std::string line = "  edit: " + LineText(EditWords(edit));
    if (WidthOf(line) > style_.width) {
      Labelled("edit", "too long for a line; --format json has it");
      return;
    }
    lines += line + "\n";
  }
  out_ += lines;
}

// On a line of its own, so that it can be copied into explain --packet.
void FindingsWriter::WriteWitness(const Finding& finding, const Witness& witness) {
  Labelled("packet", PacketWords(witness));
  constexpr std::string_view kBelow = "          ";
  AppendLine(out_, "{}",
             Paragraph(kBelow,
                       fmt::format("--eni '{}': {}{}", witness.eni,
                                   witness.is_mirrored ? "mirrored" : "not mirrored",
                                   finding.subject.type == "mirror" ? " by " + finding.subject.id
                                                                    : std::string()),
                       style_.width, static_cast<int>(kBelow.size())));
}

void FindingsWriter::WriteSuppressed() {
  for (const Finding& finding : report_.findings) {
    if (!IsSuppressed(finding)) continue;
    const std::string place = PlaceWords(finding);
    AppendLine(out_, "{}",
               Paragraph("",
                         fmt::format("{}{}suppressed {}: {}", place, place.empty() ? "" : ": ",
                                     finding.code, finding.suppressed_because),
                         style_.width, kHeadIndent));
  }
  if (CountFindings(report_).suppressed > 0) out_ += '\n';
}

void FindingsWriter::WriteSummary() {
  std::string words = SummaryWords(report_);
  if (ShownFindings(report_).empty()) {
    words = fmt::format("{}{}{} ({}, {}, {})", report_.file, report_.file.empty() ? "" : ": ",
                        words, Counted(report_.hosts, "host"), Counted(report_.enis, "ENI"),
                        Counted(report_.mirrors, "mirror"));
  }
  AppendLine(out_, "{}", Paragraph("", words, style_.width, kHeadIndent));
  if (!report_.is_partial) return;
  AppendLine(out_, "{}",
             Paragraph("", "What hangs on an error is not judged yet: mend it, and check again.",
                       style_.width, kHeadIndent));
}

}  // namespace

std::string FindingsText(const FindingsReport& report, std::string_view source,
                         const FindingsTextOptions& options) {
  return FindingsWriter(report, source, options).Write();
}

std::string RuleText(const Rule& rule, const TextStyle& style) {
  std::string out;
  const std::string title =
      Paragraph("", fmt::format("{}: {}", rule.code, rule.title), style.width, kHeadIndent);
  AppendLine(out, "{}", WithWordPainted(title, 0, rule.code, Ink::kBold, style.color));
  const std::string_view severity = ToString(rule.severity);
  AppendLine(out, "{}, {}", Painted(severity, InkOfSeverity(rule.severity), style.color),
             ToString(rule.basis));
  const auto section = [&](std::string_view name, std::string_view text) {
    if (text.empty()) return;
    out += '\n';
    AppendLine(out, "{}", Painted(name, Ink::kBold, style.color));
    AppendLine(out, "{}", Paragraph("  ", text, style.width, 2));
  };
  section("Why", rule.why);
  section("Fix", rule.fix);
  if (rule.refs.empty()) return out;
  out += '\n';
  AppendLine(out, "{}", Painted("Sources", Ink::kBold, style.color));
  for (const Reference& reference : rule.refs) {
    AppendLine(out, "{}",
               Paragraph("  ", fmt::format("{}, as of {}", reference.where, reference.as_of),
                         style.width, 4));
  }
  return out;
}

}  // namespace vpcmirror
