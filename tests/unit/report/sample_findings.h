// Findings built by hand.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "analysis/report/findings.h"

namespace vpcmirror::testing_report {

// Of rule MIR-STA-003; the place is that of "STOPPED" in kStoppedSource.
inline constexpr std::string_view kStoppedSource =
    "{\n"
    "  \"mirrors\": [{\"State\": \"STOPPED\"}]\n"
    "}\n";

inline Finding Stopped() {
  Finding finding;
  finding.code = "MIR-STA-003";
  finding.severity = Severity::kWarning;
  finding.basis = FindingBasis::kDocumented;
  finding.subject = {"mirror", "m"};
  finding.path = "/mirrors/0";
  finding.file = "s.json";
  finding.line = 2;
  finding.column = 25;
  finding.message = "mirror m is stopped: it sends no copy";
  finding.fix = "start it, or leave it out";
  return finding;
}

// Of a rule that is in no table.
inline Finding Wide() {
  Finding finding;
  finding.code = "XYZ-ABC-999";
  finding.severity = Severity::kError;
  finding.basis = FindingBasis::kDerived;
  finding.subject = {"eni", "web[0]/eni0"};
  finding.path = "/hosts/web";
  finding.message = "a copy of 1550 bytes passes an MTU of 1500";
  finding.api_code = "InvalidParameter.Mtu";
  finding.edits = {{"/hosts/web/mtu", "\"1600\""}, {"/hosts/web/old", ""}};
  finding.numbers = {{"copy", 1550, "bytes"}, {"share", 0.5, ""}};
  finding.witnesses = {{.eni = "web[0]/eni0",
                            .direction = Direction::kEgress,
                            .flow = {.source = IpAddress::V4(0x0a000107),
                                     .destination = IpAddress::V4(0x0a000209),
                                     .source_port = 51000,
                                     .destination_port = 443,
                                     .protocol = kProtocolTcp,
                                     .ports = Ports::kKnown},
                            .frame = Bytes(1500),
                            .is_mirrored = true}};
  return finding;
}

inline Finding As(Finding finding, Severity severity) {
  finding.severity = severity;
  return finding;
}

inline Finding Suppressed(Finding finding, std::string because) {
  finding.suppressed_because = std::move(because);
  return finding;
}

inline FindingsReport ReportOf(std::vector<Finding> findings) {
  FindingsReport report;
  report.file = "s.json";
  report.version = "1.2.3";
  report.findings = std::move(findings);
  report.hosts = 28;
  report.enis = 29;
  report.mirrors = 1;
  return report;
}

// Everything in it that some format takes for its own.
inline constexpr char kHostile[] =
    "a|b`c<script>d&\"e\"'f' \x1b[2J\r\n::error::g%h]]>i\xff\xc2\x85j{0}[k](http://l) "
    "@m #7 www.n.o_p*q*\xe2\x80\xaer";

inline Finding Hostile() {
  Finding finding = Stopped();
  finding.subject = {kHostile, kHostile};
  finding.path = kHostile;
  finding.file = kHostile;
  finding.message = kHostile;
  finding.fix = kHostile;
  finding.api_code = kHostile;
  finding.edits = {{kHostile, kHostile}};
  finding.numbers = {{kHostile, 1, kHostile}};
  finding.witnesses = Wide().witnesses;
  finding.witnesses[0].eni = kHostile;
  return finding;
}

}  // namespace vpcmirror::testing_report
