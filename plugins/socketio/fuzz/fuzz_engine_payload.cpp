// Any text is split into packets that joined are the text again; what was decoded is encoded to something that decodes
// to the same; and any bytes survive base64.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/base64.hpp"
#include "engine/packet.hpp"

namespace {

using namespace televisit;
using namespace televisit::socketio;

void require(bool holds) {
    if (!holds) std::abort();
}

// Whoever takes a binary message may look at the padding behind it.
void look_at_padding(std::string_view data) {
    const std::vector<char> seen(data.data(), data.data() + data.size() + kInputPadding);
    require(std::equal(data.begin(), data.end(), seen.begin()));
}

void check_packet(std::string_view text, std::string& payload) {
    std::string scratch, again;
    const auto packet = decode_packet(text, scratch);
    if (!packet) return;
    const bool binary = packet->kind == MessageKind::binary;
    if (binary) look_at_padding(packet->data);
    std::string encoded;
    append_to_payload(encoded, packet->kind, binary ? packet->data : text);
    append_to_payload(payload, packet->kind, binary ? packet->data : text);
    const auto second = decode_packet(encoded, again);
    require(second && second->data == packet->data && second->type == packet->type && second->kind == packet->kind);
    if (!binary) return;
    // Written down again it is the same but for padding, and for bits of the last character that mean nothing.
    const auto digits = [](std::string_view base64) { return base64.substr(0, base64.find('=')); };
    const auto before = digits(text), after = digits(encoded);
    require(before.size() == after.size() && before.substr(0, before.size() - 1) == after.substr(0, after.size() - 1));
}

void check_base64(std::string_view bytes) {
    std::string text, back;
    append_base64(text, bytes);
    require(append_decoded_base64(back, text) && back == bytes);
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.pop_back();
    back.clear();
    require(append_decoded_base64(back, text) && back == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size > 4096) return 0;
    const std::string_view payload(reinterpret_cast<const char*>(data), size);
    PayloadPackets packets(payload);
    std::string joined, written;
    std::size_t count = 0;
    while (const auto text = packets.next()) {
        if (count++ > 0) joined += '\x1e';
        joined += *text;
        check_packet(*text, written);
    }
    require(joined == payload);
    check_base64(payload);

    // What the server writes for a poll, a client splits into the same packets again.
    std::string rewritten;
    PayloadPackets own(written);
    while (const auto text = own.next())
        if (!text->empty()) check_packet(*text, rewritten);
    require(rewritten == written);
    return 0;
}
