#include "models/ns3/transit.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <cassert>
#include <new>

#include "models/ns3/clock.h"
#include "models/ns3/eni_device.h"
#include "models/ns3/raw_header.h"

namespace vpcmirror {
namespace {

// ns-3 is of one thread, and so is this.
std::uint64_t frames_made = 0;

// Memory of Transits that are gone, linked through its first word.
class FreeList {
 public:
  ~FreeList() {
    while (first_ != nullptr) ::operator delete(Take());
  }
  bool empty() const { return first_ == nullptr; }
  void* Take() {
    Link* taken = first_;
    first_ = taken->next;
    return taken;
  }
  void Put(void* memory) { first_ = new (memory) Link{first_}; }

 private:
  struct Link {
    Link* next;
  };
  Link* first_ = nullptr;
};

FreeList& Free() {
  static FreeList list;
  return list;
}

}  // namespace

void* Transit::operator new(std::size_t size) {
  if (size != sizeof(Transit) || Free().empty()) return ::operator new(size);
  return Free().Take();
}

void Transit::operator delete(void* memory) noexcept { Free().Put(memory); }

ns3::Ptr<Transit> Transit::OfHeaders(std::span<const std::byte> headers, Bytes length) {
  assert(headers.size() <= kInlineHeaders);
  ns3::Ptr<Transit> frame(new Transit, false);
  frame->number_ = ++frames_made;
  frame->length_ = frame->payload_ = length;
  frame->header_bytes_ = static_cast<std::uint16_t>(headers.size());
  std::copy(headers.begin(), headers.end(), frame->inline_headers_.begin());
  return frame;
}

ns3::Ptr<Transit> Transit::OfPacket(const ns3::Ptr<ns3::Packet>& packet) {
  return OfCapture(packet, Bytes(packet->GetSize()));
}

ns3::Ptr<Transit> Transit::OfCapture(const ns3::Ptr<ns3::Packet>& packet, Bytes captured) {
  ns3::Ptr<Transit> frame(new Transit, false);
  frame->number_ = ++frames_made;
  frame->length_ = Bytes(packet->GetSize());
  frame->payload_ = captured;
  frame->packet_ = packet;
  return frame;
}

ns3::Ptr<Transit> Transit::CopyOf(const ns3::Ptr<Transit>& original,
                                  std::span<const std::byte> outer,
                                  std::span<const std::byte> inner, Bytes offset, Bytes payload) {
  ns3::Ptr<Transit> copy(new Transit, false);
  copy->number_ = original->number_;
  copy->original_ = original;
  copy->offset_ = offset;
  copy->payload_ = payload;
  const std::size_t headers = outer.size() + inner.size();
  copy->length_ = Bytes(static_cast<std::int64_t>(headers)) + payload;
  copy->header_bytes_ = static_cast<std::uint16_t>(headers);
  std::byte* out = copy->inline_headers_.data();
  if (headers > kInlineHeaders) {
    copy->long_headers_.resize(headers);
    out = copy->long_headers_.data();
  }
  std::copy(inner.begin(), inner.end(), std::copy(outer.begin(), outer.end(), out));
  return copy;
}

std::span<const std::byte> Transit::headers() const {
  if (header_bytes_ > kInlineHeaders) return long_headers_;
  return std::span(inline_headers_).first(header_bytes_);
}

const FrameInfo& Transit::info() const {
  if (!is_parsed_) {
    std::array<std::byte, kHeaderSnapBytes> head;
    const std::size_t known =
        std::min(CopyBytes(head), static_cast<std::size_t>(captured().count()));
    info_ = ParseFrame(std::span(head).first(known), length_);
    is_parsed_ = true;
  }
  return info_;
}

std::size_t Transit::CopyBytes(std::span<std::byte> out, Bytes from) const {
  const auto skipped = static_cast<std::size_t>(from.count());
  const auto length = static_cast<std::size_t>(length_.count());
  const std::size_t wanted = std::min(out.size(), length - std::min(skipped, length));
  if (packet_) {
    if (skipped == 0) {
      return packet_->CopyData(reinterpret_cast<std::uint8_t*>(out.data()),
                               static_cast<std::uint32_t>(wanted));
    }
    return packet_
        ->CreateFragment(static_cast<std::uint32_t>(skipped), static_cast<std::uint32_t>(wanted))
        ->CopyData(reinterpret_cast<std::uint8_t*>(out.data()), static_cast<std::uint32_t>(wanted));
  }
  const std::span<const std::byte> own = headers();
  const std::size_t first = std::min(skipped, own.size());
  const std::size_t of_headers = std::min(wanted, own.size() - first);
  std::copy_n(own.begin() + static_cast<std::ptrdiff_t>(first), of_headers, out.begin());
  const std::span<std::byte> rest = out.subspan(of_headers, wanted - of_headers);
  if (!original_) {
    std::fill(rest.begin(), rest.end(), std::byte{0});
  } else if (!rest.empty()) {
    const auto behind = static_cast<std::int64_t>(skipped - first);
    original_->CopyBytes(rest, offset_ + Bytes(behind));
  }
  return wanted;
}

const ns3::Ptr<ns3::Packet>& Transit::packet() const {
  if (packet_) return packet_;
  if (!original_) {
    packet_ = ns3::Create<ns3::Packet>(
        static_cast<std::uint32_t>((length_ - Bytes(header_bytes_)).count()));
  } else if (payload_ == original_->length_) {
    packet_ = original_->packet()->Copy();
  } else {
    packet_ = original_->packet()->CreateFragment(static_cast<std::uint32_t>(offset_.count()),
                                                  static_cast<std::uint32_t>(payload_.count()));
  }
  if (header_bytes_ > 0) {
    RawHeader header(header_bytes_);
    const std::span<const std::byte> own = headers();
    std::copy(own.begin(), own.end(), header.bytes().begin());
    packet_->AddHeader(header);
  }
  return packet_;
}

void Transit::Schedule(std::uint32_t node_id, Picoseconds delay, Step step) {
  step_ = step;
  Ref();  // the simulator's
  ns3::Simulator::ScheduleWithContext(node_id, ToTime(delay), this);
}

void Transit::ScheduleArrival(Picoseconds delay) {
  at = landing.device;
  Schedule(landing.node_id, delay, Step::kArrive);
}

void Transit::ScheduleReach(Picoseconds delay) { Schedule(at->node_id(), delay, Step::kReach); }

void Transit::Foresee(int step) const { at->Foresee(step); }

void Transit::Notify() {
  const ns3::Ptr<Transit> self(this);
  if (step_ == Step::kArrive) {
    at->Arrive(self);
  } else {
    at->Reach(self, SimulatedNow());
  }
}

}  // namespace vpcmirror
