// Each test gives up what a child process has.
#include "sim/live/privileges.h"

#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

namespace vpcmirror::sim {
namespace {

// What `said` returns in a child, or what it throws.
std::string InChild(const std::function<std::string()>& said) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    std::string text;
    try {
      text = said();
    } catch (const std::exception& error) {
      text = std::string("threw: ") + error.what();
    }
    const bool is_written = write(ends[1], text.data(), text.size()) == std::ssize(text);
    _exit(is_written ? 0 : 1);
  }
  close(ends[1]);
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t bytes; (bytes = read(ends[0], part.data(), part.size())) > 0;) {
    text.append(part.data(), static_cast<std::size_t>(bytes));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  return text;
}

// The calling thread's, as the kernel tells it: "CapEff: 0000000000002000".
std::string StatusLines(const std::string& wanted) {
  std::ifstream status("/proc/thread-self/status");
  std::string lines;
  for (std::string line; std::getline(status, line);) {
    if (wanted.find(line.substr(0, line.find(':') + 1)) == std::string::npos) continue;
    for (char& c : line) c = c == '\t' ? ' ' : c;
    lines += line + '\n';
  }
  return lines;
}

std::string ErrorOfPacketSocket() {
  const int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return std::strerror(errno);
  close(descriptor);
  return "opened";
}

class PrivilegesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "only root has privileges to give up";
    nobody_ = getpwnam("nobody");
    if (nobody_ == nullptr) GTEST_SKIP() << "there is no user nobody";
  }
  const passwd* nobody_ = nullptr;
};

constexpr char kAllSets[] = "CapInh: CapPrm: CapEff: CapBnd: CapAmb: NoNewPrivs:";

TEST_F(PrivilegesTest, RootBecomesNobodyByDefault) { EXPECT_EQ(DefaultUser(), "nobody"); }

// CAP_NET_RAW is number 13 of capabilities(7).
TEST_F(PrivilegesTest, KeepsRawSocketsAndNothingElse) {
  EXPECT_EQ(InChild([] {
              const Privileges left = DropPrivileges({.user = "nobody"});
              EXPECT_TRUE(left.may_open_raw_sockets);
              return left.user + '\n' + StatusLines(kAllSets) + ErrorOfPacketSocket();
            }),
            "nobody\n"
            "CapInh: 0000000000000000\n"
            "CapPrm: 0000000000002000\n"
            "CapEff: 0000000000002000\n"
            "CapBnd: 0000000000002000\n"
            "CapAmb: 0000000000000000\n"
            "NoNewPrivs: 1\n"
            "opened");
}

TEST_F(PrivilegesTest, KeepsNothingWhereNothingIsWanted) {
  EXPECT_EQ(InChild([] {
              const Privileges left =
                  DropPrivileges({.user = "nobody", .keeps_raw_sockets = false});
              return std::string(left.may_open_raw_sockets ? "raw\n" : "none\n") +
                     StatusLines("CapPrm: CapEff: CapBnd:") + ErrorOfPacketSocket();
            }),
            "none\n"
            "CapPrm: 0000000000000000\n"
            "CapEff: 0000000000000000\n"
            "CapBnd: 0000000000000000\n"
            "Operation not permitted");
}

TEST_F(PrivilegesTest, IsTheUserForGoodWithNoGroupsOfBefore) {
  const std::string ids = std::to_string(nobody_->pw_uid);
  EXPECT_EQ(InChild([] {
              DropPrivileges({.user = "nobody"});
              uid_t real = 0;
              uid_t effective = 0;
              uid_t saved = 0;
              getresuid(&real, &effective, &saved);
              const std::string back = seteuid(0) == 0 ? "root again" : std::strerror(errno);
              const std::string secrets =
                  access("/etc/shadow", R_OK) == 0 ? "readable" : std::strerror(errno);
              return std::to_string(real) + ' ' + std::to_string(effective) + ' ' +
                     std::to_string(saved) + ' ' + std::to_string(getgroups(0, nullptr)) + ' ' +
                     std::to_string(getegid()) + '\n' + back + '\n' + secrets;
            }),
            ids + ' ' + ids + ' ' + ids + " 0 " + std::to_string(nobody_->pw_gid) +
                "\nOperation not permitted\nPermission denied");
}

TEST_F(PrivilegesTest, HoldsForThreadsThatWereThereBefore) {
  EXPECT_EQ(InChild([] {
              std::atomic<bool> is_dropped = false;
              std::atomic<bool> has_begun = false;
              std::string seen;
              std::thread before([&] {
                has_begun = true;
                has_begun.notify_one();
                is_dropped.wait(false);
                seen = StatusLines("CapPrm: CapEff: CapBnd: NoNewPrivs:");
              });
              has_begun.wait(false);
              DropPrivileges({.user = "nobody"});
              is_dropped = true;
              is_dropped.notify_one();
              before.join();
              return seen;
            }),
            "CapPrm: 0000000000002000\n"
            "CapEff: 0000000000002000\n"
            "CapBnd: 0000000000002000\n"
            "NoNewPrivs: 1\n");
}

TEST_F(PrivilegesTest, LetsTheUserBeWhereNobodyElseIsWanted) {
  EXPECT_EQ(InChild([] {
              const Privileges left = DropPrivileges({});
              return left.user + '\n' + StatusLines("CapPrm:") + ErrorOfPacketSocket();
            }),
            "root\nCapPrm: 0000000000002000\nopened");
}

TEST_F(PrivilegesTest, HasNothingToGiveUpAsAnotherUser) {
  EXPECT_EQ(InChild([this] {
              if (setresuid(nobody_->pw_uid, nobody_->pw_uid, nobody_->pw_uid) != 0) return "?";
              const Privileges left = DropPrivileges({.user = DefaultUser()});
              return left.may_open_raw_sockets ? "raw" : "none";
            }),
            "none");
}

TEST_F(PrivilegesTest, SaysWhatIsMissingToBecomeAnother) {
  const std::string said = InChild([this]() -> std::string {
    if (setresuid(nobody_->pw_uid, nobody_->pw_uid, nobody_->pw_uid) != 0) return "?";
    DropPrivileges({.user = "root"});
    return "became root";
  });
  EXPECT_EQ(said,
            "threw: privileges cannot be given up: to become user \"root\" takes CAP_SETUID and "
            "CAP_SETGID (start as root, or let the user be): Operation not permitted");
}

TEST_F(PrivilegesTest, SaysThatAUserIsUnknown) {
  EXPECT_EQ(InChild([]() -> std::string {
              DropPrivileges({.user = "no such user"});
              return "became him";
            }),
            "threw: there is no user \"no such user\" on this machine; name one that getent "
            "passwd knows");
}

}  // namespace
}  // namespace vpcmirror::sim
