#pragma once
/// What bounds the connections of clients: how many in all, how many of one address, and how fast they come.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "net/http_fault.hpp"
#include "televisit/sdk/client_limits.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::net {

class ServerCore;
struct ServerOptions;

/// The bounds, by the names that their counters have.
enum class Limit : std::uint8_t {
    connections,
    connections_per_address,
    new_connections_per_address,
    handshakes,
    handshakes_per_address,
    requests_per_address,
};
inline constexpr std::array kLimits{
    Limit::connections, Limit::connections_per_address, Limit::new_connections_per_address,
    Limit::handshakes,  Limit::handshakes_per_address,  Limit::requests_per_address};
std::string_view to_string(Limit limit) noexcept;

/// What a client is told that has met a limit, whose request was read nevertheless.
HttpFault fault_of(Limit limit) noexcept;

/// How often each limit was met. **Threads**: any.
class LimitCounters {
  public:
    void add(Limit limit) noexcept { met_[static_cast<std::size_t>(limit)].fetch_add(1, std::memory_order_relaxed); }
    std::uint64_t read(Limit limit) const noexcept {
        return met_[static_cast<std::size_t>(limit)].load(std::memory_order_relaxed);
    }

  private:
    std::array<std::atomic<std::uint64_t>, kLimits.size()> met_{};
};

/// The limits of public clients by their addresses. Proxies that are trusted count for nobody: their clients do, once
/// it is known who they are. **Threads**: any.
class ClientAdmission {
  public:
    explicit ClientAdmission(const ServerOptions& options);

    /// The places of a new connection.
    struct Places {
        ClientPlaces::Place connection;  ///< for as long as it lives
        ClientPlaces::Place handshake;   ///< until its first request is whole
        std::optional<Limit> met;        ///< it is one too many
    };
    /// `client`: the peer; nobody when it is a trusted proxy.
    Places connect(std::optional<std::string_view> client, SteadyTime now);
    /// A place for the client behind a trusted proxy, whose connection has become a channel.
    ClientPlaces::Entry connect_behind_proxy(std::string_view client) { return connections_.enter(client); }
    /// How long it is to wait, if this request is one too many.
    std::optional<Duration> request(std::string_view client, SteadyTime now) { return requests_.take(client, now); }

  private:
    ClientPlaces connections_;
    ClientPlaces handshakes_;
    ClientRates new_connections_;
    ClientRates requests_;
};

/// A connection's place on its listener, for as long as it lives.
class Admission {
  public:
    Admission() = default;
    Admission(ServerCore& core, ListenerKind listener) : core_(&core), listener_(listener) {}
    ~Admission();
    Admission(Admission&& other) noexcept
        : core_(std::exchange(other.core_, nullptr)),
          place_(std::move(other.place_)),
          listener_(other.listener_),
          turned_away_(other.turned_away_) {}
    Admission& operator=(Admission&&) = delete;

    ListenerKind listener() const noexcept { return listener_; }
    /// Its place among those of its address.
    void hold(ClientPlaces::Place place) noexcept { place_ = std::move(place); }
    /// It stays only to be told that it is one too many.
    void turn_away() noexcept;

  private:
    ServerCore* core_ = nullptr;
    ClientPlaces::Place place_;
    ListenerKind listener_ = ListenerKind::public_listener;
    bool turned_away_ = false;
};

}  // namespace televisit::net
