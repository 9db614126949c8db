#include "models/ns3/request_source.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/ns3/clock.h"
#include "models/ns3/eni_device.h"
#include "models/ns3/foreseen_event.h"
#include "models/scenario/flows.h"
#include "models/units/rates.h"

namespace vpcmirror {

NS_OBJECT_ENSURE_REGISTERED(RequestSource);

ns3::TypeId RequestSource::GetTypeId() {
  static const ns3::TypeId tid = ns3::TypeId("vpcmirror::RequestSource")
                                     .SetParent<ns3::Application>()
                                     .SetGroupName("vpcmirror")
                                     .AddConstructor<RequestSource>();
  return tid;
}

RequestSource::RequestSource() : uniform_(ns3::CreateObject<ns3::UniformRandomVariable>()) {}

void RequestSource::SetStream(const Workload& workload, const RequestStream& stream,
                              ns3::Ptr<EniDevice> client, ns3::Ptr<EniDevice> server) {
  workload_ = &workload;
  stream_ = stream;
  server_is_outside_ = !server;
  asking_ = std::make_unique<FrameSender>(client, server);
  answering_ = std::make_unique<FrameSender>(server, client);
  const Stream as_stream{.from = stream.client, .to = stream.server, .from_is_client = true};
  std::vector<FlowKey> asked;
  std::vector<FlowKey> answered;
  for (int i = 0; i < workload.flows; ++i) {
    asked.push_back(FlowOf(workload, as_stream, i));
    answered.push_back(Reversed(asked.back()));
  }
  requests_by_flow_ = TemplatesOf(asked, *asking_);
  responses_by_flow_ = TemplatesOf(answered, *answering_);
  SetStartTime(ToTime(workload.start));
  SetStopTime(ToTime(workload.stop));
}

std::int64_t RequestSource::AssignStreams(std::int64_t stream) {
  uniform_->SetStream(stream);
  return 1;
}

void RequestSource::StartApplication() {
  asks_ = true;
  const double phase = uniform_->GetValue(0, 1) / stream_.per_second;
  AskIn(RoundedTime(phase * static_cast<double>(kPicosecondsPerSecond)));
}

void RequestSource::AskIn(Picoseconds gap) {
  if (pace_ == 0) {
    due_ = gap;
    return;
  }
  due_ = SimulatedNow() + gap;
  next_.Schedule(this, asking_->node_id(), gap);
}

void RequestSource::SetPace(double factor) {
  const double before = std::exchange(pace_, factor);
  if (!asks_ || before == factor) return;
  const auto left = static_cast<double>((before == 0 ? due_ : due_ - SimulatedNow()).count());
  next_.Cancel();
  AskIn(RoundedTime(left * (before == 0 ? 1 : before) / (factor == 0 ? 1 : factor)));
}

void RequestSource::Foresee(int step) const {
  if (step == 0) {
    FetchMemory(this, sizeof(*this));
  } else if (const EniDevice* eni = asking_->from()) {
    eni->Foresee(step - 1);
  }
}

void RequestSource::StopApplication() {
  asks_ = false;
  next_.Cancel();
}

Picoseconds RequestSource::Gap() {
  double seconds = 1 / (stream_.per_second * pace_);
  if (workload_->arrivals == ArrivalProcess::kPoisson) {
    seconds *= -std::log(1.0 - uniform_->GetValue(0, 1));
  }
  return RoundedTime(seconds * static_cast<double>(kPicosecondsPerSecond));
}

// An outside server answers at once: it has no limits, and its delay would only
// shift the answer.
void RequestSource::Ask() {
  const auto flow = static_cast<std::size_t>(requests_) % requests_by_flow_.size();
  ++requests_;
  asking_->Send(requests_by_flow_[flow], stream_.request,
                {.request_of = this, .request_flow = static_cast<std::uint32_t>(flow)});
  if (server_is_outside_) OnRequest(flow);
  AskIn(Gap());
}

void RequestSource::OnRequest(std::size_t flow) {
  ++answered_;
  const Bytes headers(static_cast<std::int64_t>(responses_by_flow_[flow].header_bytes()));
  ForEachResponseFrame(stream_.response, headers,
                       [&](Bytes frame) { answering_->Send(responses_by_flow_[flow], frame); });
}

Count RequestSource::sent() const { return asking_->sent() + answering_->sent(); }

void RequestSource::DoDispose() {
  next_.Cancel();
  asking_.reset();
  answering_.reset();
  ns3::Application::DoDispose();
}

}  // namespace vpcmirror
