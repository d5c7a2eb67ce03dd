/// Every part of the suite for transfers finds at least one fault that was put into a good one.
#include <algorithm>
#include <map>
#include <set>

#include "transfers_in_folder.hpp"

using namespace televisit;
using namespace televisit::storage_sqlite::testing;

namespace {

enum class Fault {
    is_never_empty,
    loses_the_last_of_a_page,
    rounds_the_time_of_samples,
    drops_tokens,
    resets_versions,
    refuses_what_is_there,
    puts_by_halves,
    gives_cursors_again,
    erases_nothing,
    rounds_the_time_of_operations,
    lets_servers_in,
};

class BadTransfer final : public RecordTransfer {
  public:
    BadTransfer(RecordTransfer& good, Fault fault) : good_(good), fault_(fault) {}

    Result<void> open_source(const CallContext& context) override { return good_.open_source(context); }
    Result<void> open_target(const CallContext& context) override { return good_.open_target(context); }
    Result<void> begin(const CallContext& context) override {
        return fault_ == Fault::lets_servers_in ? Result<void>{} : good_.begin(context);
    }
    Result<void> finish(const CallContext& context) override { return good_.finish(context); }
    Result<bool> empty(const CallContext& context) override {
        return fault_ == Fault::is_never_empty ? Result<bool>(false) : good_.empty(context);
    }
    Result<RecordPage> page(RecordKind kind, const std::string& place, std::size_t limit,
                            const CallContext& context) override {
        auto page = good_.page(kind, place, limit, context);
        if (fault_ == Fault::loses_the_last_of_a_page && !page->next.empty()) page->records.pop_back();
        for (auto& record : page->records) {
            auto* sample = std::get_if<StoredQuality>(&record);
            if (sample && fault_ == Fault::rounds_the_time_of_samples)
                sample->record.at = std::chrono::floor<std::chrono::minutes>(sample->record.at);
            auto* operation = std::get_if<StoredOperation>(&record);
            if (operation && fault_ == Fault::rounds_the_time_of_operations)
                operation->at = std::chrono::floor<std::chrono::minutes>(operation->at);
        }
        return page;
    }
    Result<void> put(const std::vector<StoredRecord>& records, const CallContext& context) override {
        auto bad = records;
        for (auto& record : bad)
            if (auto* session = std::get_if<SessionRecord>(&record)) {
                if (fault_ == Fault::drops_tokens) session->doctor_token.clear();
                if (fault_ == Fault::resets_versions) session->version = 1;
                if (fault_ == Fault::refuses_what_is_there && !put_.insert(session->id).second)
                    return error(Errc::conflict, "there is one");
            }
        if (fault_ != Fault::puts_by_halves) return good_.put(bad, context);
        for (const auto& record : bad)
            if (auto done = good_.put({record}, context); !done) return done;
        return {};
    }
    Result<std::uint64_t> last_cursor(const CallContext& context) override { return good_.last_cursor(context); }
    Result<void> skip_cursors(std::uint64_t last, const CallContext& context) override {
        return fault_ == Fault::gives_cursors_again ? Result<void>{} : good_.skip_cursors(last, context);
    }
    Result<void> erase(const CallContext& context) override {
        return fault_ == Fault::erases_nothing ? Result<void>{} : good_.erase(context);
    }

  private:
    RecordTransfer& good_;
    Fault fault_;
    std::set<SessionId> put_;
};

struct BadTransfers final : Transfers {
    explicit BadTransfers(Fault fault) : bad_source(source, fault), bad_target(target, fault) {}
    RecordTransfer& transfer() override { return bad_source; }
    RecordTransfer& other_transfer() override { return bad_target; }
    BadTransfer bad_source;
    BadTransfer bad_target;
};

}  // namespace

TEST_CASE("every part of the suite for transfers finds a fault, and every fault is found") {
    using enum Fault;
    std::map<std::string, int> bites;
    for (const auto fault : {is_never_empty, loses_the_last_of_a_page, rounds_the_time_of_samples, drops_tokens,
                             resets_versions, refuses_what_is_there, puts_by_halves, gives_cursors_again,
                             erases_nothing, rounds_the_time_of_operations, lets_servers_in}) {
        int found = 0;
        for (const auto& part : testkit::record_transfer_parts()) {
            BadTransfers subject(fault);
            if (failures_of(part, static_cast<testkit::RecordTransferSubject&>(subject)).empty()) continue;
            ++found;
            ++bites[part.name];
        }
        INFO("fault " << static_cast<int>(fault));
        CHECK(found > 0);
    }
    for (const auto& part : testkit::record_transfer_parts()) {
        INFO(part.name);
        CHECK(bites[part.name] > 0);
    }
}
