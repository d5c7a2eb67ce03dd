#include <stdexcept>

#include "doors.hpp"
#include "postgres_records.hpp"
#include "schema.hpp"

namespace televisit::load {
namespace {

using namespace storage_postgres;

CallContext soon() {
    return {std::chrono::steady_clock::now() + std::chrono::seconds{30}, RequestId{"bench"}};
}

template <class Value>
Value taken(Result<Value> result) {
    if (!result.ok()) throw std::runtime_error(result.error().message + ' ' + result.error().detail);
    return *std::move(result);
}

class PluginDoor final : public Door {
  public:
    explicit PluginDoor(const std::string& url) : store_(options(url)), records_(store_) {
        const auto connection = taken(Connection::open(taken(read_settings(url, "")), soon().deadline));
        if (const auto done = migrate(*connection, known_migrations()); !done)
            throw std::runtime_error(done.error().message + ' ' + done.error().detail);
        if (const auto opened = store_.open(soon()); !opened) throw std::runtime_error(opened.error().message);
    }

    void create(const Visit& visit) override {
        if (taken(records_.idempotency(visit.key.key_hash, visit.now, soon())))
            throw std::runtime_error("there already");
        commit(
            {visit.creation, visit.now, {VersionedWrite<SessionRecord>{visit.session, 0}, visit.key}, {visit.created}});
    }
    void join(const Visit& visit) override {
        if (!taken(records_.session(visit.session.id, soon()))) throw std::runtime_error("no session");
        if (taken(records_.attendee(visit.session.id, visit.attendee.user, soon())))
            throw std::runtime_error("there already");
        commit({visit.joining, visit.now, {VersionedWrite<AttendeeRecord>{visit.attendee, 0}}, {visit.joined}});
    }

  private:
    static StoreOptions options(const std::string& url) {
        StoreOptions options;
        options.settings = taken(read_settings(url, ""));
        return options;
    }
    void commit(const RecordBatch& batch) {
        if (!taken(records_.commit(batch, soon())).committed) throw std::runtime_error("refused");
    }

    PostgresRecords store_;
    RecordStore& records_;
};

}  // namespace

std::unique_ptr<Door> plugin(const std::string& url) {
    return std::make_unique<PluginDoor>(url);
}

}  // namespace televisit::load
