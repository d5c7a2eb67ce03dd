#pragma once
/// All records of a store, in pages, for whoever moves them to another one: an entry that a plugin of the role
/// `records` may offer beside its descriptor, for `televisitctl storage copy`.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/config_view.hpp"
#include "televisit/sdk/records.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit {

/// In the order in which they are put: what belongs to a session comes after it.
enum class RecordKind : std::uint8_t {
    session,
    attendee,
    invitation,
    metrics,
    quality,
    idempotency,
    operation,
    event,
};

inline constexpr std::array kRecordKinds{RecordKind::session,   RecordKind::attendee, RecordKind::invitation,
                                         RecordKind::metrics,   RecordKind::quality,  RecordKind::idempotency,
                                         RecordKind::operation, RecordKind::event};

/// What an operator calls them.
constexpr std::string_view to_string(RecordKind kind) noexcept {
    constexpr std::array<std::string_view, kRecordKinds.size()> kNames{
        "sessions",        "attendees",        "invitations", "metrics",
        "quality samples", "idempotency keys", "operations",  "events"};
    return kNames[static_cast<std::size_t>(kind)];
}

/// One quality sample, with its place among those of its session.
struct StoredQuality {
    QualityRecord record;
    std::uint64_t number = 0;  ///< from 0, in the order of their adding
};

/// The id of a commit, for `RecordStore::was_committed`.
struct StoredOperation {
    OperationId id;
    Instant at{};  ///< to the millisecond; a store may drop it two days later
};

/// A record as it is kept, with its version or cursor. The alternatives are in the order of `RecordKind`.
using StoredRecord = std::variant<SessionRecord, AttendeeRecord, InvitationRecord, MetricsRecord, StoredQuality,
                                  IdempotencyRecord, StoredOperation, OutboxEvent>;

struct RecordPage {
    std::vector<StoredRecord> records{};
    std::string next{};  ///< where the next page begins; empty when there is none
};

/// No place between two pages takes more.
inline constexpr std::size_t kLargestPlace = 16 * 1024;

/// **Threads**: one at a time, while no server changes the store. **Blocks**: to the deadline. **Errors**: messages are
/// for an operator, and have no secrets; `unavailable` and `timeout` may pass, `conflict` tells what to do.
class RecordTransfer {
  public:
    virtual ~RecordTransfer() = default;

    /// Connects, to read only, also again. **Errors**: `conflict` for another schema, and for what is not whole.
    virtual Result<void> open_source(const CallContext& context) = 0;
    /// Connects, to write. **Errors**: `conflict` when nothing can be kept here.
    virtual Result<void> open_target(const CallContext& context) = 0;
    /// From now on no server opens the store, for it is not whole, until `finish`. May be called again.
    virtual Result<void> begin(const CallContext& context) = 0;
    virtual Result<void> finish(const CallContext& context) = 0;

    /// Whether there is no record of any kind.
    virtual Result<bool> empty(const CallContext& context) = 0;
    /// At most `limit` records after a place, in an order of the store's own, which stays the same while nothing
    /// changes. `place` is empty, or the `next` of the page before. An expired idempotency key may be missing.
    virtual Result<RecordPage> page(RecordKind kind, const std::string& place, std::size_t limit,
                                    const CallContext& context) = 0;
    /// Writes them as they are, all or nothing. What is there already, by its id, key, cursor, or number in its
    /// session, stays as it is: so a page that was put before does no harm. No bound of the configuration drops any.
    /// **Errors**: `conflict` when a session is missing, another record has the same room or token, or a quality sample
    /// lacks those before it.
    virtual Result<void> put(const std::vector<StoredRecord>& records, const CallContext& context) = 0;

    /// The latest cursor that the store ever gave, though its event may be gone; 0 when it gave none.
    virtual Result<std::uint64_t> last_cursor(const CallContext& context) = 0;
    /// The store will give no cursor up to that one any more: for whoever reads on from a cursor of the other store.
    virtual Result<void> skip_cursors(std::uint64_t last, const CallContext& context) = 0;

    /// Removes all records.
    virtual Result<void> erase(const CallContext& context) = 0;
};

inline constexpr char kRecordTransferSymbol[] = "televisit_record_transfer";
using MakeRecordTransfer = RecordTransfer* (*)(const ConfigView& config);

}  // namespace televisit

/// Offers `Class`, constructible from the plugin's configuration. Use it at most once, in plugin.cpp.
#define TELEVISIT_RECORD_TRANSFER(Class)                                                              \
    extern "C" [[gnu::visibility("default")]] ::televisit::RecordTransfer* televisit_record_transfer( \
        const ::televisit::ConfigView& config);                                                       \
    ::televisit::RecordTransfer* televisit_record_transfer(const ::televisit::ConfigView& config) {   \
        return new Class(config);                                                                     \
    }                                                                                                 \
    static_assert(true)
