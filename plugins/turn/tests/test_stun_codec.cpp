#include <catch2/catch.hpp>

#include "stun_answers.hpp"
#include "stun_codec.hpp"

using namespace televisit::turn;
using namespace televisit::turn::testing;

namespace {

std::string bytes(std::initializer_list<int> values) {
    std::string text;
    for (const int value : values) text.push_back(static_cast<char>(value));
    return text;
}

/// RFC 5769 §2.4: a request with long-term authentication.
std::string sample_request() {
    return bytes({0x00, 0x01, 0x00, 0x60, 0x21, 0x12, 0xa4, 0x42, 0x78, 0xad, 0x34, 0x33, 0xc6, 0xad, 0x72, 0xc0, 0x29,
                  0xda, 0x41, 0x2e, 0x00, 0x06, 0x00, 0x12, 0xe3, 0x83, 0x9e, 0xe3, 0x83, 0x88, 0xe3, 0x83, 0xaa, 0xe3,
                  0x83, 0x83, 0xe3, 0x82, 0xaf, 0xe3, 0x82, 0xb9, 0x00, 0x00, 0x00, 0x15, 0x00, 0x1c, 0x66, 0x2f, 0x2f,
                  0x34, 0x39, 0x39, 0x6b, 0x39, 0x35, 0x34, 0x64, 0x36, 0x4f, 0x4c, 0x33, 0x34, 0x6f, 0x4c, 0x39, 0x46,
                  0x53, 0x54, 0x76, 0x79, 0x36, 0x34, 0x73, 0x41, 0x00, 0x14, 0x00, 0x0b, 0x65, 0x78, 0x61, 0x6d, 0x70,
                  0x6c, 0x65, 0x2e, 0x6f, 0x72, 0x67, 0x00, 0x00, 0x08, 0x00, 0x14, 0xf6, 0x70, 0x24, 0x65, 0x6d, 0xd6,
                  0x4a, 0x3e, 0x02, 0xb8, 0xe0, 0x71, 0x2e, 0x85, 0xc9, 0xa2, 0x8c, 0xa8, 0x96, 0x66});
}

StunRequest binding() {
    return {StunMethod::binding, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};
}

}  // namespace

TEST_CASE("the signature of the sample in RFC 5769 holds for its password, and for no other") {
    const auto message = StunAnswer::decode(sample_request());
    REQUIRE(message);
    const std::string user = "\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83\xe3\x82\xaf\xe3\x82\xb9";
    CHECK(message->realm() == "example.org");
    CHECK(message->nonce() == "f//499k954d6OL34oL9FSTvy64sA");
    CHECK(message->signed_with({user, "TheMatrIX", "example.org", ""}));
    CHECK_FALSE(message->signed_with({user, "TheMatrix", "example.org", ""}));
}

TEST_CASE("a request carries what was asked for, and is signed when there are credentials") {
    StunRequest request{StunMethod::refresh, {}, 0, StunAuth{"1:a", "pw", kRealm, kNonce}};
    const auto signed_bytes = encode(request);
    CHECK(method_of(signed_bytes) == kRefreshMethod);
    CHECK(lifetime_of(signed_bytes) == 0);
    CHECK(is_signed(signed_bytes));
    CHECK_FALSE(is_signed(encode(binding())));
}

TEST_CASE("an answer is one of the same transaction, and a request is none") {
    const auto request = binding();
    const auto sent = encode(request);
    CHECK(StunAnswer::decode(success(sent))->answers(request));
    CHECK(StunAnswer::decode(refusal(sent, 403))->error_code() == 403);
    CHECK_FALSE(StunAnswer::decode(of_another_transaction(success(sent)))->answers(request));
    CHECK_FALSE(StunAnswer::decode(sent)->answers(request));
}

TEST_CASE("what is no STUN message is not decoded, however it was cut or bent") {
    const auto good = success(encode(binding()));
    for (std::size_t size = 0; size < good.size(); ++size) CHECK_FALSE(StunAnswer::decode(good.substr(0, size)));
    int survivors = 0;
    for (std::size_t at = 0; at < good.size(); ++at) {
        auto bent = good;
        bent[at] = static_cast<char>(bent[at] ^ 0x55);
        survivors += StunAnswer::decode(bent) ? 1 : 0;  // the fingerprint finds nearly all of them
    }
    CHECK(survivors <= 4);
    CHECK_FALSE(StunAnswer::decode("HTTP/1.1 400 Bad Request\r\n\r\n"));
}

TEST_CASE("attributes that lie about their length are refused, without a fingerprint too") {
    auto message = sample_request();
    for (const std::size_t at : {22U, 23U, 46U, 47U}) {
        auto bent = message;
        bent[at] = static_cast<char>(0xff);
        CHECK_FALSE(StunAnswer::decode(bent));
    }
}

TEST_CASE("a stream is cut where its messages end, and one that is no STUN is known by its first bytes") {
    const auto message = success(encode(binding()));
    CHECK(stun_frame(message + "more") == message.size());
    CHECK(stun_frame(message.substr(0, message.size() - 1)) == 0U);
    CHECK(stun_frame("") == 0U);
    CHECK(stun_frame("HTTP/1.1 400") == std::nullopt);
    CHECK(stun_frame(bytes({0x80, 0x01})) == std::nullopt);
}
