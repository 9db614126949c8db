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

  PcapFrame ReadFrame() {
    Need(kRecordHeaderBytes, "frame's header");
    PcapFrame frame;
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

// draft-ietf-opsawg-pcapng: a chain of blocks, each with its type and length in front.
class PcapngReader {
 public:
  explicit PcapngReader(std::span<const std::byte> file) : file_(file) {}

  PcapFile Read() {
    PcapFile result;
    while (at_ < file_.size()) {
      Need(kBlockHeaderBytes + kByteOrderBytes);
      if (LoadBe32(&file_[at_]) == kPcapngMagic) is_swapped_ = LoadBe32(&file_[at_ + 8]) != kOrder;
      const std::size_t block_bytes = Word(at_ + 4);
      if (block_bytes < kBlockHeaderBytes)
        throw std::runtime_error(Place() + "a block without room");
      Need(block_bytes);
      if (Word(at_) == kInterface) result.link_type = Word(at_ + 8) & 0xffff;
      if (Word(at_) == kEnhancedPacket) result.frames.push_back(ReadFrame(block_bytes));
      at_ += block_bytes;
    }
    return result;
  }

 private:
  static constexpr std::uint32_t kOrder = 0x1a2b3c4d;
  static constexpr std::uint32_t kInterface = 1;
  static constexpr std::uint32_t kEnhancedPacket = 6;
  static constexpr std::size_t kBlockHeaderBytes = 8;
  static constexpr std::size_t kByteOrderBytes = 4;
  static constexpr std::size_t kPacketAt = 28;  // behind type, length and five words

  std::string Place() const { return "offset " + std::to_string(at_) + ": "; }
  void Need(std::size_t bytes) const {
    if (bytes > file_.size() - at_)
      throw std::runtime_error(Place() + "the file ends inside a block");
  }
  std::uint32_t Word(std::size_t at) const {
    const std::uint32_t value = LoadBe32(&file_[at]);
    return is_swapped_ ? Swapped(value) : value;
  }

  PcapFrame ReadFrame(std::size_t block_bytes) const {
    const std::size_t captured = block_bytes < kPacketAt ? 0 : Word(at_ + 20);
    if (block_bytes < kPacketAt || captured > block_bytes - kPacketAt) {
      throw std::runtime_error(Place() + "a frame that is longer than its block");
    }
    const std::span<const std::byte> octets = file_.subspan(at_ + kPacketAt, captured);
    return {.octets = {octets.begin(), octets.end()}, .wire_length = Bytes(Word(at_ + 24))};
  }

  std::span<const std::byte> file_;
  std::size_t at_ = 0;
  bool is_swapped_ = false;
};

}  // namespace

PcapFile ParsePcap(std::span<const std::byte> file) {
  const bool is_pcapng = file.size() >= 4 && LoadBe32(file.data()) == kPcapngMagic;
  return is_pcapng ? PcapngReader(file).Read() : PcapReader(file).Read();
}

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
