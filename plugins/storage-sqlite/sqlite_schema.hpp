#pragma once
/// What `televisitctl db` sees of this store.

#include "televisit/sdk/schema.hpp"

namespace televisit::storage_sqlite {

class SqliteSchema final : public SchemaKeeper {
  public:
    explicit SqliteSchema(const ConfigView& config) : file_(config.string("path")) {}

    /// A file that is not there is left so.
    Result<SchemaState> state(const CallContext& context) override;
    Result<std::string> script(const CallContext& context) override;
    /// A file that is not there is made. While a server runs on it, it waits for a moment without writes.
    Result<void> migrate(const CallContext& context) override;

  private:
    std::string file_;
};

}  // namespace televisit::storage_sqlite
