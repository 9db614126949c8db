// Writes what becomes of an ENI's frames as lines of text.
#pragma once

#include <ns3/object.h>
#include <ns3/output-stream-wrapper.h>
#include <ns3/packet.h>
#include <ns3/simple-ref-count.h>

#include <string>
#include <string_view>
#include <utility>

namespace vpcmirror {

class EniDevice;

// A line an event, as ns-3's ASCII traces have it: what happened, when in seconds, the
// path of the trace source where paths are wanted, the packet, and why it was lost.
//
//   +  production, or a copy, was handed to the egress
//   -  a frame departed
//   r  a frame arrived
//   d  a frame was lost, or the copy of that frame
class AsciiSink : public ns3::SimpleRefCount<AsciiSink> {
 public:
  enum class Paths : bool { kLeftOut, kWritten };

  AsciiSink(ns3::Ptr<ns3::OutputStreamWrapper> stream, Paths paths)
      : stream_(std::move(stream)), paths_(paths) {}

  // Writes what the ENI, and each session that it has by then, does from then on.
  void Watch(EniDevice& eni);

 private:
  using Packet = ns3::Ptr<const ns3::Packet>;
  // A trace source; Config knows it by `path` and `name`.
  struct Source {
    ns3::Object& object;
    std::string path;
    std::string name;
  };

  void Connect(const Source& source, char event);
  template <class Reason>
  void ConnectDrop(const Source& source);
  void ConnectSniffer(const Source& source);
  void Write(char event, const std::string& path, const Packet& packet,
             std::string_view reason = {});

  ns3::Ptr<ns3::OutputStreamWrapper> stream_;
  Paths paths_;
  Packet arriving_;  // the last that MacRx told of
};

}  // namespace vpcmirror
