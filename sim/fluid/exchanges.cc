#include "sim/fluid/exchanges.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/units/rates.h"

namespace vpcmirror::sim {
namespace {

constexpr double kFirstWindow = 10;  // segments: RFC 6928, and ns-3 3.37

// How often a window of so many segments is sent before one of `needed`, each twice the last.
double RoundsToOpen(double needed) {
  return needed > kFirstWindow ? std::ceil(std::log2(needed / kFirstWindow)) : 0;
}

}  // namespace

double ExchangeRate(int clients, double think_seconds, double service_seconds) {
  // Of more, those that think and those that wait are as good as constant.
  constexpr int kMostClients = 10'000;
  if (service_seconds <= 0 || clients > kMostClients) {
    const double time = std::max(think_seconds, clients * service_seconds);
    return time > 0 ? 1 / time : std::numeric_limits<double>::infinity();
  }
  double waiting = 0;
  double rate = 0;
  for (int n = 1; n <= clients; ++n) {
    const double response_seconds = service_seconds * (1 + waiting);
    rate = n / (think_seconds + response_seconds);
    waiting = rate * response_seconds;
  }
  return rate / clients;
}

double IdleSeconds(const TcpSettings& tcp, double round_trip_seconds, double answers_per_second) {
  const double segment = static_cast<double>(std::max<std::int64_t>(1, tcp.segment.count()));
  const double answer = std::ceil(static_cast<double>(tcp.response.count()) / segment);
  const double window = std::max(1.0, static_cast<double>(tcp.buffer.count()) / segment);
  const double rounds = std::ceil(answer / window);
  const double seconds = Seconds(tcp.think) + rounds * round_trip_seconds;
  if (tcp.exchanges == 0) return seconds;
  const double under_way = answers_per_second * answer * round_trip_seconds;
  const double needed = std::min({answer, window, under_way});
  return seconds + (1 + RoundsToOpen(needed)) * round_trip_seconds / tcp.exchanges;
}

}  // namespace vpcmirror::sim
