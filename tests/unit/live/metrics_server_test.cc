#include "sim/live/metrics_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/live/descriptor.h"
#include "tests/support/addresses.h"

namespace vpcmirror::sim {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

sockaddr_in LoopbackAt(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

// A client that says what it is told to, as any program could.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_in address = LoopbackAt(port);
    EXPECT_EQ(
        connect(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  void Say(const std::string& text) const {
    EXPECT_EQ(send(socket_.number(), text.data(), text.size(), MSG_NOSIGNAL), std::ssize(text));
  }
  // Until the server closes.
  std::string Answer() const {
    std::string answer;
    std::array<char, 4096> part{};
    for (ssize_t bytes; (bytes = recv(socket_.number(), part.data(), part.size(), 0)) > 0;) {
      answer.append(part.data(), static_cast<std::size_t>(bytes));
    }
    return answer;
  }
  int socket() const { return socket_.number(); }

 private:
  Descriptor socket_;
};

std::string AnswerTo(std::uint16_t port, const std::string& request) {
  const Client client(port);
  client.Say(request);
  return client.Answer();
}

const LoopbackAddress kAnyPort{.address = Address("127.0.0.1")};

TEST(LoopbackAddressTest, IsAPortOrAnAddressOfThisMachineAlone) {
  EXPECT_EQ(ParseLoopbackAddress("9464"), (LoopbackAddress{Address("127.0.0.1"), 9464}));
  EXPECT_EQ(ParseLoopbackAddress("localhost:0"), (LoopbackAddress{Address("127.0.0.1"), 0}));
  EXPECT_EQ(ParseLoopbackAddress("127.3.2.1:80"), (LoopbackAddress{Address("127.3.2.1"), 80}));
  EXPECT_EQ(ParseLoopbackAddress("[::1]:65535"), (LoopbackAddress{Address("::1"), 65535}));
}

TEST(LoopbackAddressTest, IsNoneThatOthersCanReach) {
  for (const char* text : {"0.0.0.0:9464", "10.0.0.1:9464", "[::]:9464", "[fe80::1]:9464",
                           "128.0.0.1:9464", "[::ffff:127.0.0.1]:9464"}) {
    EXPECT_THROW(ParseLoopbackAddress(text), std::invalid_argument) << text;
  }
  for (const char* text : {"", ":", "127.0.0.1", "127.0.0.1:", "65536", "-1", "9464x", "::1:9464",
                           "[::1]", "[127.0.0.1]:9464", "example.org:9464"}) {
    EXPECT_THROW(ParseLoopbackAddress(text), std::invalid_argument) << text;
  }
}

TEST(MetricsServerTest, AnswersWithWhatTheFunctionSaysAtThatMoment) {
  std::atomic<int> asked = 0;
  MetricsServer server(kAnyPort, [&] { return "asked " + std::to_string(++asked) + "\n"; });
  server.Start();
  EXPECT_EQ(server.url(), "http://127.0.0.1:" + std::to_string(server.port()) + "/metrics");
  for (int i = 1; i <= 3; ++i) {
    const std::string answer =
        AnswerTo(server.port(), "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
    // Prometheus, exposition formats: text, version 0.0.4.
    EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\nasked " + std::to_string(i) + "\n"));
  }
}

TEST(MetricsServerTest, AnswersOverIpv6) {
  MetricsServer server({.address = Address("::1")}, [] { return ""; });
  server.Start();
  EXPECT_EQ(server.url(), "http://[::1]:" + std::to_string(server.port()) + "/metrics");
}

TEST(MetricsServerTest, AnswersNothingElse) {
  MetricsServer server(kAnyPort, [] { return "figures"; });
  server.Start();
  EXPECT_THAT(AnswerTo(server.port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
              StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(AnswerTo(server.port(),
                       "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nsome body"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(AnswerTo(server.port(), "nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST(MetricsServerTest, SaysThatThePortIsTaken) {
  const MetricsServer first(kAnyPort, [] { return ""; });
  try {
    const MetricsServer second({.address = Address("127.0.0.1"), .port = first.port()},
                               [] { return ""; });
    FAIL() << "it shares the port";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), "figures cannot be served at 127.0.0.1 port " +
                                std::to_string(first.port()) +
                                ": Address already in use (another program has the port; 0 takes "
                                "one that is free)");
  }
}

// More clients than are answered at once, that say nothing, half of a request, or hear nothing.
std::vector<Client> HangingClients(std::uint16_t port, int of_each_kind) {
  std::vector<Client> clients;
  for (int i = 0; i < of_each_kind; ++i) {
    clients.emplace_back(port);
    clients.emplace_back(port).Say("GET /metr");
    clients.emplace_back(port).Say("GET /metrics HTTP/1.1\r\n\r\n");
  }
  return clients;
}
// More than a socket's buffers hold.
std::string ManyFigures() { return std::string(std::size_t{16} << 20, 'x'); }

TEST(MetricsServerTest, AnswersOthersAlthoughClientsHang) {
  std::atomic<bool> is_long = true;
  MetricsServer server(kAnyPort, [&] { return is_long ? ManyFigures() : "short"; });
  server.Start();
  const auto hanging = HangingClients(server.port(), 2);
  // Each of the first six has its two seconds, four at a time, and then is closed.
  const Client last(server.port());
  last.Say("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  pollfd closed{hanging[0].socket(), POLLIN, 0};
  EXPECT_EQ(poll(&closed, 1, 60'000), 1);
  is_long = false;
  EXPECT_THAT(last.Answer(), StartsWith("HTTP/1.1 200 "));
}

TEST(MetricsServerTest, EndsAtOnceAlthoughClientsHang) {
  auto server = std::make_unique<MetricsServer>(kAnyPort, ManyFigures);
  server->Start();
  const auto hanging = HangingClients(server->port(), 13);
  pollfd answered{hanging[2].socket(), POLLIN, 0};
  EXPECT_EQ(poll(&answered, 1, 60'000), 1) << "it is at work";
  const auto begin = std::chrono::steady_clock::now();
  server.reset();
  // Far less than the 39 have, which are 2 s for each four.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST(MetricsServerTest, EndsWithoutHavingBeenStarted) {
  std::uint16_t port = 0;
  {
    const MetricsServer server(kAnyPort, [] { return ""; });
    port = server.port();
  }
  // The port is free again.
  EXPECT_EQ(
      MetricsServer({.address = Address("127.0.0.1"), .port = port}, [] { return ""; }).port(),
      port);
}

}  // namespace
}  // namespace vpcmirror::sim
