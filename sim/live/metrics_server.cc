#include "sim/live/metrics_server.h"

#include <httplib.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include "sim/live/descriptor.h"

namespace vpcmirror::sim {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kClientTime{2};
constexpr std::size_t kClientsAtOnce = 16;
constexpr char kAccepted[] =
    " (accepted: a port, or one of this machine alone such as 127.0.0.1:9464 or [::1]:9464)";

std::optional<std::uint16_t> PortOf(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return port;
}

bool IsLoopback(const IpAddress& address) {
  static const IpPrefix kV4 = ParseIpPrefix("127.0.0.0/8").value();
  static const IpPrefix kV6 = ParseIpPrefix("::1/128").value();
  return (address.is_v4() ? kV4 : kV6).Contains(address);
}

// A connection that ends when its time is over or the server is stopped.
class TimedStream : public httplib::Stream {
 public:
  TimedStream(int socket, int stopped)
      : polled_{pollfd{socket, 0, 0}, pollfd{stopped, POLLIN, 0}},
        ends_at_(Clock::now() + kClientTime) {}

  bool is_readable() const override { return Wait(POLLIN); }
  bool is_writable() const override { return Wait(POLLOUT); }
  ssize_t read(char* octets, std::size_t size) override {
    return Wait(POLLIN) ? recv(socket(), octets, size, MSG_DONTWAIT) : -1;
  }
  ssize_t write(const char* octets, std::size_t size) override {
    return Wait(POLLOUT) ? send(socket(), octets, size, MSG_DONTWAIT | MSG_NOSIGNAL) : -1;
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return polled_[0].fd; }

 private:
  bool Wait(short events) const {
    std::array<pollfd, 2> polled = polled_;
    polled[0].events = events;
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(ends_at_ - Clock::now());
      if (left.count() <= 0) return false;
      const int ready = poll(polled.data(), polled.size(), static_cast<int>(left.count()));
      if (ready > 0) return polled[1].revents == 0;
      if (ready < 0 && errno != EINTR) return false;
    }
  }

  std::array<pollfd, 2> polled_;
  Clock::time_point ends_at_;
};

}  // namespace

LoopbackAddress ParseLoopbackAddress(std::string_view text) {
  const auto fail = [&](const std::string& why) -> LoopbackAddress {
    throw std::invalid_argument("\"" + std::string(text) + "\" " + why + kAccepted);
  };
  const std::size_t colon = text.rfind(':');
  std::string_view host = colon == std::string_view::npos ? "127.0.0.1" : text.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  const auto address = ParseIpAddress(host);
  const auto port = PortOf(colon == std::string_view::npos ? text : text.substr(colon + 1));
  if (!address || !port || address->is_v4() == is_bracketed) return fail("is no address and port");
  if (!IsLoopback(*address)) return fail("is an address that others can reach");
  return {.address = *address, .port = *port};
}

class MetricsServer::Listener : public httplib::Server {
 public:
  Listener(const LoopbackAddress& address, std::function<std::string()> text)
      : host_(ToString(address.address)), stopped_(eventfd(0, EFD_CLOEXEC)) {
    new_task_queue = [] { return new httplib::ThreadPool(kClientsAtOnce); };
    // Without SO_REUSEPORT, with which another program could share the port.
    set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    set_payload_max_length(0);
    Get("/metrics", [text = std::move(text)](const httplib::Request&, httplib::Response& response) {
      response.set_content(text(), "text/plain; version=0.0.4; charset=utf-8");
    });
    Bind(address);
  }

  ~Listener() override {
    const std::uint64_t once = 1;
    [[maybe_unused]] const ssize_t written = ::write(stopped_.number(), &once, sizeof once);
    stop();
    if (thread_.joinable()) {
      thread_.join();
    } else {
      close(svr_sock_);
    }
  }

  void Start() {
    thread_ = std::thread([this] { listen_after_bind(); });
    // Before that, stop() does nothing.
    while (!is_running()) std::this_thread::yield();
  }

  std::uint16_t port() const { return port_; }
  std::string url() const {
    const bool is_v6 = host_.find(':') != std::string::npos;
    return "http://" + (is_v6 ? '[' + host_ + ']' : host_) + ':' + std::to_string(port_) +
           "/metrics";
  }

 private:
  void Bind(const LoopbackAddress& address) {
    errno = 0;
    const int bound = address.port == 0                   ? bind_to_any_port(host_)
                      : bind_to_port(host_, address.port) ? address.port
                                                          : -1;
    if (bound > 0) {
      port_ = static_cast<std::uint16_t>(bound);
      return;
    }
    const int error = errno;
    throw std::runtime_error(
        "figures cannot be served at " + host_ + " port " + std::to_string(address.port) + ": " +
        std::generic_category().message(error) +
        (error == EADDRINUSE ? " (another program has the port; 0 takes one that is free)" : ""));
  }

  // One request a connection, so that each has its time.
  bool process_and_close_socket(socket_t socket) override {
    TimedStream stream(socket, stopped_.number());
    bool is_closed = false;
    const bool is_answered = process_request(stream, true, is_closed, nullptr);
    shutdown(socket, SHUT_RDWR);
    close(socket);
    return is_answered;
  }

  std::string host_;
  std::uint16_t port_ = 0;
  Descriptor stopped_;
  std::thread thread_;
};

MetricsServer::MetricsServer(const LoopbackAddress& address, std::function<std::string()> text)
    : listener_(std::make_unique<Listener>(address, std::move(text))) {}

MetricsServer::~MetricsServer() = default;

void MetricsServer::Start() { listener_->Start(); }
std::uint16_t MetricsServer::port() const { return listener_->port(); }
std::string MetricsServer::url() const { return listener_->url(); }

}  // namespace vpcmirror::sim
