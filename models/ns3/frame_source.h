// Sends the frames of one stream of a workload, whatever becomes of them.
#pragma once

#include <ns3/application.h>
#include <ns3/packet.h>
#include <ns3/random-variable-stream.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "models/mirror/ledger.h"
#include "models/ns3/foreseen_event.h"
#include "models/ns3/own_event.h"
#include "models/ns3/passage.h"
#include "models/scenario/flows.h"
#include "models/scenario/valid_scenario.h"
#include "models/wire/frame_template.h"

namespace vpcmirror {

class EniDevice;

// The MAC address of whoever is not an ENI of the deployment: the gateway.
inline constexpr MacAddress kGatewayMac{
    {std::byte{0x02}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0x01}}};

// The headers of these flows, as this sender sends them.
class FrameSender;
std::vector<FrameTemplate> TemplatesOf(const std::vector<FlowKey>& flows,
                                       const FrameSender& sender);

// Frames with headers as real bytes and payload without. An end without a
// device is the outside: what it sends arrives at once, what is sent to it
// leaves the deployment.
class FrameSender {
 public:
  FrameSender(const ns3::Ptr<EniDevice>& from, const ns3::Ptr<EniDevice>& to);
  ~FrameSender();

  MacAddress source_mac() const;
  MacAddress destination_mac() const;

  void Send(const FrameTemplate& flow, Bytes frame, const Passage& passage = {});

  const Count& sent() const { return sent_; }
  const EniDevice* from() const { return ns3::PeekPointer(from_); }
  std::uint32_t node_id() const;

 private:
  ns3::Ptr<EniDevice> from_;
  ns3::Ptr<EniDevice> to_;
  std::uint16_t identification_ = 0;
  Count sent_;
};

// Geometrically distributed lengths between a shortest and a longest: what would
// be shorter or longer has that length.
//
// Stopped so, and not moved or scaled, because the second moment decides how long
// others wait. With a mean of 5,000 B between 60 and 65,549 B it is 2 * mean^2 but
// for a few parts in 10^5: 1.2 % of the frames are lengthened, by 30 B in the mean,
// and e^-13.1 of them are cut. Lengths of 60 B and a geometric rest would be 2.4 %
// off. That lengths are whole bytes takes one part in 5,000 off the variance.
class GeometricSizes {
 public:
  // Requires shortest < mean < longest.
  GeometricSizes(double mean, Bytes shortest, Bytes longest);

  // `uniform` in [0, 1).
  Bytes At(double uniform) const;

 private:
  Bytes shortest_;
  Bytes longest_;
  double log_ratio_ = 0;  // of the odds of one length to those of the length before it
};

// Draws frame sizes by their weights.
class SizeMix {
 public:
  explicit SizeMix(const std::vector<FrameSize>& sizes);

  // `uniform` is asked for a draw in [0, 1) only when there is a choice.
  Bytes Draw(ns3::UniformRandomVariable& uniform) const;
  double mean_bytes() const { return mean_bytes_; }
  void Fetch() const { FetchMemory(sizes_.data(), sizeof(Size)); }

 private:
  struct Size {
    double up_to = 1;  // weights summed up, the last one 1
    Bytes frame{};
    std::optional<GeometricSizes> geometric{};
  };
  std::vector<Size> sizes_;
  double mean_bytes_ = 0;
};

// Sends the frames of one stream of a workload at its rate, whatever becomes of them.
class FrameSource : public ns3::Application {
 public:
  static ns3::TypeId GetTypeId();
  FrameSource();

  // The workload must outlive the application. Start and stop follow it.
  void SetStream(const Workload& workload, const Stream& stream, ns3::Ptr<EniDevice> from,
                 ns3::Ptr<EniDevice> to);

  const Count& sent() const { return sender_->sent(); }

  // Uses one stream, for phases, gaps, sizes and flows alike.
  std::int64_t AssignStreams(std::int64_t stream);

  // From now on frames come at that many times the stream's rate; 0: none comes. What
  // was left of the gap before the next one takes a time that changes alike.
  void SetPace(double factor);

  // Fetches what the next frame touches, as ForeseenEvent has it.
  void Foresee(int step) const;

 protected:
  // Starts and stops by itself: ns3::Application would keep an event for each stop among
  // those to come from the beginning on.
  void DoInitialize() override;
  void DoDispose() override;

 private:
  void Emit();
  void SleepUntilDue();
  Picoseconds GapAfter(Bytes sent);
  Picoseconds GapInBursts(Picoseconds gap);
  Picoseconds PacedGap(Bytes sent, std::int64_t bits_per_second);
  Picoseconds ParetoPeriod(Picoseconds mean);
  std::size_t NextFlow();

  const Workload* workload_ = nullptr;
  std::int64_t full_rate_ = 0;        // bits a second while sending, at pace 1
  std::int64_t bits_per_second_ = 0;  // the same at its pace
  std::optional<FrameSender> sender_;
  std::optional<SizeMix> sizes_;
  std::vector<FrameTemplate> flows_;
  std::size_t next_flow_ = 0;
  std::int64_t unpaid_ = 0;  // remainder of the last gap, in bit-picoseconds of a second
  Picoseconds due_{};        // when the next frame is; at pace 0 how long it would take at 1
  Picoseconds stop_{};       // none is sent then or later
  Picoseconds on_left_{};    // on/off: what is left of this burst
  ns3::Ptr<ns3::UniformRandomVariable> uniform_;
  OwnEvent<FrameSource, &FrameSource::Emit> next_;
};

}  // namespace vpcmirror
