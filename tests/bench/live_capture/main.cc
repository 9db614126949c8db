// bench_live_capture [--check]: what a captured frame costs the thread that captures it.
//
// Question: is InterfaceSource cheaper than libpcap, and how much dearer than the least that a
// program can do with the same ring? Each round opens a capture on one end of a veth pair, has the
// other end send, and takes CPU time from the first frame to the last: "paced" from another core,
// 150,000 frames a second, and "at once" what has come before; what the kernel pays while frames
// arrive is the same for all and not in it. The network is this
// process's own; it takes root and ip. On stderr it tells what a filter costs the kernel, which
// leaves out all frames after so many instructions, beside what capturing them costs. Prints
// tab-separated lines under a header: case, ours, peer, peer's figure, ratio, goal, met; ns a
// frame, the median of all rounds. Exit status: 0 whatever the ratios are; with --check 1 when a
// row misses its goal.
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "sim/live/interface_source.h"
#include "tests/bench/live_capture/plain_captures.h"
#include "tests/bench/ratios/table.h"

namespace vpcmirror::ratios {
namespace {

constexpr std::size_t kFrames = 16384;
constexpr int kRounds = 25;

void Shell(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error(command);
}

// A host that nobody else sees, with a veth pair g0 and m0.
void EnterPrivateNetwork() {
  if (unshare(CLONE_NEWNET) != 0) throw std::runtime_error("network namespaces need root");
  Shell("ip link add g0 mtu 9000 type veth peer name m0 mtu 9000");
  Shell("sysctl -qw net.ipv6.conf.all.disable_ipv6=1");
  Shell("ip link set g0 up && ip link set m0 up");
}

class Sender {
 public:
  Sender() : socket_(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)) {
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_ifindex = static_cast<int>(if_nametoindex("g0"));
    if (bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("bind");
    }
  }
  ~Sender() { close(socket_); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // To an address that nobody has, so that the stack throws them away at once.
  void Send(std::size_t frame_bytes, std::size_t count) const {
    std::vector<unsigned char> frame(frame_bytes);
    frame[0] = 2;
    frame[5] = 9;
    frame[12] = 8;
    frame[14] = 0x45;
    for (std::size_t i = 0; i < count; ++i) {
      if (send(socket_, frame.data(), frame.size(), 0) < 0) std::terminate();
    }
  }
  // In bursts of 32, each when it is due.
  void SendPaced(std::size_t frame_bytes) const {
    using std::chrono::steady_clock;
    constexpr std::size_t kBurst = 32;
    constexpr std::chrono::nanoseconds kBurstTime(kBurst * 1'000'000'000 / 150'000);
    auto due = steady_clock::now();
    for (std::size_t sent = 0; sent < kFrames; sent += kBurst, due += kBurstTime) {
      while (steady_clock::now() < due) {
      }
      Send(frame_bytes, kBurst);
    }
  }

 private:
  int socket_;
};

class OurCapture {
 public:
  OurCapture() : source_({.names = {"m0"}}) {}

  void Drain(Seen& seen) {
    for (;;) {
      const auto frames = source_.Next();
      if (frames.empty()) return;
      for (const sim::CapturedFrame& frame : frames) {
        seen.Look(reinterpret_cast<const unsigned char*>(frame.octets.data()),
                  static_cast<std::uint64_t>(frame.wire_length.count()));
      }
    }
  }
  int descriptor() const { return source_.descriptors().front(); }

 private:
  sim::InterfaceSource source_;
};

double ThreadNanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

void Pin(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  sched_setaffinity(0, sizeof cores, &cores);
}

enum class Pace { kAtOnce, kPaced };

struct Setting {
  Pace pace;
  std::size_t frame_bytes;
};

template <class Capture>
double Drain(Capture& capture) {
  Seen seen;
  const double before = ThreadNanoseconds();
  while (seen.frames < kFrames) {
    pollfd polled{capture.descriptor(), POLLIN, 0};
    constexpr int kPatienceMilliseconds = 20'000;
    if (poll(&polled, 1, kPatienceMilliseconds) == 0)
      throw std::runtime_error("frames are missing");
    capture.Drain(seen);
  }
  return (ThreadNanoseconds() - before) / static_cast<double>(seen.frames);
}

template <class Capture>
double Round(Capture&& capture, const Sender& sender, const Setting& setting) {
  if (setting.pace == Pace::kAtOnce) {
    sender.Send(setting.frame_bytes, kFrames);
    return Drain(capture);
  }
  const std::jthread sending([&] {
    Pin(0);
    sender.SendPaced(setting.frame_bytes);
  });
  return Drain(capture);
}

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

bool Measure(const Setting& setting) {
  const Sender sender;
  std::vector<double> ours;
  std::vector<double> pcap;
  std::vector<double> bare;
  for (int round = 0; round < kRounds; ++round) {
    ours.push_back(Round(OurCapture(), sender, setting));
    pcap.push_back(Round(PcapCapture("m0"), sender, setting));
    bare.push_back(Round(BareRing("m0"), sender, setting));
  }
  const std::string name = std::to_string(setting.frame_bytes) + " B, " +
                           (setting.pace == Pace::kPaced ? "paced" : "at once");
  const Row rows[] = {{name, Median(ours), "libpcap", Median(pcap), Faster(1.3)},
                      {name, Median(ours), "bare ring", Median(bare), Within(1.1)}};
  bool met = true;
  for (const Row& row : rows) {
    Print(row);
    met = met && IsMet(row);
  }
  std::fprintf(stderr, "%s: best of ours %.1f, libpcap %.1f, bare ring %.1f\n", name.c_str(),
               *std::ranges::min_element(ours), *std::ranges::min_element(pcap),
               *std::ranges::min_element(bare));
  return met;
}

// Loads a port and compares it, time and again, and leaves the frame out.
std::vector<sock_filter> LongFilter(std::size_t instructions) {
  std::vector<sock_filter> filter;
  for (std::uint32_t i = 0; 2 * i + 1 < instructions; ++i) {
    filter.push_back({BPF_LD | BPF_H | BPF_ABS, 0, 0, 36});
    filter.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1000 + i});
  }
  filter.push_back({BPF_RET | BPF_K, 0, 0, 0});
  return filter;
}

double SendingNanoseconds(const Sender& sender) {
  constexpr std::size_t kSent = 8192;
  const double before = ThreadNanoseconds();
  sender.Send(64, kSent);
  return (ThreadNanoseconds() - before) / kSent;
}

// The best of some rounds: what the sender pays for the capture at the far end of its veth pair.
void TellOfFilters() {
  const Sender sender;
  const std::vector<std::size_t> lengths{1, 129, 257, 513, 1025};
  double alone = 1e9;
  double captured = 1e9;
  std::vector<double> left_out(lengths.size(), 1e9);
  for (int round = 0; round < kRounds; ++round) {
    alone = std::min(alone, SendingNanoseconds(sender));
    const auto with = [&](std::span<const sock_filter> filter) {
      const BareRing ring("m0", filter);
      return SendingNanoseconds(sender);
    };
    captured = std::min(captured, with({}));
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      left_out[i] = std::min(left_out[i], with(LongFilter(lengths[i])));
    }
  }
  std::fprintf(stderr, "kernel, 64 B: captured %.0f ns a frame\n", captured - alone);
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    std::fprintf(stderr, "kernel, 64 B: left out after %zu instructions %.0f ns\n", lengths[i],
                 left_out[i] - alone);
  }
}

int Main(int argc, char** argv) {
  const bool check = argc > 1 && std::string_view(argv[1]) == "--check";
  EnterPrivateNetwork();
  PrintHeader();
  bool met = true;
  Pin(1);
  for (const Pace pace : {Pace::kPaced, Pace::kAtOnce}) {
    for (const std::size_t frame_bytes : {64, 512, 1500}) {
      met = Measure({.pace = pace, .frame_bytes = frame_bytes}) && met;
    }
  }
  TellOfFilters();
  return check && !met ? 1 : 0;
}

}  // namespace
}  // namespace vpcmirror::ratios

int main(int argc, char** argv) {
  try {
    return vpcmirror::ratios::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_live_capture: %s\n", error.what());
    return 1;
  }
}
