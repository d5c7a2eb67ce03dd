#include "session_list.hpp"

#include "record_sql/rows.hpp"
#include "record_sql/sql_text.hpp"

namespace televisit::storage_postgres {
namespace {

using namespace record_sql;

constexpr auto kSelect =
    sql("SELECT ", kSessionKey, ", ", kSessionValues, " FROM video_consultation_sessions WHERE TRUE");
constexpr char kNewestFirst[] = " ORDER BY created_at DESC, id DESC LIMIT ";

/// Numbers what is bound, in the order of the text.
class Text {
  public:
    Text& operator<<(std::string_view piece) {
        text_ += piece;
        return *this;
    }
    Text& parameter() {
        text_ += '$' + std::to_string(++parameters_);
        return *this;
    }
    Text& condition(std::string_view piece) { return (*this << piece).parameter(); }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
    int parameters_ = 0;
};

void append_conditions(Text& text, const SessionQuery& query) {
    if (!query.doctor_id.empty()) text.condition(" AND doctor_id = ");
    if (!query.patient_id.empty()) text.condition(" AND patient_id = ");
    if (query.status) text.condition(" AND status = ");
    if (query.from) text.condition(" AND scheduled_start_time >= ");
    if (query.to) text.condition(" AND scheduled_start_time < ");
    if (query.after) text.condition(" AND (created_at, id) < (").condition(", ") << ")";
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
    Text text;
    text << kSelect;
    if (query.participant.empty()) {
        append_conditions(text, query);
    } else {
        // Two lists that are in order already, merged: an OR would have to sort everything that a doctor ever had.
        text.condition(" AND doctor_id = ");
        append_conditions(text, query);
        text << " UNION ALL " << kSelect;
        text.condition(" AND doctor_id <> patient_id AND patient_id = ");
        append_conditions(text, query);
    }
    return text.condition(kNewestFirst).take();
}

void bind_session_list(Statement& statement, const SessionQuery& query) {
    const int parts = query.participant.empty() ? 1 : 2;
    for (int part = 0; part < parts; ++part) {
        if (!query.participant.empty()) statement.text(query.participant.view());
        bind_conditions(statement, query);
    }
    statement.limit(query.limit);
}

}  // namespace televisit::storage_postgres
