#include "session_list.hpp"

#include <sqlite3.h>

#include <set>

#include "store_in_folder.hpp"

using namespace televisit;
using namespace televisit::storage_sqlite;
using namespace televisit::storage_sqlite::testing;

namespace {

/// The query with those conditions whose bit is set.
SessionQuery some_query(unsigned bits) {
    SessionQuery query;
    if (bits & 1) query.participant = UserId("u");
    if (bits & 2) query.doctor_id = UserId("u");
    if (bits & 4) query.patient_id = UserId("u");
    if (bits & 8) query.status = SessionStatus::active;
    if (bits & 16) query.from = from_micros(1);
    if (bits & 32) query.to = from_micros(2);
    if (bits & 64) query.after = {from_micros(3), SessionId("s")};
    return query;
}

}  // namespace

TEST_CASE("every list of sessions is read from an index in its order, never sorted or scanned whole") {
    const Folder folder;
    const auto file = folder / "records.db";
    opened(file);
    auto connection = Connection::open(file, Connection::Use::read, std::chrono::seconds{1});
    REQUIRE(connection.ok());
    std::set<std::string> texts;
    for (unsigned bits = 0; bits < 128; ++bits) {
        const auto sql = session_list_sql(some_query(bits));
        texts.insert(sql);
        auto plan = (*connection)->statement("EXPLAIN QUERY PLAN " + sql);
        int steps = 0;
        while (plan.step() == SQLITE_ROW) {
            ++steps;
            auto row = plan.row();
            row.integer();
            row.integer();
            row.integer();
            const auto detail = row.text();
            INFO(sql << "\n" << detail);
            CHECK(detail.find("TEMP B-TREE") == std::string::npos);
            CHECK((detail.find("SCAN") == std::string::npos || detail.find("USING INDEX") != std::string::npos));
        }
        CHECK(steps > 0);
    }
    CHECK(texts.size() == 128);
}

TEST_CASE("a list of one person's sessions is read by person, a list of those in one state by state") {
    const Folder folder;
    const auto file = folder / "records.db";
    opened(file);
    auto connection = Connection::open(file, Connection::Use::read, std::chrono::seconds{1});
    REQUIRE(connection.ok());
    const auto uses = [&](unsigned bits, const std::string& index) {
        auto plan = (*connection)->statement("EXPLAIN QUERY PLAN " + session_list_sql(some_query(bits)));
        bool used = false;
        while (plan.step() == SQLITE_ROW) {
            auto row = plan.row();
            for (int i = 0; i < 3; ++i) row.integer();
            used |= row.text().find("USING INDEX video_consultation_sessions_" + index) != std::string::npos;
        }
        return used;
    };
    CHECK(uses(8, "by_status"));
    CHECK(uses(8 | 64, "by_status"));
    CHECK(uses(2 | 8, "by_doctor"));
    CHECK(uses(4 | 8 | 64, "by_patient"));
    CHECK((uses(1 | 8, "by_doctor") && uses(1 | 8, "by_patient")));
    CHECK_FALSE(uses(1 | 8, "by_status"));
}

TEST_CASE("one who is doctor in some sessions and patient in others finds each once, newest first") {
    const Folder folder;
    const auto records = opened(folder / "records.db");
    for (int number = 1; number <= 6; ++number) {
        auto batch = creation(number);
        auto& record = std::get<VersionedWrite<SessionRecord>>(batch.writes[0]).record;
        record.doctor_id = UserId(number % 2 ? "u" : "other");
        record.patient_id = UserId(number % 3 ? "somebody" : "u");
        REQUIRE(records->commit(batch, soon())->committed);
    }
    SessionQuery query;
    query.participant = UserId("u");
    query.limit = 2;
    std::vector<std::string> found;
    for (;;) {
        const auto page = records->sessions(query, soon());
        REQUIRE(page.ok());
        if (page->empty()) break;
        for (const auto& record : *page) found.push_back(record.id.str());
        query.after = {page->back().created_at, page->back().id};
    }
    CHECK(found == std::vector<std::string>{"s-6", "s-5", "s-3", "s-1"});
}
