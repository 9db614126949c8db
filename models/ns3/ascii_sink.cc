#include "models/ns3/ascii_sink.h"

#include <ns3/callback.h>
#include <ns3/simulator.h>

#include <iomanip>
#include <ostream>

#include "models/ns3/clock.h"
#include "models/ns3/eni_device.h"

namespace vpcmirror {
namespace {

constexpr int kDecimals = 12;  // of a second in picoseconds

// All of its digits: ns-3's own traces round to six, which is 10 us after 10 s.
void WriteSeconds(std::ostream& out, Picoseconds time) {
  const char filling = out.fill('0');
  out << time.count() / kPicosecondsPerSecond << '.' << std::setw(kDecimals)
      << time.count() % kPicosecondsPerSecond;
  out.fill(filling);
}

}  // namespace

void AsciiSink::Watch(EniDevice& eni) {
  const std::string path = "/NodeList/" + std::to_string(eni.node_id()) + "/DeviceList/" +
                           std::to_string(eni.GetIfIndex()) + "/$vpcmirror::EniDevice/";
  Connect({eni, path, "MacTx"}, '+');
  Connect({eni, path, "MacRx"}, 'r');
  ConnectSniffer({eni, path, "Sniffer"});
  ConnectDrop<FrameDrop>({eni, path, "MacTxDrop"});
  ConnectDrop<FrameDrop>({eni, path, "MacRxDrop"});
  for (std::size_t i = 0; i < eni.sessions().size(); ++i) {
    MirrorSession& session = *eni.sessions()[i];
    const std::string of_session = path + "Sessions/" + std::to_string(i) + '/';
    Connect({session, of_session, "MirrorTx"}, '+');
    ConnectDrop<DropReason>({session, of_session, "MirrorDrop"});
  }
}

void AsciiSink::Connect(const Source& source, char event) {
  const auto write = [self = ns3::Ptr<AsciiSink>(this), event,
                      path = source.path + source.name](Packet packet) {
    if (event == 'r') self->arriving_ = packet;
    self->Write(event, path, packet);
  };
  source.object.TraceConnectWithoutContext(source.name, ns3::Callback<void, Packet>(write));
}

template <class Reason>
void AsciiSink::ConnectDrop(const Source& source) {
  const auto write = [self = ns3::Ptr<AsciiSink>(this), path = source.path + source.name](
                         Packet packet, Reason reason) {
    self->Write('d', path, packet, ToString(reason));
  };
  source.object.TraceConnectWithoutContext(source.name, ns3::Callback<void, Packet, Reason>(write));
}

// It tells of arrivals too, right after MacRx has told of the same packet.
void AsciiSink::ConnectSniffer(const Source& source) {
  const auto write = [self = ns3::Ptr<AsciiSink>(this),
                      path = source.path + source.name](Packet packet) {
    const bool arrives = packet == self->arriving_;
    self->arriving_ = nullptr;
    if (!arrives) self->Write('-', path, packet);
  };
  source.object.TraceConnectWithoutContext(source.name, ns3::Callback<void, Packet>(write));
}

void AsciiSink::Write(char event, const std::string& path, const Packet& packet,
                      std::string_view reason) {
  std::ostream& out = *stream_->GetStream();
  out << event << ' ';
  WriteSeconds(out, SimulatedNow());
  if (paths_ == Paths::kWritten) out << ' ' << path;
  out << ' ' << *packet;
  if (!reason.empty()) out << ' ' << reason;
  out << '\n';
}

}  // namespace vpcmirror
