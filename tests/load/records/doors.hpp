#pragma once
/// Ways to PostgreSQL that are measured beside each other: each does the same visits by the same statements.

#include <memory>
#include <string>

#include "televisit/sdk/records.hpp"

namespace televisit::load {

/// What one visit writes: as the domain does it for a creation with an Idempotency-Key, and for its first join.
struct Visit {
    Instant now;
    SessionRecord session;
    IdempotencyRecord key;
    AttendeeRecord attendee;
    OutboxEvent created;
    OutboxEvent joined;
    OperationId creation;
    OperationId joining;
};

Visit make_visit(const std::string& name, int number);

/// **Errors**: throws what is not as it should be, since then there is nothing to measure.
class Door {
  public:
    virtual ~Door() = default;
    virtual void create(const Visit& visit) = 0;
    virtual void join(const Visit& visit) = 0;
};

/// `PQexecPrepared`, one after the other, on one connection.
std::unique_ptr<Door> bare_libpq(const std::string& url);
/// The plugin, through `RecordStore`.
std::unique_ptr<Door> plugin(const std::string& url);
/// Statements of Poco::Data that are kept, and bound anew. A failure of one of them corrupts memory: see
/// poco_reuse.cpp.
std::unique_ptr<Door> poco_kept(const std::string& connection);
/// Statements of Poco::Data that are made for each use.
std::unique_ptr<Door> poco_anew(const std::string& connection);

}  // namespace televisit::load
