#include "sim/live/receiver_probe.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/addresses.h"
#include "tests/support/private_network.h"

namespace vpcmirror::sim {
namespace {

constexpr std::int64_t kInterval = 1'000'000'000;

class ReceiverProbeTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (const auto obstacle = PrivateNetwork::Obstacle()) GTEST_SKIP() << *obstacle;
    network_ = std::make_unique<PrivateNetwork>();
  }

  // Waits until something came, at most for five seconds, which only a failing test takes.
  static void Await(const ReceiverProbe& probe) {
    pollfd input{.fd = probe.descriptors().front(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(poll(&input, 1, 5000), 1);
  }

  // A new network may swallow what is sent first. Asks until there is an answer, at most for
  // half a minute.
  static void AwaitPath(const std::vector<IpAddress>& receivers) {
    ReceiverHealth health({}, receivers);
    ReceiverProbe probe(receivers, kInterval);
    for (int i = 1; i <= 300; ++i) {
      probe.Run(i * kInterval, health);
      pollfd input{.fd = probe.descriptors().front(), .events = POLLIN, .revents = 0};
      if (poll(&input, 1, 100) == 1) return;
    }
    FAIL() << "no answer";
  }

  std::unique_ptr<PrivateNetwork> network_;
};

TEST_P(ReceiverProbeTest, TellsAReceiverThatIsGoneAndThatItIsBack) {
  const std::vector<IpAddress> receivers = {Address(GetParam())};
  const bool is_v4 = receivers.front().is_v4();
  const std::string ignore = is_v4 ? "sysctl -qw net.ipv4.icmp_echo_ignore_all="
                                   : "sysctl -qw net.ipv6.icmp.echo_ignore_all=";
  ASSERT_NO_FATAL_FAILURE(AwaitPath(receivers));
  ReceiverHealth health({.missed_probes = 2}, receivers);
  ReceiverProbe probe(receivers, kInterval);
  std::int64_t now = 100;
  probe.Run(now, health);
  Await(probe);
  for (int i = 0; i < 3; ++i) {
    probe.Run(now += kInterval, health);
    Await(probe);
    EXPECT_TRUE(health.all_up());
  }
  probe.Run(now + 1, health);  // takes the answer
  network_->Far(ignore + "1");
  probe.Run(now += kInterval, health);
  probe.Run(now += kInterval - 1, health);
  EXPECT_TRUE(health.all_up()) << "not due";
  probe.Run(now += 1, health);
  EXPECT_TRUE(health.all_up()) << "one was missed";
  probe.Run(now += kInterval, health);
  EXPECT_FALSE(health.all_up()) << "two were missed";
  network_->Far(ignore + "0");
  probe.Run(now += kInterval, health);
  EXPECT_FALSE(health.all_up());
  Await(probe);
  probe.Run(now + 1, health);
  EXPECT_TRUE(health.all_up());
}

INSTANTIATE_TEST_SUITE_P(Families, ReceiverProbeTest, testing::Values("10.9.0.2", "fd09::2"),
                         [](const auto& param) { return param.index == 0 ? "Ipv4" : "Ipv6"; });

}  // namespace
}  // namespace vpcmirror::sim
