// Whatever a server sends, a probe asks no more than its few questions, ends with an outcome that has a name, and takes
// nothing for signed that is not.
#include <cstdlib>
#include <string>
#include <string_view>

#include "turn_dialogue.hpp"

namespace {

using namespace televisit;
using namespace televisit::turn;

/// Transactions that the corpus knows.
class ZeroSecrets final : public Secrets {
  public:
    std::string random_bytes(std::size_t count) override { return std::string(count, '\0'); }
    Sha256 sha256(std::string_view) const override { return {}; }
    Sha256 hmac_sha256(std::string_view, std::string_view) const override { return {}; }
    std::array<std::uint8_t, 20> hmac_sha1(std::string_view, std::string_view) const override { return {}; }
    bool equal(std::string_view a, std::string_view b) const noexcept override { return a == b; }
    std::string uuid() override { return {}; }
};

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

/// The input is a stream of messages, as over TCP; what is no message there comes as one datagram.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view stream(reinterpret_cast<const char*>(data), size);
    ZeroSecrets secrets;
    TurnDialogue dialogue(TurnCredentials{"1:a", "pw"}, secrets);
    int requests = 1;
    while (!stream.empty() && !dialogue.done()) {
        const auto frame = stun_frame(stream);
        require(!frame || *frame <= stream.size());
        const auto length = frame.value_or(0) != 0 ? *frame : stream.size();
        if (dialogue.take(stream.substr(0, length), SteadyTime{}) == TurnDialogue::Next::send) {
            ++requests;
            dialogue.sent(SteadyTime{});
            require(stun_frame(dialogue.request()) == dialogue.request().size());
        }
        stream.remove_prefix(length);
    }
    if (!dialogue.done()) dialogue.give_up();
    require(requests <= 5);
    require(!code_of(dialogue.outcome().fault).empty());
    // Nobody who does not know the password gets a relay believed.
    require(dialogue.outcome().fault != ProbeFault::none || requests >= 4);
    return 0;
}
