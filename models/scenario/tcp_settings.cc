#include "models/scenario/tcp_settings.h"

namespace vpcmirror {

std::string_view ToString(TcpVariant variant) {
  constexpr std::array<std::string_view, kTcpVariants> kWords = {
      "cubic",    "reno",   "new_reno", "bic",   "high_speed", "htcp",     "hybla",
      "illinois", "ledbat", "scalable", "vegas", "veno",       "westwood", "yeah"};
  return kWords[static_cast<std::size_t>(variant)];
}

}  // namespace vpcmirror
