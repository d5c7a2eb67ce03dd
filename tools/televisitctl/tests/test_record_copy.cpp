#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "record_copy.hpp"
#include "run_command.hpp"

using namespace televisit;
using namespace televisit::ctl;

namespace {

OutboxEvent event(std::uint64_t cursor) {
    return {cursor, "session.created", from_micros(1), SessionId("s"), std::string("\0\n", 2)};
}

/// Holds events in memory; notes what it is asked.
class Events final : public RecordTransfer {
  public:
    Result<void> open_source(const CallContext&) override { return {}; }
    Result<void> open_target(const CallContext&) override { return {}; }
    Result<void> begin(const CallContext&) override { return {}; }
    Result<void> finish(const CallContext&) override { return {}; }
    Result<bool> empty(const CallContext&) override { return held.empty(); }
    Result<RecordPage> page(RecordKind kind, const std::string& place, std::size_t limit, const CallContext&) override {
        RecordPage page;
        if (kind != RecordKind::event) return page;
        places.push_back(place);
        std::size_t at = place.empty() ? 0 : std::stoul(place);
        for (; at < held.size() && page.records.size() < limit; ++at) page.records.emplace_back(held[at]);
        if (at < held.size()) page.next = std::to_string(at);
        return page;
    }
    Result<void> put(const std::vector<StoredRecord>& records, const CallContext&) override {
        if (fails_at == 0) return error(Errc::unavailable, "the disk is full");
        --fails_at;
        largest = std::max(largest, records.size());
        for (const auto& record : records) held.push_back(std::get<OutboxEvent>(record));
        return {};
    }
    Result<std::uint64_t> last_cursor(const CallContext&) override { return last; }
    Result<void> skip_cursors(std::uint64_t to, const CallContext&) override {
        last = to;
        return {};
    }
    Result<void> erase(const CallContext&) override {
        held.clear();
        return {};
    }

    std::vector<OutboxEvent> held{};
    std::vector<std::string> places{};
    std::uint64_t last = 0;
    std::size_t largest = 0;
    std::size_t fails_at = 1'000'000;
};

}  // namespace

TEST_CASE("a digest of records does not depend on their order, and on everything else") {
    RecordDigest there;
    RecordDigest back;
    for (std::uint64_t i = 1; i <= 100; ++i) there.add(event(i));
    for (std::uint64_t i = 100; i >= 1; --i) back.add(event(i));
    CHECK(there == back);
    CHECK(there.count() == 100);
    CHECK(there.hex().size() == 64);
    auto other = event(101);
    back.add(other);
    other.at += Duration{1};
    there.add(other);
    CHECK(there != back);
    CHECK(there.count() == back.count());
}

TEST_CASE("the bytes of a record say where each field ends, and what is absent") {
    InvitationRecord one;
    one.id = InvitationId("ab");
    one.session = SessionId("c");
    auto other = one;
    other.id = InvitationId("a");
    other.session = SessionId("bc");
    CHECK(canonical(one) != canonical(other));
    other = one;
    other.expires_at = from_micros(0);
    CHECK(canonical(one) != canonical(other));
    CHECK(canonical(StoredOperation{OperationId("a"), {}}) != canonical(SessionRecord{}));
}

TEST_CASE("a digest is read as it was written") {
    RecordDigest digest;
    for (std::uint64_t i = 1; i <= 5; ++i) digest.add(event(i));
    const auto read = RecordDigest::parse(digest.text());
    REQUIRE(read.ok());
    CHECK(*read == digest);
    for (const char* text : {"", "5", "5 12", "x 0000000000000000000000000000000000000000000000000000000000000000",
                             "5 000000000000000000000000000000000000000000000000000000000000000g"})
        CHECK_FALSE(RecordDigest::parse(text).ok());
}

TEST_CASE("progress is read as it was written, and what is something else is refused") {
    const Folder folder;
    const ProgressFile file(folder.path() / "progress");
    CHECK_FALSE(file.load()->has_value());
    CopyProgress progress;
    progress.of = "abc";
    progress.kind = 4;
    progress.place = std::string("\0 \n\xff'", 5);
    progress.copied[4].add(event(1));
    REQUIRE(file.save(progress).ok());
    const auto read = file.load();
    REQUIRE(read.ok());
    REQUIRE(read->has_value());
    CHECK((*read)->of == progress.of);
    CHECK((*read)->kind == progress.kind);
    CHECK((*read)->place == progress.place);
    CHECK((*read)->copied == progress.copied);
    file.remove();
    CHECK_FALSE(file.load()->has_value());
    std::ofstream(file.path()) << "something else\n";
    CHECK_FALSE(file.load().ok());
    CHECK_FALSE(ProgressFile(folder.path() / "none/progress").save(progress).ok());
}

TEST_CASE("a copy has a page in memory at once, and the place of the next one on the disk") {
    const Folder folder;
    const ProgressFile file(folder.path() / "progress");
    Events from;
    Events to;
    for (std::uint64_t i = 1; i <= 3 * kRecordsAtOnce + 7; ++i) from.held.push_back(event(i));
    from.last = 4711;
    to.fails_at = 2;
    const auto failed = copy_records(from, to, {}, file, [](RecordKind) {});
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().message == "the disk is full");
    CHECK(to.held.size() == 2 * kRecordsAtOnce);

    to.fails_at = 1'000'000;
    from.places.clear();
    const auto progress = file.load();
    REQUIRE(progress.ok());
    std::vector<RecordKind> done;
    const auto copied = copy_records(from, to, **progress, file, [&](RecordKind kind) { done.push_back(kind); });
    REQUIRE(copied.ok());
    CHECK(from.places == std::vector<std::string>{"1000", "1500"});
    CHECK(done == std::vector{RecordKind::event});
    CHECK(to.largest == kRecordsAtOnce);
    CHECK(to.last == 4711);
    const auto now = from_micros(1);
    CHECK(*digests_of(from, now) == *digests_of(to, now));
    CHECK(copied->copied == *digests_of(from, now));
    to.held.back().payload += 'x';
    CHECK(*digests_of(from, now) != *digests_of(to, now));
}
