#include "analysis/report/findings_junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>
#include <vector>

#include "analysis/check/rule.h"
#include "analysis/report/characters.h"

namespace vpcmirror {
namespace {

// What XML 1.0 lets stand in a document (2.2, Char).
bool IsXmlCharacter(char32_t code) {
  return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code <= 0xd7ff) ||
         (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
}

// In text and in an attribute. Ends of lines and tabs, which a parser would change, are
// character references (2.11, 3.3.3); U+FFFD stands for what must not be there at all.
std::string XmlText(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = CharacterAt(text, at);
    const std::string_view bytes = text.substr(at, character.bytes);
    at += character.bytes;
    if (!character.is_valid || !IsXmlCharacter(character.code)) {
      escaped += "\xef\xbf\xbd";
    } else if (character.code < 0x20 ||
               std::string_view("&<>\"'").find(bytes) != std::string_view::npos) {
      escaped += fmt::format("&#{};", static_cast<unsigned>(character.code));
    } else {
      escaped += bytes;
    }
  }
  return escaped;
}

// The findings of one rule.
struct RuleCase {
  std::string code;
  std::string title;
  std::vector<const Finding*> failures;
  std::vector<const Finding*> milder;
  std::vector<const Finding*> suppressed;

  bool is_skipped() const { return failures.empty() && milder.empty() && !suppressed.empty(); }
};

// Those of the table in its order, then those of none.
std::vector<RuleCase> CasesOf(const FindingsReport& report, Severity fails_from) {
  std::vector<RuleCase> cases;
  std::map<std::string, std::size_t, std::less<>> by_code;
  for (const Rule& rule : Rules()) {
    by_code.emplace(rule.code, cases.size());
    cases.push_back({.code = std::string(rule.code), .title = std::string(rule.title)});
  }
  for (const Finding& finding : report.findings) {
    const auto [at, is_new] = by_code.emplace(finding.code, cases.size());
    if (is_new) cases.push_back({.code = finding.code});
    RuleCase& of = cases[at->second];
    auto& list = IsSuppressed(finding)            ? of.suppressed
                 : finding.severity <= fails_from ? of.failures
                                                  : of.milder;
    list.push_back(&finding);
  }
  return cases;
}

std::string LineOf(const Finding& finding) {
  std::string line = PlaceWords(finding);
  line += fmt::format("{}{}: {}", line.empty() ? "" : ": ", ToString(finding.severity),
                      finding.message);
  if (!finding.fix.empty()) line += "\n  fix: " + finding.fix;
  if (!finding.api_code.empty()) line += "\n  api: " + finding.api_code;
  if (IsSuppressed(finding)) line += "\n  suppressed: " + finding.suppressed_because;
  return line + "\n";
}

std::string LinesOfAll(const std::vector<const Finding*>& findings) {
  std::string lines;
  for (const Finding* finding : findings) lines += LineOf(*finding);
  return lines;
}

// One element, as readers that know one failure a case take the first alone.
std::string FailureXml(const std::vector<const Finding*>& failures) {
  const Finding& first = *failures.front();
  const std::string more =
      failures.size() == 1 ? "" : fmt::format(" (and {} more)", failures.size() - 1);
  return fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                     ToString(first.severity), XmlText(first.message + more),
                     XmlText(LinesOfAll(failures)));
}

std::string CaseXml(const RuleCase& of) {
  std::string body;
  if (!of.failures.empty()) body += FailureXml(of.failures);
  if (of.is_skipped()) {
    body += fmt::format("      <skipped message=\"{}\"/>\n",
                        XmlText(of.suppressed.front()->suppressed_because));
  }
  const std::string output = LinesOfAll(of.milder) + LinesOfAll(of.suppressed);
  if (!output.empty()) {
    body += fmt::format("      <system-out>{}</system-out>\n", XmlText(output));
  }
  const std::string head =
      fmt::format("    <testcase classname=\"vpcmirror.check\" name=\"{}\" time=\"0\"",
                  XmlText(of.title.empty() ? of.code : fmt::format("{}: {}", of.code, of.title)));
  return body.empty() ? head + "/>\n" : head + ">\n" + body + "    </testcase>\n";
}

}  // namespace

std::string FindingsJunit(const FindingsReport& report, Severity fails_from) {
  const std::vector<RuleCase> cases = CasesOf(report, fails_from);
  const auto failed = std::count_if(cases.begin(), cases.end(),
                                    [](const RuleCase& of) { return !of.failures.empty(); });
  const auto skipped =
      std::count_if(cases.begin(), cases.end(), [](const RuleCase& of) { return of.is_skipped(); });
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\"", cases.size(), failed);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"vpcmirror check\" {} time=\"0\">\n", counts);
  out += fmt::format("  <testsuite name=\"{}\" {} skipped=\"{}\" time=\"0\">\n",
                     XmlText(report.file), counts, skipped);
  for (const RuleCase& of : cases) out += CaseXml(of);
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace vpcmirror
