#include "sim/sweep/processes.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <exception>
#include <string_view>
#include <system_error>
#include <utility>

namespace vpcmirror::sim {
namespace {

// On one machine, between copies of one program: numbers as they lie in memory.
using Number = std::uint64_t;

bool WriteAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string BytesOf(Number number) {
  std::array<char, sizeof(Number)> bytes{};
  std::memcpy(bytes.data(), &number, sizeof(number));
  return {bytes.data(), bytes.size()};
}

Number NumberIn(std::string_view bytes) {
  Number number = 0;
  std::memcpy(&number, bytes.data(), sizeof(number));
  return number;
}

// False at the end of what will ever come.
bool ReadNumber(int socket, Number& number) {
  std::array<char, sizeof(Number)> bytes{};
  std::size_t there = 0;
  while (there < bytes.size()) {
    const ssize_t received = ::recv(socket, bytes.data() + there, bytes.size() - there, 0);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) return false;
    there += static_cast<std::size_t>(received);
  }
  number = NumberIn({bytes.data(), bytes.size()});
  return true;
}

// Ends with its parent, and holds nothing of the parent's: neither the others' sockets nor a
// database or a connection to other machines. Signals that the parent takes in a thread of its
// own stay blocked here: what Ctrl-C means, the parent decides for both.
[[noreturn]] void ServeInChild(int socket, const RunFunction& run) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto own = static_cast<unsigned>(socket);
  if (own > STDERR_FILENO + 1) ::close_range(STDERR_FILENO + 1, own - 1, 0);
  ::close_range(own + 1, ~0U, 0);
  Number number = 0;
  try {
    while (ReadNumber(socket, number)) {
      const std::string answer = Packed(run(static_cast<std::size_t>(number)));
      if (!WriteAll(socket, BytesOf(answer.size()) + answer)) break;
    }
    ::_exit(0);
  } catch (const std::exception&) {
    ::abort();  // a run function turns what is wrong with a run into an outcome
  }
}

}  // namespace

Processes::Processes(std::size_t count, RunFunction run) : run_(std::move(run)) {
  for (std::size_t i = 0; i < count; ++i) children_.push_back(Fork());
}

Processes::~Processes() {
  for (Child& child : children_) End(child);
}

Processes::Child Processes::Fork() const {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot make a pair of sockets");
  }
  const pid_t process = ::fork();
  if (process == 0) ServeInChild(pair[1], run_);
  const int error = errno;
  ::close(pair[1]);
  if (process == -1) {
    ::close(pair[0]);
    throw std::system_error(error, std::generic_category(), "cannot fork");
  }
  return {process, pair[0], std::nullopt, ""};
}

void Processes::End(Child& child) {
  ::kill(child.process, SIGKILL);
  ::close(child.socket);
  while (::waitpid(child.process, nullptr, 0) == -1 && errno == EINTR) {
  }
}

bool Processes::HasIdle() const {
  return std::any_of(children_.begin(), children_.end(),
                     [](const Child& child) { return !child.run; });
}

void Processes::Give(std::size_t run) {
  const auto idle = std::find_if(children_.begin(), children_.end(),
                                 [](const Child& child) { return !child.run; });
  idle->run = run;
  // Should it be gone, Wait() finds the end of its answers.
  WriteAll(idle->socket, BytesOf(run));
}

std::vector<Ended> Processes::Wait(double seconds) {
  std::vector<pollfd> sockets;
  for (const Child& child : children_) sockets.push_back({child.socket, POLLIN, 0});
  ::poll(sockets.data(), sockets.size(), static_cast<int>(std::ceil(seconds * 1000)));
  std::vector<Ended> ended;
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    if (sockets[i].revents == 0) continue;
    Child& child = children_[i];
    const std::optional<std::size_t> run = child.run;
    std::optional<Outcome> outcome = Read(child);
    if (outcome && run) ended.push_back({*run, std::move(outcome)});
  }
  return ended;
}

std::optional<Outcome> Processes::Read(Child& child) {
  std::array<char, 4096> part{};
  const ssize_t received = ::recv(child.socket, part.data(), part.size(), MSG_DONTWAIT);
  if (received < 0 && (errno == EINTR || errno == EAGAIN)) return std::nullopt;
  if (received <= 0) return Bury(child);
  child.received.append(part.data(), static_cast<std::size_t>(received));
  if (child.received.size() < sizeof(Number)) return std::nullopt;
  const std::string_view answer = std::string_view(child.received).substr(sizeof(Number));
  if (answer.size() < NumberIn(child.received)) return std::nullopt;
  Outcome outcome = Unpacked(answer);
  child.received.clear();
  child.run.reset();
  return outcome;
}

Outcome Processes::Bury(Child& child) {
  int status = 0;
  ::close(child.socket);
  while (::waitpid(child.process, &status, 0) == -1 && errno == EINTR) {
  }
  Outcome outcome;
  outcome.status = RunStatus::kLost;
  outcome.error = WIFSIGNALED(status)
                      ? "its process was killed by signal " + std::to_string(WTERMSIG(status))
                      : "its process ended with exit code " + std::to_string(WEXITSTATUS(status));
  child = Fork();
  return outcome;
}

}  // namespace vpcmirror::sim
