#include "sim/cli/patient_output.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include "sim/live/descriptor.h"

namespace vpcmirror::sim {
namespace {

constexpr std::chrono::milliseconds kLookAgain(10);

mode_t KindOf(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0;
}

std::size_t Taken(ssize_t written) {
  if (written >= 0) return static_cast<std::size_t>(written);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return 0;
  throw std::runtime_error("the standard output takes no more: " +
                           std::generic_category().message(errno));
}

}  // namespace

WriteAtOnce WriterAtOnce(int descriptor) {
  ::signal(SIGPIPE, SIG_IGN);
  const mode_t kind = KindOf(descriptor);
  if (kind == S_IFSOCK) {
    return [descriptor](std::string_view text) {
      return Taken(::send(descriptor, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    };
  }
  // A file keeps nobody waiting, and its place is shared with whoever writes behind this program.
  const bool may_wait = kind == S_IFIFO || kind == S_IFCHR;
  const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
  const auto own = std::make_shared<Descriptor>(
      may_wait ? ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1);
  return [descriptor, own](std::string_view text) {
    const int to = own->number() >= 0 ? own->number() : descriptor;
    return Taken(::write(to, text.data(), text.size()));
  };
}

bool PatientOutput::Flush() {
  if (!write_) {
    out_ << std::exchange(waiting_, {}) << std::flush;
    return true;
  }
  if (!waiting_.empty()) waiting_.erase(0, write_(waiting_));
  return waiting_.empty();
}

bool PatientOutput::Offer(std::string_view line) {
  if (!Flush()) return false;
  waiting_ = line;
  Flush();
  return true;
}

bool PatientOutput::Write(std::string_view text, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  waiting_ += text;
  while (!Flush()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(kLookAgain);
  }
  return true;
}

}  // namespace vpcmirror::sim
