// Any text is a Socket.IO packet or is not. What is one here is the same one to the reference, and its head comes out
// of the writer as it went in.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "sockets/packet.hpp"

namespace {

using namespace televisit::socketio;

void require(bool holds) {
    if (!holds) std::abort();
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// How socket.io-parser reads a head, character by character; as far as digits are what it takes for a number.
struct Reference {
    char type = 0;
    std::string attachments, nsp = "/", id, payload;

    static std::optional<Reference> read(std::string_view text) {
        Reference packet;
        if (text.empty() || text[0] < '0' || text[0] > '6') return std::nullopt;
        packet.type = text[0];
        std::size_t i = 1;
        if (packet.type == '5' || packet.type == '6') {
            while (i < text.size() && text[i] != '-') packet.attachments += text[i++];
            if (i == text.size() || packet.attachments.find_first_not_of("0123456789") != std::string::npos)
                return std::nullopt;
            ++i;
        }
        if (i < text.size() && text[i] == '/') {
            packet.nsp.clear();
            while (i < text.size() && text[i] != ',') packet.nsp += text[i++];
            if (i < text.size()) ++i;
        }
        while (i < text.size() && is_digit(text[i])) packet.id += text[i++];
        packet.payload = text.substr(i);
        return packet;
    }
};

std::uint64_t number(const std::string& digits) {
    return digits.empty() ? 0 : std::stoull(digits);
}

void check_reference(std::string_view text, const SocketPacket& packet) {
    const auto reference = Reference::read(text);
    require(reference.has_value());
    require(reference->type == static_cast<char>(packet.type) && reference->nsp == packet.nsp);
    require(number(reference->attachments) == packet.attachments && reference->payload == packet.payload);
    require(reference->id.empty() != packet.id.has_value() && number(reference->id) == packet.id.value_or(0));
}

void check_rewritten(const SocketPacket& packet) {
    std::string text;
    append_head(text, packet.type, packet.nsp, packet.attachments, packet.id);
    text += packet.payload;
    const auto again = decode_socket_packet(std::string_view(text).substr(1));
    require(text.front() == '4' && again && again->type == packet.type && again->nsp == packet.nsp);
    require(again->id == packet.id && again->attachments == packet.attachments && again->payload == packet.payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto packet = decode_socket_packet(text);
    is_reserved_event(text);
    if (!packet) return 0;
    check_reference(text, *packet);
    check_rewritten(*packet);
    // Receivers count in doubles.
    require(packet->id.value_or(0) < 1'000'000'000'000'000);
    return 0;
}
