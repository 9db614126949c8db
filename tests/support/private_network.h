// Two hosts and a cable between them, for tests that send real packets: network namespaces of
// this process alone, which end with it, however it ends.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace vpcmirror {

class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor = -1) : descriptor_(descriptor) {}
  FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  int get() const { return descriptor_; }

 private:
  int release();

  int descriptor_;
};

// The near host has interface m1 with 02:00:00:00:01:01, 10.9.0.1/24 and fd09::1/64; the far one
// r0 with 02:00:00:00:01:02, 10.9.0.2/24 and fd09::2/64. Each knows the other's address for good,
// and m1 has no UDP segmentation offload, so that what arrives is what a wire would carry. While
// it exists the thread is on the near host.
class PrivateNetwork {
 public:
  // Why there cannot be one here; empty when it can.
  static std::optional<std::string> Obstacle();

  PrivateNetwork();  // throws std::runtime_error
  ~PrivateNetwork();
  PrivateNetwork(const PrivateNetwork&) = delete;
  PrivateNetwork& operator=(const PrivateNetwork&) = delete;

  // Has the shell run a command on either host; throws std::runtime_error when it fails.
  void Near(const std::string& command) const { Run(command); }
  void Far(const std::string& command) const;

  // Waits until the cable carries packets, which after "ip link set up" the kernel sees to in its
  // own time: until then it throws them away.
  void AwaitLinks() const;

  // Calls `action()` with the thread on the far host.
  template <class Action>
  auto OnFar(const Action& action) const {
    const Visit visit(*this);
    return action();
  }

 private:
  class Visit {
   public:
    explicit Visit(const PrivateNetwork& network) : network_(network) { Enter(network.far_); }
    ~Visit() { Enter(network_.near_); }

   private:
    const PrivateNetwork& network_;
  };
  static std::optional<std::string> LookForObstacle();
  static void Enter(const FileDescriptor& host);
  static FileDescriptor EnterNewHost();
  static void Run(const std::string& command);

  FileDescriptor before_;
  FileDescriptor far_;
  FileDescriptor near_;
};

// What passes an interface of the host that the thread is on, from when this is made.
class PacketTap {
 public:
  // Throws std::runtime_error.
  explicit PacketTap(const std::string& interface);

  int descriptor() const { return socket_.get(); }

  // Frames whose source MAC address is `source` (02:00:00:00:01:01 for what the near host sends)
  // and that are for one receiver, as many as wanted or until nothing has come for a generous
  // while.
  std::vector<std::vector<std::byte>> Frames(std::size_t wanted, const std::string& source) const;
  // The next one, if there is one at once.
  std::optional<std::vector<std::byte>> Next() const;

 private:
  FileDescriptor socket_;
};

}  // namespace vpcmirror
