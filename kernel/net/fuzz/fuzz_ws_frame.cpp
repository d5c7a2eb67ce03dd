// Any bytes are frames, a fault, or not enough; and which of them does not depend on how they arrive.
#include <cstdlib>
#include <string>
#include <vector>

#include "net/ws_frame.hpp"

namespace {

using namespace televisit;
using namespace televisit::net;

constexpr std::size_t kMaxMessage = 300;

std::vector<std::string> decode(const std::string& text, std::size_t step) {
    WsDecoder decoder(kMaxMessage);
    std::vector<std::string> told;
    Buffer kept;
    for (std::size_t at = 0; at < text.size(); at += step) {
        kept.append(std::string_view(text).substr(at, step));
        std::size_t used = 0;
        for (;;) {
            const WsEvent event = decoder.next(kept.span().subspan(used));
            used += event.consumed;
            if (used > kept.size()) std::abort();
            if (event.type == WsEvent::Type::need_more) {
                if (event.wanted <= kept.size() - used) std::abort();
                break;
            }
            if (event.payload.size() > kMaxMessage) std::abort();
            told.push_back(std::to_string(static_cast<int>(event.type)) + std::to_string(event.code) +
                           std::string(event.payload));
            if (event.type == WsEvent::Type::fault || event.type == WsEvent::Type::close) return told;
        }
        kept.consume(used);
    }
    return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (decode(text, 1) != decode(text, text.size())) std::abort();
    return 0;
}
