#include "analysis/report/findings_markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string_view>
#include <vector>

#include "analysis/report/markdown_text.h"

namespace vpcmirror {
namespace {

// A comment has at most 65,536 characters; the table leaves room for what is below it.
constexpr std::size_t kMostTableBytes = 40'000;
constexpr std::size_t kMostBytes = 60'000;

std::string RowOf(const Finding& finding) {
  std::string text = StrangersMarkdown(finding.message);
  if (!finding.fix.empty()) text += "<br>**Fix:** " + StrangersMarkdown(finding.fix);
  if (!finding.api_code.empty()) text += "<br>**API:** " + StrangersMarkdown(finding.api_code);
  return fmt::format("| {} | {} | {} | {} |\n", ToString(finding.severity),
                     StrangersMarkdown(finding.code), StrangersMarkdown(PlaceWords(finding)), text);
}

// The rules' codes of the findings in the table, each once.
std::vector<std::string> AppendTable(std::string& out, const std::vector<const Finding*>& shown) {
  out += "\n| severity | code | where | finding |\n| --- | --- | --- | --- |\n";
  std::vector<std::string> codes;
  std::size_t rows = 0;
  for (; rows < shown.size(); ++rows) {
    const std::string row = RowOf(*shown[rows]);
    if (out.size() + row.size() > kMostTableBytes) break;
    out += row;
    const std::string& code = shown[rows]->code;
    if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
  }
  if (rows < shown.size()) out += fmt::format("\nAnd {} more.\n", shown.size() - rows);
  return codes;
}

void AppendSources(std::string& out, const Rule& rule) {
  if (rule.refs.empty()) return;
  out += "\nSources:\n\n";
  for (const Reference& reference : rule.refs) {
    out += fmt::format("* {}, as of {}\n", MarkdownText(reference.where), reference.as_of);
  }
}

std::string DetailsOf(const Rule& rule) {
  std::string out = fmt::format("\n<details>\n<summary>{}: {}</summary>\n\n{}\n",
                                HtmlText(rule.code), HtmlText(rule.title), MarkdownText(rule.why));
  AppendSources(out, rule);
  return out + "\n</details>\n";
}

std::string SectionOf(const Rule& rule) {
  std::string out =
      fmt::format("\n## {}\n\n**{}** ({}, {})\n\n{}\n\nFix: {}\n", rule.code,
                  MarkdownText(rule.title), ToString(rule.severity), ToString(rule.basis),
                  MarkdownText(rule.why), MarkdownText(rule.fix));
  AppendSources(out, rule);
  return out;
}

std::string AnchorOf(std::string_view code) {
  std::string anchor(code);
  std::transform(anchor.begin(), anchor.end(), anchor.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return anchor;
}

}  // namespace

std::string FindingsMarkdown(const FindingsReport& report) {
  std::string out = fmt::format("### vpcmirror check: {}\n", SummaryWords(report));
  if (!report.file.empty()) out += fmt::format("\n{}\n", StrangersMarkdown("File: " + report.file));
  const std::vector<const Finding*> shown = ShownFindings(report);
  if (shown.empty()) return out;
  for (const std::string& code : AppendTable(out, shown)) {
    const Rule* rule = FindRule(code);
    if (rule == nullptr) continue;
    const std::string details = DetailsOf(*rule);
    if (out.size() + details.size() > kMostBytes) break;
    out += details;
  }
  return out;
}

std::string FindingsDocument(std::span<const Rule> rules) {
  std::string out =
      "# Findings\n\n"
      "What `vpcmirror check` tells, by the code of its rule; `vpcmirror explain CODE` prints the\n"
      "same. What a finding rests on: *documented* by the provider, *derived* from that and the\n"
      "scenario, or *assumed* where no document says it.\n\n"
      "| code | severity | rests on | what |\n| --- | --- | --- | --- |\n";
  for (const Rule& rule : rules) {
    out +=
        fmt::format("| [{}](#{}) | {} | {} | {} |\n", rule.code, AnchorOf(rule.code),
                    ToString(rule.severity), ToString(rule.basis), MarkdownText(rule.title));
  }
  for (const Rule& rule : rules) out += SectionOf(rule);
  return out;
}

}  // namespace vpcmirror
