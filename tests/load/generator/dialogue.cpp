// What a Socket.IO client says and hears on its way into the room, and in it.
#include "generator.hpp"
#include "json_text.hpp"

namespace televisit::load {

void Generator::send_upgrade_request(Connection& c) {
    std::string request = "GET " + o_.path + (o_.path.find('?') == std::string::npos ? '?' : '&');
    request += "EIO=4&transport=websocket HTTP/1.1\r\nHost: " + o_.host + ':' + std::to_string(o_.port);
    request += "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ";
    request += kWebSocketKey;
    request += "\r\n\r\n";
    send_bytes(c, request);
}

std::size_t Generator::consume_response(Connection& c, std::string_view data) {
    const std::size_t end = data.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    const std::string_view head = data.substr(0, end);
    if (!head.starts_with("HTTP/1.1 101") || head.find(kWebSocketAccept) == std::string_view::npos) {
        drop(c, "upgrade refused: " + std::string(head.substr(0, head.find('\r'))));
        return 0;
    }
    c.state = Connection::State::engine_open;
    return end + 4;
}

std::size_t Generator::consume_frames(Connection& c, std::string_view data) {
    std::size_t used = 0;
    while (c.state != Connection::State::closed) {
        const Frame frame = read_frame(data.substr(used));
        if (frame.type == Frame::Type::fault) drop(c, frame.payload);
        if (frame.type != Frame::Type::whole) break;
        used += frame.size;
        on_frame(c, frame);
    }
    return used;
}

void Generator::on_frame(Connection& c, const Frame& frame) {
    switch (frame.opcode) {
        case opcode::kText:
            if (frame.final) return on_engine_packet(c, frame.payload);
            c.in_fragments = true;
            c.fragments = frame.payload;
            return;
        case opcode::kContinuation: {
            if (!c.in_fragments) return drop(c, "continuation without a start");
            c.fragments += frame.payload;
            if (!frame.final) return;
            c.in_fragments = false;
            const std::string whole = std::move(c.fragments);
            c.fragments.clear();
            return on_engine_packet(c, whole);
        }
        case opcode::kClose:
            return c.state == Connection::State::leaving ? end(c) : drop(c, "close frame from the server");
        case opcode::kPing:
            return send_frame(c, opcode::kPong, frame.payload);
        default:
            return;  // pongs and binary messages play no part here
    }
}

void Generator::on_engine_packet(Connection& c, std::string_view packet) {
    switch (packet.empty() ? '\0' : packet[0]) {
        case '0':
            return send_frame(c, opcode::kText, "40");
        case '1':
            return drop(c, "Engine.IO close packet");
        case '2':
            figures_.counters.pings++;
            return send_frame(c, opcode::kText, "3");
        case '4':
            return on_socket_packet(c, packet);
        default:
            return;
    }
}

void Generator::on_socket_packet(Connection& c, std::string_view packet) {
    if (packet.starts_with("42[")) {
        const std::size_t tag_at = packet.find(Tag::kMark);
        if (tag_at != std::string_view::npos) return on_relayed(c, packet, tag_at);
        return on_event(c, packet);
    }
    if (packet.starts_with("40") && c.state == Connection::State::engine_open) return on_connected(c, packet);
    if (packet.starts_with("44")) {
        figures_.counters.server_errors++;
        return drop(c, "connect refused: " + std::string(packet.substr(2)));
    }
    if (packet.starts_with("41") && c.state != Connection::State::leaving) drop(c, "disconnected by the server");
}

void Generator::on_connected(Connection& c, std::string_view packet) {
    c.state = Connection::State::connected;
    // Servers that name nobody in joined_room go by the socket's id.
    c.peer = find_json_string(packet, "sid");
    if (!o_.join) return on_joined(c, {});
    send_frame(c, opcode::kText,
               "42[\"join_room\",{\"room_id\":\"" + c.place.room + "\",\"user_id\":\"" + c.place.user +
                   "\",\"role\":\"" + c.place.role + "\",\"token\":\"" + c.place.token + "\"}]");
}

void Generator::on_event(Connection& c, std::string_view packet) {
    const std::size_t open = packet.find('"') + 1;
    const std::string_view event = packet.substr(open, packet.find('"', open) - open);
    if (event == "joined_room" && c.state == Connection::State::connected) return on_joined(c, packet);
    if (event != "error") {
        figures_.counters.other_events++;
        return;
    }
    figures_.counters.server_errors++;
    note(c, "error event", packet);
    if (c.state == Connection::State::connected) drop(c, "the server refused the join");
}

void Generator::on_joined(Connection& c, std::string_view packet) {
    if (const std::string peer = find_json_string(packet, "peer_id"); !peer.empty()) c.peer = peer;
    c.state = Connection::State::joined;
    joining_--;
    joined_++;
    if (o_.mode != Mode::cycle) return;
    if (o_.abrupt) return end(c);
    c.state = Connection::State::leaving;
    send_frame(c, opcode::kText,
               "42[\"leave_room\",{\"room_id\":\"" + c.place.room + "\",\"user_id\":\"" + c.place.user + "\"}]");
    send_frame(c, opcode::kText, "41");
    send_frame(c, opcode::kClose, std::string_view("\x03\xe8", 2));
}

void Generator::on_relayed(Connection& c, std::string_view packet, std::size_t tag_at) {
    const auto verdict = messages_.judge(packet, tag_at, c, partner(c), figures_.counters);
    if (!verdict.fault.empty()) note(c, verdict.fault, packet);
    if (!verdict.time) return;
    if (phase_ == Phase::measure) {
        figures_.messages++;
        figures_.latency.add(read_at_ - *verdict.time);
    }
    if (o_.mode == Mode::relay && (phase_ == Phase::warmup || phase_ == Phase::measure)) send_message(c, now());
}

}  // namespace televisit::load
