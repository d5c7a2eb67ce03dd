#pragma once
/// All records in pages, for `televisitctl storage copy`.
///
/// Sessions are found by their list, what belongs to them by theirs; idempotency keys and operations by SCAN, whose
/// order stays the same while nothing changes. When an operation took place is known to the millisecond, by its end.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connection.hpp"
#include "settings.hpp"
#include "televisit/sdk/record_transfer.hpp"

namespace televisit::storage_redis {

class RedisTransfer final : public RecordTransfer {
  public:
    explicit RedisTransfer(const ConfigView& config) : RedisTransfer(settings_of(config)) {}
    RedisTransfer(ConnectionSettings connection, std::string prefix)
        : settings_(std::move(connection)), prefix_(std::move(prefix)) {}

    Result<void> open_source(const CallContext& context) override;
    /// Only a Redis that writes to its disk before it answers.
    Result<void> open_target(const CallContext& context) override;
    Result<void> begin(const CallContext& context) override;
    Result<void> finish(const CallContext& context) override;
    Result<bool> empty(const CallContext& context) override;
    Result<RecordPage> page(RecordKind kind, const std::string& place, std::size_t limit,
                            const CallContext& context) override;
    Result<void> put(const std::vector<StoredRecord>& records, const CallContext& context) override;
    Result<std::uint64_t> last_cursor(const CallContext& context) override;
    Result<void> skip_cursors(std::uint64_t last, const CallContext& context) override;
    /// Who is in which room stays.
    Result<void> erase(const CallContext& context) override;

  private:
    explicit RedisTransfer(Settings settings)
        : RedisTransfer(std::move(settings.connection), std::move(settings.prefix)) {}
    std::string key(std::string_view kind, std::string_view id) const;
    Result<void> set_form(std::string_view form, const CallContext& context);
    Result<void> connect(bool durable, const CallContext& context);

    Result<RecordPage> session_page(const std::string& place, std::size_t limit);
    Result<RecordPage> belongings_page(RecordKind kind, const std::string& place, std::size_t limit);
    Result<RecordPage> listed_page(RecordKind kind, const std::string& place, std::size_t limit);
    Result<RecordPage> event_page(const std::string& place, std::size_t limit);
    Result<std::vector<std::string>> sessions_after(const std::string& member);
    Result<std::string> add_belongings(RecordKind kind, const std::string& session, const std::string& after,
                                       std::size_t limit, std::vector<StoredRecord>& records);
    Result<std::string> add_samples(const std::string& session, const std::string& after, std::size_t limit,
                                    std::vector<StoredRecord>& records);
    Result<void> add_idempotency(const std::vector<std::string>& members, std::vector<StoredRecord>& records);
    Result<void> add_operations(const std::vector<std::string>& members, std::vector<StoredRecord>& records);

    Result<std::vector<StoredRecord>> missing(const std::vector<StoredRecord>& records);
    Result<void> put_missing(const std::vector<StoredRecord>& records);
    Result<void> put_operations(const std::vector<StoredRecord>& records);
    Result<void> put_events(const std::vector<StoredRecord>& records);

    ConnectionSettings settings_;
    std::string prefix_;
    std::unique_ptr<Connection> connection_;
};

}  // namespace televisit::storage_redis
