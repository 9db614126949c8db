// Hands figures to those who ask for them over HTTP, on this machine.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "models/wire/address.h"

namespace vpcmirror::sim {

struct LoopbackAddress {
  IpAddress address;
  std::uint16_t port = 0;  // 0: any that is free

  friend bool operator==(const LoopbackAddress&, const LoopbackAddress&) = default;
};

// "9464", "127.0.0.1:9464", "localhost:9464", "[::1]:9464". Throws std::invalid_argument, with what
// would be accepted, for anything else: figures tell whom a machine talks to, and are nobody
// else's.
LoopbackAddress ParseLoopbackAddress(std::string_view text);

// Answers GET /metrics with what a function says at that moment, and everything else with an
// error. A client has two seconds for its request and for taking the answer, however slowly it
// goes on; of many at once four are answered and the others wait.
class MetricsServer {
 public:
  // Binds the port. Throws std::runtime_error where that fails, with the reason. `text` is called
  // by threads of the server, of several requests at once.
  MetricsServer(const LoopbackAddress& address, std::function<std::string()> text);
  // Ends at once, whatever clients do.
  ~MetricsServer();

  // Answers from here on, in threads of its own. Clients that came before wait.
  void Start();

  std::uint16_t port() const;
  std::string url() const;  // "http://127.0.0.1:9464/metrics"

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace vpcmirror::sim
