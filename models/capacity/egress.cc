#include "models/capacity/egress.h"

#include <algorithm>
#include <stdexcept>

#include "models/wire/hash.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kFirstQueue = 0;  // production's, or everybody's

}  // namespace

Egress::Egress(const EgressSettings& settings, std::uint64_t seed, CpuClock* cpu)
    : limits_(settings.rates, cpu),
      room_(settings.room),
      timer_delay_(settings.timer_delay),
      may_change_(settings.may_change),
      random_state_(seed),
      congestion_(settings.congestion) {
  settings.room.RequireValid();
  if (settings.timer_delay < Picoseconds(0)) {
    throw std::invalid_argument("a timer's delay must not be below 0");
  }
}

std::size_t Egress::QueueOf(TrafficClass traffic) const {
  return congestion_ == Congestion::kProductionFirst ? static_cast<std::size_t>(traffic)
                                                     : kFirstQueue;
}

bool Egress::DepartsByItself(TrafficClass traffic) const {
  return timer_delay_ == Picoseconds(0) && !may_change_ && QueueOf(traffic) == kFirstQueue;
}

Bytes Egress::BytesHeld() const {
  Bytes held{};
  for (const WaitingRing& ring : leaving_) held += ring.bytes();
  if (line_) {
    for (const Bytes queued : line_->bytes) held += queued;
  }
  return held;
}

std::int64_t Egress::FramesHeld(std::size_t queue) const {
  const std::size_t queued = line_ ? line_->queues[queue].size() : 0;
  return static_cast<std::int64_t>(leaving_[queue].frames() + queued);
}

Bytes Egress::CopiesQueued() const {
  return line_ ? line_->bytes[static_cast<std::size_t>(TrafficClass::kCopy)] : Bytes(0);
}

// Production takes the place of copies that wait, the last to come first.
void Egress::PushOutCopies(Bytes wanted) {
  const auto copies = static_cast<std::size_t>(TrafficClass::kCopy);
  Fifo<Pending>& queue = line_->queues[copies];
  Bytes freed{};
  while (freed < wanted && !queue.empty()) {
    const Offered& last = queue.back().offered;
    freed += last.frame;
    line_->bytes[copies] -= last.frame;
    line_->settled.push_back({last, Dropped{BindingLimit::kMemory}});
    queue.pop_back();
  }
}

// How full the queue is counts, in frames or bytes, whichever is fuller.
bool Egress::LosesByChance(std::int64_t frames, Bytes held) {
  std::int64_t waiting = frames;
  std::int64_t room = room_.frames;
  const auto& bytes = room_.bytes;
  if (bytes && static_cast<double>(held.count()) * static_cast<double>(room) >
                   static_cast<double>(waiting) * static_cast<double>(bytes->count())) {
    waiting = held.count();
    room = bytes->count();
  }
  if (2 * waiting <= room) return false;
  // Dropped with probability (2 * waiting - room) / room. The draw is one step of splitmix64,
  // whose increment is the golden ratio's 64 bits.
  random_state_ += 0x9e3779b97f4a7c15;
  const std::uint64_t draw = MixBits(random_state_) >> 32;
  const auto up_to_room = static_cast<std::int64_t>((static_cast<Int128>(draw) * room) >> 32);
  return up_to_room < 2 * waiting - room;
}

std::optional<Dropped> Egress::Refuses(Picoseconds now, const Offered& offered) {
  for (WaitingRing& ring : leaving_) ring.LetGo(now);
  const std::int64_t frames = FramesHeld(QueueOf(offered.traffic));
  if (frames >= room_.frames) return Dropped{limits_.Binding()};
  const Bytes with_it = BytesHeld() + offered.frame;
  if (room_.bytes && with_it > *room_.bytes) {
    const Bytes wanted = with_it - *room_.bytes;
    const bool first =
        congestion_ == Congestion::kProductionFirst && offered.traffic == TrafficClass::kProduction;
    if (!first || CopiesQueued() < wanted) return Dropped{BindingLimit::kMemory};
    PushOutCopies(wanted);
  }
  if (congestion_ == Congestion::kSharedRandom && LosesByChance(frames, BytesHeld())) {
    return Dropped{limits_.Binding()};
  }
  return std::nullopt;
}

void Egress::NoteBytes() { bytes_peak_ = std::max(bytes_peak_, BytesHeld()); }

Picoseconds Egress::Hold(Picoseconds now, const Offered& offered) {
  const Picoseconds departs = limits_.Pay(now, offered.frame, offered.cpu_time);
  if (departs > now) {
    leaving_[QueueOf(offered.traffic)].Push(
        {.departs = departs, .frame = offered.frame, .tag = offered.tag});
  }
  return departs;
}

EgressAnswer Egress::Offer(Picoseconds now, const Offered& offered) {
  RunUntil(now, Bound::kExcluded);
  const std::optional<Dropped> refused = Refuses(now, offered);
  if (!refused && DepartsByItself(offered.traffic)) {
    const Picoseconds departs = Hold(now, offered);
    NoteBytes();
    return Departs{departs};
  }
  const std::size_t queue = QueueOf(offered.traffic);
  if (!refused) {
    if (!line_) line_ = std::make_unique<Line>();
    line_->queues[queue].push_back({now, offered});
    line_->bytes[queue] += offered.frame;
    NoteBytes();
  }
  SendReady(now);
  return refused ? *refused : AnswerFor(queue);
}

// It is the last of its queue: when that is empty, it has just been settled.
EgressAnswer Egress::AnswerFor(std::size_t queue) {
  if (!line_->queues[queue].empty()) return Queued{};
  std::vector<Settled>& settled = line_->settled;
  auto last = settled.end() - 1;
  while (QueueOf(last->offered.traffic) != queue) --last;
  const auto departs = std::get<Departs>(last->outcome);
  settled.erase(last);
  return departs;
}

std::optional<Dropped> Egress::Charge(Picoseconds now, Bytes frame, Picoseconds cpu_time) {
  RunUntil(now, Bound::kExcluded);
  if (const auto refused = Refuses(now, {.frame = frame})) return refused;
  const Picoseconds paid = limits_.Pay(now, frame, cpu_time);
  if (paid > now) leaving_[kFirstQueue].Push({.departs = paid, .frame = frame, .is_charge = true});
  return std::nullopt;
}

const Fifo<Egress::Pending>* Egress::Head() const {
  if (!line_) return nullptr;
  for (const auto& queue : line_->queues) {
    if (!queue.empty()) return &queue;
  }
  return nullptr;
}

Picoseconds Egress::ReadyAt(const Pending& pending) const {
  return std::max(pending.came, limits_.FreeAt(pending.offered.frame));
}

std::optional<Picoseconds> Egress::NextWake() const {
  const Fifo<Pending>* head = Head();
  if (head == nullptr) return std::nullopt;
  return ReadyAt(head->front()) + timer_delay_;
}

void Egress::RunUntil(Picoseconds now, Bound bound) {
  while (const auto wake = NextWake()) {
    if (*wake > now || (*wake == now && bound == Bound::kExcluded)) return;
    SendReady(*wake);
  }
}

void Egress::SendReady(Picoseconds at) {
  while (const Fifo<Pending>* head = Head()) {
    if (ReadyAt(head->front()) > at) return;
    const Offered offered = head->front().offered;
    const std::size_t queue = QueueOf(offered.traffic);
    line_->queues[queue].pop_front();
    line_->bytes[queue] -= offered.frame;
    line_->settled.push_back({offered, Departs{Hold(at, offered)}});
  }
}

}  // namespace vpcmirror
