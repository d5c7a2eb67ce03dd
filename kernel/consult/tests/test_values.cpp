/// Times, zones, texts and the messages between nodes.
#include "consult/encoding.hpp"
#include "consult/messages.hpp"
#include "consult/times.hpp"
#include "consult/tokens.hpp"
#include "consult/zone.hpp"
#include "world.hpp"

using namespace televisit;
using namespace televisit::consult;
using namespace std::chrono_literals;

namespace {

std::string reprint(std::string_view text, const Zone& zone = {}) {
    const auto at = parse_time(text, zone);
    return at ? print_time(*at) : "refused";
}

RoomPresence some_truth() {
    RoomPresence truth{RoomId("room"), 7, false, {}, from_micros(123456789)};
    Stay stay{StayId("s-1"), AttendeeId("a-1"), UserId("d-1"), PeerId("doctor_d-1_x"), NodeId("n"), Role::doctor};
    stay.media.audio = false;
    stay.token_number = 3;
    stay.since = from_micros(-5);
    truth.stays.push_back(stay);
    stay.id = StayId("s-2");
    stay.attendee = AttendeeId("a-2");
    stay.state = StayState::interrupted;
    truth.stays.push_back(stay);
    truth.departures = {{StayId("s-0"), AttendeeId("a-1"), NodeId("m"), LeaveReason::rejoined},
                        {StayId("s-3"), AttendeeId("a-3"), NodeId("n"), LeaveReason::room_full}};
    truth.end_reason = "ended";
    return truth;
}

}  // namespace

TEST_CASE("times are read as RFC 3339 says and printed in UTC") {
    CHECK(reprint("2026-01-25T10:00:00Z") == "2026-01-25T10:00:00Z");
    CHECK(reprint("2026-01-25t10:00:00.999999z") == "2026-01-25T10:00:00Z");
    CHECK(reprint("2026-01-25T10:00:00+05:30") == "2026-01-25T04:30:00Z");
    CHECK(reprint("2026-01-01T00:30:00+01:00") == "2025-12-31T23:30:00Z");
    CHECK(reprint("2024-02-29 23:59:59-00:30") == "2024-03-01T00:29:59Z");
    CHECK(reprint("2026-01-25T10:00:00") == "2026-01-25T10:00:00Z");
    CHECK(to_micros(*parse_time("1970-01-01T00:00:00.1234567Z", {})) == 123456);
}

TEST_CASE("what is no time is refused") {
    for (const auto* text :
         {"", "2026-01-25", "2026-01-25T10:00", "2026-02-29T10:00:00Z", "2026-13-01T10:00:00Z", "2026-01-25T24:00:00Z",
          "2026-01-25T10:60:00Z", "2026-01-25T10:00:60Z", "20260125T100000Z", "2026-01-25T10:00:00.Z",
          "2026-01-25T10:00:00+1", "2026-01-25T10:00:00 +01:00", "2026-01-25T10:00:00Zx", "-026-01-25T10:00:00Z",
          "2026-01-25T10:00:00+24:00", "1969-12-31T00:00:00Z"})
        CHECK(reprint(text) == "refused");
}

TEST_CASE("times without a zone are in the configured one") {
    const auto berlin = Zone::load("Europe/Berlin");
    REQUIRE(berlin.ok());
    CHECK(reprint("2026-01-25T10:00:00", *berlin) == "2026-01-25T09:00:00Z");
    CHECK(reprint("2026-07-25T10:00:00", *berlin) == "2026-07-25T08:00:00Z");
    CHECK(reprint("2026-07-25T10:00:00Z", *berlin) == "2026-07-25T10:00:00Z");
    // Shown twice, and never.
    CHECK(reprint("2026-10-25T02:30:00", *berlin) == "2026-10-25T00:30:00Z");
    CHECK(reprint("2026-03-29T02:30:00", *berlin) == "2026-03-29T01:30:00Z");
    CHECK(reprint("2090-07-25T10:00:00", *berlin) == "2090-07-25T08:00:00Z");
    CHECK(reprint("2090-01-25T10:00:00", *berlin) == "2090-01-25T09:00:00Z");
    CHECK(reprint("2026-01-25T10:00:00", *Zone::load("-03:30")) == "2026-01-25T13:30:00Z");
    const auto sydney = Zone::load("Australia/Sydney");
    REQUIRE(sydney.ok());
    CHECK(reprint("2090-01-25T10:00:00", *sydney) == "2090-01-24T23:00:00Z");
    CHECK(reprint("2090-07-25T10:00:00", *sydney) == "2090-07-25T00:00:00Z");
}

TEST_CASE("a zone that is none is refused") {
    for (const auto* name : {"", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "+1", "+25:00", "Europe"})
        CHECK_FALSE(Zone::load(name).ok());
    CHECK_FALSE(Zone::parse("TZif").ok());
    CHECK_FALSE(Zone::parse(std::string(200, '\0')).ok());
}

TEST_CASE("texts are clean when they are UTF-8 without control characters") {
    CHECK(is_clean_text("Zoë 医生 🩺"));
    CHECK(is_clean_text(""));
    for (const auto* text :
         {"a\tb", "a\x7f", "\xc2\x85", "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"})
        CHECK_FALSE(is_clean_text(text));
    CHECK(characters("Zoë 医生 🩺") == 8);
    CHECK(characters("\xff\xe2\x82") == 3);
    CHECK(json_string("a\"b\\\n") == R"("a\"b\\\u000a")");
    CHECK(base64url(std::string_view("\xfb\xff\xfe", 3)) == "-__-");
    CHECK(base64url(std::string_view("a")) == "YQ");
}

TEST_CASE("peer ids are made of plain characters") {
    testkit::DeterministicSecrets secrets;
    const Tokens tokens(secrets, "key");
    const auto id = tokens.peer_id(Role::patient, UserId("J. Müller/1"));
    CHECK(id.str().starts_with("patient_J--M--ller-1_"));
    CHECK(tokens.peer_id(Role::patient, UserId("x")) != tokens.peer_id(Role::patient, UserId("x")));
    CHECK(tokens.invitation(SessionId("s"), Role::doctor, 1) == tokens.invitation(SessionId("s"), Role::doctor, 1));
    CHECK(tokens.invitation(SessionId("s"), Role::doctor, 1) != tokens.invitation(SessionId("s"), Role::doctor, 2));
    CHECK(tokens.invitation(SessionId("s"), Role::doctor, 1) != tokens.invitation(SessionId("s"), Role::patient, 1));
}

TEST_CASE("a truth comes back as it was") {
    const auto truth = some_truth();
    const auto decoded = decode(encode(truth));
    REQUIRE(decoded);
    CHECK(*std::get<Truth>(*decoded) == truth);
}

TEST_CASE("a relay message comes back as it was") {
    RelayMessage message;
    message.sender = "s-1";
    message.targets = {"s-2", "s-3"};
    message.event = "webrtc_offer";
    const std::string_view attachments[] = {std::string_view("\0\xff", 2), ""};
    message.attachments.assign(std::begin(attachments), std::end(attachments));
    const std::string_view pieces[] = {"{\"a\":", "1", "}"};
    const auto bytes = encode(message, pieces);
    const auto decoded = decode(bytes);
    REQUIRE(decoded);
    const auto& back = std::get<RelayMessage>(*decoded);
    CHECK(back.sender == "s-1");
    CHECK(back.targets == message.targets);
    CHECK(back.event == "webrtc_offer");
    CHECK(back.payload == "{\"a\":1}");
    CHECK(back.attachments == message.attachments);
}

TEST_CASE("every cut or lengthened message is refused, and none that is changed does harm") {
    const auto bytes = encode(some_truth());
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(decode(std::string_view(bytes).substr(0, size)));
    CHECK_FALSE(decode(bytes + '\0'));
    for (std::size_t i = 0; i < bytes.size(); ++i)
        for (const int bit : {0, 3, 7}) {
            auto changed = bytes;
            changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
            const auto decoded = decode(changed);
            if (decoded && std::holds_alternative<Truth>(*decoded))
                CHECK(std::get<Truth>(*decoded)->stays.size() <= kMaxStays);
        }
}

TEST_CASE("a truth with two stays of one attendee is refused") {
    auto truth = some_truth();
    truth.stays[1].attendee = truth.stays[0].attendee;
    CHECK_FALSE(decode(encode(truth)));
    truth = some_truth();
    truth.stays[1].id = truth.stays[0].id;
    CHECK_FALSE(decode(encode(truth)));
}
