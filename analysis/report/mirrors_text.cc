#include "analysis/report/mirrors_text.h"

#include <fmt/format.h>

#include "analysis/report/member_groups.h"
#include "analysis/report/text_layout.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

std::string RowOfSome(const std::string& words, const Count& count, const Count& of) {
  return count.frames == 0 ? "" : LedgerRow(words, count, &of);
}

}  // namespace

std::string LedgerTitle(std::string_view title, const TextStyle& style) {
  std::string out;
  AppendLine(out, "{}{:>14}{:>14}{:>12}",
             Painted(fmt::format("{:{}}", title, kLedgerWordColumns), Ink::kBold, style.color),
             "frames", "bytes", "share");
  return out;
}

std::string LedgerRow(std::string_view words, const Count& count, const Count* of) {
  std::string out;
  const std::string share =
      of == nullptr ? "" : PercentText(Loss{count.frames, of->frames}.fraction());
  AppendLine(out, "  {:{}}{:>14}{:>14}{:>12}", words, kLedgerWordColumns - 2,
             CountText(count.frames), SizeText(count.bytes), share);
  return out;
}

std::string MirrorsText(const std::vector<MirrorResult>& mirrors, const TextStyle& style) {
  std::string out = LedgerTitle("Mirrors", style);
  for (const MirrorResult& mirror : mirrors) out += MirrorText(mirror, style);
  return out;
}

std::string MirrorText(const MirrorResult& mirror, const TextStyle& style) {
  const Ledger& ledger = mirror.ledger;
  std::string out;
  AppendLine(out, "{}",
             Wrapped(fmt::format("{}: {} -> {}", mirror.id, GroupedNames(mirror.sources),
                                 GroupedNames(mirror.receivers)),
                     style.width, 2));
  out += LedgerRow("offered", ledger.offered);
  for (std::size_t i = 0; i < ledger.rejected.size(); ++i) {
    out += RowOfSome(fmt::format("refused by {}", ToString(static_cast<Refusal>(i))),
                     ledger.rejected[i], ledger.offered);
  }
  for (std::size_t i = 0; i < ledger.dropped.size(); ++i) {
    out += RowOfSome(fmt::format("dropped {}", ToString(static_cast<DropReason>(i))),
                     ledger.dropped[i], ledger.offered);
  }
  out += RowOfSome("queued at the end", ledger.queued_at_end, ledger.offered);
  out += RowOfSome("mirrored", ledger.mirrored, ledger.offered);
  for (const auto& [reason, count] : mirror.lost_after_source) {
    out += RowOfSome(fmt::format("  lost later: {}", reason), count, ledger.offered);
  }
  if (ledger.wire_datagrams > 0) {
    out += LedgerRow("on the wire", {ledger.wire_datagrams, ledger.wire_bytes});
  }
  if (ledger.truncated.frames > 0) {
    AppendLine(out, "  {:{}}{:>14}{:>14} cut off", "truncated", kLedgerWordColumns - 2,
               CountText(ledger.truncated.frames), SizeText(ledger.truncated_away));
  }
  return out;
}

}  // namespace vpcmirror
