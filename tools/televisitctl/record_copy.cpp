#include "record_copy.hpp"

#include <chrono>

namespace televisit::ctl {

namespace {

/// Of one page. What takes longer is a fault.
constexpr std::chrono::minutes kPatience{5};
constexpr std::chrono::hours kComparedAhead{1};
constexpr std::chrono::hours kOperationsKept{24};

CallContext patiently() {
    return {std::chrono::steady_clock::now() + kPatience, RequestId("televisitctl")};
}

struct LapsesBy {
    Instant then;
    bool operator()(const IdempotencyRecord& record) const { return record.expires_at <= then; }
    bool operator()(const StoredOperation& operation) const {
        return std::chrono::floor<std::chrono::milliseconds>(operation.at) + kOperationsKept <= then;
    }
    template <class Record>
    bool operator()(const Record&) const {
        return false;
    }
};

}  // namespace

Result<CopyProgress> copy_records(RecordTransfer& from, RecordTransfer& to, CopyProgress progress,
                                  const ProgressFile& file, const std::function<void(RecordKind)>& copied_all) {
    if (const auto saved = file.save(progress); !saved) return saved.error();
    while (progress.kind < kRecordKinds.size()) {
        const auto kind = kRecordKinds[progress.kind];
        auto page = from.page(kind, progress.place, kRecordsAtOnce, patiently());
        if (!page.ok()) return page.error();
        if (!page->records.empty())
            if (const auto put = to.put(page->records, patiently()); !put) return put.error();
        for (const auto& record : page->records) progress.copied[progress.kind].add(record);
        progress.place = std::move(page->next);
        if (progress.place.empty()) {
            ++progress.kind;
            copied_all(kind);
        }
        if (const auto saved = file.save(progress); !saved) return saved.error();
    }
    const auto last = from.last_cursor(patiently());
    if (!last.ok()) return last.error();
    if (const auto skipped = to.skip_cursors(*last, patiently()); !skipped) return skipped.error();
    return progress;
}

Result<RecordDigests> digests_of(RecordTransfer& store, Instant now) {
    const LapsesBy lapses{now + kComparedAhead};
    RecordDigests digests;
    for (const auto kind : kRecordKinds) {
        std::string place;
        do {
            auto page = store.page(kind, place, kRecordsAtOnce, patiently());
            if (!page.ok()) return page.error();
            for (const auto& record : page->records)
                if (!std::visit(lapses, record)) digests[static_cast<std::size_t>(kind)].add(record);
            place = std::move(page->next);
        } while (!place.empty());
    }
    return digests;
}

}  // namespace televisit::ctl
