#include "sim/cli/stop_on_signal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <future>

#include "sim/cli/exit_code.h"

namespace vpcmirror::sim {
namespace {

// Returns when a stop was requested, however long the waiting thread takes.
void SendAndAwaitStop(const StopOnSignal& stop, int signal) {
  std::promise<void> stopped;
  const std::stop_callback on_stop(stop.token(), [&stopped] { stopped.set_value(); });
  ::kill(::getpid(), signal);
  stopped.get_future().wait();
}

// Until some thread has taken the signal, which this one blocks.
void AwaitTaken(int signal) {
  sigset_t pending;
  do {
    ::sigpending(&pending);
  } while (sigismember(&pending, signal) == 1);
}

class StopOnSignalTest : public testing::Test {
 protected:
  void SetUp() override { before_ = ::signal(SIGHUP, SIG_DFL); }
  void TearDown() override { ::signal(SIGHUP, before_); }

 private:
  void (*before_)(int) = SIG_DFL;
};

class EachSignalTest : public StopOnSignalTest, public testing::WithParamInterface<int> {};

TEST_P(EachSignalTest, RequestsAStop) {
  const StopOnSignal stop;
  EXPECT_FALSE(stop.token().stop_requested());
  SendAndAwaitStop(stop, GetParam());
  EXPECT_TRUE(stop.token().stop_requested());
}

// The threadsafe style starts the program afresh, for the thread of its own.
TEST_P(EachSignalTest, EndsTheProgramWhenInterruptedOnceMore) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const StopOnSignal stop(std::chrono::milliseconds(0));
        SendAndAwaitStop(stop, GetParam());
        ::kill(::getpid(), SIGTERM);
        for (;;) ::pause();
      },
      testing::ExitedWithCode(kStopped), "stopping; what is known will be written");
}

TEST_P(EachSignalTest, IsOneWhenItComesTwiceAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        {
          const StopOnSignal stop(std::chrono::hours(1));
          SendAndAwaitStop(stop, GetParam());
          ::kill(::getpid(), SIGTERM);
          AwaitTaken(SIGTERM);
        }
        ::_exit(0);
      },
      testing::ExitedWithCode(0), "stopping; what is known will be written");
}

INSTANTIATE_TEST_SUITE_P(Signals, EachSignalTest, testing::Values(SIGINT, SIGTERM, SIGHUP));

TEST_F(StopOnSignalTest, EndsTheProgramAtOnceWhileThereIsNothingToWrite) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        StopOnSignal stop;
        stop.EndAtOnce(true);
        ::kill(::getpid(), SIGINT);
        for (;;) ::pause();
      },
      testing::ExitedWithCode(kStopped), "there was nothing to write yet");
}

TEST_F(StopOnSignalTest, RequestsAStopOnceThereIsSomethingToWrite) {
  StopOnSignal stop;
  stop.EndAtOnce(true);
  stop.EndAtOnce(false);
  SendAndAwaitStop(stop, SIGTERM);
  EXPECT_TRUE(stop.token().stop_requested());
}

TEST_F(StopOnSignalTest, OutlivesATerminalThatClosesTwice) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const int code = [] {
          const StopOnSignal stop;
          SendAndAwaitStop(stop, SIGHUP);
          ::kill(::getpid(), SIGHUP);
          sigset_t pending;
          do {
            sigpending(&pending);
          } while (sigismember(&pending, SIGHUP) == 1);
          return 7;
        }();
        ::_exit(code);
      },
      testing::ExitedWithCode(7), "");
}

// signal(7): what is ignored stays so unless it is blocked and waited for.
TEST_F(StopOnSignalTest, LeavesAloneWhatNohupIgnores) {
  ::signal(SIGHUP, SIG_IGN);
  const StopOnSignal stop;
  sigset_t blocked;
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  EXPECT_EQ(sigismember(&blocked, SIGHUP), 0);
  EXPECT_EQ(sigismember(&blocked, SIGTERM), 1);
}

}  // namespace
}  // namespace vpcmirror::sim
