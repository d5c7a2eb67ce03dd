#pragma once
/// What `televisitctl storage copy` finds here: nothing, for what a server keeps in its memory is its own.

#include <string>

#include "televisit/sdk/record_transfer.hpp"

namespace televisit::storage_memory {

class MemoryTransfer final : public RecordTransfer {
  public:
    explicit MemoryTransfer(const ConfigView&) {}

    Result<void> open_source(const CallContext&) override { return {}; }
    Result<void> open_target(const CallContext&) override {
        return error(Errc::conflict,
                     "storage-memory keeps records only while its server runs: nothing can be copied into it");
    }
    Result<void> begin(const CallContext& context) override { return open_target(context); }
    Result<void> finish(const CallContext&) override { return {}; }
    Result<bool> empty(const CallContext&) override { return true; }
    Result<RecordPage> page(RecordKind, const std::string&, std::size_t, const CallContext&) override {
        return RecordPage{};
    }
    Result<void> put(const std::vector<StoredRecord>&, const CallContext& context) override {
        return open_target(context);
    }
    Result<std::uint64_t> last_cursor(const CallContext&) override { return std::uint64_t{0}; }
    Result<void> skip_cursors(std::uint64_t, const CallContext& context) override { return open_target(context); }
    Result<void> erase(const CallContext&) override { return {}; }
};

}  // namespace televisit::storage_memory
