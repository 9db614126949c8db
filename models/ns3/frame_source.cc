#include "models/ns3/frame_source.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <cmath>

#include "models/ns3/clock.h"
#include "models/ns3/eni_device.h"

namespace vpcmirror {
// Later than any run ends, and within 64 bits of picoseconds.
constexpr Picoseconds kNever(104 * 86'400 * kPicosecondsPerSecond);
// Two of them are within 64 bits as well.
constexpr Picoseconds kLongestPause(50 * 86'400 * kPicosecondsPerSecond);

FrameSender::FrameSender(const ns3::Ptr<EniDevice>& from, const ns3::Ptr<EniDevice>& to)
    : from_(from), to_(to) {}
FrameSender::~FrameSender() = default;

MacAddress FrameSender::source_mac() const { return from_ ? from_->mac() : kGatewayMac; }
MacAddress FrameSender::destination_mac() const { return to_ ? to_->mac() : kGatewayMac; }
std::uint32_t FrameSender::node_id() const { return from_ ? from_->node_id() : to_->node_id(); }

void FrameSender::Send(const FrameTemplate& flow, Bytes frame, const Passage& passage) {
  const auto header_bytes = static_cast<std::int64_t>(flow.header_bytes());
  const Bytes whole = std::max(frame, Bytes(header_bytes));
  std::array<std::byte, FrameTemplate::kMaxHeaderBytes> headers;
  flow.Write(whole, identification_++, headers);
  const auto transit = Transit::OfHeaders(std::span(headers).first(flow.header_bytes()), whole);
  transit->passage = passage;
  sent_.Add(whole);
  if (from_) {
    from_->SendFrame(transit);
  } else {
    to_->Arrive(transit);
  }
}

std::vector<FrameTemplate> TemplatesOf(const std::vector<FlowKey>& flows,
                                       const FrameSender& sender) {
  std::vector<FrameTemplate> templates;
  templates.reserve(flows.size());
  for (const FlowKey& flow : flows) {
    templates.emplace_back(flow, sender.source_mac(), sender.destination_mac());
  }
  return templates;
}

// The mean of a length X of at least 1 byte with P(X > k) = q^k, kept between a
// and b, is a + the sum of q^k for k from a to b - 1. It grows with q.
GeometricSizes::GeometricSizes(double mean, Bytes shortest, Bytes longest)
    : shortest_(shortest), longest_(longest) {
  const auto a = static_cast<double>(shortest.count());
  const auto b = static_cast<double>(longest.count());
  const auto mean_with = [&](double q) { return a + (std::pow(q, a) - std::pow(q, b)) / (1 - q); };
  double low = 0;
  double high = 1;
  constexpr int kHalvings = 64;  // more than a double has bits
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (mean_with(middle) < mean ? low : high) = middle;
  }
  log_ratio_ = std::log(low);
}

Bytes GeometricSizes::At(double uniform) const {
  const double length = 1 + std::floor(std::log1p(-uniform) / log_ratio_);
  return Bytes(static_cast<std::int64_t>(std::clamp(length, static_cast<double>(shortest_.count()),
                                                    static_cast<double>(longest_.count()))));
}

SizeMix::SizeMix(const std::vector<FrameSize>& sizes) : mean_bytes_(MeanFrameBytes(sizes)) {
  double total = 0;
  for (const FrameSize& size : sizes) {
    sizes_.push_back({.up_to = total += size.weight, .frame = size.frame});
    if (size.geometric_up_to.count() == 0) continue;
    sizes_.back().geometric.emplace(static_cast<double>(size.frame.count()), kShortestFrame,
                                    size.geometric_up_to);
  }
  for (Size& size : sizes_) size.up_to /= total;
}

Bytes SizeMix::Draw(ns3::UniformRandomVariable& uniform) const {
  const Size* drawn = &sizes_.back();
  if (sizes_.size() > 1) {
    const double draw = uniform.GetValue(0, 1);
    drawn = &*std::find_if(sizes_.begin(), sizes_.end() - 1,
                           [&](const Size& size) { return draw < size.up_to; });
  }
  return drawn->geometric ? drawn->geometric->At(uniform.GetValue(0, 1)) : drawn->frame;
}

NS_OBJECT_ENSURE_REGISTERED(FrameSource);

ns3::TypeId FrameSource::GetTypeId() {
  static const ns3::TypeId tid = ns3::TypeId("vpcmirror::FrameSource")
                                     .SetParent<ns3::Application>()
                                     .SetGroupName("vpcmirror")
                                     .AddConstructor<FrameSource>();
  return tid;
}

FrameSource::FrameSource() : uniform_(ns3::CreateObject<ns3::UniformRandomVariable>()) {}

void FrameSource::SetStream(const Workload& workload, const Stream& stream,
                            ns3::Ptr<EniDevice> from, ns3::Ptr<EniDevice> to) {
  workload_ = &workload;
  sender_.emplace(from, to);
  sizes_.emplace(workload.sizes);
  bits_per_second_ = stream.rate.count();
  if (workload.arrivals == ArrivalProcess::kOnOff) {
    // The mean over bursts and pauses is the stream's rate.
    const double on = Seconds(workload.on_off.mean_on);
    const double off = Seconds(workload.on_off.mean_off);
    bits_per_second_ = std::llround(static_cast<double>(stream.rate.count()) * (on + off) / on);
  }
  full_rate_ = bits_per_second_;
  std::vector<FlowKey> flows;
  for (int i = 0; i < workload.flows; ++i) flows.push_back(FlowOf(workload, stream, i));
  flows_ = TemplatesOf(flows, *sender_);
  SetStartTime(ToTime(workload.start));
  SetStopTime(ToTime(workload.stop));
}

std::int64_t FrameSource::AssignStreams(std::int64_t stream) {
  uniform_->SetStream(stream);
  return 1;
}

// A random phase keeps streams of one rate from marching in step.
void FrameSource::DoInitialize() {
  const Picoseconds start = SimulatedNow() + FromTime(m_startTime);
  stop_ = m_stopTime.IsZero() ? kNever : SimulatedNow() + FromTime(m_stopTime);
  Picoseconds phase = PacedGap(Bytes(std::llround(sizes_->mean_bytes())), full_rate_);
  phase = Picoseconds(
      static_cast<std::int64_t>(static_cast<double>(phase.count()) * uniform_->GetValue(0, 1)));
  unpaid_ = 0;
  if (workload_->arrivals == ArrivalProcess::kOnOff) {
    on_left_ = ParetoPeriod(workload_->on_off.mean_on);
  }
  if (bits_per_second_ == 0) {
    due_ = phase;
  } else {
    due_ = start + phase;
    SleepUntilDue();
  }
  ns3::Object::DoInitialize();
}

// Bursts and pauses keep their lengths: of them only what comes later is faster or slower.
void FrameSource::SetPace(double factor) {
  const std::int64_t before = bits_per_second_;
  bits_per_second_ = std::llround(static_cast<double>(full_rate_) * factor);
  if (!IsInitialized() || bits_per_second_ == before) return;
  // What is due already only waits for its sender to wake up.
  const bool is_due = before > 0 && due_ < SimulatedNow();
  if (is_due && bits_per_second_ > 0) return;
  const Picoseconds from = std::max(SimulatedNow(), FromTime(m_startTime));
  const bool in_bursts = workload_->arrivals == ArrivalProcess::kOnOff;
  const auto rescaled = [&](Picoseconds time, std::int64_t rate, std::int64_t to) {
    if (in_bursts) return time;
    return Picoseconds(static_cast<std::int64_t>(static_cast<Int128>(time.count()) * rate / to));
  };
  const Picoseconds left =
      before == 0 ? due_ : rescaled(std::max(due_ - from, Picoseconds(0)), before, full_rate_);
  next_.Cancel();
  if (bits_per_second_ == 0) {
    due_ = left;
    return;
  }
  due_ = from + std::min(rescaled(left, full_rate_, bits_per_second_), kLongestPause);
  SleepUntilDue();
}

void FrameSource::SleepUntilDue() {
  const Picoseconds awake = due_ + workload_->wake_delay;
  if (awake >= stop_) return;
  next_.Schedule(this, sender_->node_id(), awake - SimulatedNow());
}

void FrameSource::Foresee(int step) const {
  const EniDevice* eni = sender_->from();
  if (step == 0) {
    FetchMemory(this, sizeof(*this));
    return;
  }
  if (step == 1) {
    const std::size_t next = next_flow_ + 1 < flows_.size() ? next_flow_ + 1 : 0;
    FetchMemory(&flows_[next], sizeof(FrameTemplate));
    sizes_->Fetch();
  }
  if (eni != nullptr) eni->Foresee(step - 1);
}

std::size_t FrameSource::NextFlow() {
  if (workload_->arrivals != ArrivalProcess::kConstant) {
    return uniform_->GetInteger(0, static_cast<std::uint32_t>(flows_.size() - 1));
  }
  next_flow_ = next_flow_ + 1 < flows_.size() ? next_flow_ + 1 : 0;
  return next_flow_;
}

void FrameSource::Emit() {
  const Picoseconds now = SimulatedNow();
  do {
    const Bytes frame = sizes_->Draw(*uniform_);
    sender_->Send(flows_[NextFlow()], frame);
    due_ += std::min(GapAfter(frame), kNever - due_);
  } while (due_ <= now && workload_->wake_delay > Picoseconds(0));
  SleepUntilDue();
}

// The time that `sent` takes at the rate; what integer division leaves over is
// carried to the next gap, so that the mean rate is exact.
Picoseconds FrameSource::PacedGap(Bytes sent, std::int64_t bits_per_second) {
  const Int128 owed =
      static_cast<Int128>(sent.count()) * kBitsPerByte * kPicosecondsPerSecond + unpaid_;
  unpaid_ = static_cast<std::int64_t>(owed % bits_per_second);
  return Picoseconds(static_cast<std::int64_t>(owed / bits_per_second));
}

Picoseconds FrameSource::GapAfter(Bytes sent) {
  switch (workload_->arrivals) {
    case ArrivalProcess::kConstant:
      return PacedGap(sent, bits_per_second_);
    case ArrivalProcess::kPoisson: {
      const double mean =
          sizes_->mean_bytes() * kBitsPerByte / static_cast<double>(bits_per_second_);
      const double gap = -std::log(1.0 - uniform_->GetValue(0, 1)) * mean;
      return RoundedTime(gap * static_cast<double>(kPicosecondsPerSecond));
    }
    case ArrivalProcess::kOnOff:
      return GapInBursts(PacedGap(sent, bits_per_second_));
  }
  return Picoseconds(0);
}

// `gap` is time of sending: pauses come on top, wherever a burst ends within it.
Picoseconds FrameSource::GapInBursts(Picoseconds gap) {
  Picoseconds paused{};
  Picoseconds sending = gap;
  while (sending > on_left_) {
    sending -= on_left_;
    paused = std::min(paused + on_left_ + ParetoPeriod(workload_->on_off.mean_off), kLongestPause);
    on_left_ = ParetoPeriod(workload_->on_off.mean_on);
  }
  on_left_ -= sending;
  return paused + sending;
}

// Pareto with the given mean: scale = mean * (shape - 1) / shape, by inversion.
Picoseconds FrameSource::ParetoPeriod(Picoseconds mean) {
  const double shape = workload_->on_off.shape;
  const double scale = static_cast<double>(mean.count()) * (shape - 1) / shape;
  return RoundedTime(scale / std::pow(1.0 - uniform_->GetValue(0, 1), 1 / shape));
}

void FrameSource::DoDispose() {
  next_.Cancel();
  sender_.reset();
  ns3::Application::DoDispose();
}

}  // namespace vpcmirror
