// Asks a server and has it answer: requests at a rate, a response for each that arrives.
#pragma once

#include <ns3/application.h>
#include <ns3/random-variable-stream.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "models/ns3/frame_source.h"
#include "models/ns3/own_event.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

class EniDevice;

// A request is one frame; a response is as many frames of at most kLongestResponseFrame
// as it takes, sent in the moment in which the request arrives. A request that
// is lost is not answered and not repeated.
class RequestSource : public ns3::Application {
 public:
  static ns3::TypeId GetTypeId();
  RequestSource();

  // The workload must outlive the application. An end without a device is the outside.
  void SetStream(const Workload& workload, const RequestStream& stream, ns3::Ptr<EniDevice> client,
                 ns3::Ptr<EniDevice> server);

  // As FrameSource has it, of requests.
  void SetPace(double factor);

  // A request of this flow has arrived at the server.
  void OnRequest(std::size_t flow);

  Count sent() const;  // requests and responses
  std::int64_t requests() const { return requests_; }
  std::int64_t answered() const { return answered_; }

  std::int64_t AssignStreams(std::int64_t stream);

  // Fetches what the next request touches, as ForeseenEvent has it.
  void Foresee(int step) const;

 protected:
  void DoDispose() override;

 private:
  void StartApplication() override;
  void StopApplication() override;
  void Ask();
  Picoseconds Gap();
  void AskIn(Picoseconds gap);

  const Workload* workload_ = nullptr;
  RequestStream stream_;
  bool server_is_outside_ = false;
  std::unique_ptr<FrameSender> asking_;
  std::unique_ptr<FrameSender> answering_;
  std::vector<FrameTemplate> requests_by_flow_;
  std::vector<FrameTemplate> responses_by_flow_;
  double pace_ = 1;
  bool asks_ = false;  // between its start and its stop
  Picoseconds due_{};  // when the next request is; at pace 0 how long it would take at 1
  std::int64_t requests_ = 0;
  std::int64_t answered_ = 0;
  ns3::Ptr<ns3::UniformRandomVariable> uniform_;
  OwnEvent<RequestSource, &RequestSource::Ask> next_;
};

}  // namespace vpcmirror
