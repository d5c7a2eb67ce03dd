// A body is decoded the same however it arrives, never to more than its limit; and any content comes out of any chunks.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "net/http_body.hpp"

namespace {

using namespace televisit::net;

constexpr std::size_t kLimit = 200;

struct Outcome {
    std::string body;
    std::size_t consumed = 0;
    int status = 0;
    bool done = false;
    bool operator==(const Outcome&) const = default;
};

void require(bool holds) {
    if (!holds) std::abort();
}

Outcome decode(HttpBodyDecoder decoder, std::string_view text, std::size_t step) {
    Outcome outcome;
    while (outcome.consumed < text.size() && !decoder.done() && !decoder.fault()) {
        const std::string_view part = text.substr(outcome.consumed, step);
        const std::vector<char> exact(part.begin(), part.end());
        const std::size_t used = decoder.feed({exact.data(), exact.size()}, outcome.body);
        require(used <= exact.size() && (used == exact.size() || decoder.done() || decoder.fault()));
        outcome.consumed += used;
    }
    outcome.done = decoder.done();
    outcome.status = decoder.fault().status;
    return outcome;
}

void check_arrivals(const HttpBodyDecoder& decoder, std::string_view text) {
    const Outcome whole = decode(decoder, text, text.size() + 1);
    require(whole.body.size() <= kLimit && !(whole.done && whole.status != 0));
    for (const std::size_t step : {std::size_t{1}, std::size_t{5}, text.size() / 2 + 1})
        require(decode(decoder, text, step) == whole);
}

// The first byte says into how large pieces, the second what the lines look like.
void check_round_trip(std::string_view input) {
    if (input.size() < 2 || input.size() > kLimit) return;
    const std::size_t piece = static_cast<unsigned char>(input[0]) % 40 + 1;
    const bool extensions = (input[1] & 1) != 0, trailers = (input[1] & 2) != 0, zeros = (input[1] & 4) != 0;
    const std::string_view content = input.substr(2);
    std::string text;
    for (std::string_view rest = content; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
        const std::string_view chunk = rest.substr(0, piece);
        constexpr char kHex[] = "0123456789abcdef";
        if (zeros) text += "00";
        text += kHex[chunk.size() >> 4];
        text += kHex[chunk.size() & 15];
        if (extensions) text += ";name=\"value\"";
        ((text += "\r\n") += chunk) += "\r\n";
    }
    text += trailers ? "0\r\nDigest: none\r\n\r\n" : "0\r\n\r\n";
    const Outcome outcome = decode(HttpBodyDecoder::chunked(kLimit), text, piece);
    require(outcome.done && outcome.body == content && outcome.consumed == text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size > 2048) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_arrivals(HttpBodyDecoder::chunked(kLimit), text);
    if (size > 0) check_arrivals(HttpBodyDecoder::counted(data[0] % kLimit), text.substr(1));
    check_round_trip(text);
    return 0;
}
