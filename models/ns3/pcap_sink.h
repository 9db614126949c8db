// Writes what an ENI sees to a pcap file.
#pragma once

#include <ns3/packet.h>
#include <ns3/pcap-file-wrapper.h>

#include <string>

namespace vpcmirror {

class EniDevice;

// A classic pcap file of Ethernet frames with nanosecond times.
class PcapSink : public ns3::SimpleRefCount<PcapSink> {
 public:
  // Throws std::runtime_error when the file cannot be written. The header is
  // there at once.
  PcapSink(const std::string& file, const ns3::Ptr<EniDevice>& eni);

  // Throws std::runtime_error when not every frame could be written.
  void Close();

 private:
  void Write(ns3::Ptr<const ns3::Packet> frame);

  std::string file_;
  ns3::Ptr<ns3::PcapFileWrapper> pcap_;
};

}  // namespace vpcmirror
