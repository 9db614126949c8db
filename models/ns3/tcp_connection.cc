#include "models/ns3/tcp_connection.h"

#include <ns3/inet-socket-address.h>
#include <ns3/packet.h>
#include <ns3/simulator.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/ns3/clock.h"
#include "models/units/rates.h"

namespace vpcmirror {
namespace {

constexpr std::int64_t kWithoutEnd = std::numeric_limits<std::int64_t>::max();

void CloseSocket(ns3::Ptr<ns3::Socket> socket) { socket->Close(); }

using SocketCallback = ns3::Callback<void, ns3::Ptr<ns3::Socket>>;

}  // namespace

Picoseconds ExponentialTime(ns3::UniformRandomVariable& uniform, Picoseconds mean) {
  if (mean.count() == 0) return mean;
  return RoundedTime(-std::log(1.0 - uniform.GetValue(0, 1)) * static_cast<double>(mean.count()));
}

TcpConnection::TcpConnection(const TcpSettings& settings, TcpPlace place,
                             ns3::UniformRandomVariable& uniform, TcpTotals& totals, Over over)
    : settings_(settings),
      place_(std::move(place)),
      uniform_(uniform),
      totals_(totals),
      over_(std::move(over)),
      exchanges_left_(settings.exchanges) {}

TcpConnection::~TcpConnection() {
  next_.Cancel();
  if (server_stack_) server_stack_->Forget(place_.flow);
  if (client_stack_) client_stack_->GivePort(place_.flow.source, place_.flow.source_port);
  Release(client_);
  Release(server_);
}

// The socket lives on in ns-3 until it is closed.
void TcpConnection::Release(Side& side) {
  if (!side.socket) return;
  side.socket->SetConnectCallback(SocketCallback(), SocketCallback());
  if (&side == &client_) side.socket->SetCloseCallbacks(SocketCallback(), SocketCallback());
  side.socket->SetRecvCallback(SocketCallback());
  side.socket->SetSendCallback(ns3::Callback<void, ns3::Ptr<ns3::Socket>, std::uint32_t>());
  side.socket->TraceDisconnectWithoutContext(
      "Tx", ns3::MakeCallback(&side == &client_ ? &TcpConnection::CountClientSegment
                                                : &TcpConnection::CountServerSegment,
                              this));
  side.socket = nullptr;
}

bool TcpConnection::Open() {
  const FlowKey& flow = place_.flow;
  client_stack_ = TcpStack::Of(place_.client, flow.source);
  client_.socket = client_stack_->MakeSocket(place_.client, settings_);
  if (client_.socket->Bind(
          ns3::InetSocketAddress(ns3::Ipv4Address(flow.source.v4()), flow.source_port)) != 0) {
    client_.socket = nullptr;
    return false;
  }
  ++totals_.opened;
  server_stack_ = TcpStack::Of(place_.server, flow.destination);
  server_stack_->Expect(place_.server, flow, settings_,
                        [this](const ns3::Ptr<ns3::TcpSocketBase>& socket) { OnAccepted(socket); });
  client_.socket->SetConnectCallback(ns3::MakeCallback(&TcpConnection::OnConnected, this),
                                     ns3::MakeCallback(&TcpConnection::OnRefused, this));
  client_.socket->SetCloseCallbacks(SocketCallback(),
                                    ns3::MakeCallback(&TcpConnection::OnRefused, this));
  client_.socket->SetRecvCallback(ns3::MakeCallback(&TcpConnection::OnData, this));
  client_.socket->SetSendCallback(ns3::MakeCallback(&TcpConnection::OnRoom, this));
  client_.socket->TraceConnectWithoutContext(
      "Tx", ns3::MakeCallback(&TcpConnection::CountClientSegment, this));
  asked_ = SimulatedNow();  // a new connection is part of the first exchange
  client_.socket->Connect(
      ns3::InetSocketAddress(ns3::Ipv4Address(flow.destination.v4()), flow.destination_port));
  return true;
}

void TcpConnection::OnAccepted(const ns3::Ptr<ns3::TcpSocketBase>& socket) {
  server_.socket = socket;
  server_.to_receive = settings_.exchanges_requests()
                           ? settings_.request.count()
                           : settings_.send.value_or(Bytes(kWithoutEnd)).count();
  socket->SetRecvCallback(ns3::MakeCallback(&TcpConnection::OnData, this));
  socket->SetSendCallback(ns3::MakeCallback(&TcpConnection::OnRoom, this));
  socket->TraceConnectWithoutContext("Tx",
                                     ns3::MakeCallback(&TcpConnection::CountServerSegment, this));
  socket->SetCloseCallbacks(ns3::MakeCallback(&CloseSocket), SocketCallback());
}

void TcpConnection::OnConnected(ns3::Ptr<ns3::Socket>) {
  if (settings_.exchanges_requests()) {
    Send(client_, settings_.request);
    client_.to_receive = settings_.response.count();
    return;
  }
  Send(client_, settings_.send.value_or(Bytes(kWithoutEnd)));
}

void TcpConnection::OnRefused(ns3::Ptr<ns3::Socket>) {
  if (is_over_) return;
  ++totals_.failed;
  Finish(End::kFailed);
}

void TcpConnection::OnRoom(ns3::Ptr<ns3::Socket> socket, std::uint32_t) {
  Fill(socket == client_.socket ? client_ : server_);
}

void TcpConnection::OnData(ns3::Ptr<ns3::Socket> socket) {
  std::int64_t received = 0;
  while (const ns3::Ptr<ns3::Packet> data = socket->Recv()) {
    if (data->GetSize() == 0) break;
    received += data->GetSize();
  }
  totals_.delivered += Bytes(received);
  totals_.last = SimulatedNow();
  const bool is_client = socket == client_.socket;
  Side& side = is_client ? client_ : server_;
  if (side.to_receive <= 0) return;
  side.to_receive -= received;
  if (side.to_receive > 0) return;
  if (is_client) {
    OnAnswered();
  } else if (!settings_.exchanges_requests()) {
    Finish(End::kDone);
  } else {
    server_.to_receive = settings_.request.count();
    Send(server_, settings_.response);
  }
}

void TcpConnection::Ask() {
  asked_ = SimulatedNow();
  client_.to_receive = settings_.response.count();
  Send(client_, settings_.request);
}

void TcpConnection::OnAnswered() {
  ++totals_.exchanges;
  totals_.exchange_times.Record(SimulatedNow() - asked_);
  if (settings_.exchanges > 0 && --exchanges_left_ == 0) {
    Close();
    Finish(End::kDone);
    return;
  }
  next_ = ns3::Simulator::Schedule(ToTime(ExponentialTime(uniform_, settings_.think)),
                                   &TcpConnection::Ask, this);
}

void TcpConnection::Send(Side& side, Bytes bytes) {
  side.to_send += bytes.count();
  Fill(side);
}

void TcpConnection::Fill(Side& side) {
  while (side.to_send > 0) {
    const std::int64_t room = std::min<std::int64_t>(side.socket->GetTxAvailable(), side.to_send);
    if (room == 0) return;
    const int sent =
        side.socket->Send(ns3::Create<ns3::Packet>(static_cast<std::uint32_t>(room)), 0);
    if (sent <= 0) return;
    if (side.to_send != kWithoutEnd) side.to_send -= sent;
  }
  if (&side == &client_ && !settings_.exchanges_requests()) Close();
}

void TcpConnection::Close() {
  if (!client_.socket || std::exchange(is_closing_, true)) return;
  client_.socket->Close();
}

void TcpConnection::Stop() {
  next_.Cancel();
  client_.to_send = 0;
  server_.to_send = 0;
  Close();
}

void TcpConnection::CountSegment(Side& side, const ns3::Ptr<const ns3::Packet>& data,
                                 const ns3::TcpHeader& header) {
  if (data->GetSize() == 0) return;
  ++totals_.segments;
  const ns3::SequenceNumber32 end = header.GetSequenceNumber() + data->GetSize();
  if (side.has_sent && header.GetSequenceNumber() < side.sent_up_to) ++totals_.retransmitted;
  if (!side.has_sent || side.sent_up_to < end) side.sent_up_to = end;
  side.has_sent = true;
}

void TcpConnection::CountClientSegment(ns3::Ptr<const ns3::Packet> data,
                                       const ns3::TcpHeader& header,
                                       ns3::Ptr<const ns3::TcpSocketBase>) {
  CountSegment(client_, data, header);
}

void TcpConnection::CountServerSegment(ns3::Ptr<const ns3::Packet> data,
                                       const ns3::TcpHeader& header,
                                       ns3::Ptr<const ns3::TcpSocketBase>) {
  CountSegment(server_, data, header);
}

// From an event of its own: whoever is told may destroy the connection.
void TcpConnection::Finish(End end) {
  if (std::exchange(is_over_, true)) return;
  next_.Cancel();
  next_ = ns3::Simulator::ScheduleNow([this, end] { over_(end); });
}

}  // namespace vpcmirror
