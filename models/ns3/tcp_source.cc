#include "models/ns3/tcp_source.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>

#include "models/ns3/clock.h"
#include "models/ns3/frame_source.h"
#include "models/scenario/flows.h"

namespace vpcmirror {
namespace {

// Flows do not all begin in one moment, which nothing in life does.
constexpr Picoseconds kBeginWithin{kPicosecondsPerSecond / 1000};
// A client that was not answered tries again.
constexpr Picoseconds kBeforeRetry{kPicosecondsPerSecond};

}  // namespace

NS_OBJECT_ENSURE_REGISTERED(TcpSource);

ns3::TypeId TcpSource::GetTypeId() {
  static const ns3::TypeId tid = ns3::TypeId("vpcmirror::TcpSource")
                                     .SetParent<ns3::Application>()
                                     .SetGroupName("vpcmirror")
                                     .AddConstructor<TcpSource>();
  return tid;
}

TcpSource::TcpSource() : uniform_(ns3::CreateObject<ns3::UniformRandomVariable>()) {}

void TcpSource::SetStream(const Workload& workload, const TcpStream& stream,
                          const ns3::Ptr<ns3::NetDevice>& client,
                          const ns3::Ptr<ns3::NetDevice>& server,
                          std::shared_ptr<TcpTotals> totals) {
  workload_ = &workload;
  stream_ = stream;
  place_ = {.client = client, .server = server, .flow = {}};
  totals_ = std::move(totals);
  TcpStack::Of(client, stream.client.address);
  TcpStack::Of(server, stream.server.address);
  SetStartTime(ToTime(workload.start));
  SetStopTime(ToTime(workload.stop));
}

std::int64_t TcpSource::AssignStreams(std::int64_t stream) {
  uniform_->SetStream(stream);
  return 1;
}

void TcpSource::StartApplication() {
  const Picoseconds within = std::max(workload_->tcp->think, kBeginWithin);
  for (int i = 0; i < workload_->flows; ++i) {
    flows_.push_back({.next_port = i, .connection = {}});
    const double share = uniform_->GetValue(0, 1);
    OpenLater(flows_.size() - 1, RoundedTime(share * static_cast<double>(within.count())));
  }
}

void TcpSource::OpenLater(std::size_t flow, Picoseconds delay) {
  ns3::Simulator::Schedule(ToTime(delay), [this, flow] { Open(flow); });
}

void TcpSource::SetAttached(bool is_attached) {
  const bool was_attached = std::exchange(is_attached_, is_attached);
  if (was_attached || !is_attached) return;
  for (std::size_t i = 0; i < flows_.size(); ++i) {
    if (std::exchange(flows_[i].waits, false)) OpenLater(i, Picoseconds(0));
  }
}

// A port may be held by a connection that is not long over, or by another workload.
void TcpSource::Open(std::size_t which) {
  if (is_stopped_) return;
  if (!is_attached_) {
    flows_[which].waits = true;
    return;
  }
  const Stream as_stream{.from = stream_.client, .to = stream_.server, .from_is_client = true};
  Flow& flow = flows_[which];
  const int ports = workload_->client_ports.last - workload_->client_ports.first + 1;
  const auto stack = TcpStack::Of(place_.client, stream_.client.address);
  for (int tried = 0; tried < ports; ++tried) {
    place_.flow = FlowOf(*workload_, as_stream, flow.next_port);
    flow.next_port = (flow.next_port + workload_->flows) % ports;
    if (!stack->TakePort(place_.flow.source, place_.flow.source_port)) continue;
    flow.connection = std::make_unique<TcpConnection>(
        *workload_->tcp, place_, *uniform_, *totals_,
        [this, which](TcpConnection::End end) { OnOver(which, end); });
    if (flow.connection->Open()) return;
    flow.connection.reset();
  }
  ++totals_->without_port;
  OpenLater(which, kTimeWait);  // by when one may be free
}

void TcpSource::OnOver(std::size_t which, TcpConnection::End end) {
  flows_[which].connection.reset();
  if (end == TcpConnection::End::kDone) ++totals_->done;
  if (end == TcpConnection::End::kFailed) {
    OpenLater(which, kBeforeRetry);
  } else if (workload_->tcp->exchanges_requests()) {
    OpenLater(which, ExponentialTime(*uniform_, workload_->tcp->think));
  }
}

void TcpSource::StopApplication() {
  is_stopped_ = true;
  for (Flow& flow : flows_) {
    if (flow.connection) flow.connection->Stop();
  }
}

void TcpSource::DoDispose() {
  flows_.clear();
  place_ = {};
  totals_.reset();
  ns3::Application::DoDispose();
}

}  // namespace vpcmirror
