// Messages between the ranks of a job.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace vpcmirror::sim {

inline constexpr std::size_t kLongestLetter = 3 * 1024;  // bytes

struct Letter {
  int from = 0;
  std::string text;
};

// Neither call waits for another rank, so that one which is gone holds up nobody. Between two
// ranks, letters arrive in the order in which they were sent, or never.
class Post {
 public:
  virtual ~Post() = default;

  virtual int rank() const = 0;
  virtual int size() const = 0;
  // At most kLongestLetter. What cannot be sent is lost without a word.
  virtual void Send(int to, const std::string& text) = 0;
  virtual std::optional<Letter> Receive() = 0;
};

}  // namespace vpcmirror::sim
