#pragma once
#include <netinet/in.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "clock.hpp"
#include "connection.hpp"
#include "figures.hpp"
#include "frames.hpp"
#include "messages.hpp"
#include "options.hpp"

namespace televisit::load {

/// All simulated browsers, on one thread. **Blocks**: `run()`, until the figures are there.
class Generator {
  public:
    explicit Generator(const Options& options);
    ~Generator();
    Generator(const Generator&) = delete;
    Generator& operator=(const Generator&) = delete;

    /// Once. **Errors**: throws Failure when the run could not be set up.
    Figures run();

  private:
    enum class Phase { setup, warmup, measure, drain, done };

    // runs.cpp: the modes
    void join_all();
    void run_traffic();
    void run_idle();
    void run_cycles();
    Nanoseconds send_scheduled(Nanoseconds began, std::size_t& scheduled);
    void begin_measuring();
    void end_measuring();
    void cycle_until(int total);

    // generator.cpp: between the kernel and the bytes
    void start(Connection& c);
    void poll_until(Nanoseconds time);
    void watch_writable(Connection& c, bool on);
    void on_writable(Connection& c);
    void on_readable(Connection& c);
    void send_bytes(Connection& c, std::string_view bytes);
    void send_frame(Connection& c, int opcode, std::string_view payload);
    void send_message(Connection& c, Nanoseconds stamp);
    void end(Connection& c);
    void drop(Connection& c, std::string_view why);
    void note(const Connection& c, std::string_view what, std::string_view packet = {});

    // dialogue.cpp: between the bytes and the protocol
    void send_upgrade_request(Connection& c);
    std::size_t consume_response(Connection& c, std::string_view data);
    std::size_t consume_frames(Connection& c, std::string_view data);
    void on_frame(Connection& c, const Frame& frame);
    void on_engine_packet(Connection& c, std::string_view packet);
    void on_socket_packet(Connection& c, std::string_view packet);
    void on_event(Connection& c, std::string_view packet);
    void on_connected(Connection& c, std::string_view packet);
    void on_joined(Connection& c, std::string_view packet);
    void on_relayed(Connection& c, std::string_view packet, std::size_t tag_at);

    Connection& partner(const Connection& c) noexcept { return connections_[c.index ^ 1]; }

    const Options& o_;
    const std::unique_ptr<SSL_CTX, FreeTls> tls_;  ///< null without --tls
    int epoll_ = -1;
    sockaddr_in server_{};
    std::vector<Connection> connections_;
    std::vector<char> read_buffer_;
    FrameWriter frames_;
    Messages messages_;
    Phase phase_ = Phase::setup;
    int joining_ = 0;
    int joined_ = 0;
    int ended_ = 0;  ///< cycles that came to their end
    Nanoseconds read_at_ = 0;
    Nanoseconds measuring_since_ = 0;
    double own_cpu_before_ = 0;
    int notes_ = 0;
    Figures figures_;
};

}  // namespace televisit::load
