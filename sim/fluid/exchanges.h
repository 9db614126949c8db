// TCP clients that ask, wait for the answer and think.
#pragma once

#include "models/scenario/tcp_settings.h"

namespace vpcmirror::sim {

// Exchanges a second of each of so many clients, 1 or more, that think for so long and then have
// an answer from a server that takes so long for one and halves its pace for two at once. Exact
// for thinking times that are exponentially distributed, whatever the answers: mean value analysis
// of a closed network (Reiser and Lavenberg 1980). Infinite when neither takes any time.
double ExchangeRate(int clients, double think_seconds, double service_seconds);

// Seconds of an exchange in which nothing of it is on a link: thinking and waiting for what is on
// its way. A connection's opening and first windows (RFC 6928: ten segments, then twice as many
// in each round trip until they fill the way) are shared by its exchanges. `answers_per_second`:
// of one flow alone, by what its links let through; infinite where nothing limits it.
double IdleSeconds(const TcpSettings& tcp, double round_trip_seconds, double answers_per_second);

}  // namespace vpcmirror::sim
