#include <algorithm>
#include <catch2/catch.hpp>

#include "stun_answers.hpp"
#include "televisit/testkit/deterministic_secrets.hpp"
#include "turn_dialogue.hpp"

using namespace std::chrono_literals;
using namespace televisit;
using namespace televisit::turn;
using namespace televisit::turn::testing;

namespace {

using Next = TurnDialogue::Next;

struct Talk {
    testkit::DeterministicSecrets secrets;
    TurnDialogue dialogue{TurnCredentials{"1:a", "pw"}, secrets};
    SteadyTime now{};

    Next hear(const std::string& message) { return dialogue.take(message, now); }
    /// As far as the answer to `method`, signed or not, which is left to the test.
    void up_to(std::uint16_t method, bool with_credentials) {
        dialogue.sent(now);
        now += 3ms;
        while (method_of(dialogue.request()) != method || is_signed(dialogue.request()) != with_credentials)
            REQUIRE(hear(good_answer(dialogue.request(), "1:a", "pw")) == Next::send);
    }
    ProbeFault refused_with(std::uint16_t code) {
        up_to(kAllocateMethod, true);
        REQUIRE(hear(refusal(dialogue.request(), code)) == Next::done);
        return dialogue.outcome().fault;
    }
};

}  // namespace

TEST_CASE("a good server is asked for a Binding, a relay, and to take the relay back") {
    Talk talk;
    talk.up_to(kRefreshMethod, true);
    CHECK(lifetime_of(talk.dialogue.request()) == 0);
    REQUIRE(talk.hear(good_answer(talk.dialogue.request(), "1:a", "pw")) == Next::done);
    CHECK(talk.dialogue.outcome().fault == ProbeFault::none);
    CHECK(talk.dialogue.outcome().latency == 3ms);
}

TEST_CASE("a STUN server is asked for a Binding alone") {
    testkit::DeterministicSecrets secrets;
    TurnDialogue dialogue(std::nullopt, secrets);
    CHECK(dialogue.take(success(dialogue.request()), SteadyTime{}) == Next::done);
    CHECK(dialogue.outcome().fault == ProbeFault::none);
}

TEST_CASE("each refusal of an allocation is told apart") {
    CHECK(Talk().refused_with(401) == ProbeFault::unauthorized);
    CHECK(Talk().refused_with(403) == ProbeFault::forbidden);
    CHECK(Talk().refused_with(486) == ProbeFault::quota_reached);
    CHECK(Talk().refused_with(508) == ProbeFault::no_capacity);
    CHECK(Talk().refused_with(300) == ProbeFault::redirected);
    CHECK(Talk().refused_with(500) == ProbeFault::other_refusal);
}

TEST_CASE("a stale nonce is renewed once") {
    Talk talk;
    talk.up_to(kAllocateMethod, true);
    CHECK(talk.hear(refusal(talk.dialogue.request(), 438)) == Next::send);
    CHECK(talk.hear(refusal(talk.dialogue.request(), 438)) == Next::done);
    CHECK(talk.dialogue.outcome().fault == ProbeFault::other_refusal);
}

TEST_CASE("answers that are not to this question are passed over, and named when no right one comes") {
    Talk garbage;
    CHECK(garbage.hear("not STUN at all") == Next::wait);
    garbage.dialogue.give_up();
    CHECK(garbage.dialogue.outcome().fault == ProbeFault::garbage);

    Talk foreign;
    CHECK(foreign.hear(of_another_transaction(success(foreign.dialogue.request()))) == Next::wait);
    CHECK(foreign.hear(success(foreign.dialogue.request())) == Next::send);

    Talk lost;
    CHECK(lost.hear(of_another_transaction(success(lost.dialogue.request()))) == Next::wait);
    lost.dialogue.give_up();
    CHECK(lost.dialogue.outcome().fault == ProbeFault::foreign);
}

TEST_CASE("a relay that is not signed with the credentials comes from somebody else") {
    Talk talk;
    talk.up_to(kAllocateMethod, true);
    CHECK(talk.hear(success(talk.dialogue.request())) == Next::wait);
    CHECK(talk.hear(good_answer(talk.dialogue.request(), "1:a", "another")) == Next::wait);
    talk.dialogue.give_up();
    CHECK(talk.dialogue.outcome().fault == ProbeFault::forged);
}

TEST_CASE("a server that relays for anybody is not a good one") {
    Talk talk;
    talk.up_to(kAllocateMethod, false);
    CHECK(talk.hear(success(talk.dialogue.request())) == Next::done);
    CHECK(talk.dialogue.outcome().fault == ProbeFault::unauthenticated);
    CHECK(grade_of(ProbeFault::unauthenticated) == Grade::degraded);
}

TEST_CASE("silence is a timeout that says what was not answered") {
    Talk talk;
    talk.up_to(kAllocateMethod, true);
    talk.dialogue.give_up();
    CHECK(talk.dialogue.outcome().fault == ProbeFault::timed_out);
    CHECK(talk.dialogue.outcome().detail == "no answer to Allocate");
}

TEST_CASE("a relay that cannot be given back leaves the server degraded") {
    Talk talk;
    talk.up_to(kRefreshMethod, true);
    CHECK(talk.hear(refusal(talk.dialogue.request(), 437)) == Next::done);
    CHECK(talk.dialogue.outcome().fault == ProbeFault::not_released);
    CHECK(grade_of(ProbeFault::not_released) == Grade::degraded);
}

TEST_CASE("each fault has words for an operator, and a code of its own") {
    std::vector<std::string_view> codes;
    for (int i = 0; i <= static_cast<int>(ProbeFault::not_released); ++i) {
        const auto fault = static_cast<ProbeFault>(i);
        CHECK_FALSE(words_of(fault).empty());
        CHECK(std::count(codes.begin(), codes.end(), code_of(fault)) == 0);
        codes.push_back(code_of(fault));
    }
    CHECK(code_of(ProbeFault::unauthorized) == "401");
    CHECK(code_of(ProbeFault::not_released) == "not_released");
}
