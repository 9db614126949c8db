#include "tests/bench/live_capture/plain_captures.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>

namespace vpcmirror {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
constexpr std::size_t kBlocks = kRingBytes / kBlockBytes;

void Check(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

}  // namespace

PcapCapture::PcapCapture(const std::string& interface) {
  char error[PCAP_ERRBUF_SIZE];
  pcap_.reset(pcap_create(interface.c_str(), error));
  Check(pcap_ != nullptr, error);
  pcap_set_snaplen(pcap_.get(), 262144);
  pcap_set_buffer_size(pcap_.get(), static_cast<int>(kRingBytes));
  pcap_set_timeout(pcap_.get(), kRetireMilliseconds);
  Check(pcap_activate(pcap_.get()) >= 0, "pcap_activate");
  Check(pcap_setnonblock(pcap_.get(), 1, error) == 0, error);
}

void PcapCapture::Drain(Seen& seen) {
  const auto look = [](unsigned char* to, const pcap_pkthdr* header, const unsigned char* frame) {
    reinterpret_cast<Seen*>(to)->Look(frame, header->len);
  };
  pcap_dispatch(pcap_.get(), -1, look, reinterpret_cast<unsigned char*>(&seen));
}

BareRing::BareRing(const std::string& interface, std::span<const sock_filter> filter)
    : socket_(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)) {
  const int version = TPACKET_V3;
  setsockopt(socket_, SOL_PACKET, PACKET_VERSION, &version, sizeof version);
  tpacket_req3 request{};
  request.tp_block_size = kBlockBytes;
  request.tp_block_nr = kBlocks;
  request.tp_frame_size = 2048;
  request.tp_frame_nr = kRingBytes / request.tp_frame_size;
  request.tp_retire_blk_tov = kRetireMilliseconds;
  Check(setsockopt(socket_, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) == 0, "ring");
  void* const memory = mmap(nullptr, kRingBytes, PROT_READ | PROT_WRITE, MAP_SHARED, socket_, 0);
  Check(memory != MAP_FAILED, "mmap");
  memory_ = static_cast<std::byte*>(memory);
  const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                           .filter = const_cast<sock_filter*>(filter.data())};
  const auto attach = [&] {
    return setsockopt(socket_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
  };
  Check(filter.empty() || attach(), "filter");
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
  const auto* const bound = reinterpret_cast<const sockaddr*>(&address);
  Check(bind(socket_, bound, sizeof address) == 0, "bind");
}

BareRing::~BareRing() {
  munmap(memory_, kRingBytes);
  close(socket_);
}

void BareRing::Drain(Seen& seen) {
  for (;; current_ = (current_ + 1) % kBlocks) {
    auto* const block = reinterpret_cast<tpacket_block_desc*>(memory_ + current_ * kBlockBytes);
    std::atomic_ref status(block->hdr.bh1.block_status);
    if ((status.load(std::memory_order_acquire) & TP_STATUS_USER) == 0) return;
    auto* at = reinterpret_cast<unsigned char*>(block) + block->hdr.bh1.offset_to_first_pkt;
    for (std::uint32_t left = block->hdr.bh1.num_pkts; left != 0; --left) {
      const auto* const header = reinterpret_cast<const tpacket3_hdr*>(at);
      seen.Look(at + header->tp_mac, header->tp_len);
      at += header->tp_next_offset;
    }
    status.store(TP_STATUS_KERNEL, std::memory_order_release);
  }
}

}  // namespace vpcmirror
