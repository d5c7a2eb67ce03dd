// Any bytes are frames, a fault, or not enough; which of them does not depend on how they arrive, or on what lies
// behind them. And messages, cut into any frames with control frames between them, come out as they went in.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "net/ws_frame.hpp"
#include "simdjson.h"

namespace {

using namespace televisit;
using namespace televisit::net;

constexpr std::size_t kMaxMessage = 300;

struct Told {
    WsEvent::Type type;
    MessageKind kind;
    std::uint16_t code;
    std::string payload;
    bool operator==(const Told&) const = default;
};

void require(bool holds) {
    if (!holds) std::abort();
}

// What stands at the end of memory that has the bytes, the padding that the decoder is promised, and nothing more.
class Kept {
  public:
    explicit Kept(char fill) : fill_(fill) {}
    void append(std::string_view more) { bytes_ += more; }
    void consume(std::size_t count) { bytes_.erase(0, count); }
    std::size_t size() const { return bytes_.size(); }

    // Decodes in place, and keeps what the decoder has made of the bytes.
    template <class Decode>
    void with(Decode decode) {
        std::vector<char> exact(bytes_.size() + kInputPadding, fill_);
        std::copy(bytes_.begin(), bytes_.end(), exact.begin());
        decode(std::span(exact.data(), bytes_.size()));
        bytes_.assign(exact.data(), bytes_.size());
    }

  private:
    char fill_;
    std::string bytes_;
};

void check(const WsEvent& event) {
    require(event.payload.size() <= kMaxMessage);
    if (event.type == WsEvent::Type::fault) require(may_be_sent(event.code) && !event.reason.empty());
    if (event.type == WsEvent::Type::close) require(event.code == ws_close::kNoCode || may_be_sent(event.code));
    if (event.type == WsEvent::Type::message && event.kind == MessageKind::text)
        require(simdjson::validate_utf8(event.payload.data(), event.payload.size()));
    if (event.type == WsEvent::Type::ping || event.type == WsEvent::Type::pong) require(event.payload.size() <= 125);
}

std::vector<Told> decode(std::string_view text, std::size_t step, char fill) {
    WsDecoder decoder(kMaxMessage);
    std::vector<Told> told;
    Kept kept(fill);
    bool ended = false;
    for (std::size_t at = 0; at < text.size() && !ended; at += step) {
        kept.append(text.substr(at, step));
        std::size_t used = 0;
        kept.with([&](std::span<char> bytes) {
            while (!ended) {
                const WsEvent event = decoder.next(bytes.subspan(used));
                used += event.consumed;
                require(used <= bytes.size());
                if (event.type == WsEvent::Type::need_more) {
                    require(event.wanted > bytes.size() - used);
                    return;
                }
                check(event);
                told.push_back({event.type, event.kind, event.code, std::string(event.payload)});
                ended = event.type == WsEvent::Type::fault || event.type == WsEvent::Type::close;
            }
        });
        if (!ended) kept.consume(used);
    }
    return told;
}

std::string client_frame(bool final, WsOpcode opcode, std::string_view payload, std::uint32_t mask) {
    std::string out(WsHead(opcode, payload.size()).view());
    if (!final) out[0] = static_cast<char>(out[0] & 0x7f);
    out[1] = static_cast<char>(out[1] | 0x80);
    char key[4];
    std::memcpy(key, &mask, sizeof key);
    out.append(key, sizeof key);
    for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ key[i % 4]);
    return out;
}

// Takes the input for orders: what to send next, and in how many frames.
class Script {
  public:
    explicit Script(std::string_view orders) : rest_(orders) {}

    void play() {
        while (rest_.size() >= 4 && expected_.size() < 16) {
            const unsigned order = take();
            const auto payload = taken(take() % 130);
            if ((order & 3) == 0)
                control(order & 4 ? WsOpcode::ping : WsOpcode::pong, payload.substr(0, 125));
            else
                message(order, payload);
        }
        for (const std::size_t step : {std::size_t{1}, std::size_t{11}, bytes_.size() + 1})
            require(decode(bytes_, step, 'p') == expected_);
    }

  private:
    unsigned take() {
        if (rest_.empty()) return 0;
        const auto byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        return byte;
    }

    std::string_view taken(std::size_t count) {
        const auto out = rest_.substr(0, count);
        rest_.remove_prefix(out.size());
        return out;
    }

    std::uint32_t mask() { return mask_ = mask_ * 1664525u + 1013904223u; }

    void control(WsOpcode opcode, std::string_view payload) {
        bytes_ += client_frame(true, opcode, payload, mask());
        expected_.push_back({opcode == WsOpcode::ping ? WsEvent::Type::ping : WsEvent::Type::pong, MessageKind::text, 0,
                             std::string(payload)});
    }

    void message(unsigned order, std::string_view payload) {
        // Text must be UTF-8, which is not what is tried here.
        const auto kind = (order & 3) == 1 && simdjson::validate_utf8(payload.data(), payload.size())
                              ? MessageKind::text
                              : MessageKind::binary;
        auto opcode = kind == MessageKind::text ? WsOpcode::text : WsOpcode::binary;
        const std::size_t pieces = (order >> 2 & 3) + 1;
        const std::size_t each = payload.size() / pieces;
        for (std::size_t i = 0; i < pieces; ++i, opcode = WsOpcode::continuation) {
            const bool last = i + 1 == pieces;
            bytes_ +=
                client_frame(last, opcode, payload.substr(i * each, last ? std::string_view::npos : each), mask());
            if (!last && (order & 16)) control(WsOpcode::ping, payload.substr(0, 3));
        }
        expected_.push_back({WsEvent::Type::message, kind, 0, std::string(payload)});
    }

    std::string_view rest_;
    std::uint32_t mask_ = 1;
    std::string bytes_;
    std::vector<Told> expected_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size > 2048) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto whole = decode(text, size + 1, '\0');
    for (const std::size_t step : {std::size_t{1}, std::size_t{5}, size / 2 + 1})
        require(decode(text, step, '\xff') == whole);
    Script(text).play();
    return 0;
}
