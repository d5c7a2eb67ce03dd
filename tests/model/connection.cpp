#include "connection.hpp"

#include <charconv>

namespace televisit::model {
namespace {

/// The payload of a relay of the model: user, connection, number.
struct Letter {
    std::string user;
    std::string connection;
    int number = 0;
};

Letter read(std::span<const std::string_view> payload) {
    std::string text;
    for (const auto piece : payload) text.append(piece);
    const auto first = text.find('/');
    const auto second = text.find('/', first + 1);
    Letter letter{text.substr(0, first), text.substr(first + 1, second - first - 1), 0};
    std::from_chars(text.data() + second + 1, text.data() + text.size(), letter.number);
    return letter;
}

}  // namespace

std::string name_of(const Connection& connection) {
    return "c" + std::to_string(connection.number) + " (" + name_of_person(connection.person) + ")";
}

Connection* Watch::hears(ConnectionKey key, const std::string& line) {
    const auto found = connections_.find(key.value);
    if (found == connections_.end()) {
        findings_.add("told to a connection that does not exist: " + line);
        return nullptr;
    }
    auto& connection = found->second;
    const auto where = name_of(connection) + ": " + line;
    findings_.expect(connection.server == this, "told by a server where it does not sit: " + where);
    findings_.expect(connection.open, "told before joined_room: " + where);
    findings_.expect(!connection.gone, "told after leaving: " + where);
    connection.lines.push_back(line);
    return &connection;
}

void Watch::relayed(To to, std::string_view, std::span<const std::string_view> payload,
                    std::span<const std::string_view>) {
    const auto letter = read(payload);
    const auto line = "heard " + letter.user + ' ' + letter.connection + ' ' + std::to_string(letter.number);
    each(to, line, [&](Connection& connection) {
        auto& last = connection.heard[letter.connection];
        findings_.expect(letter.number > last, name_of(connection) + ": out of order or twice: " + line);
        last = letter.number;
        const bool own = std::to_string(connection.number) == letter.connection;
        findings_.expect(own || connection.view.contains(letter.user),
                         name_of(connection) + ": from somebody it does not know of: " + line);
    });
}

void Watch::user_joined(To to, const Member& member) {
    each(to, "joined " + member.user.str(), [&](Connection& connection) {
        // The event has no state: who comes is there, until user_interrupted says otherwise.
        findings_.expect(connection.view.emplace(member.user.str(), StayState::joined).second,
                         name_of(connection) + ": user_joined twice for one stay of " + member.user.str());
    });
}

void Watch::user_left(To to, const Member& member, LeaveReason reason) {
    each(to, "left " + member.user.str() + ' ' + std::string(to_string(reason)), [&](Connection& connection) {
        findings_.expect(connection.view.erase(member.user.str()) == 1,
                         name_of(connection) + ": user_left without user_joined for " + member.user.str());
    });
}

void Watch::user_interrupted(To to, const Member& member, std::chrono::milliseconds) {
    each(to, "interrupted " + member.user.str(), [&](Connection& connection) {
        const auto known = connection.view.find(member.user.str());
        findings_.expect(known != connection.view.end() && known->second == StayState::joined,
                         name_of(connection) + ": user_interrupted out of place for " + member.user.str());
        if (known != connection.view.end()) known->second = StayState::interrupted;
    });
}

void Watch::user_resumed(To to, const Member& member) {
    each(to, "resumed " + member.user.str(), [&](Connection& connection) {
        const auto known = connection.view.find(member.user.str());
        findings_.expect(known != connection.view.end() && known->second == StayState::interrupted,
                         name_of(connection) + ": user_resumed out of place for " + member.user.str());
        if (known != connection.view.end()) known->second = StayState::joined;
    });
}

void Watch::room_state(To to, const RoomId&, std::span<const Member>) {
    each(to, "room_state", [&](Connection& connection) {
        findings_.add(name_of(connection) + ": room_state without a recovered connection");
    });
}

void Watch::session_expiring(To to, std::chrono::seconds left) {
    each(to, "expiring", [&](Connection& connection) {
        const int which = left > std::chrono::seconds{60} ? 300 : 60;
        findings_.expect(++connection.warnings[which] == 1, name_of(connection) + ": session_expiring twice");
    });
}

void Watch::session_ended(To to, const SessionId&, std::string_view reason) {
    each(to, "ended " + std::string(reason), [&](Connection& connection) {
        findings_.expect(!connection.ended, name_of(connection) + ": session_ended twice");
        connection.ended = reason;
    });
}

void Watch::ice_servers(To to, const IceServers&) {
    each(to, "ice_servers", [](Connection&) {});
}

void Watch::seat_lost(ConnectionKey key, SeatLoss loss) {
    const ConnectionKey to[] = {key};
    each(to, "lost " + std::string(to_string(loss)), [&](Connection& connection) {
        connection.lost = loss;
        connection.gone = true;
        connection.found_full = !has_seat(connection.person);
        findings_.expect((loss == SeatLoss::session_over) == connection.ended.has_value(),
                         name_of(connection) + ": session_ended and the loss of the seat do not go together");
    });
}

}  // namespace televisit::model
