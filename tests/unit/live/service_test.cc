#include "sim/live/service.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "sim/live/descriptor.h"

namespace vpcmirror::sim {
namespace {

// What listens at NOTIFY_SOCKET, as sd_notify(3) describes it: datagrams of VARIABLE=value lines.
class Manager {
 public:
  Manager() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    std::filesystem::remove(path_);
    EXPECT_EQ(bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0)
        << std::strerror(errno);
    setenv("NOTIFY_SOCKET", path_.c_str(), 1);
  }
  ~Manager() {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
    std::filesystem::remove(path_);
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // The next message; empty: there is none.
  std::string Told() const {
    std::array<char, 4096> message{};
    const ssize_t bytes = recv(socket_.number(), message.data(), message.size(), 0);
    return bytes < 0 ? "" : std::string(message.data(), static_cast<std::size_t>(bytes));
  }

 private:
  std::string path_ = testing::TempDir() + "vpcmirror_notify_" + std::to_string(getpid());
  Descriptor socket_;
};

constexpr std::int64_t kOneSecond = 1'000'000'000;

TEST(ServiceTest, TellsNobodyWhereNobodyListens) {
  unsetenv("NOTIFY_SOCKET");
  setenv("WATCHDOG_USEC", "1000000", 1);
  Service service;
  EXPECT_FALSE(service.is_supervised());
  EXPECT_EQ(service.watchdog_ns(), 0);
  EXPECT_TRUE(service.Ready("up"));
  EXPECT_TRUE(service.Advance(kOneSecond));
  EXPECT_TRUE(service.Stopping());
  unsetenv("WATCHDOG_USEC");
}

TEST(ServiceTest, TellsHowItGoes) {
  const Manager manager;
  Service service;
  EXPECT_TRUE(service.is_supervised());
  EXPECT_TRUE(service.Ready("mirroring web[0]"));
  EXPECT_EQ(manager.Told(), "READY=1\nSTATUS=mirroring web[0]");
  EXPECT_TRUE(service.Status("10.0.9.1 is down\nREADY=0"));
  EXPECT_EQ(manager.Told(), "STATUS=10.0.9.1 is down READY=0");
  EXPECT_TRUE(service.Reloading(12'345'678'901));
  EXPECT_EQ(manager.Told(), "RELOADING=1\nMONOTONIC_USEC=12345678");
  EXPECT_TRUE(service.Stopping());
  EXPECT_EQ(manager.Told(), "STOPPING=1");
  EXPECT_EQ(manager.Told(), "");
}

TEST(ServiceTest, GivesASignOfLifeTwiceInTheWatchdogsTime) {
  const Manager manager;
  setenv("WATCHDOG_USEC", "10000000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  Service service;
  EXPECT_EQ(service.watchdog_ns(), 10 * kOneSecond);
  EXPECT_TRUE(service.Advance(100 * kOneSecond));
  EXPECT_EQ(manager.Told(), "WATCHDOG=1");
  EXPECT_TRUE(service.Advance(105 * kOneSecond - 1));
  EXPECT_EQ(manager.Told(), "");
  EXPECT_TRUE(service.Advance(105 * kOneSecond));
  EXPECT_EQ(manager.Told(), "WATCHDOG=1");
}

TEST(ServiceTest, GivesNoSignForTheWatchdogOfAnother) {
  const Manager manager;
  setenv("WATCHDOG_USEC", "10000000", 1);
  setenv("WATCHDOG_PID", "1", 1);
  Service service;
  EXPECT_EQ(service.watchdog_ns(), 0);
  EXPECT_TRUE(service.Advance(kOneSecond));
  EXPECT_EQ(manager.Told(), "");
}

TEST(ServiceTest, SaysThatNobodyListensAnyMore) {
  setenv("NOTIFY_SOCKET", (testing::TempDir() + "vpcmirror_no_manager").c_str(), 1);
  Service service;
  EXPECT_FALSE(service.Ready("up"));
  unsetenv("NOTIFY_SOCKET");
}

}  // namespace
}  // namespace vpcmirror::sim
