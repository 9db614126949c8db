#include "analysis/report/paths_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/paragraph.h"
#include "analysis/report/text_layout.h"
#include "analysis/words/counted.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

std::string NamesOf(const std::vector<NamedComponent>& components) {
  std::string names;
  for (const NamedComponent& each : components) {
    names += fmt::format("{}{} {}", names.empty() ? "" : ", ", each.type, each.id);
  }
  return names;
}

class PathsWriter {
 public:
  PathsWriter(const PathsReport& report, const TextStyle& style) : report_(report), style_(style) {}

  std::string Write() {
    for (const MirrorPaths& mirror : report_.mirrors) WriteMirror(mirror);
    WriteGroups();
    WriteCeiling();
    return std::move(out_);
  }

 private:
  void Line(const std::string& head, const std::string& text, int indent) {
    AppendLine(out_, "{}", Paragraph(head, text, style_.width, indent));
  }

  void WriteMirror(const MirrorPaths& mirror) {
    AppendLine(out_, "{}",
               Painted(Paragraph("",
                                 fmt::format("Ways of mirror {}, {}", mirror.id,
                                             Counted(mirror.sources, "source")),
                                 style_.width, 2),
                       Ink::kBold, style_.color));
    for (const PathRow& row : mirror.rows) WriteRow(row);
    if (!mirror.single_points.empty()) {
      Line("  ", "without any one of these nothing of it arrives: " + NamesOf(mirror.single_points),
           4);
    }
    out_ += '\n';
  }

  void WriteRow(const PathRow& row) {
    std::string from = row.first_source;
    if (row.sources > 1) from += fmt::format(" and {} more", row.sources - 1);
    const bool is_open = row.block == Block::kNone;
    const std::string ends = fmt::format("{} -> {}:", from, row.receiver);
    std::string words = is_open ? "open" : "blocked";
    if (row.longest_whole) {
      words += fmt::format(", whole up to frames of {} bytes", row.longest_whole->count());
    }
    if (row.blame) words += fmt::format(" by {} at {}", row.blame->id, row.blame->path);
    Line("  ", ends + " " + words, 4);
    std::size_t widest = 0;
    for (const Hop& hop : row.hops) widest = std::max(widest, hop.id.size());
    const int column = static_cast<int>(std::min<std::size_t>(widest, 24));
    for (const Hop& hop : row.hops) {
      Line(fmt::format("      {:<{}}  ", hop.id, column), hop.what, 8 + column);
    }
  }

  void WriteGroups() {
    if (report_.groups.empty()) return;
    AppendLine(out_, "{}", Painted("What fails together", Ink::kBold, style_.color));
    for (const FailureGroupRow& group : report_.groups) {
      std::string mirrors = group.mirrors.front();
      if (group.mirrors.size() > 1) {
        mirrors += fmt::format(" and {} more", group.mirrors.size() - 1);
      }
      Line("  ",
           fmt::format("{}, {}: {}", mirrors, Counted(group.sources, "source"),
                       NamesOf(group.components)),
           4);
    }
    out_ += '\n';
  }

  void WriteCeiling() {
    if (report_.mirrors.empty()) return;
    if (!report_.most) {
      Line("", "Most that can ever arrive: not limited by what is known of the hosts", 2);
      return;
    }
    std::string names;
    for (const NamedLimit& each : report_.cut) {
      const std::string more =
          each.hosts > 1 ? fmt::format(" and {} more", each.hosts - 1) : std::string();
      names += fmt::format("{}{} {}{} {}", names.empty() ? "" : ", ", each.type, each.id, more,
                           BitRateText(each.limit));
    }
    Line("",
         fmt::format("Most that can ever arrive: {}{}", BitRateText(*report_.most),
                     names.empty() ? "" : ", for " + names),
         2);
  }

  const PathsReport& report_;
  TextStyle style_;
  std::string out_;
};

}  // namespace

std::string PathsText(const PathsReport& report, const TextStyle& style) {
  return PathsWriter(report, style).Write();
}

}  // namespace vpcmirror
