#pragma once
/// What can be set about the server, and what it tells its host.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/event_loop.hpp"
#include "net/http_head.hpp"
#include "televisit/sdk/http.hpp"
#include "televisit/sdk/rate.hpp"

namespace televisit::net {

class Transport;

/// All deadlines are total: they count from the first byte, not from the last.
struct Timeouts {
    std::chrono::milliseconds head{15'000};        ///< from accept, or a request's first byte, to the end of its head
    std::chrono::milliseconds body{15'000};        ///< from the end of the head to the end of the body
    std::chrono::milliseconds keep_alive{75'000};  ///< between an answer and the next request
    std::chrono::milliseconds answer{30'000};      ///< of a handler, where its route says nothing; then 503
    std::chrono::milliseconds write{60'000};       ///< for an answer to leave, plus a second for each 16 KiB of it
    std::chrono::milliseconds close_handshake{5'000};  ///< for the peer's close frame
    std::chrono::milliseconds linger{2'000};           ///< for the peer to stop sending after our last byte
};

struct ServerOptions {
    LoopId loops = 0;  ///< public event loops; 0: one a core
    HttpLimits http;
    Timeouts timeouts;
    std::size_t max_connections = 50'000;  ///< on public listeners; further ones are answered 503
    std::size_t max_handshakes = 4'000;  ///< of those, which have not sent their first request whole; others are closed
    /// Of one client address, seen through trusted proxies; 0, and no rate: any number.
    std::size_t max_per_address = 0;
    std::size_t max_handshakes_per_address = 0;
    Rate new_connections_per_address;
    Rate requests_per_address;
    Rate control_frames{100, 1'000};      ///< pings and pongs of one WebSocket; beyond them it is closed with 1008
    std::size_t max_remembered = 10'000;  ///< addresses whose rates are remembered
    std::size_t max_admin_connections = 64;
    std::size_t max_pipelined = 64 * 1024;         ///< bytes that may wait behind a request in progress
    std::size_t max_queued = 1024 * 1024;          ///< bytes of a channel not yet written, where its route says nothing
    std::size_t max_posted = 1'000'000;            ///< tasks waiting for one loop
    std::chrono::milliseconds hold_limit{100};     ///< a handler that holds its loop longer is reported
    std::chrono::milliseconds stuck_limit{2'000};  ///< one that does not come back at all is reported after this long
    std::vector<std::string> cors_origins;
    std::chrono::seconds cors_max_age{600};
    std::vector<std::string> trusted_proxies;  ///< addresses and CIDR blocks
    std::chrono::seconds hsts{0};              ///< how long browsers use https alone once they did; 0: not said
    std::uint64_t request_id_seed = 0;         ///< 0: random
};

/// One answered (or abandoned) request. Never has headers, query or body. **Owns**: nothing; valid during the call.
struct AccessRecord {
    std::string_view method;  ///< empty when the request line could not be read
    std::string_view route;   ///< empty when no route matched
    std::string_view path;
    std::string_view request_id;
    std::string_view remote_address;
    int status = 0;         ///< 499: the client went away first
    std::size_t bytes = 0;  ///< of the answer's body
    Duration took{};
    ListenerKind listener = ListenerKind::public_listener;
};

/// **Threads**: called on event loops, concurrently. **Blocks**: must not.
struct ServerHooks {
    std::function<void(const AccessRecord&)> access;
    std::function<void(const SlowTask&)> slow;
    /// A handler threw: its request was answered 500, its channel closed with 1011. Or a posted task did.
    std::function<void(const TaskFault&)> fault;
};

/// Where to listen. Either `host` and `port`, or `unix_path`.
struct ListenerOptions {
    ListenerKind kind = ListenerKind::public_listener;
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: any free one
    std::string unix_path;   ///< made with mode 0600; a socket that nobody listens on any more is replaced
    int backlog = 4096;
    /// Makes the step between a new socket and the codecs (TLS); none: plain.
    std::function<std::unique_ptr<Transport>()> transport;
    bool secure = false;  ///< the transport encrypts: origins say https
};

/// Where a listener listens.
struct Endpoint {
    std::string address;  ///< "127.0.0.1:8086", "[::1]:8086" or the path
    std::uint16_t port = 0;
};

}  // namespace televisit::net
