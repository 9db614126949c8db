#include "analysis/report/tcp_text.h"

#include <fmt/format.h>

#include <string>

#include "analysis/report/text_layout.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

void AppendExchanges(std::string& out, const TcpResult& tcp) {
  if (tcp.exchange.frames == 0) return;
  AppendLine(out, "  {:18}{} answered, half within {}, 99 % within {}", "",
             CountText(tcp.exchange.frames), TimeText(tcp.exchange.p50, 3),
             TimeText(tcp.exchange.p99, 3));
}

}  // namespace

std::string TcpText(const RunResult& result, bool color) {
  if (result.tcp.empty()) return "";
  std::string out = "\n";
  AppendLine(out, "{}{:>9}{:>14}{:>14}{:>14}",
             Painted(fmt::format("{:24}", "TCP flows"), Ink::kBold, color), "flows", "goodput",
             "sent again", "failed");
  for (const TcpResult& tcp : result.tcp) {
    const double again = Loss{tcp.retransmitted, tcp.segments}.fraction();
    AppendLine(out, "  {:22}{:>9}{:>14}{:>14}{:>14}", Printable(tcp.id), CountText(tcp.flows),
               BitRateText(tcp.goodput), PercentText(again), CountText(tcp.failed));
    AppendExchanges(out, tcp);
    if (tcp.without_port > 0) {
      AppendLine(out, "  {:22}{} times no client port was free: more `client` ports?", "",
                 CountText(tcp.without_port));
    }
  }
  return out;
}

}  // namespace vpcmirror
