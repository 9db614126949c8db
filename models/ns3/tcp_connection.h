// One TCP connection of a closed-loop workload, both of its ends.
#pragma once

#include <ns3/event-id.h>
#include <ns3/net-device.h>
#include <ns3/ptr.h>
#include <ns3/random-variable-stream.h>
#include <ns3/tcp-header.h>
#include <ns3/tcp-socket-base.h>

#include <cstdint>
#include <functional>

#include "models/ns3/tcp_stack.h"
#include "models/scenario/run_counters.h"
#include "models/scenario/tcp_settings.h"
#include "models/units/quantity.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

// Where a connection is, and what is told of it.
struct TcpPlace {
  ns3::Ptr<ns3::NetDevice> client;
  ns3::Ptr<ns3::NetDevice> server;
  FlowKey flow;  // from the client
};

// Either the client sends without a pause, or it asks, the server answers, it thinks and
// asks again. `over` is called once, when all was exchanged or the connection failed,
// and not from within the connection.
class TcpConnection {
 public:
  enum class End : std::uint8_t { kDone, kFailed };
  using Over = std::function<void(End)>;

  TcpConnection(const TcpSettings& settings, TcpPlace place, ns3::UniformRandomVariable& uniform,
                TcpTotals& totals, Over over);
  ~TcpConnection();
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  // False when the client's port is still in use.
  bool Open();

  // Asks and sends nothing more, and closes when what was sent has arrived.
  void Stop();

 private:
  // What one end has to send and to receive.
  struct Side {
    ns3::Ptr<ns3::TcpSocketBase> socket;
    std::int64_t to_send = 0;     // bytes
    std::int64_t to_receive = 0;  // bytes of this exchange
    ns3::SequenceNumber32 sent_up_to{0};
    bool has_sent = false;
  };

  void OnAccepted(const ns3::Ptr<ns3::TcpSocketBase>& socket);
  void OnConnected(ns3::Ptr<ns3::Socket> socket);
  void OnRefused(ns3::Ptr<ns3::Socket> socket);
  void OnRoom(ns3::Ptr<ns3::Socket> socket, std::uint32_t room);
  void OnData(ns3::Ptr<ns3::Socket> socket);
  void CountSegment(Side& side, const ns3::Ptr<const ns3::Packet>& data,
                    const ns3::TcpHeader& header);
  void CountClientSegment(ns3::Ptr<const ns3::Packet> data, const ns3::TcpHeader& header,
                          ns3::Ptr<const ns3::TcpSocketBase> socket);
  void CountServerSegment(ns3::Ptr<const ns3::Packet> data, const ns3::TcpHeader& header,
                          ns3::Ptr<const ns3::TcpSocketBase> socket);
  void Ask();
  void OnAnswered();
  void Send(Side& side, Bytes bytes);
  void Fill(Side& side);
  void Close();
  void Finish(End end);
  void Release(Side& side);

  const TcpSettings& settings_;
  TcpPlace place_;
  ns3::UniformRandomVariable& uniform_;
  TcpTotals& totals_;
  Over over_;
  ns3::Ptr<TcpStack> client_stack_;
  ns3::Ptr<TcpStack> server_stack_;
  Side client_;
  Side server_;
  bool is_closing_ = false;
  bool is_over_ = false;
  int exchanges_left_ = 0;
  Picoseconds asked_{};
  ns3::EventId next_;  // the next request, or the end
};

// A draw from the exponential distribution of this mean.
Picoseconds ExponentialTime(ns3::UniformRandomVariable& uniform, Picoseconds mean);

}  // namespace vpcmirror
