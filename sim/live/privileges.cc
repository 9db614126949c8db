#include "sim/live/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

namespace vpcmirror::sim {
namespace {

constexpr std::uint64_t Bit(int capability) { return std::uint64_t{1} << capability; }

[[noreturn]] void FailToDrop(const std::string& what, int error) {
  throw std::runtime_error("privileges cannot be given up: " + what + ": " +
                           std::generic_category().message(error));
}

struct CapabilitySets {
  std::uint64_t effective = 0;
  std::uint64_t permitted = 0;
  std::uint64_t inheritable = 0;
};

// Of the calling thread; errno, or 0.
int ReadCapabilities(CapabilitySets& sets) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> halves{};
  if (syscall(SYS_capget, &header, halves.data()) != 0) return errno;
  const auto joined = [](std::uint32_t low, std::uint32_t high) {
    return std::uint64_t{high} << 32 | low;
  };
  sets = {.effective = joined(halves[0].effective, halves[1].effective),
          .permitted = joined(halves[0].permitted, halves[1].permitted),
          .inheritable = joined(halves[0].inheritable, halves[1].inheritable)};
  return 0;
}

int WriteCapabilities(const CapabilitySets& sets) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> halves{};
  for (std::size_t i = 0; i < halves.size(); ++i) {
    halves[i] = {.effective = static_cast<std::uint32_t>(sets.effective >> 32 * i),
                 .permitted = static_cast<std::uint32_t>(sets.permitted >> 32 * i),
                 .inheritable = static_cast<std::uint32_t>(sets.inheritable >> 32 * i)};
  }
  return syscall(SYS_capset, &header, halves.data()) == 0 ? 0 : errno;
}

// What follows is done in every thread, in others from a signal's handler: system calls alone.
std::atomic<std::uint64_t> kept_capabilities{0};
std::atomic<int (*)()> work_of_threads{nullptr};
std::atomic<int> work_error{0};
std::atomic<int> threads_done{0};

// While there are capabilities to do it with; so that they outlast another user ID.
int LeaveBounds() {
  CapabilitySets sets;
  if (const int error = ReadCapabilities(sets)) return error;
  const bool may_leave = (sets.effective & Bit(CAP_SETPCAP)) != 0;
  for (int i = 0; may_leave && prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; ++i) {
    if ((kept_capabilities & Bit(i)) != 0) continue;
    if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) != 0) return errno;
  }
  return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

int LeaveCapabilities() {
  CapabilitySets sets;
  if (const int error = ReadCapabilities(sets)) return error;
  const std::uint64_t kept = sets.permitted & kept_capabilities;
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return errno;
  if (const int error = WriteCapabilities({.effective = kept, .permitted = kept})) return error;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

void WorkInThread(int) {
  const int before = errno;
  if (const int error = work_of_threads.load()()) work_error = error;
  ++threads_done;
  errno = before;
}

std::vector<pid_t> OtherThreads() {
  std::vector<pid_t> threads;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    const std::string name = entry.path().filename();
    pid_t thread = 0;
    std::from_chars(name.data(), name.data() + name.size(), thread);
    if (thread != gettid()) threads.push_back(thread);
  }
  return threads;
}

bool IsThere(pid_t thread) { return syscall(SYS_tgkill, getpid(), thread, 0) == 0; }

void WorkIn(pid_t thread, int signal) {
  using std::chrono::steady_clock;
  constexpr std::chrono::seconds kLongEnough{10};
  constexpr std::chrono::microseconds kStep{100};
  const int before = threads_done;
  if (syscall(SYS_tgkill, getpid(), thread, signal) != 0) return;  // it has ended
  const auto end = steady_clock::now() + kLongEnough;
  while (threads_done == before && IsThere(thread)) {
    if (steady_clock::now() > end) {
      FailToDrop("thread " + std::to_string(thread) + " does not take signals", ETIMEDOUT);
    }
    std::this_thread::sleep_for(kStep);
  }
}

// Capabilities are each thread's own, and no system call changes those of another.
void DoInEveryThread(int (*work)(), const std::string& what) {
  const int signal = SIGRTMIN + 5;
  work_of_threads = work;
  work_error = work();
  struct sigaction ours {};
  ours.sa_handler = WorkInThread;
  ours.sa_flags = SA_RESTART;
  struct sigaction before {};
  sigaction(signal, &ours, &before);
  for (const pid_t thread : OtherThreads()) WorkIn(thread, signal);
  sigaction(signal, &before, nullptr);
  if (work_error != 0) FailToDrop(what, work_error);
}

struct Account {
  std::string name;
  uid_t user = 0;
  gid_t group = 0;
};

std::optional<Account> FindAccount(
    const std::function<int(passwd*, char*, std::size_t, passwd**)>& find) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> text(1 << 16);  // longer than what any NSS module asks for in practice
  const int error = find(&entry, text.data(), text.size(), &found);
  // These are of this process or machine, and say nothing of the account.
  if (error == EMFILE || error == ENFILE || error == EIO || error == ENOMEM) {
    FailToDrop("accounts cannot be looked up", error);
  }
  if (error != 0 || found == nullptr) return std::nullopt;
  return Account{.name = entry.pw_name, .user = entry.pw_uid, .group = entry.pw_gid};
}

Account AccountOf(const std::string& user) {
  const auto account =
      FindAccount([&](passwd* entry, char* text, std::size_t bytes, passwd** found) {
        return getpwnam_r(user.c_str(), entry, text, bytes, found);
      });
  if (!account) {
    throw std::runtime_error("there is no user \"" + user +
                             "\" on this machine; name one that getent passwd knows");
  }
  return *account;
}

std::string NameOf(uid_t user) {
  const auto account =
      FindAccount([&](passwd* entry, char* text, std::size_t bytes, passwd** found) {
        return getpwuid_r(user, entry, text, bytes, found);
      });
  return account ? account->name : "uid " + std::to_string(user);
}

// glibc does these for all threads.
void Become(const Account& account) {
  const bool is_it = geteuid() == account.user && getuid() == account.user;
  if (is_it && getegid() == account.group && geteuid() != 0) return;
  const auto check = [&](int result) {
    if (result == 0) return;
    const int error = errno;
    FailToDrop("to become user \"" + account.name +
                   "\" takes CAP_SETUID and CAP_SETGID (start as root, or let the user be)",
               error);
  };
  check(setgroups(0, nullptr));
  check(setresgid(account.group, account.group, account.group));
  check(setresuid(account.user, account.user, account.user));
}

// "CapPrm" -> "0000000000002000", as proc(5) has a thread's status.
std::map<std::string, std::string> StatusOf(const std::filesystem::path& task) {
  std::map<std::string, std::string> status;
  std::ifstream file(task / "status");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(':');
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    if (colon == std::string::npos || value == std::string::npos) continue;
    status[line.substr(0, colon)] = line.substr(value);
  }
  return status;
}

std::uint64_t MaskIn(const std::string& hexadecimal) {
  std::uint64_t mask = ~std::uint64_t{0};  // what cannot be read is all of them
  std::from_chars(hexadecimal.data(), hexadecimal.data() + hexadecimal.size(), mask, 16);
  return mask;
}

void VerifyThreads() {
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    auto status = StatusOf(task);
    const bool has_more = ((MaskIn(status["CapPrm"]) | MaskIn(status["CapInh"]) |
                            MaskIn(status["CapEff"]) | MaskIn(status["CapAmb"])) &
                           ~kept_capabilities.load()) != 0;
    if (!has_more && status["NoNewPrivs"] == "1") continue;
    throw std::runtime_error("privileges were given up, and thread " +
                             task.path().filename().string() + " still has capabilities " +
                             status["CapPrm"] + ", no_new_privs " + status["NoNewPrivs"]);
  }
}

void VerifyNoWayBack() {
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  getresuid(&real, &effective, &saved);
  if (real == 0 || effective == 0 || saved == 0) {
    throw std::runtime_error("privileges were given up, and the process is still root");
  }
  // Of this thread alone, for which it would be too late in any case.
  if (syscall(SYS_setresuid, 0, 0, 0) == 0) {
    throw std::runtime_error("privileges were given up, and the process could become root again");
  }
}

}  // namespace

std::string DefaultUser() { return geteuid() == 0 ? "nobody" : ""; }

Privileges DropPrivileges(const PrivilegeSettings& settings) {
  std::optional<Account> account;
  if (!settings.user.empty()) account = AccountOf(settings.user);
  kept_capabilities = settings.keeps_raw_sockets ? Bit(CAP_NET_RAW) : 0;
  DoInEveryThread(LeaveBounds, "the bounding set");
  if (account) Become(*account);
  DoInEveryThread(LeaveCapabilities, "capabilities");
  VerifyThreads();
  if (account && account->user != 0) VerifyNoWayBack();
  CapabilitySets sets;
  if (const int error = ReadCapabilities(sets)) FailToDrop("what is left", error);
  return {.user = NameOf(geteuid()),
          .may_open_raw_sockets = (sets.effective & Bit(CAP_NET_RAW)) != 0};
}

}  // namespace vpcmirror::sim
