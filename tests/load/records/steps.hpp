#pragma once
/// The statements of a visit, for doors that take them one by one.
///
/// A `Connection` has `begin()`, `commit()`, `read(sql, values)`, which gives the number of rows, and `write(sql,
/// values)`, which gives how many it changed.

#include <stdexcept>

#include "doors.hpp"
#include "statements.hpp"
#include "values.hpp"

namespace televisit::load {

inline void expect(std::size_t rows, std::size_t wanted) {
    if (rows == wanted) return;
    throw std::runtime_error("a statement found or changed " + std::to_string(rows) + " rows, not " +
                             std::to_string(wanted));
}

template <class Connection>
void write_event(Connection& connection, const OutboxEvent& event) {
    Values values;
    values.text(event.type).time(event.at).text(event.session.view()).text(event.payload);
    expect(connection.write(storage_postgres::kInsertEvent, values), 1);
}

template <class Connection>
void begin_operation(Connection& connection, const OperationId& operation, Instant now) {
    connection.begin();
    Values values;
    values.text(operation.view()).time(now);
    expect(connection.write(storage_postgres::kInsertOperation, values), 1);
}

template <class Connection>
void create(Connection& connection, const Visit& visit) {
    Values asked;
    asked.text(visit.key.key_hash).time(visit.now);
    expect(connection.read(storage_postgres::kIdempotency, asked), 0);
    begin_operation(connection, visit.creation, visit.now);
    Values session;
    record_sql::bind(session, visit.session, 1);
    expect(connection.write(storage_postgres::kInsertSession, session), 1);
    Values key;
    record_sql::bind(key, visit.key);
    key.time(visit.now);
    expect(connection.write(storage_postgres::kInsertIdempotency, key), 1);
    write_event(connection, visit.created);
    connection.commit();
}

template <class Connection>
void join(Connection& connection, const Visit& visit) {
    Values by_id;
    by_id.text(visit.session.id.view());
    expect(connection.read(storage_postgres::kSession, by_id), 1);
    Values who;
    who.text(visit.session.id.view()).text(visit.attendee.user.view());
    expect(connection.read(storage_postgres::kAttendee, who), 0);
    begin_operation(connection, visit.joining, visit.now);
    Values attendee;
    record_sql::bind(attendee, visit.attendee, 1);
    expect(connection.write(storage_postgres::kInsertAttendee, attendee), 1);
    write_event(connection, visit.joined);
    connection.commit();
}

}  // namespace televisit::load
