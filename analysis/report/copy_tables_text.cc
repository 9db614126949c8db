#include "analysis/report/copy_tables_text.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

#include "analysis/report/drops_text.h"
#include "analysis/report/member_groups.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

constexpr int kIdColumn = 36;  // where a mirror's numbers begin, behind the words

class CopyTables : private TextLines {
 public:
  CopyTables(const RunResult& result, const TextStyle& style) : TextLines(style), result_(result) {}

  std::string Mirrors();
  std::string LoadBalancers();

 private:
  void WriteMirror(const MirrorResult& mirror);
  void WriteMirrorLine(const std::string& what, const Count& count, const Count& offered);
  void WriteLoadBalancer(const LoadBalancerResult& balancer);

  const RunResult& result_;
};

std::string CopyTables::Mirrors() {
  if (result_.mirrors.empty()) return "";
  out_ += '\n';
  Line("{}{:>14}{:>14}{:>12}",
       Painted(fmt::format("{:{}}", "Mirrors", kIdColumn), Ink::kBold, style_.color), "frames",
       "bytes", "share");
  for (const MirrorResult& mirror : result_.mirrors) WriteMirror(mirror);
  return Take();
}

void CopyTables::WriteMirrorLine(const std::string& what, const Count& count,
                                 const Count& offered) {
  if (count.frames == 0) return;
  const Loss share{count.frames, offered.frames};
  Line("  {:{}}{:>14}{:>14}{:>12}", what, kIdColumn - 2, CountText(count.frames),
       SizeText(count.bytes), PercentText(share.fraction()));
}

void CopyTables::WriteMirror(const MirrorResult& mirror) {
  const Ledger& ledger = mirror.ledger;
  Sentence(fmt::format("{}: {} -> {}", mirror.id, GroupedNames(mirror.sources),
                       GroupedNames(mirror.receivers)),
           0, 2);
  Line("  {:{}}{:>14}{:>14}", "offered", kIdColumn - 2, CountText(ledger.offered.frames),
       SizeText(ledger.offered.bytes));
  for (std::size_t i = 0; i < ledger.rejected.size(); ++i) {
    WriteMirrorLine(fmt::format("refused by {}", ToString(static_cast<Refusal>(i))),
                    ledger.rejected[i], ledger.offered);
  }
  for (std::size_t i = 0; i < ledger.dropped.size(); ++i) {
    WriteMirrorLine(fmt::format("dropped {}", ToString(static_cast<DropReason>(i))),
                    ledger.dropped[i], ledger.offered);
  }
  WriteMirrorLine("queued at the end", ledger.queued_at_end, ledger.offered);
  WriteMirrorLine("mirrored", ledger.mirrored, ledger.offered);
  for (const auto& [reason, count] : mirror.lost_after_source) {
    WriteMirrorLine(fmt::format("  lost later: {}", reason), count, ledger.offered);
  }
  if (ledger.wire_datagrams > 0) {
    Line("  {:{}}{:>14}{:>14}", "on the wire", kIdColumn - 2, CountText(ledger.wire_datagrams),
         SizeText(ledger.wire_bytes));
  }
  if (ledger.truncated.frames > 0) {
    Line("  {:{}}{:>14}{:>14} cut off", "truncated", kIdColumn - 2,
         CountText(ledger.truncated.frames), SizeText(ledger.truncated_away));
  }
}

std::string CopyTables::LoadBalancers() {
  if (result_.load_balancers.empty()) return "";
  out_ += '\n';
  Line("{}{:>10}{:>14}{:>14}",
       Painted(fmt::format("{:34}", "Load balancers"), Ink::kBold, style_.color), "copies", "rate",
       "share");
  for (const LoadBalancerResult& balancer : result_.load_balancers) WriteLoadBalancer(balancer);
  return Take();
}

void CopyTables::WriteLoadBalancer(const LoadBalancerResult& balancer) {
  const auto row = [&](const std::string& what, const Load& load, std::int64_t of) {
    Line("  {:32}{:>10}{:>14}{:>14}", what, CountText(load.frames), BitRateText(load.bandwidth),
         PercentText(Loss{load.frames, of}.fraction()));
  };
  Line("{}  {}", balancer.id, balancer.title);
  const std::int64_t arrived = balancer.in.frames;
  for (const LoadBalancerZoneResult& zone : balancer.zones) {
    const std::string limit = balancer.limit_bandwidth
                                  ? fmt::format(" of {}", BitRateText(*balancer.limit_bandwidth))
                                  : "";
    row(fmt::format("in{}{}", zone.zone.empty() ? "" : " at zone " + zone.zone, limit), zone.in,
        arrived);
  }
  for (const BackendResult& backend : balancer.backends) {
    row(fmt::format("to {}{}", backend.id, backend.healthy ? "" : " (unhealthy)"), backend.out,
        arrived);
  }
  if (balancer.queued_at_end > 0) {
    Line("  queued at the end: {}", CountText(balancer.queued_at_end));
  }
  AppendDrops(out_, balancer.dropped, arrived);
  if (balancer.may_be_reordered > 0) {
    Line("  may be out of order: {} frames ({})", CountText(balancer.may_be_reordered),
         PercentText(Loss{balancer.may_be_reordered, arrived}.fraction()));
  }
}

}  // namespace

std::string MirrorsText(const RunResult& result, const TextStyle& style) {
  return CopyTables(result, style).Mirrors();
}

std::string LoadBalancersText(const RunResult& result, const TextStyle& style) {
  return CopyTables(result, style).LoadBalancers();
}

}  // namespace vpcmirror
