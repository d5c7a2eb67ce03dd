#include "net/admission.hpp"

#include "net/server_core.hpp"

namespace televisit::net {

std::string_view to_string(Limit limit) noexcept {
    constexpr std::array<std::string_view, kLimits.size()> kNames{
        "connections", "connections_per_address", "new_connections_per_address",
        "handshakes",  "handshakes_per_address",  "requests_per_address"};
    return kNames[static_cast<std::size_t>(limit)];
}

HttpFault fault_of(Limit limit) noexcept {
    switch (limit) {
        case Limit::connections:
        case Limit::handshakes:
            return {503, "too_many_connections", "The server has too many connections. Try again."};
        case Limit::connections_per_address:
        case Limit::handshakes_per_address:
            return {429, "too_many_connections_from_address", "There are too many connections from here. Try again."};
        case Limit::new_connections_per_address:
            return {429, "too_many_new_connections", "There are too many new connections from here. Try again."};
        case Limit::requests_per_address:
            return {429, "too_many_requests", "There are too many requests from here. Try again."};
    }
    return {503, "too_many_connections", "The server has too many connections. Try again."};
}

ClientAdmission::ClientAdmission(const ServerOptions& options)
    : connections_({.of_address = options.max_per_address}),
      handshakes_({.in_all = options.max_handshakes, .of_address = options.max_handshakes_per_address}),
      new_connections_(options.new_connections_per_address, options.max_remembered),
      requests_(options.requests_per_address, options.max_remembered) {}

ClientAdmission::Places ClientAdmission::connect(std::optional<std::string_view> client, SteadyTime now) {
    Places places;
    auto handshake = handshakes_.enter(client);
    places.handshake = std::move(handshake.place);
    if (handshake.refusal == ClientPlaces::Refusal::in_all) places.met = Limit::handshakes;
    if (handshake.refusal == ClientPlaces::Refusal::of_address) places.met = Limit::handshakes_per_address;
    if (places.met || !client) return places;
    auto connection = connections_.enter(client);
    places.connection = std::move(connection.place);
    if (connection.refusal != ClientPlaces::Refusal::none)
        places.met = Limit::connections_per_address;
    else if (new_connections_.take(*client, now))
        places.met = Limit::new_connections_per_address;
    return places;
}

Admission::~Admission() {
    if (!core_) return;
    if (turned_away_) core_->turned_away_is_gone();
    core_->left(listener_);
}

void Admission::turn_away() noexcept {
    turned_away_ = true;
}

}  // namespace televisit::net
