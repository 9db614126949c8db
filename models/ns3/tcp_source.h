// The TCP flows of a closed-loop workload between a CVM and another one, or somebody outside.
#pragma once

#include <ns3/application.h>
#include <ns3/net-device.h>
#include <ns3/random-variable-stream.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "models/ns3/tcp_connection.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// Keeps as many connections as the workload has flows: one that has had its exchanges, or
// failed, is followed by another, from a client port of its own, as long as the workload runs.
class TcpSource : public ns3::Application {
 public:
  static ns3::TypeId GetTypeId();
  TcpSource();

  // The workload must outlive the application. `totals` are shared by all of it.
  void SetStream(const Workload& workload, const TcpStream& stream,
                 const ns3::Ptr<ns3::NetDevice>& client, const ns3::Ptr<ns3::NetDevice>& server,
                 std::shared_ptr<TcpTotals> totals);

  // While an end is not attached, no flow opens a connection.
  void SetAttached(bool is_attached);

  // Uses one stream, for when flows begin and how long clients think.
  std::int64_t AssignStreams(std::int64_t stream);

 protected:
  void DoDispose() override;

 private:
  struct Flow {
    int next_port = 0;   // among the workload's client ports
    bool waits = false;  // to be attached
    std::unique_ptr<TcpConnection> connection;
  };

  void StartApplication() override;
  void StopApplication() override;
  void Open(std::size_t flow);
  void OnOver(std::size_t flow, TcpConnection::End end);
  void OpenLater(std::size_t flow, Picoseconds delay);

  const Workload* workload_ = nullptr;
  TcpStream stream_;
  TcpPlace place_;
  std::shared_ptr<TcpTotals> totals_;
  std::vector<Flow> flows_;
  bool is_stopped_ = false;
  bool is_attached_ = true;
  ns3::Ptr<ns3::UniformRandomVariable> uniform_;
};

}  // namespace vpcmirror
