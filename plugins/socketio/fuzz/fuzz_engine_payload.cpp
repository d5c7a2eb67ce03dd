/// libFuzzer entry: any text is split into packets, and what was decoded is encoded to something that decodes to the
/// same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/packet.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace televisit;
    using namespace televisit::socketio;
    const std::string_view payload(reinterpret_cast<const char*>(data), size);
    PayloadPackets packets(payload);
    std::string scratch, again;
    while (const auto text = packets.next()) {
        const auto packet = decode_packet(*text, scratch);
        if (!packet) continue;
        std::string encoded;
        append_to_payload(encoded, packet->kind, packet->kind == MessageKind::text ? *text : packet->data);
        const auto second = decode_packet(encoded, again);
        if (!second || second->data != packet->data || second->type != packet->type) std::abort();
    }
    return 0;
}
