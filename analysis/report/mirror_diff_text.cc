#include "analysis/report/mirror_diff_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "analysis/report/characters.h"
#include "analysis/report/findings.h"
#include "analysis/report/markdown_text.h"
#include "analysis/report/paragraph.h"
#include "analysis/report/text_layout.h"

namespace vpcmirror {
namespace {

constexpr int kBelow = 4;

Ink InkOf(MirroringChange::Kind kind) {
  switch (kind) {
    case MirroringChange::Kind::kStarts:
      return Ink::kGood;
    case MirroringChange::Kind::kStops:
      return Ink::kBad;
    default:
      return Ink::kWarning;
  }
}

class DiffWriter {
 public:
  DiffWriter(const DiffReport& report, const TextStyle& style) : report_(report), style_(style) {}

  std::string Write() {
    const std::vector<DiffEntry> entries = DiffEntriesOf(report_);
    for (const DiffEntry& entry : entries) WriteEntry(entry);
    for (const std::string& words : DropsWords(report_)) WriteNote("also", words);
    for (const std::string& words : NotComparedWords(report_)) WriteNote("not compared", words);
    if (!entries.empty()) {
      Put("", "Packets that the cloud never mirrors, and those to mirror ports, stay left out.", 0);
    }
    Put("",
        fmt::format("{} -> {}: {}", report_.before, report_.after,
                    DiffSummaryWords(report_, entries.size())),
        kBelow);
    return std::move(out_);
  }

 private:
  void Put(std::string_view head, std::string_view text, int indent) {
    AppendLine(out_, "{}", Paragraph(head, text, style_.width, indent));
  }

  void WriteEntry(const DiffEntry& entry) {
    const MirroringChange& change = *entry.change;
    out_ += Painted(KindWords(change.kind), InkOf(change.kind), style_.color);
    out_ += AlsoWords(change) + ":\n";
    for (const std::string& phrase : ShownPhrases(entry)) Put("  ", phrase, kBelow);
    for (const TraitChange& trait : change.traits) Put("    ", TraitWords(trait), 2 * kBelow);
    Put("    at ", EniWords(entry.enis) + PresenceWords(entry), 2 * kBelow);
    if (!change.is_whole_mirror) Put("    ", CopierWords(entry), 2 * kBelow);
    WriteWitness(entry);
    out_ += '\n';
  }

  // The packet on a line of its own, so that it can be copied into explain --packet.
  void WriteWitness(const DiffEntry& entry) {
    if (!entry.witness) {
      if (entry.change->is_whole_mirror || !entry.packets.empty()) {
        Put("    ", "no packet that shows it was found among those tried", 2 * kBelow);
      }
      return;
    }
    Put("    packet: ", PacketWords(*entry.witness), 12);
    Put("            ", fmt::format("--eni '{}': {}", entry.witness->eni, WitnessWords(entry)), 12);
  }

  void WriteNote(std::string_view label, std::string_view words) {
    const std::string head = fmt::format("{}: ", label);
    Put(head, words, kBelow);
    out_ += '\n';
  }

  const DiffReport& report_;
  TextStyle style_;
  std::string out_;
};

std::string MarkdownCell(const std::vector<std::string>& lines) {
  std::string cell;
  for (const std::string& line : lines) {
    if (!cell.empty()) cell += "<br>";
    cell += StrangersMarkdown(line);
  }
  return cell;
}

std::string MarkdownRow(const DiffEntry& entry) {
  std::vector<std::string> packets = ShownPhrases(entry);
  for (const TraitChange& trait : entry.change->traits) packets.push_back(TraitWords(trait));
  std::vector<std::string> where = {EniWords(entry.enis) + PresenceWords(entry)};
  where.push_back(CopierWords(entry));
  std::vector<std::string> proof;
  if (entry.witness) proof = {PacketWords(*entry.witness), WitnessWords(entry)};
  return fmt::format("| {}{} | {} | {} | {} |\n", KindWords(entry.change->kind),
                     AlsoWords(*entry.change), MarkdownCell(packets), MarkdownCell(where),
                     MarkdownCell(proof));
}

}  // namespace

std::string MirrorDiffText(const DiffReport& report, const TextStyle& style) {
  return DiffWriter(report, style).Write();
}

std::string MirrorDiffMarkdown(const DiffReport& report) {
  const std::vector<DiffEntry> entries = DiffEntriesOf(report);
  std::string out =
      fmt::format("**{}** to **{}**: {}\n", StrangersMarkdown(report.before),
                  StrangersMarkdown(report.after), DiffSummaryWords(report, entries.size()));
  if (!entries.empty()) {
    out += "\n| change | packets | where | proof |\n| --- | --- | --- | --- |\n";
    for (const DiffEntry& entry : entries) out += MarkdownRow(entry);
  }
  for (const std::string& words : DropsWords(report)) out += "\n" + StrangersMarkdown(words) + "\n";
  for (const std::string& words : NotComparedWords(report)) {
    out += "\nNot compared: " + StrangersMarkdown(words) + "\n";
  }
  return out;
}

}  // namespace vpcmirror
