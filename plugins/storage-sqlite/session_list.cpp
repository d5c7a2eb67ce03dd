#include "session_list.hpp"

#include "record_sql/rows.hpp"
#include "record_sql/sql_text.hpp"

namespace televisit::storage_sqlite {
namespace {

using namespace record_sql;

constexpr auto kSelect =
    sql("SELECT ", kSessionKey, ", ", kSessionValues, " FROM video_consultation_sessions WHERE TRUE");
constexpr char kNewestFirst[] = " ORDER BY created_at DESC, id DESC LIMIT ?";

void append_conditions(std::string& text, const SessionQuery& query) {
    const bool of_somebody = !query.participant.empty() || !query.doctor_id.empty() || !query.patient_id.empty();
    if (!query.doctor_id.empty()) text += " AND doctor_id = ?";
    if (!query.patient_id.empty()) text += " AND patient_id = ?";
    // The plus sign keeps the index by status out of it: there are fewer sessions of one person than in one state.
    if (query.status) text += of_somebody ? " AND +status = ?" : " AND status = ?";
    if (query.from) text += " AND scheduled_start_time >= ?";
    if (query.to) text += " AND scheduled_start_time < ?";
    if (query.after) text += " AND (created_at, id) < (?, ?)";
}

void bind_conditions(Statement& statement, const SessionQuery& query) {
    if (!query.doctor_id.empty()) statement.text(query.doctor_id.view());
    if (!query.patient_id.empty()) statement.text(query.patient_id.view());
    if (query.status) statement.text(to_string(*query.status));
    if (query.from) statement.time(*query.from);
    if (query.to) statement.time(*query.to);
    if (query.after) statement.time(query.after->first).text(query.after->second.view());
}

}  // namespace

std::string session_list_sql(const SessionQuery& query) {
    std::string text;
    if (query.participant.empty()) {
        text += kSelect;
        append_conditions(text, query);
    } else {
        // Two lists that are in order already, merged: an OR would have to sort everything that a doctor ever had.
        text.append(kSelect).append(" AND doctor_id = ?");
        append_conditions(text, query);
        text.append(" UNION ALL ").append(kSelect).append(" AND patient_id = ? AND doctor_id <> patient_id");
        append_conditions(text, query);
    }
    return text += kNewestFirst;
}

void bind_session_list(Statement& statement, const SessionQuery& query) {
    const int parts = query.participant.empty() ? 1 : 2;
    for (int part = 0; part < parts; ++part) {
        if (!query.participant.empty()) statement.text(query.participant.view());
        bind_conditions(statement, query);
    }
    statement.limit(query.limit);
}

}  // namespace televisit::storage_sqlite
