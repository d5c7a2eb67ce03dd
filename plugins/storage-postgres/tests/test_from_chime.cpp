/// A database of the AWS Chime era comes along: rehearsed on a filled one.
#include <fstream>

#include "schema.hpp"
#include "store_in_database.hpp"

using namespace televisit;
using namespace televisit::storage_postgres;
using namespace televisit::storage_postgres::testing;

namespace {

void run_file(Connection& connection, const std::string& path) {
    std::ifstream in(std::string(TELEVISIT_SOURCE) + '/' + path);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    REQUIRE(!text.empty());
    const auto reply = connection.run(text);
    INFO(path << ": " << reply.state());
    REQUIRE(reply.ok());
}

std::string answer(Connection& connection, std::string_view sql) {
    const auto reply = Statement(connection, sql).run();
    INFO(sql);
    REQUIRE(reply.ok());
    REQUIRE(reply.rows() == 1);
    return reply.row(0).text();
}

SessionId old_session(int number) {
    return SessionId("00000000-0000-0000-0000-00000000000" + std::to_string(number));
}

}  // namespace

TEST_CASE("sessions, attendees and minutes of the Chime era come along, twice run as once, and nothing is dropped") {
    const auto url = shared_server().make_database();
    const auto admin = connected(url);
    run_file(*admin, "plugins/storage-postgres/tests/chime_era.sql");
    CHECK(check_schema(*admin, known_migrations()).error().message.find("tables of an earlier service") !=
          std::string::npos);
    for (int round = 0; round < 2; ++round) {
        run_file(*admin, "migrations/from-chime/1_set_aside.sql");
        REQUIRE(migrate(*connected(url), known_migrations()).ok());
        run_file(*admin, "migrations/from-chime/2_bring_over.sql");
    }
    const auto records = opened(url);
    const auto ended = *records->session(old_session(1), soon());
    REQUIRE(ended);
    CHECK(ended->status == SessionStatus::completed);
    CHECK(ended->doctor_id == UserId("d-1"));
    CHECK(to_micros(ended->scheduled_start) == 1'740'823'200'123'456);
    CHECK((ended->doctor_seen && ended->patient_seen && ended->seen_together));
    CHECK(ended->closed_at == ended->actual_end);
    CHECK_FALSE(ended->due_at);
    CHECK_FALSE(ended->room_id.empty());

    const auto people = *records->attendees(old_session(1), soon());
    REQUIRE(people.size() == 2);
    const auto patient = *records->attendee(old_session(1), UserId("p-1"), soon());
    REQUIRE(patient);
    CHECK(patient->role == Role::patient);
    CHECK(patient->device_type == "phone");
    CHECK(*patient->left_at - *patient->joined_at == std::chrono::minutes{29});
    CHECK(patient->access_token.empty());

    CHECK((*records->metrics(old_session(1), soon()))->session_duration_hundredths == 3000);
    CHECK((*records->metrics(old_session(2), soon()))->session_duration_hundredths == 2025);
    CHECK((*records->session(old_session(3), soon()))->due_at.has_value());
    CHECK((*records->session(old_session(4), soon()))->status == SessionStatus::completed);

    CHECK(answer(*admin, "SELECT count(*)::text FROM video_consultation_sessions") == "4");
    CHECK(answer(*admin,
                 "SELECT string_agg(join_token, ',' ORDER BY id) FROM chime_archive.video_consultation_attendees") ==
          "join-token-1,join-token-2,join-token-3");
    CHECK(answer(*admin, "SELECT sum(attendee_minutes_used)::text FROM chime_archive.video_consultation_metrics") ==
          "98.50");
    CHECK(answer(*admin, "SELECT count(meeting_id)::text FROM chime_archive.video_consultation_sessions") == "4");
}
