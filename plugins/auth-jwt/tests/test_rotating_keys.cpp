#include "rotating_keys.hpp"

#include <openssl/rsa.h>

#include <catch2/catch.hpp>
#include <functional>

#include "signing.hpp"
#include "televisit/testkit/fake_host.hpp"

using namespace std::chrono_literals;
using namespace televisit;
using namespace televisit::auth_jwt;
using namespace televisit::auth_jwt::testing;

namespace {

/// Gives what the test says, and counts how often it was asked.
struct Script {
    std::optional<KeyDocument> document;
    int asked = 0;
    std::chrono::milliseconds timeout{};
    std::function<void()> meanwhile = [] {};
};

class ScriptedDocuments final : public KeyDocuments {
  public:
    explicit ScriptedDocuments(Script& script) : script_(script) {}
    Result<KeyDocument> fetch(std::chrono::milliseconds timeout) override {
        ++script_.asked;
        script_.timeout = timeout;
        script_.meanwhile();
        if (!script_.document) return error(Errc::unavailable, "the server is away");
        return *script_.document;
    }

  private:
    Script& script_;
};

std::string set_of(const char* kid) {
    static const KeyPair pair(EVP_RSA_gen(2048));
    return jwk_set({rsa_jwk(pair, std::string(R"(,"kid":")") + kid + "\"")});
}

class Rotation {
  public:
    Rotation() { serve("a"); }

    void serve(const char* kid, std::optional<std::chrono::seconds> max_age = {}) {
        script.document = KeyDocument{set_of(kid), max_age};
    }
    /// How many keys there are for that name; -1 when they are not to be had.
    int ask(const char* kid) {
        const auto list = keys.keys_for(kid, host.context());
        if (list) return static_cast<int>(list->size());
        CHECK(list.error().code == Errc::unavailable);
        retry_after = list.error().retry_after.value_or(0s);
        return -1;
    }
    void pass(Duration time) {
        host.manual_clock.advance(time);
        keys.fetch_if_due();
    }

    testkit::FakeHost host;
    Script script;
    RotationTimes times{};
    RotatingKeys keys{Algorithm::rs256, std::make_unique<ScriptedDocuments>(script), times, host};
    std::chrono::seconds retry_after{};
};

}  // namespace

TEST_CASE_METHOD(Rotation, "keys are fetched once, and again when they are old") {
    CHECK(ask("a") == 1);
    CHECK(ask("a") == 1);
    CHECK(script.asked == 1);
    CHECK(script.timeout == times.timeout);
    pass(times.max_age - 1s);
    CHECK(script.asked == 1);
    pass(1s);
    CHECK(script.asked == 2);
    CHECK(host.registry.value("televisit_auth_jwt_key_fetches_total", {{"result", "ok"}}) == 2);
    CHECK(host.registry.value("televisit_auth_jwt_keys", {}) == 1);
}

TEST_CASE_METHOD(Rotation, "a server may ask for a shorter life of its keys, but not for too short a one") {
    serve("a", 60s);
    CHECK(ask("a") == 1);
    pass(59s);
    CHECK(script.asked == 1);
    serve("a", 0s);
    pass(1s);
    CHECK(script.asked == 2);
    pass(9s);
    CHECK(script.asked == 2);
    pass(1s);
    CHECK(script.asked == 3);
    serve("a", 100h);
    pass(10s);
    CHECK(script.asked == 4);
    pass(times.max_age);
    CHECK(script.asked == 5);
}

TEST_CASE_METHOD(Rotation, "an unknown key fetches the set again, but not before the pause is over") {
    CHECK(ask("a") == 1);
    serve("b");
    CHECK(ask("b") == 0);
    CHECK(script.asked == 1);
    host.manual_clock.advance(times.cooldown);
    CHECK(ask("b") == 1);
    CHECK(ask("a") == 0);
    for (int i = 0; i < 100; ++i) CHECK(ask("made up") == 0);
    CHECK(script.asked == 2);
}

TEST_CASE_METHOD(Rotation, "a set that has lost a key takes it from its owner at once") {
    CHECK(ask("a") == 1);
    script.document = KeyDocument{R"({"keys":[]})"};
    pass(times.max_age);
    CHECK(ask("a") == 0);
    CHECK(host.log.mentions("no key of use"));
}

TEST_CASE_METHOD(Rotation, "while the server is away the last keys count, until they are too old") {
    CHECK(ask("a") == 1);
    script.document.reset();
    host.manual_clock.advance(times.max_stale);
    keys.fetch_if_due();
    CHECK(ask("a") == 1);
    host.manual_clock.advance(1ms);
    CHECK(ask("a") == -1);
    serve("a");
    pass(times.max_retry);
    CHECK(ask("a") == 1);
}

TEST_CASE_METHOD(Rotation, "what is no key set is as good as no answer") {
    CHECK(ask("a") == 1);
    script.document = KeyDocument{"<html>Please sign in</html>"};
    pass(times.max_age);
    CHECK(script.asked == 2);
    CHECK(ask("a") == 1);
    CHECK(host.registry.value("televisit_auth_jwt_key_fetches_total", {{"result", "failed"}}) == 1);
    CHECK_FALSE(host.log.mentions("Please sign in"));
}

TEST_CASE_METHOD(Rotation, "failures put the next attempt off, longer each time, by different times, up to a limit") {
    script.document.reset();
    CHECK(ask("a") == -1);
    CHECK(retry_after >= 1s);
    CHECK(retry_after <= 5s);
    std::chrono::milliseconds longest = times.retry;
    for (int failures = 1; failures < 12; ++failures) {
        INFO(failures);
        REQUIRE(script.asked == failures);
        pass(longest / 2 - 1ms);
        CHECK(script.asked == failures);
        CHECK(ask("a") == -1);  // nor does anybody who wants in
        CHECK(script.asked == failures);
        pass(longest / 2 + 2ms);
        longest = std::min(longest * 2, times.max_retry);
    }
    serve("a");
    pass(times.max_retry);
    CHECK(ask("a") == 1);
}

TEST_CASE_METHOD(Rotation, "while one fetches, others with known keys go on, and the rest are told to come back") {
    CHECK(ask("a") == 1);
    host.manual_clock.advance(times.cooldown);
    script.meanwhile = [this] {
        CHECK(ask("a") == 1);
        CHECK(ask("b") == -1);
        CHECK(retry_after == 1s);
    };
    serve("b");
    CHECK(ask("b") == 1);
    CHECK(script.asked == 2);
}

TEST_CASE_METHOD(Rotation, "who has no time left does not put a fetch off for the others") {
    CHECK_FALSE(keys.keys_for("a", {host.manual_clock.steady_now() + 100ms, RequestId("late")}));
    CHECK(script.asked == 0);
    CHECK(ask("a") == 1);
}
