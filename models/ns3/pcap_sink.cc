#include "models/ns3/pcap_sink.h"

#include <ns3/boolean.h>
#include <ns3/simulator.h>

#include <stdexcept>

#include "models/ns3/eni_device.h"

namespace vpcmirror {
namespace {

constexpr std::uint32_t kLinkTypeEthernet = 1;  // LINKTYPE_ETHERNET
constexpr std::uint32_t kSnapBytes = 262144;    // what tcpdump writes

}  // namespace

PcapSink::PcapSink(const std::string& file, const ns3::Ptr<EniDevice>& eni)
    : file_(file), pcap_(ns3::CreateObject<ns3::PcapFileWrapper>()) {
  pcap_->SetAttribute("NanosecMode", ns3::BooleanValue(true));
  pcap_->Open(file, std::ios::out | std::ios::binary | std::ios::trunc);
  if (!pcap_->Fail()) pcap_->Init(kLinkTypeEthernet, kSnapBytes);
  if (pcap_->Fail()) throw std::runtime_error("cannot write the capture " + file);
  eni->TraceConnectWithoutContext("Sniffer",
                                  ns3::MakeCallback(&PcapSink::Write, ns3::Ptr<PcapSink>(this)));
}

void PcapSink::Write(ns3::Ptr<const ns3::Packet> frame) {
  if (!pcap_->Fail()) pcap_->Write(ns3::Simulator::Now(), frame);
}

void PcapSink::Close() {
  const bool failed_before = pcap_->Fail();
  pcap_->Close();
  if (failed_before || pcap_->Fail()) {
    throw std::runtime_error("could not write all of the capture " + file_ + ": is the disk full?");
  }
}

}  // namespace vpcmirror
