// An open-loop UDP sender that keeps to its schedule, and a sink that counts.
//
//   paced_udp send ADDRESS PORT PAYLOAD PPS SECONDS START_NS poisson|cbr SEED
//   paced_udp sink PORT
//
// START_NS is of CLOCK_MONOTONIC, so that several senders begin together. The sender
// prints "sent failed worst_late_ms". The sink prints "ready" when it listens, counts
// until SIGTERM and prints the number of datagrams.
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// A socket with the default buffer blocks on about 100 datagrams that wait in the
// shaper: the sender would slow down with the link instead of overloading it.
static const int kBufferBytes = 64 << 20;

static volatile sig_atomic_t stopped = 0;

static void OnTerm(int signal_number) {
  (void)signal_number;
  stopped = 1;
}

static void Fail(const char* what) {
  perror(what);
  exit(2);
}

static int64_t NowNs(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void SleepUntil(int64_t at_ns) {
  const struct timespec at = {.tv_sec = at_ns / 1000000000, .tv_nsec = at_ns % 1000000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
  }
}

// splitmix64 (Steele, Lea and Flood 2014), as a number in (0, 1].
static double Draw(uint64_t* state) {
  uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  z ^= z >> 31;
  return (double)((z >> 11) + 1) / 9007199254740992.0;  // 2^53
}

static int Open(void) {
  const int udp = socket(AF_INET, SOCK_DGRAM, 0);
  if (udp < 0) Fail("socket");
  if (setsockopt(udp, SOL_SOCKET, SO_SNDBUFFORCE, &kBufferBytes, sizeof kBufferBytes) != 0 ||
      setsockopt(udp, SOL_SOCKET, SO_RCVBUFFORCE, &kBufferBytes, sizeof kBufferBytes) != 0) {
    Fail("socket buffers (root?)");
  }
  return udp;
}

static int Send(char** argument) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argument[1]))};
  if (inet_pton(AF_INET, argument[0], &to.sin_addr) != 1) Fail("address");
  static char payload[65507];
  const size_t length = (size_t)atoi(argument[2]);
  const double gap_ns = 1e9 / atof(argument[3]);
  const int64_t start = atoll(argument[5]);
  const double length_ns = atof(argument[4]) * 1e9;
  const int is_poisson = strcmp(argument[6], "poisson") == 0;
  uint64_t random = strtoull(argument[7], NULL, 10);
  const int udp = Open();
  if (connect(udp, (struct sockaddr*)&to, sizeof to) != 0) Fail("connect");

  int64_t sent = 0, failed = 0, worst_late = 0;
  // Constant gaps begin at a phase of their own.
  double due = is_poisson ? -log(Draw(&random)) * gap_ns : Draw(&random) * gap_ns;
  while (due < length_ns) {
    const int64_t at = start + (int64_t)due;
    int64_t now = NowNs();
    if (now < at) {
      SleepUntil(at);
      now = NowNs();
    }
    if (now - at > worst_late) worst_late = now - at;
    if (send(udp, payload, length, 0) == (ssize_t)length) {
      ++sent;
    } else {
      ++failed;
    }
    due += is_poisson ? -log(Draw(&random)) * gap_ns : gap_ns;
  }
  printf("%lld %lld %.3f\n", (long long)sent, (long long)failed, (double)worst_late / 1e6);
  return 0;
}

static int Sink(char** argument) {
  const struct sockaddr_in here = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)atoi(argument[0])),
                                   .sin_addr = {.s_addr = htonl(INADDR_ANY)}};
  const struct sigaction on_term = {.sa_handler = OnTerm};  // no SA_RESTART: recv returns
  sigaction(SIGTERM, &on_term, NULL);
  const int udp = Open();
  if (bind(udp, (const struct sockaddr*)&here, sizeof here) != 0) Fail("bind");
  const struct timeval look = {.tv_usec = 100000};
  setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &look, sizeof look);
  puts("ready");
  fflush(stdout);
  static char payload[65507];
  int64_t count = 0;
  while (!stopped) {
    if (recv(udp, payload, sizeof payload, 0) >= 0) ++count;
  }
  while (recv(udp, payload, sizeof payload, MSG_DONTWAIT) >= 0) ++count;
  printf("%lld\n", (long long)count);
  return 0;
}

int main(int count, char** arguments) {
  if (count == 10 && strcmp(arguments[1], "send") == 0) return Send(arguments + 2);
  if (count == 3 && strcmp(arguments[1], "sink") == 0) return Sink(arguments + 2);
  fprintf(stderr, "paced_udp send ADDRESS PORT PAYLOAD PPS SECONDS START_NS poisson|cbr SEED\n"
                  "paced_udp sink PORT\n");
  return 2;
}
