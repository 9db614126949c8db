#include "analysis/report/mirror_diff_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "analysis/report/findings.h"
#include "analysis/report/values.h"

namespace vpcmirror {
namespace {

Tone ToneOfKind(MirroringChange::Kind kind) {
  switch (kind) {
    case MirroringChange::Kind::kStarts:
      return Tone::kGood;
    case MirroringChange::Kind::kStops:
      return Tone::kBad;
    default:
      return Tone::kWarning;
  }
}

std::string Joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

Table ChangeTable(const std::vector<DiffEntry>& entries) {
  Table table{.key = "changes",
              .title = "What is mirrored otherwise",
              .caption =
                  "Packets that the cloud never mirrors, and those to mirror ports, stay "
                  "left out.",
              .columns = {{"change", "Change", Role::kId},
                          {"packets", "Packets", Role::kId},
                          {"at", "At", Role::kId},
                          {"copied", "Copied", Role::kWords},
                          {"otherwise", "What is another", Role::kWords}}};
  for (const DiffEntry& entry : entries) {
    const MirroringChange& change = *entry.change;
    std::vector<std::string> traits;
    for (const TraitChange& trait : change.traits) traits.push_back(TraitWords(trait));
    table.rows.push_back({value::Words(std::string(KindWords(change.kind)) + AlsoWords(change),
                                       ToneOfKind(change.kind)),
                          value::Words(Joined(ShownPhrases(entry))),
                          value::Words(EniWords(entry.enis) + PresenceWords(entry)),
                          value::Words(change.is_whole_mirror ? "-" : CopierWords(entry)),
                          value::Words(traits.empty() ? "-" : Joined(traits))});
  }
  return table;
}

// A packet that proves each change, as explain --packet takes it.
Section ProofSection(const std::vector<DiffEntry>& entries) {
  Section section{.key = "proof", .title = "Packets that prove it"};
  for (const DiffEntry& entry : entries) {
    if (!entry.witness) continue;
    section.blocks.push_back(Remark{fmt::format("{}: at {}, {}", KindWords(entry.change->kind),
                                                entry.witness->eni, WitnessWords(entry)),
                                    ToneOfKind(entry.change->kind)});
    section.blocks.push_back(Listing{PacketWords(*entry.witness)});
  }
  return section;
}

// "1 starts to be mirrored, 2 copies are altered".
std::string KindCounts(const std::vector<DiffEntry>& entries) {
  std::map<MirroringChange::Kind, std::size_t> counts;
  for (const DiffEntry& entry : entries) ++counts[entry.change->kind];
  std::string text;
  for (const auto& [kind, count] : counts) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", KindWords(kind), count);
  }
  return text;
}

}  // namespace

Report ReportOfMirrorDiff(const DiffReport& diff) {
  const std::vector<DiffEntry> entries = DiffEntriesOf(diff);
  Report report{.kind = "Diff of scenarios",
                .title = fmt::format("{} and {}", diff.before, diff.after),
                .verdict = DiffSummaryWords(diff, entries.size()),
                .because = KindCounts(entries)};
  for (const DiffEntry& entry : entries) {
    report.tone = std::max(report.tone, ToneOfKind(entry.change->kind));
  }
  for (std::string& words : DropsWords(diff)) report.remarks.push_back({std::move(words)});
  for (const std::string& words : NotComparedWords(diff)) {
    report.remarks.push_back({"Not compared: " + words, Tone::kWarning});
  }
  AddSection(report, ChangeTable(entries));
  if (Section proof = ProofSection(entries); !proof.blocks.empty()) {
    report.sections.push_back(std::move(proof));
  }
  report.provenance = {{"vpcmirror", diff.version}, {"Before", diff.before}, {"After", diff.after}};
  return report;
}

}  // namespace vpcmirror
