#include "truth_text.hpp"

#include <catch2/catch.hpp>

using namespace televisit;
using namespace televisit::storage_redis;

namespace {

std::string every_byte() {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    return all;
}

RoomPresence full() {
    RoomPresence truth;
    truth.room = RoomId(every_byte());
    truth.seq = ~0ULL;
    truth.closed = true;
    truth.end_reason = "7:ended\r\n";
    truth.expires_at = Instant::max();
    Stay stay;
    stay.id = StayId("");
    stay.attendee = AttendeeId("1:");
    stay.user = UserId(every_byte());
    stay.peer = PeerId("p");
    stay.node = NodeId("n");
    stay.role = Role::interpreter;
    stay.state = StayState::interrupted;
    stay.media = {false, true, true};
    stay.token_number = -1;
    stay.since = Instant::min();
    stay.interrupted_at = from_micros(1);
    truth.stays = {stay, Stay{}};
    for (const auto reason : {LeaveReason::left, LeaveReason::disconnected, LeaveReason::grace_ended,
                              LeaveReason::rejoined, LeaveReason::replaced, LeaveReason::revoked, LeaveReason::kicked,
                              LeaveReason::session_over, LeaveReason::room_full})
        truth.departures.push_back({StayId("s"), AttendeeId("a"), NodeId("n"), reason});
    return truth;
}

}  // namespace

TEST_CASE("a truth comes back from its text with every field and every byte") {
    for (const auto& truth : {full(), RoomPresence{}}) CHECK(truth_of(to_text(truth)) == truth);
}

TEST_CASE("the text of a truth stays what it is: other nodes read it") {
    RoomPresence truth;
    truth.room = RoomId("r-1");
    truth.seq = 2;
    truth.expires_at = from_micros(3);
    truth.departures = {{StayId("s"), AttendeeId("a"), NodeId("n"), LeaveReason::left}};
    CHECK(to_text(truth) == "1 3:r-11:21:00:1:31:01:11:s1:a1:n4:left");
}

TEST_CASE("a text that is cut off, goes on or is another one is no truth") {
    const auto text = to_text(full());
    for (std::size_t size = 0; size < text.size(); ++size) CHECK_FALSE(truth_of(text.substr(0, size)));
    CHECK_FALSE(truth_of(text + "0:"));
    CHECK_FALSE(truth_of("2" + text.substr(1)));
    CHECK_FALSE(truth_of("1 1:r99999999999999999999:2"));
    CHECK_FALSE(truth_of("1 1:r1:21:2"));
}
