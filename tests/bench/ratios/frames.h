// The frames that are read, decided about and wrapped.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace vpcmirror::ratios {

// Frames of one length, one behind the other, each at the start of a cache line.
class FrameSet {
 public:
  // `count` frames of `flows` flows by Zipf's law (DrawZipf), TCP or UDP; of ten flows one
  // is IPv6, of five one has a VLAN tag. Requires frame_bytes >= 64; frames too
  // short for Ethernet, a tag, IPv6 and TCP (78 bytes) are all IPv4.
  FrameSet(std::size_t frame_bytes, std::size_t flows, std::size_t count);

  std::size_t size() const { return count_; }
  std::size_t frame_bytes() const { return frame_bytes_; }
  std::span<const std::byte> operator[](std::size_t index) const {
    return {&octets_[start_ + index * stride_], frame_bytes_};
  }

 private:
  std::size_t frame_bytes_;
  std::size_t count_;
  std::size_t stride_;
  std::vector<std::byte> octets_;
  std::size_t start_ = 0;  // of the first cache line in octets_
};

}  // namespace vpcmirror::ratios
