// `session list`, `session show`, `session end`, `session erase`: visits in the hands of the operator.

#include <Poco/JSON/Array.h>

#include <algorithm>
#include <array>

#include "admin_call.hpp"
#include "table.hpp"

namespace televisit::ctl {

namespace {

constexpr long kPage = 100;
constexpr long kMost = 1'000'000;

constexpr std::array kListOptions{
    Option{"status", "STATUS", "only those that are SCHEDULED, ACTIVE, COMPLETED, CANCELLED, NO_SHOW or EXPIRED"},
    Option{"doctor", "ID", "only those of that doctor"},
    Option{"patient", "ID", "only those of that patient"},
    Option{"limit", "N", "at most so many, the newest first (default: 20)"},
    kJsonOption,
    kConfigOption,
};
constexpr std::array kShowOptions{kJsonOption, kConfigOption};
constexpr std::array kEraseOptions{kConfigOption};

std::string filters(const Arguments& arguments) {
    std::string query;
    for (const auto& [option, parameter] :
         {std::pair("status", "status"), std::pair("doctor", "doctor_id"), std::pair("patient", "patient_id")})
        if (const auto value = arguments.get(option)) query += "&" + std::string(parameter) + "=" + escaped(*value);
    return query;
}

Row row_of(const Poco::JSON::Object& session) {
    return {
        member(session, "session_id"),         member(session, "status"),    member(session, "scheduled_start_time"),
        member(session, "scheduled_end_time"), member(session, "doctor_id"), member(session, "patient_id")};
}

int list(const Arguments& arguments, const Streams& streams) {
    const AdminCaller server("session list", arguments, streams);
    const auto limit = whole_number(arguments.get("limit", "20"), 1, kMost);
    if (!limit) return server.fail("--limit must be a number from 1 to 1000000", kBadUsage);
    std::vector<Row> rows{{"SESSION", "STATUS", "START", "END", "DOCTOR", "PATIENT"}};
    std::string next;
    long left = *limit;
    do {
        const auto answer = server.call("GET", "/admin/sessions?limit=" + std::to_string(std::min(left, kPage)) +
                                                   filters(arguments) + "&after=" + escaped(next));
        if (!answer) return answer.exit;
        if (arguments.has("json")) streams.out << answer.text << '\n';
        const auto sessions = answer.document->getArray("sessions");
        for (unsigned i = 0; sessions && i < sessions->size(); ++i) rows.push_back(row_of(*sessions->getObject(i)));
        left -= sessions ? static_cast<long>(sessions->size()) : left;
        next = member(*answer.document, "next");
    } while (!next.empty() && left > 0);
    if (!arguments.has("json")) print_table(rows, streams.out);
    return kDone;
}

void print_session(const Poco::JSON::Object& session, std::ostream& out) {
    std::vector<Row> rows;
    for (const char* name : {"session_id", "status", "end_reason", "room_id", "appointment_id", "doctor_id",
                             "patient_id", "scheduled_start_time", "scheduled_end_time", "actual_start_time",
                             "actual_end_time", "created_at", "version"})
        if (auto value = member(session, name); !value.empty()) rows.push_back({name, std::move(value)});
    print_table(rows, out);
    const auto attendees = session.getArray("attendees");
    if (!attendees || attendees->empty()) return;
    rows = {{"USER", "ROLE", "JOINED", "LEFT"}};
    for (unsigned i = 0; i < attendees->size(); ++i) {
        const auto& attendee = *attendees->getObject(i);
        rows.push_back({member(attendee, "user_id"), member(attendee, "role"), member(attendee, "joined_at"),
                        member(attendee, "left_at")});
    }
    out << '\n';
    print_table(rows, out);
}

int show_answer(const AdminAnswer& answer, const Arguments& arguments, const Streams& streams) {
    if (!answer) return answer.exit;
    if (arguments.has("json"))
        streams.out << answer.text << '\n';
    else
        print_session(*answer.document, streams.out);
    return kDone;
}

int show(const Arguments& arguments, const Streams& streams) {
    const AdminCaller server("session show", arguments, streams);
    return show_answer(server.call("GET", "/admin/sessions/" + escaped(arguments.operands()[0])), arguments, streams);
}

int end(const Arguments& arguments, const Streams& streams) {
    const AdminCaller server("session end", arguments, streams);
    return show_answer(server.call("POST", "/admin/sessions/" + escaped(arguments.operands()[0]) + "/end"), arguments,
                       streams);
}

int erase(const Arguments& arguments, const Streams& streams) {
    const AdminCaller server("session erase", arguments, streams);
    return server.call("DELETE", "/admin/sessions/" + escaped(arguments.operands()[0])).exit;
}

}  // namespace

constexpr Command kSessionList{"session list", "", 0, "Lists visits, the newest first", kListOptions, list};
constexpr Command kSessionShow{"session show", "SESSION", 1, "Shows a visit, and who took part", kShowOptions, show};
constexpr Command kSessionEnd{"session end", "SESSION", 1, "Ends a visit for everyone in it", kShowOptions, end};
constexpr Command kSessionErase{
    "session erase", "SESSION", 1, "Removes a visit that is over, with everything that belongs to it",
    kEraseOptions,   erase};

}  // namespace televisit::ctl
