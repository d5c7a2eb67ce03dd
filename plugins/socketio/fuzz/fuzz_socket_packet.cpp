/// libFuzzer entry: any text is a Socket.IO packet or is not; the head of one that is comes out of the writer as it
/// went in.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sockets/packet.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace televisit::socketio;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto packet = decode_socket_packet(text);
    if (!packet) return 0;
    std::string again;
    append_head(again, packet->type, packet->nsp, packet->attachments, packet->id);
    again += packet->payload;
    const auto second = decode_socket_packet(std::string_view(again).substr(1));
    if (!second || second->type != packet->type || second->nsp != packet->nsp || second->id != packet->id ||
        second->attachments != packet->attachments || second->payload != packet->payload)
        std::abort();
    return 0;
}
