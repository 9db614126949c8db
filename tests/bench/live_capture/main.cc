// bench_live_capture [--check]: what a captured frame costs the thread that captures it.
//
// Question: is InterfaceSource cheaper than libpcap, and how much dearer than the least that a
// program can do with the same ring? Each round opens a capture on one end of a veth pair, has the
// other end send what fits its ring, and then takes CPU time from the first frame to the last;
// what the kernel pays while frames arrive is the same for all and not in it. The network is this
// process's own; it takes root and ip. Prints tab-separated lines under a header: case, ours,
// peer, peer's figure, ratio, goal, met; ns a frame, the median of all rounds. Exit status: 0
// whatever the ratios are; with --check 1 when a row misses its goal.
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
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
  void Send(std::size_t frame_bytes) const {
    std::vector<unsigned char> frame(frame_bytes);
    frame[0] = 2;
    frame[5] = 9;
    frame[12] = 8;
    frame[14] = 0x45;
    for (std::size_t i = 0; i < kFrames; ++i) {
      if (send(socket_, frame.data(), frame.size(), 0) < 0) throw std::runtime_error("send");
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

template <class Capture>
double Round(Capture capture_of(), const Sender& sender, std::size_t frame_bytes) {
  auto capture = capture_of();
  sender.Send(frame_bytes);
  Seen seen;
  const double before = ThreadNanoseconds();
  while (seen.frames < kFrames) {
    pollfd polled{capture->descriptor(), POLLIN, 0};
    if (poll(&polled, 1, 1000) == 0) throw std::runtime_error("frames are missing");
    capture->Drain(seen);
  }
  return (ThreadNanoseconds() - before) / static_cast<double>(seen.frames);
}

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

bool Measure(std::size_t frame_bytes) {
  const Sender sender;
  std::vector<double> ours;
  std::vector<double> pcap;
  std::vector<double> bare;
  for (int round = 0; round < kRounds; ++round) {
    ours.push_back(Round(
        +[] { return std::make_unique<OurCapture>(); }, sender, frame_bytes));
    pcap.push_back(Round(
        +[] { return std::make_unique<PcapCapture>("m0"); }, sender, frame_bytes));
    bare.push_back(Round(
        +[] { return std::make_unique<BareRing>("m0"); }, sender, frame_bytes));
  }
  const std::string name = std::to_string(frame_bytes) + " B";
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

int Main(int argc, char** argv) {
  const bool check = argc > 1 && std::string_view(argv[1]) == "--check";
  EnterPrivateNetwork();
  PrintHeader();
  bool met = true;
  for (const std::size_t frame_bytes : {64, 512, 1500}) met = Measure(frame_bytes) && met;
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
