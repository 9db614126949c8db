#include "tests/support/read_pcap.h"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "models/wire/byte_order.h"

namespace vpcmirror {
namespace {

// draft-ietf-opsawg-pcap: the file header, and the header before each frame.
constexpr std::size_t kFileHeaderBytes = 24;
constexpr std::size_t kLinkTypeAt = 20;
constexpr std::size_t kRecordHeaderBytes = 16;
constexpr std::uint32_t kMicrosecondMagic = 0xa1b2c3d4;
constexpr std::uint32_t kNanosecondMagic = 0xa1b23c4d;
constexpr std::uint32_t kPcapngMagic = 0x0a0d0d0a;

std::uint32_t Swapped(std::uint32_t value) {
  return (value >> 24) | ((value >> 8) & 0xff00) | ((value << 8) & 0xff0000) | (value << 24);
}

class PcapReader {
 public:
  explicit PcapReader(std::span<const std::byte> file) : file_(file) {
    Need(kFileHeaderBytes, "file header");
    const std::uint32_t magic = LoadBe32(file_.data());
    if (magic == kPcapngMagic) throw std::runtime_error("a pcapng file, not a classic pcap file");
    is_swapped_ = magic == Swapped(kMicrosecondMagic) || magic == Swapped(kNanosecondMagic);
    const std::uint32_t as_written = is_swapped_ ? Swapped(magic) : magic;
    if (as_written != kMicrosecondMagic && as_written != kNanosecondMagic) {
      throw std::runtime_error("offset 0: not the magic number of a pcap file");
    }
    tick_ns_ = as_written == kNanosecondMagic ? 1 : 1'000;
  }

  PcapFile Read() {
    PcapFile result{.link_type = Word(kLinkTypeAt) & 0xffff, .frames = {}};
    at_ = kFileHeaderBytes;
    while (at_ < file_.size()) result.frames.push_back(ReadFrame());
    return result;
  }

 private:
  void Need(std::size_t bytes, const char* what) const {
    if (bytes <= file_.size() - at_) return;
    throw std::runtime_error("offset " + std::to_string(at_) + ": the file ends inside a " + what);
  }
  std::uint32_t Word(std::size_t at) const {
    const std::uint32_t value = LoadBe32(&file_[at]);
    return is_swapped_ ? Swapped(value) : value;
  }

  CapturedFrame ReadFrame() {
    Need(kRecordHeaderBytes, "frame's header");
    CapturedFrame frame;
    frame.time_ns = std::int64_t{Word(at_)} * 1'000'000'000 + Word(at_ + 4) * tick_ns_;
    const std::size_t captured = Word(at_ + 8);
    frame.wire_length = Bytes(Word(at_ + 12));
    at_ += kRecordHeaderBytes;
    Need(captured, "frame");
    const std::span<const std::byte> octets = file_.subspan(at_, captured);
    frame.octets.assign(octets.begin(), octets.end());
    at_ += captured;
    return frame;
  }

  std::span<const std::byte> file_;
  std::size_t at_ = 0;
  bool is_swapped_ = false;
  std::int64_t tick_ns_ = 0;
};

}  // namespace

PcapFile ParsePcap(std::span<const std::byte> file) { return PcapReader(file).Read(); }

PcapFile ReadPcap(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path.string() + ": cannot be opened");
  const std::vector<char> file{std::istreambuf_iterator<char>(in), {}};
  try {
    return ParsePcap(std::as_bytes(std::span(file)));
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(path.string() + ": " + error.what());
  }
}

}  // namespace vpcmirror
