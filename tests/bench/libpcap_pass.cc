// libpcap_pass IN OUT: what a program pays that reads a capture with libpcap and writes it with
// libpcap, and does nothing else. A contender of live_file_ratios.py.
#include <pcap/pcap.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: libpcap_pass IN OUT\n");
    return 2;
  }
  char error[PCAP_ERRBUF_SIZE] = "";
  pcap_t* const in =
      pcap_open_offline_with_tstamp_precision(argv[1], PCAP_TSTAMP_PRECISION_NANO, error);
  if (in == nullptr) {
    std::fprintf(stderr, "%s\n", error);
    return 1;
  }
  pcap_dumper_t* const out = pcap_dump_open(in, argv[2]);
  if (out == nullptr) {
    std::fprintf(stderr, "%s\n", pcap_geterr(in));
    return 1;
  }
  pcap_pkthdr* header = nullptr;
  const unsigned char* octets = nullptr;
  while (pcap_next_ex(in, &header, &octets) == 1) {
    pcap_dump(reinterpret_cast<unsigned char*>(out), header, octets);
  }
  pcap_dump_close(out);
  pcap_close(in);
  return 0;
}
