// Any bytes are a request, a fault, or not enough; and which of them does not depend on how they arrive.
#include <cstdlib>
#include <string>

#include "net/http_parser.hpp"

namespace {

using namespace televisit::net;

struct Outcome {
    HttpParser::Event event = HttpParser::Event::need_more;
    int status = 0;
    std::size_t consumed = 0;
    std::string path;
    std::string body;
    bool operator==(const Outcome&) const = default;
};

Outcome parse(std::string_view text, std::size_t step) {
    const HttpLimits limits{256, 128, 8, 64};
    HttpParser parser(limits);
    Outcome outcome;
    for (std::size_t arrived = std::min(step, text.size());; arrived = std::min(arrived + step, text.size())) {
        do {
            const auto result = parser.step(text.substr(outcome.consumed, arrived - outcome.consumed));
            outcome.event = result.event;
            outcome.consumed += result.consumed;
        } while (outcome.event == HttpParser::Event::head);
        if (outcome.event != HttpParser::Event::need_more || arrived == text.size()) break;
    }
    outcome.status = parser.fault().status;
    if (outcome.event == HttpParser::Event::request) {
        const auto request = parser.take_request();
        outcome.path = request.path;
        outcome.body = request.body;
        if (outcome.body.size() > limits.body || outcome.consumed > text.size()) std::abort();
        if (outcome.path != "*" && (outcome.path.empty() || outcome.path.front() != '/')) std::abort();
    }
    // Where exactly a fault was noticed is nobody's business.
    if (outcome.event == HttpParser::Event::fault) outcome.consumed = 0;
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const Outcome bytewise = parse(text, 1);
    const Outcome whole = parse(text, text.size() + 1);
    // A limit may strike before or after a fault behind it; acceptance must be the same.
    const auto refused = [](const Outcome& outcome) { return outcome.event == HttpParser::Event::fault; };
    if (refused(bytewise) != refused(whole)) std::abort();
    if (!refused(whole) && !(bytewise == whole)) std::abort();
    return 0;
}
