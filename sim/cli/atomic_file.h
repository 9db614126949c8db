// Files that are either whole or not there.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace vpcmirror::sim {

// A file or folder could not be written; what() names it and says why.
class FileException : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A file that grows beside its target. Nothing is to be seen at the target before Commit(), and
// nothing is left beside it without one. A device or a pipe is written into at once: nothing
// can be put in its place.
class GrowingFile {
 public:
  explicit GrowingFile(std::string target);  // throws FileException
  ~GrowingFile();
  GrowingFile(const GrowingFile&) = delete;
  GrowingFile& operator=(const GrowingFile&) = delete;

  // Throws FileException as soon as it is known that a part cannot be written.
  void Write(std::string_view part);
  // All of it is on disk. Throws FileException. Nothing may be written any more.
  void Finish();
  // Finishes, and puts the file in the target's place. The file that was there before lives
  // on as `previous`, unless that is empty. Throws FileException, the target untouched.
  void Commit(const std::string& previous = "");

 private:
  std::string target_;
  std::string temporary_;  // empty: the target is no regular file
  int descriptor_ = -1;    // below 0: finished
};

// A file being written beside its target. Nothing is to be seen at the target
// before Commit(), and nothing is left beside it without one.
class PendingFile {
 public:
  // Gives all that is to be in the file to `write`, in parts.
  using Contents = std::function<void(const std::function<void(std::string_view)>& write)>;

  // Writes all of `contents` to disk. Throws FileException, nothing left behind.
  PendingFile(std::string target, const Contents& contents);
  PendingFile(std::string target, std::string_view contents)
      : PendingFile(std::move(target), [&](const auto& write) { write(contents); }) {}

  // Puts the file in the target's place. The file that was there before lives
  // on as `previous`, unless that is empty. Throws FileException, the target untouched.
  void Commit(const std::string& previous = "") { file_.Commit(previous); }

 private:
  GrowingFile file_;
};

}  // namespace vpcmirror::sim
