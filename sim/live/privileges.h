// What a live mirror gives up once everything that needs rights is open.
#pragma once

#include <cstdint>
#include <string>

namespace vpcmirror::sim {

struct PrivilegeSettings {
  std::string user;  // whom to become, by name; empty: nobody else
  // Whether CAP_NET_RAW stays, where it is there: without it no ring and no raw or marked socket
  // can be opened again.
  bool keeps_raw_sockets = true;
};

// What is left.
struct Privileges {
  std::string user;  // by name, or "uid 1000"
  bool may_open_raw_sockets = false;
};

// "nobody" for root, and empty for others.
std::string DefaultUser();

// Becomes the user with his main group and no other, and gives up every capability but what
// PrivilegeSettings keep, in the bounding, inheritable and ambient sets, too; from then on no
// program that is run can have more (PR_SET_NO_NEW_PRIVS). Holds for all threads that there are
// and will be, none of which may block signal SIGRTMIN + 5. What it says is verified of every
// thread. Throws std::runtime_error, which says what is missing; rights may then be given up in
// part, so that nothing is left but to end.
//
// What is lost with the rest: CAP_NET_ADMIN (socket buffers beyond net.core.wmem_max for sockets
// that are opened later; SO_MARK before Linux 5.17), CAP_NET_BIND_SERVICE (source ports below
// 1024), CAP_DAC_OVERRIDE (files and folders of others: what is read or written later must be
// the user's), CAP_SYS_RESOURCE (more open files than the hard limit), and core dumps.
Privileges DropPrivileges(const PrivilegeSettings& settings);

}  // namespace vpcmirror::sim
